"""微信卡券: the cards an official account makes, and the codes people took of them."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hutong.domains.apps import apps, openids
from hutong.domains.apps.tables import App
from hutong.domains.benefits import cards, coupons
from hutong.domains.benefits.errors import (
    CARD_ID_MISSING,
    CODE_TYPE_UNKNOWN,
    COLOR_UNKNOWN,
    DATE_INVALID,
    FIELD_INVALID,
    FIELD_MISSING,
    FIELD_NOT_DONE,
    KIND_UNKNOWN,
)
from hutong.domains.benefits.events import Source
from hutong.domains.benefits.tables import (
    Card,
    CodeType,
    Color,
    Coupon,
    CouponKind,
    DateType,
    Link,
    Terms,
    Validity,
)
from hutong.kernel.clock import SECOND_MS, Millis
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import BAD_REQUEST, DomainError

from .protocol import mp

CardId = Annotated[str, Meta(max_length=32)]
Code = Annotated[str, Meta(min_length=1, max_length=32)]
Openid = Annotated[str, Meta(max_length=128)]
Whole = Annotated[int, Meta(ge=0, le=2**53)]
Second = Annotated[int, Meta(ge=0, le=2**40)]

VERIFIED, DELETED = "CARD_STATUS_VERIFY_OK", "CARD_STATUS_DELETE"  # nobody reviews cards here
STATUSES = ("CARD_STATUS_NOT_VERIFY", "CARD_STATUS_VERIFY_FAIL", VERIFIED, DELETED, "CARD_STATUS_DISPATCH")
PROGRAM = "@app"  # after the original id of a mini program

# The published numbers of the two kinds of period; the longer names came later, and both are sent.
DATE_TYPES = {"1": DateType.RANGE, "2": DateType.TERM, **{kind.value: kind for kind in DateType}}
# What a coupon of each kind is good for, by the field that says so.
DETAILS = {
    CouponKind.GROUPON: "deal_detail",
    CouponKind.GIFT: "gift",
    CouponKind.GENERAL_COUPON: "default_detail",
}
WORTH = ("deal_detail", "gift", "default_detail", "least_cost", "reduce_cost", "discount")
# Published, and refused where they ask for something: shops, passing on, imported codes and what pays by itself are
# not there.
NOT_DONE = (
    "location_id_list",
    "source",
    "get_custom_code_mode",
    "can_share",
    "can_give_friend",
    "need_push_on_view",
    "pay_info",
    "is_pay_and_qrcode",
    "use_dynamic_code",
    "area_code_list",
)
CHANGEABLE = (
    "logo_url",
    "color",
    "notice",
    "description",
    "service_phone",
    "code_type",
    "get_limit",
    "use_limit",
)
LINKS = ("center", "custom", "promotion")


class DateInfo(Request):
    """Moments in Unix seconds, terms in days."""

    type: str | Whole
    begin_timestamp: Second | None = None
    end_timestamp: Second | None = None
    fixed_term: Whole | None = None
    fixed_begin_term: Whole | None = None


class Sku(Request):
    quantity: Whole


class BaseInfo(Request):
    """What all kinds of card have; what is left out of a change stays as it is."""

    logo_url: str | None = None
    brand_name: str | None = None
    code_type: str | None = None
    title: str | None = None
    sub_title: str | None = None
    color: str | None = None
    notice: str | None = None
    description: str | None = None
    service_phone: str | None = None
    date_info: DateInfo | None = None
    sku: Sku | None = None
    get_limit: Whole | None = None
    use_limit: Whole | None = None
    use_custom_code: bool | None = None
    bind_openid: bool | None = None
    center_title: str | None = None
    center_sub_title: str | None = None
    center_url: str | None = None
    center_app_brand_user_name: str | None = None
    center_app_brand_pass: str | None = None
    custom_url_name: str | None = None
    custom_url_sub_title: str | None = None
    custom_url: str | None = None
    custom_app_brand_user_name: str | None = None
    custom_app_brand_pass: str | None = None
    promotion_url_name: str | None = None
    promotion_url_sub_title: str | None = None
    promotion_url: str | None = None
    promotion_app_brand_user_name: str | None = None
    promotion_app_brand_pass: str | None = None


class Body(Request):
    """What stands under the kind's own name. Sums are in fen."""

    base_info: dict[str, Any]
    deal_detail: str = ""
    gift: str = ""
    default_detail: str = ""
    least_cost: Whole = 0
    reduce_cost: Whole = 0
    discount: Whole = 0
    advanced_info: dict[str, Any] | None = None


class NewCard(Request):
    card: dict[str, Any]


class CardRef(Request):
    card_id: CardId


class Created(Response):
    card_id: str
    errcode: int = 0
    errmsg: str = "ok"


class Shown(Response):
    """`card` is as it was sent to be created, with its id, status, stock and dates."""

    card: dict[str, Any]
    errcode: int = 0
    errmsg: str = "ok"


def _read(kind: type[Any], given: Any) -> Any:
    """Lenient as the published server: a number or a truth may come as text."""
    try:
        return msgspec.convert(given, kind, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise DomainError(BAD_REQUEST, reason=str(error)[:300]) from None


def _base_info(given: dict[str, Any]) -> BaseInfo:
    for name in NOT_DONE:
        if given.get(name) not in (None, False, "", 0, [], {}, "false"):
            raise DomainError(FIELD_NOT_DONE, field=name)
    if given.get("use_all_locations") is False:
        raise DomainError(FIELD_NOT_DONE, field="use_all_locations")
    info: BaseInfo = _read(BaseInfo, given)
    return info


def _link(snapshot: Snapshot, info: BaseInfo, name: str) -> Link | None:
    """One of the ways on; None where none of its fields is given."""
    title, sub_title = ("title", "sub_title") if name == "center" else ("url_name", "url_sub_title")
    user_name = getattr(info, f"{name}_app_brand_user_name") or ""
    appid = ""
    if user_name:
        program = apps.find_by_original_id(snapshot, user_name.removesuffix(PROGRAM))
        if program is None or not user_name.endswith(PROGRAM):
            raise DomainError(FIELD_INVALID, field=f"{name}_app_brand_user_name")
        appid = program.appid
    link = Link(
        title=getattr(info, f"{name}_{title}") or "",
        sub_title=getattr(info, f"{name}_{sub_title}") or "",
        url=getattr(info, f"{name}_url") or "",
        appid=appid,
        path=(getattr(info, f"{name}_app_brand_pass") or "").removeprefix("/"),
    )
    return None if link == Link("") else link


def _validity(snapshot: Snapshot, given: DateInfo | None) -> Validity:
    if given is None:
        raise DomainError(FIELD_MISSING, field="date_info")
    kind = DATE_TYPES.get(str(given.type))
    if kind is None:
        raise DomainError(DATE_INVALID, field="type")

    def moment(seconds: int | None) -> Millis | None:
        return None if not seconds else Millis(seconds * SECOND_MS + snapshot.clock_offset)

    if kind is DateType.RANGE:
        return Validity(kind, moment(given.begin_timestamp), moment(given.end_timestamp))
    if not given.fixed_term:
        raise DomainError(FIELD_MISSING, field="fixed_term")
    return Validity(kind, None, moment(given.end_timestamp), given.fixed_begin_term or 0, given.fixed_term)


def _color(text: str | None) -> Color:
    try:
        return Color(text or "")
    except ValueError:
        raise DomainError(COLOR_UNKNOWN) from None


def _code_type(text: str | None) -> CodeType:
    try:
        return CodeType(text or "")
    except ValueError:
        raise DomainError(CODE_TYPE_UNKNOWN) from None


def _terms(snapshot: Snapshot, kind: CouponKind, body: Body, info: BaseInfo) -> Terms:
    if body.advanced_info:
        raise DomainError(FIELD_NOT_DONE, field="advanced_info")
    return Terms(
        brand_name=info.brand_name or "",
        title=info.title or "",
        sub_title=info.sub_title or "",
        color=_color(info.color),
        code_type=_code_type(info.code_type),
        notice=info.notice or "",
        description=info.description or "",
        validity=_validity(snapshot, info.date_info),
        logo_url=info.logo_url or "",
        service_phone=info.service_phone or "",
        get_limit=50 if info.get_limit is None else info.get_limit,
        use_limit=50 if info.use_limit is None else info.use_limit,
        use_custom_code=bool(info.use_custom_code),
        bind_openid=bool(info.bind_openid),
        center=_link(snapshot, info, "center"),
        custom=_link(snapshot, info, "custom"),
        promotion=_link(snapshot, info, "promotion"),
        detail=getattr(body, DETAILS[kind]) if kind in DETAILS else "",
        least_cost=body.least_cost if kind is CouponKind.CASH else 0,
        reduce_cost=body.reduce_cost if kind is CouponKind.CASH else 0,
        discount=body.discount if kind is CouponKind.DISCOUNT else 0,
    )


@mp.post("/card/create")
def card_create(tx: Tx, app: App, req: NewCard) -> Created:
    """创建卡券"""
    try:
        kind = CouponKind(str(req.card.get("card_type")))
    except ValueError:
        raise DomainError(KIND_UNKNOWN) from None
    given = req.card.get(kind.value.lower())
    if not isinstance(given, dict):
        raise DomainError(FIELD_MISSING, field=kind.value.lower())
    body: Body = _read(Body, given)
    info = _base_info(body.base_info)
    if info.sku is None:
        raise DomainError(FIELD_MISSING, field="sku")
    made = cards.create(
        tx, appid=app.appid, kind=kind, terms=_terms(tx, kind, body, info), quantity=info.sku.quantity
    )
    return Created(made.card_id)


@mp.post("/card/get")
def card_get(snapshot: Snapshot, app: App, req: CardRef) -> Shown:
    """查看卡券详情"""
    card = cards.get(snapshot, appid=app.appid, card_id=req.card_id)
    return Shown({"card_type": card.kind.value, card.kind.value.lower(): _body(snapshot, card)})


def _seconds(snapshot: Snapshot, moment: Millis | None) -> int:
    return 0 if moment is None else (moment - snapshot.clock_offset) // SECOND_MS


def _body(snapshot: Snapshot, card: Card) -> dict[str, Any]:
    terms = card.terms
    validity = terms.validity
    date_info: dict[str, Any] = {"type": validity.type.value}
    if validity.type is DateType.RANGE:
        date_info["begin_timestamp"] = _seconds(snapshot, validity.begins_at)
    else:
        date_info |= {"fixed_term": validity.days, "fixed_begin_term": validity.begin_days}
    if validity.ends_at is not None:
        date_info["end_timestamp"] = _seconds(snapshot, validity.ends_at)
    base: dict[str, Any] = {
        "id": card.card_id,
        "logo_url": terms.logo_url,
        "brand_name": terms.brand_name,
        "code_type": terms.code_type.value,
        "title": terms.title,
        "sub_title": terms.sub_title,
        "color": terms.color.value,
        "notice": terms.notice,
        "description": terms.description,
        "service_phone": terms.service_phone,
        "date_info": date_info,
        "sku": {"quantity": card.quantity, "total_quantity": card.quantity + card.taken},
        "get_limit": terms.get_limit,
        "use_limit": terms.use_limit,
        "use_custom_code": terms.use_custom_code,
        "bind_openid": terms.bind_openid,
        "can_share": False,
        "can_give_friend": False,
        "use_all_locations": True,
        "location_id_list": [],
        "status": VERIFIED,
        "create_time": card.created_at // SECOND_MS,
        "update_time": card.updated_at // SECOND_MS,
    }
    for name in LINKS:
        base |= _link_fields(snapshot, name, getattr(terms, name))
    body: dict[str, Any] = {"base_info": base}
    if card.kind in DETAILS:
        body[DETAILS[card.kind]] = terms.detail
    elif card.kind is CouponKind.CASH:
        body |= {"least_cost": terms.least_cost, "reduce_cost": terms.reduce_cost}
    else:
        body["discount"] = terms.discount
    return body


def _link_fields(snapshot: Snapshot, name: str, link: Link | None) -> dict[str, str]:
    if link is None:
        return {}
    title, sub_title = ("title", "sub_title") if name == "center" else ("url_name", "url_sub_title")
    fields = {f"{name}_{title}": link.title, f"{name}_{sub_title}": link.sub_title, f"{name}_url": link.url}
    if link.appid:
        program = apps.get(snapshot, link.appid)
        fields |= {
            f"{name}_app_brand_user_name": program.original_id + PROGRAM,
            f"{name}_app_brand_pass": link.path,
        }
    return fields


class CardsQuery(Request):
    offset: Annotated[int, Meta(ge=0, le=2**31)] = 0
    count: Annotated[int, Meta(ge=1, le=cards.PAGE)] = cards.PAGE
    status_list: Annotated[list[str], Meta(max_length=10)] = []


class CardIds(Response):
    card_id_list: list[str]
    total_num: int
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/card/batchget")
def card_batchget(snapshot: Snapshot, app: App, req: CardsQuery) -> CardIds:
    """批量查询卡券列表"""
    if not set(req.status_list) <= set(STATUSES):
        raise DomainError(FIELD_INVALID, field="status_list")
    wanted = req.status_list or [VERIFIED, DELETED]
    found, total = cards.ids(
        snapshot,
        appid=app.appid,
        offset=req.offset,
        count=req.count,
        live=VERIFIED in wanted,
        deleted=DELETED in wanted,
    )
    return CardIds(found, total)


class CardChange(CardRef):
    groupon: Body | None = None
    cash: Body | None = None
    discount: Body | None = None
    gift: Body | None = None
    general_coupon: Body | None = None


class Changed(Response):
    """`send_check` is false: nobody reviews a change."""

    send_check: bool = False
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/card/update")
def card_update(tx: Tx, app: App, req: CardChange) -> Changed:
    """更改卡券信息接口"""
    card = cards.get(tx, appid=app.appid, card_id=req.card_id)
    body: Body | None = getattr(req, card.kind.value.lower())
    if body is None:
        raise DomainError(FIELD_MISSING, field=card.kind.value.lower())
    if changed := [name for name in WORTH if getattr(body, name)]:
        raise DomainError(FIELD_NOT_DONE, field=changed[0])
    if body.advanced_info:
        raise DomainError(FIELD_NOT_DONE, field="advanced_info")
    info = _base_info(body.base_info)
    changes: dict[str, Any] = {}
    for name in BaseInfo.__struct_fields__:
        value = getattr(info, name)
        if value is None or name.startswith(LINKS):
            continue
        if name not in CHANGEABLE:
            raise DomainError(FIELD_NOT_DONE, field=name)
        changes[name] = (
            _color(value) if name == "color" else _code_type(value) if name == "code_type" else value
        )
    for name in LINKS:
        if any(
            getattr(info, field) is not None for field in BaseInfo.__struct_fields__ if field.startswith(name)
        ):
            changes[name] = _link(tx, _kept(tx, card, info, name), name)
    cards.change(tx, card, terms=msgspec.structs.replace(card.terms, **changes))
    return Changed()


def _kept(snapshot: Snapshot, card: Card, info: BaseInfo, name: str) -> BaseInfo:
    """The change of one link, filled up with what that link says now."""
    now = _link_fields(snapshot, name, getattr(card.terms, name))
    return msgspec.structs.replace(
        info, **{field: value for field, value in now.items() if getattr(info, field) is None}
    )


class StockChange(CardRef):
    increase_stock_value: Whole = 0
    reduce_stock_value: Whole = 0


@mp.post("/card/modifystock")
def card_modifystock(tx: Tx, app: App, req: StockChange) -> None:
    """修改库存接口"""
    card = cards.get(tx, appid=app.appid, card_id=req.card_id)
    cards.restock(tx, card, more=req.increase_stock_value, less=req.reduce_stock_value)


@mp.post("/card/delete")
def card_delete(tx: Tx, app: App, req: CardRef) -> None:
    """删除卡券接口"""
    cards.delete(tx, cards.get(tx, appid=app.appid, card_id=req.card_id))


# What the names stand for on the published server's own coupons.
COLORS = {
    Color.COLOR010: "#63b359",
    Color.COLOR020: "#2c9f67",
    Color.COLOR030: "#509fc9",
    Color.COLOR040: "#5885cf",
    Color.COLOR050: "#9062c0",
    Color.COLOR060: "#d09a45",
    Color.COLOR070: "#e4b138",
    Color.COLOR080: "#ee903c",
    Color.COLOR081: "#f08500",
    Color.COLOR082: "#a9d92d",
    Color.COLOR090: "#dd6549",
    Color.COLOR100: "#cc463d",
    Color.COLOR101: "#cf3e36",
    Color.COLOR102: "#5e6671",
}


class ColorLine(Response):
    name: str
    value: str


class Colors(Response):
    colors: list[ColorLine]
    errcode: int = 0
    errmsg: str = "ok"


class Nothing(Request):
    pass


@mp.get("/card/getcolors")
def card_getcolors(snapshot: Snapshot, app: App, req: Nothing) -> Colors:
    """获取卡券颜色列表"""
    return Colors([ColorLine(color.value, value) for color, value in COLORS.items()])


# ── codes ──────────────────────────────────────────────────────────────────────────────────────────────────


class CodeRef(Request):
    """`card_id` is needed where the shop's own codes are used."""

    code: Code
    card_id: CardId = ""


class CodeQuery(CodeRef):
    check_consume: bool = True


class CodeCard(Response):
    card_id: str
    begin_time: int
    end_time: int


class CodeShown(Response):
    """`begin_time` and `end_time` in Unix seconds."""

    card: CodeCard
    openid: str
    can_consume: bool
    user_card_status: str
    outer_str: str
    errcode: int = 0
    errmsg: str = "ok"


def _coupon(snapshot: Snapshot, app: App, req: CodeRef) -> Coupon:
    coupon = coupons.of_code(snapshot, appid=app.appid, code=req.code, card_id=req.card_id)
    if not req.card_id and cards.many(snapshot, [coupon.card_id])[coupon.card_id].terms.use_custom_code:
        raise DomainError(CARD_ID_MISSING)
    return coupon


@mp.post("/card/code/get")
def card_code_get(tx: Tx, app: App, req: CodeQuery) -> CodeShown:
    """查询Code接口"""
    coupon = _coupon(tx, app, req)
    if req.check_consume:
        coupons.require_usable(tx, coupon)
    usable = coupons.state(tx, coupon) == "NORMAL" and tx.now >= coupon.begins_at
    return CodeShown(
        card=CodeCard(coupon.card_id, _seconds(tx, coupon.begins_at), _seconds(tx, coupon.expires_at)),
        openid=openids.of(tx, appid=app.appid, user_id=coupon.user_id),
        can_consume=usable,
        user_card_status=coupons.state(tx, coupon),
        outer_str=coupon.outer_str,
    )


class ConsumedCard(Response):
    card_id: str


class Consumed(Response):
    card: ConsumedCard
    openid: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/card/code/consume")
def card_code_consume(tx: Tx, app: App, req: CodeRef) -> Consumed:
    """核销Code接口"""
    coupon = coupons.consume(tx, _coupon(tx, app, req), source=Source.API)
    return Consumed(ConsumedCard(coupon.card_id), openids.of(tx, appid=app.appid, user_id=coupon.user_id))


class Encrypted(Request):
    encrypt_code: Annotated[str, Meta(min_length=1, max_length=512)]


class Decrypted(Response):
    code: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/card/code/decrypt")
def card_code_decrypt(snapshot: Snapshot, app: App, req: Encrypted) -> Decrypted:
    """Code解码接口"""
    return Decrypted(coupons.decrypt_code(snapshot, appid=app.appid, encrypted=req.encrypt_code))


class Withdrawal(CodeRef):
    reason: Annotated[str, Meta(max_length=coupons.REASON_LENGTH)] = ""


@mp.post("/card/code/unavailable")
def card_code_unavailable(tx: Tx, app: App, req: Withdrawal) -> None:
    """设置卡券失效接口"""
    coupons.withdraw(tx, _coupon(tx, app, req), reason=req.reason)


class HeldQuery(Request):
    openid: Openid
    card_id: CardId = ""


class HeldCard(Response):
    code: str
    card_id: str


class HeldCards(Response):
    card_list: list[HeldCard]
    has_share_card: bool = False
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/card/user/getcardlist")
def card_user_getcardlist(snapshot: Snapshot, app: App, req: HeldQuery) -> HeldCards:
    """获取用户已领取卡券接口"""
    user_id = openids.user_of(snapshot, appid=app.appid, openid=req.openid)
    held = coupons.of_account(snapshot, appid=app.appid, user_id=user_id, card_id=req.card_id)
    return HeldCards([HeldCard(coupon.code, coupon.card_id) for coupon in held])
