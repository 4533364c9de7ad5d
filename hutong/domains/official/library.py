"""The template library: what accounts may take their templates from, and the industries they belong to."""

from hutong.kernel.frozen import Frozen

# Published numbers, with first and second class.
INDUSTRIES: dict[int, tuple[str, str]] = {
    1: ("IT科技", "互联网|电子商务"),
    2: ("IT科技", "IT软件与服务"),
    3: ("IT科技", "IT硬件与设备"),
    4: ("IT科技", "电子技术"),
    5: ("IT科技", "通信与运营商"),
    6: ("IT科技", "网络游戏"),
    7: ("金融业", "银行"),
    8: ("金融业", "基金|理财|信托"),
    9: ("金融业", "保险"),
    10: ("餐饮", "餐饮"),
    11: ("酒店旅游", "酒店"),
    12: ("酒店旅游", "旅游"),
    13: ("运输与仓储", "快递"),
    14: ("运输与仓储", "物流"),
    15: ("运输与仓储", "仓储"),
    16: ("教育", "培训"),
    17: ("教育", "院校"),
    18: ("政府与公共事业", "学术科研"),
    19: ("政府与公共事业", "交警"),
    20: ("政府与公共事业", "博物馆"),
    21: ("政府与公共事业", "公共事业|非盈利机构"),
    22: ("医药护理", "医药医疗"),
    23: ("医药护理", "护理美容"),
    24: ("医药护理", "保健与卫生"),
    25: ("交通工具", "汽车相关"),
    26: ("交通工具", "摩托车相关"),
    27: ("交通工具", "火车相关"),
    28: ("交通工具", "飞机相关"),
    29: ("房地产", "建筑"),
    30: ("房地产", "物业"),
    31: ("消费品", "消费品"),
    32: ("商业服务", "法律"),
    33: ("商业服务", "会展"),
    34: ("商业服务", "中介服务"),
    35: ("商业服务", "认证"),
    36: ("商业服务", "审计"),
    37: ("文体娱乐", "传媒"),
    38: ("文体娱乐", "体育"),
    39: ("文体娱乐", "娱乐休闲"),
    40: ("印刷", "印刷"),
    41: ("其它", "其它"),
}


class Listed(Frozen):
    """A template of the library. `keywords` are (value name, label, example); `first` and `remark` frame them."""

    title: str
    keywords: tuple[tuple[str, str, str], ...]
    first: str = ""
    remark: str = ""

    def content(self, labels: list[str]) -> str:
        """The text with its places, for all keywords or only those with these labels, in the order asked."""
        by_label = {label: name for name, label, _ in self.keywords}
        chosen = labels or [label for _, label, _ in self.keywords]
        lines = [f"{label}：{{{{{by_label[label]}.DATA}}}}" for label in chosen]
        if self.first:
            lines.insert(0, f"{{{{{self.first}.DATA}}}}")
        if self.remark:
            lines.append(f"{{{{{self.remark}.DATA}}}}")
        return "\n".join(lines)

    def example(self, labels: list[str]) -> str:
        chosen = labels or [label for _, label, _ in self.keywords]
        by_label = {label: example for _, label, example in self.keywords}
        return "\n".join(f"{label}：{by_label[label]}" for label in chosen)


LIBRARY: dict[str, Listed] = {
    "TM00015": Listed(
        "订单支付成功",
        (("orderMoneySum", "支付金额", "28.00元"), ("orderProductName", "商品信息", "高山乌龙一杯")),
        first="first",
        remark="Remark",
    ),
    "TM00017": Listed(
        "订单状态更新",
        (("OrderSn", "订单编号", "T20260401001"), ("OrderStatus", "订单状态", "已出杯")),
        first="first",
        remark="remark",
    ),
    "OPENTM200565259": Listed(
        "订单发货提醒",
        (
            ("keyword1", "订单编号", "B20260401007"),
            ("keyword2", "物流公司", "邮政"),
            ("keyword3", "物流单号", "1234567890"),
        ),
        first="first",
        remark="remark",
    ),
    "OPENTM204987032": Listed(
        "退款成功通知",
        (("keyword1", "退款金额", "14.00元"), ("keyword2", "退款原因", "少做一杯")),
        first="first",
        remark="remark",
    ),
    "43216": Listed(
        "预约成功通知",
        (
            ("thing1", "预约项目", "钢笔修理"),
            ("time2", "预约时间", "2026年4月1日 10:00"),
            ("thing3", "预约门店", "老街店"),
            ("character_string4", "预约单号", "R20260401003"),
        ),
    ),
    "43217": Listed(
        "服务进度提醒",
        (
            ("thing1", "服务项目", "钢笔修理"),
            ("phrase2", "服务进度", "已完成"),
            ("amount3", "费用", "60.00元"),
            ("time4", "更新时间", "2026年4月2日 16:30"),
        ),
    ),
}
