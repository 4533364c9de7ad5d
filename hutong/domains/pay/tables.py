"""Every table of pay: accounts and transfers, wallets and cards, merchants and their keys, orders, refunds."""

from enum import StrEnum
from typing import NewType

from hutong.domains.apps.tables import OrgId
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.frozen import Frozen
from hutong.kernel.money import Fen
from hutong.kernel.rows import Row, table

AccountId = NewType("AccountId", str)
TransferId = NewType("TransferId", int)
MchId = NewType("MchId", str)
OrderId = NewType("OrderId", int)
RefundId = NewType("RefundId", int)
CardId = NewType("CardId", int)


# ── The ledger ─────────────────────────────────────────────────────────────────────────────────────────────


class AccountKind(StrEnum):
    WALLET = "wallet"
    MERCHANT = "merchant"
    BANK = "bank"  # the world outside, the only one below zero


@table(
    "pay_account",
    key="id",
    checks=["pending_out >= 0", "kind = 'bank' or posted - pending_out >= 0"],
)
class Account(Row):
    """What somebody has. `id` says it all: kind/owner/currency."""

    id: AccountId
    kind: AccountKind
    owner: str
    currency: str
    posted: int  # all that ever came in, less all that went out
    pending_out: int = 0  # set aside by holds


class TransferState(StrEnum):
    PENDING = "PENDING"
    POSTED = "POSTED"
    VOIDED = "VOIDED"


@table(
    "pay_transfer",
    key="id",
    unique=[("code", "ref")],
    checks=["amount > 0", "posted >= 0 and posted <= amount"],
)
class Transfer(Row):
    """One movement of money, done, waiting or given back. Never deleted."""

    id: TransferId
    code: str  # why, e.g. order, refund, top_up
    ref: int  # the id of the thing it was done for
    debit: AccountId
    credit: AccountId
    currency: str
    amount: Fen
    posted: Fen  # how much moved in the end
    state: TransferState
    created_at: Millis
    settled_at: Millis | None


# ── Wallets, cards and the bank ────────────────────────────────────────────────────────────────────────────


class CardKind(StrEnum):
    DEBIT = "DEBIT"
    CREDIT = "CREDIT"


class CardBehaviour(StrEnum):
    """What the simulated bank says to the next calls on a card."""

    OK = "OK"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    DECLINED = "DECLINED"
    TIMEOUT_THEN_SUCCESS = "TIMEOUT_THEN_SUCCESS"
    TIMEOUT_THEN_FAILURE = "TIMEOUT_THEN_FAILURE"


@table("pay_card", key=("user_id", "id"), shard="user_id", remembered=True)
class Card(Row):
    """A bank card a person has bound. The bank behind it is simulated, its answers settable."""

    user_id: UserId
    id: CardId
    bank: str  # the published bank code, e.g. CMB
    bank_name: str
    kind: CardKind
    last4: str
    behaviour: CardBehaviour
    created_at: Millis

    @property
    def bank_type(self) -> str:
        """As the published `bank_type` spells it."""
        return f"{self.bank}_{self.kind}"


class Direction(StrEnum):
    IN = "IN"
    OUT = "OUT"


class RemittanceState(StrEnum):
    PROCESSING = "PROCESSING"  # the bank has not answered yet
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


@table("pay_remittance", key=("user_id", "id"), unique=[("user_id", "client_id")], shard="user_id")
class Remittance(Row):
    """Money between a card and its owner's wallet: a top-up (IN) or a withdrawal (OUT)."""

    user_id: UserId
    id: int
    client_id: str  # the client's own name for the act
    card_id: CardId
    direction: Direction
    currency: str
    amount: Fen
    state: RemittanceState
    created_at: Millis
    settled_at: Millis | None = None
    failure: CardBehaviour | None = None  # why the bank refused


class BillKind(StrEnum):
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    TOP_UP = "TOP_UP"
    WITHDRAWAL = "WITHDRAWAL"


@table("pay_bill", key=("user_id", "id"), shard="user_id")
class Bill(Row):
    """One line of a person's account book: what happened to their money, and with whom."""

    user_id: UserId
    id: int
    kind: BillKind
    direction: Direction
    currency: str
    amount: Fen
    counterpart: str  # a name to read
    title: str
    method: str  # what it was paid from or went to: balance, or a card's bank and last digits
    at: Millis
    mchid: MchId | None = None
    order_id: OrderId | None = None
    refund_id: RefundId | None = None
    remittance_id: int | None = None


# ── Merchants and keys ─────────────────────────────────────────────────────────────────────────────────────


class Trust(StrEnum):
    """How a merchant checks our signatures."""

    CERTIFICATE = "CERTIFICATE"
    PUBLIC_KEY = "PUBLIC_KEY"


@table("pay_merchant", key="mchid", index=[("org_id", "mchid")], remembered=True)
class Merchant(Row):
    """Somebody who is paid. Both API keys rest sealed."""

    mchid: MchId
    org_id: OrgId
    name: str  # what payers read
    api_v2_key_sealed: str
    api_v3_key_sealed: str
    trust: Trust  # for callers who do not say
    created_at: Millis


@table("pay_merchant_app", key=("mchid", "appid"), index=["appid"], shard="mchid", remembered=True)
class MerchantApp(Row):
    """A merchant may take orders under this appid."""

    mchid: MchId
    appid: str
    created_at: Millis


@table("pay_merchant_certificate", key="serial_no", index=["mchid"], remembered=True)
class MerchantCertificate(Row):
    """What a merchant signs with. Its private key is not here: we never keep it. Dates are wire time."""

    serial_no: str  # upper-case hex
    mchid: MchId
    certificate: str  # PEM
    effective_at: Millis
    expires_at: Millis
    revoked: bool = False


class KeyUse(StrEnum):
    AUTHORITY = "AUTHORITY"  # issues the certificates of this home
    CERTIFICATE = "CERTIFICATE"  # signs for those who trust a platform certificate
    PUBLIC_KEY = "PUBLIC_KEY"  # signs for those who trust a platform public key


@table("pay_platform_key", key="id", index=[("key_use", "effective_at")], remembered=True)
class PlatformKey(Row):
    """A key of this home. The newest of each use signs, older ones still open what was sealed for them."""

    id: str  # the certificate's serial in upper-case hex, or PUB_KEY_ID_ and digits
    key_use: KeyUse
    private_key_sealed: str
    public_part: str  # PEM: the certificate, or the public key
    effective_at: Millis  # wire time, as the certificate says
    expires_at: Millis


@table("pay_nonce", key="digest", index=["seen_at"])
class Nonce(Row):
    """A signed request that took effect. Seen again within the window, it is a replay. Wire time."""

    digest: str
    seen_at: Millis


# ── Orders and refunds ─────────────────────────────────────────────────────────────────────────────────────


class TradeType(StrEnum):
    JSAPI = "JSAPI"
    NATIVE = "NATIVE"
    APP = "APP"
    MWEB = "MWEB"


class Goods(Frozen, omit_defaults=True):
    """A line of an order, in the merchant's words."""

    merchant_goods_id: str
    quantity: int
    unit_price: Fen
    wechatpay_goods_id: str = ""
    goods_name: str = ""


class Detail(Frozen, omit_defaults=True):
    """What was bought; shown in the payer's bill."""

    cost_price: int | None = None
    invoice_id: str = ""
    goods_detail: list[Goods] | None = None


class Store(Frozen, omit_defaults=True):
    id: str
    name: str = ""
    area_code: str = ""
    address: str = ""


class H5Scene(Frozen, omit_defaults=True):
    type: str
    app_name: str = ""
    app_url: str = ""
    bundle_id: str = ""
    package_name: str = ""


class Scene(Frozen, omit_defaults=True):
    """Where the payer stands."""

    payer_client_ip: str = ""
    device_id: str = ""
    store_info: Store | None = None
    h5_info: H5Scene | None = None


class Terms(Frozen, omit_defaults=True):
    """All that was agreed when the order was placed. Another word here is another order."""

    trade_type: TradeType
    appid: str
    description: str
    amount: Fen
    notify_url: str
    currency: str = "CNY"
    payer_id: int | None = None  # who must pay; anybody may when None
    openid: str = ""
    time_expire: str = ""  # as it was sent
    attach: str = ""
    goods_tag: str = ""
    limit_pay: list[str] = []
    support_fapiao: bool | None = None
    detail: Detail | None = None
    scene: Scene | None = None


class OrderState(StrEnum):
    NOTPAY = "NOTPAY"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"  # paid, and some of it went back
    CLOSED = "CLOSED"


@table(
    "pay_order",
    key=("mchid", "id"),
    unique=[("mchid", "out_trade_no"), "prepay_id", "code", "transaction_id"],
    shard="mchid",
    checks=["refunded >= 0"],
    remembered=True,
)
class Order(Row):
    """A merchant's request to be paid once.

    `paid_at` is set in the transaction that moves the money, and never again.
    """

    mchid: MchId
    id: OrderId
    out_trade_no: str  # the merchant's own number, and our idempotency key
    prepay_id: str  # opaque handle the mini program passes to the cashier
    prepay_expires_at: Millis
    code: str | None  # opaque handle inside a code_url or h5_url; of a JSAPI order while it is handed over
    terms: Terms
    state: OrderState
    trust: Trust  # how the notification must be signed: as the order was placed
    created_at: Millis
    expires_at: Millis
    payer_id: UserId | None = None
    openid: str = ""  # the payer's, at the order's app
    card_id: CardId | None = None  # paid from a card of the payer's; from the balance when null
    bank_type: str = ""
    transaction_id: str | None = None
    paid_at: Millis | None = None
    refunded: Fen = Fen(0)  # what went back or is on its way
    refunds: int = 0


class RefundState(StrEnum):
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    ABNORMAL = "ABNORMAL"


class RefundGoods(Frozen, omit_defaults=True):
    merchant_goods_id: str
    unit_price: Fen
    refund_amount: Fen
    refund_quantity: int
    wechatpay_goods_id: str = ""
    goods_name: str = ""


class RefundTerms(Frozen, omit_defaults=True):
    """All that was asked. Another word here is another refund."""

    amount: Fen
    total: Fen
    currency: str = "CNY"
    reason: str = ""
    notify_url: str = ""
    funds_account: str = ""
    goods_detail: list[RefundGoods] | None = None


@table(
    "pay_refund",
    key=("mchid", "id"),
    unique=[("mchid", "out_refund_no"), "refund_id"],
    index=[("mchid", "order_id", "id")],
    shard="mchid",
)
class Refund(Row):
    """Money on its way back to where it came from."""

    mchid: MchId
    id: RefundId
    order_id: OrderId
    out_refund_no: str  # the merchant's own number, and our idempotency key
    refund_id: str  # ours, 28 digits
    terms: RefundTerms
    state: RefundState
    channel: str
    user_received_account: str
    trust: Trust
    created_at: Millis
    success_at: Millis | None = None


class CashierState(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


@table("pay_cashier", key="id", remembered=True)
class Cashier(Row):
    """A payer before an order, its merchant's word checked. Two tabs are two of these, and pay once."""

    id: str
    user_id: UserId
    mchid: MchId
    order_id: OrderId
    state: CashierState
    created_at: Millis
