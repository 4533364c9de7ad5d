"""The neighbourhood of the demo world: who lives there, which shops there are, what was said lately.

Only names and words; `demo.py` makes it through the rooms' own functions. Names are stable, so that guides and
tests can rely on them; every secret is drawn at first start.
"""

from hutong.domains.ads.tables import UnitKind
from hutong.domains.miniapp.tables import DeviceKind
from hutong.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS
from hutong.kernel.frozen import Frozen


class Neighbour(Frozen):
    username: str
    nickname: str
    region: str
    signature: str


class Shop(Frozen):
    """A shop of one trade: its service account, mini program and merchant. `staff` are usernames, owner first."""

    key: str
    name: str
    account: str
    program: str
    introduction: str
    staff: tuple[str, ...]
    welcome: str
    category: int  # the published number of what it sells


class Said(Frozen):
    """A line of a conversation: who said it, and how long before the world was made.

    With the key of a shop, or the game's, in `card` it is that mini program, and the words are the card's title.
    """

    who: str
    words: str
    ago_ms: int
    card: str = ""


class Staff(Frozen):
    username: str
    userid: str
    department: str
    job: str
    leader: bool = False


PEOPLE = (
    Neighbour("linwan", "林晚", "北京 东城", "下班第一件事：喝茶"),
    Neighbour("shenmei", "沈梅", "北京 东城", "云间茶铺，今天也开门"),
    Neighbour("zhoujun", "周俊", "北京 东城", "在店里，有事喊我"),
    Neighbour("chenhao", "陈浩", "北京 东城", "旧书会遇见新的人"),
    Neighbour("xuyue", "许月", "北京 西城", "今天读到第 132 页"),
    Neighbour("hetao", "何涛", "北京 东城", "能修的都别扔"),
    Neighbour("zhaoqing", "赵青", "北京 朝阳", "巷里物业，有事您说话"),
    Neighbour("liufang", "刘芳", "北京 朝阳", "值班中"),
    Neighbour("sunwei", "孙伟", "北京 通州", ""),
    Neighbour("wulan", "吴岚", "北京 东城", "三楼的猫又跑了"),
    Neighbour("zhengning", "郑宁", "北京 海淀", "周末骑车去"),
    Neighbour("maxiao", "马晓", "北京 东城", "六年级，数学还行"),
)

DEVICES = (
    (DeviceKind.FRIDGE, "厨房冰箱屏"),
    (DeviceKind.TREADMILL, "三号跑步机"),
    (DeviceKind.PHONE, "302 房电话"),
    (DeviceKind.MIRROR, "试衣镜"),
)
PLATFORM_ADMIN = "zhaoqing"  # runs the home: reviews programs, answers complaints
ORGANISATION = "灯笼胡同商铺"
SHOPS = (
    Shop(
        "tea",
        "云间茶铺",
        "云间茶铺",
        "云间茶铺点单",
        "现泡的茶，可带走，也可坐下。",
        ("shenmei", "zhoujun"),
        "欢迎来到云间茶铺。点菜单看看今天有什么茶，也可以直接留言。",
        632,
    ),
    Shop(
        "book",
        "灯下书店",
        "灯下书店",
        "灯下书店选书",
        "新书旧书都有，可预订，可寄存。",
        ("chenhao", "xuyue"),
        "灯下书店收到你的关注。想找哪本书，写书名就行。",
        783,
    ),
    Shop(
        "repair",
        "巷口修理铺",
        "巷口修理铺",
        "巷口修理预约",
        "钟表、台灯、自行车、收音机，修好再付。",
        ("hetao",),
        "巷口修理铺：拍张照片说说哪儿坏了，我先看看。",
        131,
    ),
)

COMPANY = "巷里物业"
DEPARTMENTS = ("客户服务部", "工程维修部", "市场部")
STAFF = (
    Staff("zhaoqing", "zhaoqing", "客户服务部", "经理", leader=True),
    Staff("liufang", "liufang", "客户服务部", "客服"),
    Staff("sunwei", "sunwei", "工程维修部", "工程师", leader=True),
    Staff("zhengning", "zhengning", "市场部", "专员", leader=True),
)
AGENTS = (("值班助手", "排班、交接与提醒"), ("报修小站", "住户报修进来，派到人"))

FRIENDS = (
    ("linwan", "shenmei"),
    ("linwan", "wulan"),
    ("linwan", "zhengning"),
    ("linwan", "xuyue"),
    ("linwan", "zhoujun"),
    ("shenmei", "zhoujun"),
    ("shenmei", "chenhao"),
    ("shenmei", "hetao"),
    ("chenhao", "xuyue"),
    ("chenhao", "hetao"),
    ("xuyue", "maxiao"),
    ("wulan", "maxiao"),
    ("wulan", "hetao"),
    ("wulan", "zhaoqing"),
    ("zhaoqing", "liufang"),
    ("zhaoqing", "sunwei"),
    ("zhaoqing", "zhengning"),
    ("liufang", "sunwei"),
    ("hetao", "sunwei"),
)

# A mini game of the street's own, and what those who played it have caught.
GAME = "leafcatch"
GAME_NAME, GAME_INTRODUCTION = "接茶", "移动茶盘，接住落下的茶叶。和朋友比一比。"
SCORES = {"wulan": 27, "maxiao": 41, "shenmei": 12}

# The places the game keeps for advertisements, and what the street advertises there.
AD_UNITS = (
    ("adunit-1eafca7c0000001f", UnitKind.REWARDED, "续一条命"),
    ("adunit-1eafca7c000000ba", UnitKind.BANNER, "首页下方"),
)
AD_SHOP, AD_TITLE, AD_WORDS = "tea", "高山乌龙，今早刚到", "午后配一块桂花糕正好"

# What neighbours have shown in their moments; a card is named by its words.
MOMENTS: tuple[Said, ...] = (
    Said("wulan", "猫回来了，毛上全是茶香。谢谢沈姐和周俊！", 26 * HOUR_MS),
    Said("maxiao", "谁能接住 41 片以上？输的请喝茶。", 7 * HOUR_MS, card="leafcatch"),
    Said("shenmei", "今早到的高山乌龙，午后配桂花糕正好。", 3 * HOUR_MS, card="tea"),
)

TALKS: tuple[tuple[str, str, tuple[Said, ...]], ...] = (
    (
        "linwan",
        "shenmei",
        (
            Said("linwan", "沈姐，高山乌龙今天有吗？", 3 * HOUR_MS),
            Said("shenmei", "早上刚到，给你留一泡。", 3 * HOUR_MS - 4 * MINUTE_MS),
            Said("linwan", "下班过来，还是半糖。", 2 * HOUR_MS),
            Said("shenmei", "先点好，到了就能拿。", 9 * MINUTE_MS),
            Said("shenmei", "云间茶铺：今天的茶", 8 * MINUTE_MS, card="tea"),
        ),
    ),
    (
        "linwan",
        "wulan",
        (
            Said("wulan", "你看见我家猫没有，橘的", DAY_MS + 5 * HOUR_MS),
            Said("linwan", "在茶店门口晒太阳呢，周俊在喂它", DAY_MS + 5 * HOUR_MS - 9 * MINUTE_MS),
            Said("wulan", "又胖了可怎么办", DAY_MS + 4 * HOUR_MS),
            Said("wulan", "我接住了 27 片茶叶，你呢？", DAY_MS + 3 * HOUR_MS, card="leafcatch"),
        ),
    ),
    (
        "chenhao",
        "xuyue",
        (
            Said("chenhao", "那箱旧地图先别上架，我再挑挑。", 26 * HOUR_MS),
            Said("xuyue", "好，放在里屋了。", 25 * HOUR_MS),
        ),
    ),
    (
        "wulan",
        "hetao",
        (
            Said("wulan", "何师傅，台灯一开就跳闸", 8 * HOUR_MS),
            Said("hetao", "多半是线皮破了，拿来看看，先别用。", 8 * HOUR_MS - 6 * MINUTE_MS),
        ),
    ),
    (
        "xuyue",
        "maxiao",
        (
            Said("maxiao", "月姐姐，那套昆虫记还有下册吗", 50 * HOUR_MS),
            Said("xuyue", "给你找到了，放学来拿。", 49 * HOUR_MS),
            Said("maxiao", "！！！", 49 * HOUR_MS - MINUTE_MS),
        ),
    ),
)

GROUPS: tuple[tuple[str, str, tuple[str, ...], tuple[Said, ...]], ...] = (
    (
        "灯笼胡同街坊",
        "wulan",
        ("linwan", "maxiao", "hetao", "zhaoqing"),
        (
            Said("zhaoqing", "明早九点到十一点检修水管，各家先接点水。", 20 * HOUR_MS),
            Said("hetao", "收到。", 20 * HOUR_MS - 5 * MINUTE_MS),
            Said("linwan", "谢谢提醒！", 19 * HOUR_MS),
            Said("wulan", "周六下午书店有旧书市，大家一起去？", 5 * HOUR_MS),
        ),
    ),
    (
        "胡同掌柜",
        "shenmei",
        ("chenhao", "hetao", "zhoujun"),
        (
            Said("shenmei", "周末街上摆摊，桌子谁家多一张？", 30 * HOUR_MS),
            Said("chenhao", "书店有两张折叠的。", 29 * HOUR_MS),
            Said("hetao", "坏的那张我给修好了。", 28 * HOUR_MS),
        ),
    ),
)

FOLLOWS = (
    ("linwan", "tea"),
    ("linwan", "book"),
    ("wulan", "tea"),
    ("wulan", "repair"),
    ("zhengning", "tea"),
    ("xuyue", "tea"),
    ("maxiao", "book"),
    ("sunwei", "repair"),
)

# What the tea shop's account has published; {program} is its mini program's appid, {picture} the cover's address.
ARTICLE_SHOP = "tea"
ARTICLE_TITLE = "高山乌龙到店：一泡茶的四件小事"
ARTICLE_AUTHOR = "沈梅"
ARTICLE_DIGEST = "头一箱到了店门口。水、茶、时间，四件小事，在家也泡得好。"
ARTICLE_CARD = "今天的茶，先点好再来"
ARTICLE = """
<p>今早六点半，头一箱高山乌龙到了店门口。拆开纸封，香气先到，人还没坐下，隔壁的猫已经来了。</p>
<p><img src="{picture}" alt="柜台上的一杯乌龙茶"></p>
<h2>怎么泡才好喝</h2>
<p>乌龙不挑人，只挑水。记住四件小事，在家也能泡出店里的味道：</p>
<ol>
<li>水要滚，盖碗先烫一遍；</li>
<li>七克茶，一百五十毫升水；</li>
<li>头一泡十秒就出汤，<strong>别闷</strong>；</li>
<li>往后每泡多等五秒，能喝七泡。</li>
</ol>
<blockquote><p>茶凉了也别倒，加两块冰，又是一杯。</p></blockquote>
<h2>今天就想喝</h2>
<p>店里每天只留二十泡。路上先点好，到了就能拿，不用等：</p>
<p><mp-miniprogram data-miniprogram-appid="{program}" data-miniprogram-path="pages/menu/menu?from=article"
data-miniprogram-title="{card}" data-miniprogram-imageurl="{picture}"></mp-miniprogram></p>
<p>已经点过了？<a data-miniprogram-appid="{program}" data-miniprogram-path="pages/orders/orders?from=article"
href="">看看我的订单</a>，茶泡好时会告诉你。</p>
<p style="color:#8c6d4f;text-align:center">云间茶铺 · 每天 7:00 到 21:00</p>
"""
ARTICLE_AGO_MS = 2 * HOUR_MS

BALANCE = 500_00  # fen in everybody's wallet at the start
