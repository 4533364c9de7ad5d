"""The template library of subscribe messages: titles by category, and the keywords each may be made of."""

from hutong.kernel.frozen import Frozen

from .tables import SubscribeKind


class Keyword(Frozen):
    """`kind` is the type its value must fit; `enum` are the values of an enum."""

    kid: int
    name: str
    example: str
    kind: str
    enum: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """How a message names it."""
        return f"{self.kind}{self.kid}"


class Title(Frozen):
    """One public template. `categories` are the second-class categories that may use it."""

    tid: int
    title: str
    kind: SubscribeKind
    categories: tuple[int, ...]
    keywords: tuple[Keyword, ...]

    def keyword(self, kid: int) -> Keyword | None:
        return next((keyword for keyword in self.keywords if keyword.kid == kid), None)


# The examples that most keywords share, by what they say.
_EXAMPLES = {
    "thing": "云岫乌龙",
    "number": "3",
    "letter": "A",
    "symbol": "☆",
    "character_string": "20261128093000",
    "time": "15:01",
    "date": "2026年11月28日",
    "amount": "¥28.00",
    "phone_number": "021-55550100",
    "car_number": "沪A12345",
    "name": "林晚",
    "phrase": "已完成",
}


def _keyword(kid: int, text: str) -> Keyword:
    """From "订单编号 character_string" or "状态 enum 制作中/已完成"; an example may follow the type."""
    name, kind, *rest = text.split(" ", 2)
    if kind == "enum":
        values = tuple(rest[0].split("/"))
        return Keyword(kid, name, values[0], kind, values)
    return Keyword(kid, name, rest[0] if rest else _EXAMPLES[kind], kind)


def _title(tid: int, title: str, kind: SubscribeKind, categories: tuple[int, ...], *keywords: str) -> Title:
    made = tuple(_keyword(kid, text) for kid, text in enumerate(keywords, start=1))
    return Title(tid, title, kind, categories, made)


_ONCE, _LASTING = SubscribeKind.ONCE, SubscribeKind.LASTING
_SHOPS = (632, 220, 321, 322, 783, 786)
_TRADE = (*_SHOPS, 308, 616, 617, 131, 132, 133, 161, 162, 171, 172, 181, 211)
_TOOLS = (612, 613, 614)

_TITLES = (
    _title(1128, "待办事项提醒", _ONCE, _TOOLS, "事项 thing 交水费", "时间 date", "地点 thing", "备注 thing"),
    _title(
        1129, "日程提醒", _ONCE, _TOOLS,
        "日程 thing 周会", "开始时间 time", "参加人数 number", "发起人 name",
    ),
    _title(1130, "计算完成通知", _ONCE, _TOOLS, "任务名称 thing", "结果 phrase", "完成时间 time"),
    _title(
        1476, "取餐提醒", _ONCE, (632, 220), "取餐号 character_string A018", "商品 thing", "门店 thing",
        "状态 phrase",
        "取餐时间 time", "备注 thing",
    ),
    _title(
        1477, "排队到号通知", _ONCE, (632, 220, 132, 171), "当前号码 character_string B07", "门店 thing",
        "前面还有 number", "桌型 enum 小桌/中桌/大桌/包间",
    ),
    _title(
        1536, "订单状态通知", _ONCE, _TRADE, "订单编号 character_string", "订单状态 phrase", "商品名称 thing",
        "订单金额 amount", "下单时间 date", "备注 thing",
    ),
    _title(
        1537, "订单发货通知", _ONCE, (*_SHOPS, 211), "订单编号 character_string", "快递公司 thing",
        "快递单号 character_string",
        "发货时间 time", "收货人 name", "收货电话 phone_number",
    ),
    _title(
        1538, "退款通知", _ONCE, _TRADE, "订单编号 character_string", "退款金额 amount", "退款方式 phrase 原路",
        "退款时间 time", "说明 thing",
    ),
    _title(
        1601, "优惠券到期提醒", _ONCE, _TRADE,
        "券名 thing", "到期时间 date", "可用门店 thing", "面额 amount",
    ),
    _title(
        1620, "预约成功通知", _ONCE, (132, 131, 171, 161, 162, 617, 114, 778), "预约项目 thing",
        "预约时间 date",
        "预约人 name", "地址 thing", "联系电话 phone_number",
    ),
    _title(
        1621, "预约取消通知", _ONCE, (132, 131, 171, 161, 162, 617, 114, 778),
        "预约项目 thing", "预约时间 date", "原因 thing",
    ),
    _title(
        1700, "活动开始提醒", _ONCE, (308, 172, 182, 231, 232, 609),
        "活动名称 thing", "开始时间 time", "主办方 thing", "等级 symbol",
    ),
    _title(1701, "开播提醒", _ONCE, (232, 231, 322, 786), "直播标题 thing", "开播时间 time", "主播 name"),
    _title(
        1720, "课程提醒", _ONCE, (39, 609),
        "课程 thing", "上课时间 time", "教室 thing", "老师 name", "班级 letter",
    ),
    _title(1740, "分数更新提醒", _ONCE, (191, 192), "游戏 thing", "分数 number", "名次 number"),
    _title(
        2101, "停车缴费提醒", _LASTING, (157,),
        "车牌 car_number", "停车场 thing", "入场时间 time", "应缴 amount",
    ),
    _title(2102, "车辆到站提醒", _LASTING, (158,), "线路 thing", "站点 thing", "预计到达 time"),
    _title(2103, "就诊提醒", _LASTING, (114,), "就诊人 name", "科室 thing", "就诊时间 date", "序号 number"),
    _title(
        2104, "办事进度通知", _LASTING, (121,),
        "事项 thing", "受理编号 character_string", "进度 phrase", "更新时间 date",
    ),
    _title(2105, "图书到期提醒", _LASTING, (122,), "书名 thing", "应还日期 date", "馆名 thing"),
    _title(
        2106, "账户变动通知", _LASTING, (201, 202),
        "账户 character_string 0188", "金额 amount", "时间 time", "类型 phrase 支出",
    ),
    _title(
        2107, "快件状态通知", _LASTING, (211, 212),
        "运单号 character_string", "状态 phrase", "网点 thing", "电话 phone_number",
    ),
    _title(
        2108, "放假通知", _LASTING, (39, 609),
        "学校 thing", "开始日期 date", "结束日期 date", "说明 thing",
    ),
    _title(
        2109, "开演提醒", _LASTING, (181,),
        "演出 thing", "时间 time", "场馆 thing", "座位 character_string A-12",
    ),
)  # fmt: skip

LIBRARY: dict[int, Title] = {title.tid: title for title in _TITLES}
