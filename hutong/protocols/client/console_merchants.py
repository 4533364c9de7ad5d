"""The merchant centre: figures by day, orders, refunds, notifications, keys and certificates."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hutong.domains.apps import access as organisation_access
from hutong.domains.apps import acts, apps
from hutong.domains.apps.tables import Role
from hutong.domains.identity import users
from hutong.domains.insight import sales
from hutong.domains.insight.tables import Sales
from hutong.domains.pay import access, keys, ledger, merchants, orders, refunds
from hutong.domains.pay.errors import ORDER_NOT_FOUND
from hutong.domains.pay.keys import NewMerchantKey
from hutong.domains.pay.tables import (
    MchId,
    Merchant,
    MerchantCertificate,
    Order,
    OrderId,
    OrderState,
    Refund,
    RefundState,
    RefundTerms,
    TradeType,
    Trust,
)
from hutong.kernel import deliveries
from hutong.kernel.clock import day_of, start_of
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.deliveries import Delivery, DeliveryState
from hutong.kernel.endpoints import Id, Natural, Request, Response
from hutong.kernel.errors import NOT_FOUND, DomainError
from hutong.kernel.money import Fen

from .console import Limit, OrganisationRef, Text
from .protocol import Person, client


class MerchantRef(Request):
    mchid: Annotated[str, Meta(max_length=32)]


class MerchantView(Response):
    mchid: str
    org_id: str
    name: str
    trust: Trust
    created_at: int


class MerchantList(Response):
    merchants: list[MerchantView]


class BoundApp(Response):
    appid: str
    name: str


class CertificateView(Response):
    serial_no: str
    effective_at: int  # real time
    expires_at: int


class MerchantDetail(Response):
    merchant: MerchantView
    balance: int  # fen
    apps: list[BoundApp]
    certificates: list[CertificateView]
    platform_serial_no: str
    platform_public_key_id: str


def _merchant(merchant: Merchant) -> MerchantView:
    return MerchantView(
        mchid=merchant.mchid,
        org_id=str(merchant.org_id),
        name=merchant.name,
        trust=merchant.trust,
        created_at=merchant.created_at,
    )


def _certificate(found: MerchantCertificate) -> CertificateView:
    return CertificateView(found.serial_no, found.effective_at, found.expires_at)


@client.get("/console/organisations/{org_id}/merchants")
def list_merchants(snapshot: Snapshot, person: Person, req: OrganisationRef) -> MerchantList:
    """The organisation's merchants."""
    organisation_access.require_member(snapshot, req.org, person.user_id)
    return MerchantList(merchants=[_merchant(one) for one in merchants.of_organisation(snapshot, req.org)])


class NewMerchant(OrganisationRef):
    name: Annotated[str, Meta(min_length=1, max_length=64)]


@client.post("/console/organisations/{org_id}/merchants")
def create_merchant(tx: Tx, person: Person, req: NewMerchant) -> MerchantView:
    """A new merchant of the organisation; its keys are drawn on its own page."""
    organisation_access.require_member(tx, req.org, person.user_id, at_least=Role.ADMIN)
    merchant = merchants.create(tx, org_id=req.org, name=req.name)
    _record(tx, person, merchant, "merchant.create")
    return _merchant(merchant)


@client.get("/console/merchants/{mchid}")
def get_merchant(snapshot: Snapshot, person: Person, req: MerchantRef) -> MerchantDetail:
    """A merchant with its balance, its apps and its certificates."""
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id)
    bound = merchants.apps_of(snapshot, merchant.mchid)
    named = apps.many(snapshot, bound)
    serial, public_key = (keys.signing(snapshot, trust) for trust in (Trust.CERTIFICATE, Trust.PUBLIC_KEY))
    return MerchantDetail(
        merchant=_merchant(merchant),
        balance=ledger.balance(snapshot, ledger.merchant(merchant.mchid)),
        apps=[BoundApp(appid, named[appid].name if appid in named else "") for appid in bound],
        certificates=[_certificate(one) for one in keys.certificates_of(snapshot, merchant.mchid)],
        platform_serial_no=serial.id if serial else "",
        platform_public_key_id=public_key.id if public_key else "",
    )


class Binding(MerchantRef):
    appid: Text


@client.post("/console/merchants/{mchid}/apps")
def bind_merchant_app(tx: Tx, person: Person, req: Binding) -> BoundApp:
    """Let the merchant take orders under one of the organisation's apps."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.ADMIN)
    app = organisation_access.require_app(tx, req.appid, person.user_id, at_least=Role.ADMIN)
    if app.org_id != merchant.org_id:
        raise DomainError(NOT_FOUND, what="App", appid=req.appid)
    merchants.bind_app(tx, mchid=merchant.mchid, appid=app.appid)
    _record(tx, person, merchant, "merchant.bind_app", app.appid)
    return BoundApp(app.appid, app.name)


def _record(tx: Tx, person: Person, merchant: Merchant, verb: str, target: str = "") -> None:
    acts.record(
        tx,
        org_id=merchant.org_id,
        user_id=person.user_id,
        verb=verb,
        target=f"{merchant.mchid} {target}".strip(),
    )


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────


class OverviewQuery(MerchantRef):
    days: Annotated[int, Meta(ge=1, le=sales.LONGEST)] = 30


class DayView(Response):
    """One day of UTC+8. Amounts are fen."""

    begins_at: int
    paid: int
    paid_amount: int
    refunded: int
    refunded_amount: int


class Overview(Response):
    """Figures by day, oldest first, today last."""

    currency: str
    balance: int
    days: list[DayView]


def _day(found: Sales) -> DayView:
    return DayView(
        begins_at=start_of(found.day),
        paid=found.paid,
        paid_amount=found.paid_amount,
        refunded=found.refunded,
        refunded_amount=found.refunded_amount,
    )


@client.get("/console/merchants/{mchid}/overview")
def merchant_overview(snapshot: Snapshot, person: Person, req: OverviewQuery) -> Overview:
    """What the merchant took and gave back, day by day."""
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id)
    today = day_of(snapshot.now)
    days = sales.by_day(snapshot, merchant.mchid, first=today - req.days + 1, last=today)
    return Overview(
        currency="CNY",
        balance=ledger.balance(snapshot, ledger.merchant(merchant.mchid)),
        days=[_day(found) for found in days],
    )


# ── orders and refunds ─────────────────────────────────────────────────────────────────────────────────────


class OrderQuery(MerchantRef):
    """`number` is an exact out_trade_no or transaction_id and overrides the other filters."""

    number: Text = ""
    state: OrderState | None = None
    since: Natural | None = None
    until: Natural | None = None
    before: Id | None = None
    limit: Limit = 50


class OrderLine(Response):
    order_id: str
    out_trade_no: str
    transaction_id: str
    description: str
    trade_type: TradeType
    appid: str
    state: OrderState
    amount: int
    refunded: int
    currency: str
    created_at: int
    paid_at: int | None
    payer: str  # a nickname, empty until somebody paid


class OrderPage(Response):
    orders: list[OrderLine]
    next: str | None  # where the next page begins; a page may be empty and not the last


class OrderRef(MerchantRef):
    order_id: Id


class RefundLine(Response):
    out_refund_no: str
    refund_id: str
    state: RefundState
    amount: int
    reason: str
    user_received_account: str
    created_at: int
    success_at: int | None


class NotificationLine(Response):
    """A message to the merchant's server, and how often it was tried."""

    delivery_id: str
    notify_id: str
    channel: str
    subject: str
    url: str
    state: DeliveryState
    created_at: int
    next_at: int | None
    attempts: int
    last_status: int | None
    last_error: str | None


class OrderDetail(Response):
    order: OrderLine
    bank_type: str
    attach: str
    notify_url: str
    expires_at: int
    refunds: list[RefundLine]
    notifications: list[NotificationLine]


def _order(snapshot: Snapshot, order: Order, payer: str) -> OrderLine:
    return OrderLine(
        order_id=str(order.id),
        out_trade_no=order.out_trade_no,
        transaction_id=order.transaction_id or "",
        description=order.terms.description,
        trade_type=order.terms.trade_type,
        appid=order.terms.appid,
        state=orders.shown_state(snapshot, order),
        amount=order.terms.amount,
        refunded=order.refunded,
        currency=order.terms.currency,
        created_at=order.created_at,
        paid_at=order.paid_at,
        payer=payer,
    )


def _refund(refund: Refund) -> RefundLine:
    return RefundLine(
        out_refund_no=refund.out_refund_no,
        refund_id=refund.refund_id,
        state=refund.state,
        amount=refund.terms.amount,
        reason=refund.terms.reason,
        user_received_account=refund.user_received_account,
        created_at=refund.created_at,
        success_at=refund.success_at,
    )


def _notification(delivery: Delivery) -> NotificationLine:
    return NotificationLine(
        delivery_id=str(delivery.id),
        notify_id=delivery.notify_id,
        channel=delivery.channel,
        subject=delivery.subject,
        url=delivery.url,
        state=delivery.state,
        created_at=delivery.created_at,
        next_at=delivery.next_at,
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
    )


def _numbered(snapshot: Snapshot, mchid: MchId, number: str) -> list[Order]:
    try:
        return [orders.by_out_trade_no(snapshot, mchid=mchid, out_trade_no=number)]
    except DomainError as error:
        if error.code is not ORDER_NOT_FOUND:
            raise
    try:
        return [orders.by_transaction_id(snapshot, mchid=mchid, transaction_id=number)]
    except DomainError as error:
        if error.code is not ORDER_NOT_FOUND:
            raise
    return []


@client.get("/console/merchants/{mchid}/orders")
def list_merchant_orders(snapshot: Snapshot, person: Person, req: OrderQuery) -> OrderPage:
    """The merchant's orders, newest first."""
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id)
    following: OrderId | None = None
    if req.number:
        found = _numbered(snapshot, merchant.mchid, req.number.strip())
    else:
        found, following = orders.list_(
            snapshot,
            mchid=merchant.mchid,
            state=req.state,
            since=req.since,
            until=req.until,
            before=int(req.before) if req.before else None,
            limit=req.limit,
        )
    payers = users.many(snapshot, [order.payer_id for order in found if order.payer_id is not None])
    names = {user_id: user.nickname for user_id, user in payers.items()}
    return OrderPage(
        orders=[_order(snapshot, one, names.get(one.payer_id, "") if one.payer_id else "") for one in found],
        next=None if following is None else str(following),
    )


@client.get("/console/merchants/{mchid}/orders/{order_id}")
def get_merchant_order(snapshot: Snapshot, person: Person, req: OrderRef) -> OrderDetail:
    """One order with its refunds and what was told to the merchant's server about it."""
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id)
    order = orders.get(snapshot, merchant.mchid, OrderId(int(req.order_id)))
    payer = users.find(snapshot, order.payer_id) if order.payer_id is not None else None
    given_back = refunds.of_order(snapshot, order)
    told = deliveries.list_(snapshot, owner=merchant.mchid, subject=f"order:{order.out_trade_no}")
    return OrderDetail(
        order=_order(snapshot, order, payer.nickname if payer else ""),
        bank_type=order.bank_type,
        attach=order.terms.attach,
        notify_url=order.terms.notify_url,
        expires_at=order.expires_at,
        refunds=[_refund(refund) for refund in given_back],
        notifications=[_notification(delivery) for delivery in reversed(told)],
    )


class NewRefund(OrderRef):
    """`out_refund_no` is the console's own number for this act: sent twice, it refunds once."""

    out_refund_no: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_\-|*@]+\Z")]
    amount: Annotated[int, Meta(ge=1, le=orders.MAX_TOTAL)]
    reason: Annotated[str, Meta(max_length=80)] = ""


@client.post("/console/merchants/{mchid}/orders/{order_id}/refunds")
def refund_merchant_order(tx: Tx, person: Person, req: NewRefund) -> RefundLine:
    """Give money back to the payer."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.ADMIN)
    order = orders.get(tx, merchant.mchid, OrderId(int(req.order_id)))
    terms = RefundTerms(
        amount=Fen(req.amount), total=order.terms.amount, currency=order.terms.currency, reason=req.reason
    )
    refund = refunds.place(tx, order=order, out_refund_no=req.out_refund_no, terms=terms, trust=order.trust)
    _record(tx, person, merchant, "merchant.refund", f"{order.out_trade_no} {req.amount}")
    return _refund(refund)


# ── the notification log ───────────────────────────────────────────────────────────────────────────────────


class NotificationQuery(MerchantRef):
    state: DeliveryState | None = None
    before: Id | None = None
    limit: Limit = 50


class NotificationPage(Response):
    notifications: list[NotificationLine]
    next: str | None


class NotificationRef(MerchantRef):
    delivery_id: Id


class NotificationTry(Response):
    number: int
    at: int
    duration_ms: int
    status: int | None
    error: str | None
    answer: str


class NotificationDetail(Response):
    notification: NotificationLine
    payload: dict[str, Any]  # before it is signed and encrypted
    tries: list[NotificationTry]


@client.get("/console/merchants/{mchid}/notifications")
def list_notifications(snapshot: Snapshot, person: Person, req: NotificationQuery) -> NotificationPage:
    """What was told to the merchant's servers, newest first."""
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id)
    found = deliveries.list_(
        snapshot,
        owner=merchant.mchid,
        state=req.state,
        before=int(req.before) if req.before else None,
        limit=req.limit,
    )
    return NotificationPage(
        notifications=[_notification(delivery) for delivery in found],
        next=str(found[-1].id) if len(found) == req.limit else None,
    )


def _own(snapshot: Snapshot, merchant: Merchant, delivery_id: str) -> Delivery:
    delivery = snapshot.get(Delivery, id=int(delivery_id))
    if delivery.owner != merchant.mchid:
        raise DomainError(NOT_FOUND, what="Delivery", id=delivery_id)
    return delivery


@client.get("/console/merchants/{mchid}/notifications/{delivery_id}")
def get_notification(snapshot: Snapshot, person: Person, req: NotificationRef) -> NotificationDetail:
    """One notification with every try."""
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id)
    delivery = _own(snapshot, merchant, req.delivery_id)
    payload = msgspec.json.decode(delivery.payload)
    return NotificationDetail(
        notification=_notification(delivery),
        payload=payload if isinstance(payload, dict) else {"payload": payload},
        tries=[
            NotificationTry(one.number, one.at, one.duration_ms, one.status, one.error, one.answer)
            for one in deliveries.attempts(snapshot, delivery.id)
        ],
    )


@client.post("/console/merchants/{mchid}/notifications/{delivery_id}/replay")
def replay_notification(tx: Tx, person: Person, req: NotificationRef) -> NotificationLine:
    """Send it once more now, whatever became of it."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.DEVELOPER)
    delivery = _own(tx, merchant, req.delivery_id)
    _record(tx, person, merchant, "merchant.replay", delivery.subject)
    return _notification(deliveries.replay(tx, delivery.id))


# ── keys and certificates ──────────────────────────────────────────────────────────────────────────────────


class ApiKey(Response):
    """Told this once; what is kept cannot be read back here."""

    api_key: str


@client.post("/console/merchants/{mchid}/api-v2-key")
def reset_merchant_api_v2_key(tx: Tx, person: Person, req: MerchantRef) -> ApiKey:
    """A new key for v2 signatures."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.ADMIN)
    _record(tx, person, merchant, "merchant.api_v2_key_reset")
    return ApiKey(merchants.reset_api_v2_key(tx, merchant))


@client.post("/console/merchants/{mchid}/api-v3-key")
def reset_merchant_api_v3_key(tx: Tx, person: Person, req: MerchantRef) -> ApiKey:
    """A new key for v3 notifications and certificate downloads."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.ADMIN)
    _record(tx, person, merchant, "merchant.api_v3_key_reset")
    return ApiKey(merchants.reset_api_v3_key(tx, merchant))


class NewCertificate(Response):
    """The private key is told this once and kept nowhere here."""

    certificate: CertificateView
    certificate_pem: str
    private_key_pem: str


def draw_merchant_key(snapshot: Snapshot, person: Person, req: MerchantRef) -> NewMerchantKey:
    merchant = access.require_merchant(snapshot, req.mchid, person.user_id, at_least=Role.ADMIN)
    return keys.new_merchant_key(snapshot, merchant.mchid, now=snapshot.wire_now)


@client.post("/console/merchants/{mchid}/certificates", prepare=draw_merchant_key)
def issue_certificate(tx: Tx, person: Person, req: MerchantRef, made: NewMerchantKey) -> NewCertificate:
    """A new key pair for the merchant's server, with its certificate. The ones before stay in force."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.ADMIN)
    kept = keys.certify(tx, mchid=merchant.mchid, certificate=made.certificate)
    _record(tx, person, merchant, "merchant.certificate_issue", kept.serial_no)
    return NewCertificate(_certificate(kept), made.certificate, made.private_key)


class CertificateRef(MerchantRef):
    serial_no: Text


@client.delete("/console/merchants/{mchid}/certificates/{serial_no}")
def revoke_certificate(tx: Tx, person: Person, req: CertificateRef) -> None:
    """Believe nothing more that this certificate's key signs."""
    merchant = access.require_merchant(tx, req.mchid, person.user_id, at_least=Role.ADMIN)
    found = keys.find_certificate(tx, req.serial_no)
    if found is None or found.mchid != merchant.mchid:
        raise DomainError(NOT_FOUND, what="MerchantCertificate", serial_no=req.serial_no)
    keys.revoke(tx, found)
    _record(tx, person, merchant, "merchant.certificate_revoke", found.serial_no)
