"""Service categories: what a program (or service account) says it is for, and what that lets it use."""

from enum import StrEnum

from hutong.domains.apps import apps
from hutong.domains.apps.tables import AppKind
from hutong.kernel.clock import DAY_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from .errors import CATEGORIES_FULL, CATEGORIES_TOO_OFTEN, CATEGORY_HELD, CATEGORY_MISSING, CATEGORY_UNKNOWN
from .tables import CategoryChange, ProgramCategory

MOST = 5  # of one program
CHANGES = 5  # additions in a month
MONTH_MS = 30 * DAY_MS


class Ability(StrEnum):
    """What only some categories may use."""

    PAYMENT = "payment"
    LIVE = "live"
    LASTING_MESSAGES = "lasting_messages"
    LOCATION = "location"


class Category(Frozen):
    """A second-class category with the first-class one it belongs to."""

    first: int
    first_name: str
    second: int
    second_name: str
    abilities: frozenset[Ability]
    sensitive: bool = False  # asks for proof of a licence


_P, _L, _M, _W = Ability.PAYMENT, Ability.LIVE, Ability.LASTING_MESSAGES, Ability.LOCATION
_LISTED: tuple[tuple[int, str, tuple[tuple[int, str, tuple[Ability, ...], bool], ...]], ...] = (
    (287, "工具", ((612, "备忘录", (), False), (613, "效率", (), False), (614, "计算类", (), False))),
    (289, "餐饮", ((220, "点餐平台", (_P, _W), True), (632, "餐饮服务场所", (_P, _L, _W), False))),
    (
        307,
        "商业服务",
        ((308, "会展服务", (_P, _L), False), (616, "打印服务", (_P, _W), False), (617, "摄影", (_P,), False)),
    ),
    (
        304,
        "商家自营",
        (
            (321, "食品饮料", (_P, _L, _W), True),
            (322, "服装/鞋/箱包", (_P, _L, _W), False),
            (783, "图书报刊/音像/影视", (_P, _L), True),
            (786, "鲜花/园艺/工艺品", (_P, _L, _W), False),
        ),
    ),
    (150, "交通服务", ((157, "停车", (_P, _M, _W), True), (158, "公交", (_P, _M, _W), True))),
    (8, "教育", ((39, "学历教育", (_P, _M), True), (609, "教育信息服务", (_P, _L, _M), False))),
    (110, "医疗服务", ((114, "公立医疗机构", (_P, _M, _W), True), (778, "健康咨询", (_P,), True))),
    (120, "政务民生", ((121, "公共服务", (_P, _M, _W), True), (122, "图书馆", (_M,), False))),
    (
        130,
        "生活服务",
        ((131, "家政", (_P, _W), False), (132, "丽人", (_P, _W), False), (133, "洗衣", (_P,), False)),
    ),
    (160, "旅游", ((161, "景区服务", (_P, _L, _W), False), (162, "住宿服务", (_P, _W), True))),
    (170, "体育", ((171, "体育场馆服务", (_P, _W), False), (172, "体育赛事", (_P, _L), False))),
    (180, "娱乐", ((181, "票务", (_P, _M), True), (182, "音乐", (_L,), True))),
    (190, "游戏", ((191, "休闲游戏", (_P,), True), (192, "棋牌", (), True))),
    (200, "金融业", ((201, "银行", (_P, _M), True), (202, "保险", (_P, _M), True))),
    (210, "物流服务", ((211, "寄件/收件", (_P, _M, _W), True), (212, "查件", (_M,), False))),
    (230, "社交", ((231, "社区/论坛", (_L,), True), (232, "直播", (_L, _P), True))),
)

CATEGORIES: dict[int, Category] = {
    second: Category(first, first_name, second, second_name, frozenset(abilities), sensitive)
    for first, first_name, below in _LISTED
    for second, second_name, abilities, sensitive in below
}


def get(second: int) -> Category:
    """Raises CATEGORY_UNKNOWN."""
    category = CATEGORIES.get(second)
    if category is None:
        raise DomainError(CATEGORY_UNKNOWN, category=second)
    return category


def of_many(snapshot: Snapshot, appids: list[str]) -> dict[str, list[Category]]:
    """The categories of several programs, by appid."""
    rows = snapshot.all(
        ProgramCategory,
        "where appid in :appids order by added_at, second limit :limit",
        appids=sorted(set(appids)),
        limit=MOST * len(set(appids)),
    )
    found: dict[str, list[Category]] = {}
    for row in rows:
        found.setdefault(row.appid, []).append(CATEGORIES[row.second])
    return found


def of(snapshot: Snapshot, appid: str) -> list[Category]:
    """A program's categories, in the order it took them."""
    rows = snapshot.all(
        ProgramCategory,
        "where appid = :appid order by added_at, second limit :limit",
        appid=appid,
        limit=MOST,
    )
    return [CATEGORIES[row.second] for row in rows]


def abilities(snapshot: Snapshot, appid: str) -> frozenset[Ability]:
    """What a program's categories let it use, together."""
    return frozenset(ability for category in of(snapshot, appid) for ability in category.abilities)


def changes_left(snapshot: Snapshot, appid: str) -> int:
    """How many categories may still be added this month."""
    made = snapshot.value(
        "select count(*) from miniapp_category_change where appid = :appid and at > :since",
        appid=appid,
        since=snapshot.now - MONTH_MS,
    )
    return max(0, CHANGES - int(made))


def add(tx: Tx, *, appid: str, second: int) -> Category:
    """Say what the program is for.

    Raises KIND_FORBIDDEN, CATEGORY_UNKNOWN, CATEGORY_HELD when it is there, CATEGORIES_FULL, CATEGORIES_TOO_OFTEN.
    """
    app = apps.require_kind(apps.get(tx, appid), AppKind.MINI_PROGRAM, AppKind.SERVICE)
    category = get(second)
    held = of(tx, app.appid)
    if category in held:
        raise DomainError(CATEGORY_HELD)
    if len(held) >= MOST:
        raise DomainError(CATEGORIES_FULL, most=MOST)
    if not changes_left(tx, app.appid):
        raise DomainError(CATEGORIES_TOO_OFTEN, most=CHANGES)
    tx.insert(ProgramCategory(appid=app.appid, second=second, added_at=tx.now))
    tx.insert(CategoryChange(id=tx.new_id(), appid=app.appid, second=second, at=tx.now))
    return category


def remove(tx: Tx, *, appid: str, second: int) -> None:
    """Raises CATEGORY_MISSING when the program is not in it."""
    row = tx.find_locked(ProgramCategory, appid=appid, second=second)
    if row is None:
        raise DomainError(CATEGORY_MISSING, category=second)
    tx.delete(row)
