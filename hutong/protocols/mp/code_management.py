"""代码管理: reviewing, releasing and taking back versions, who may try them, categories and privacy.

An app's own server calls these for its own program. The published calls that put a third-party platform's code
into a program (commit and its templates) are not among them.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from hutong.domains.apps import apps, materials, organisations
from hutong.domains.apps.tables import App, AppKind, MaterialKind
from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.domains.media.tables import FileKind
from hutong.domains.miniapp import (
    categories,
    package_scan,
    previews,
    privacy,
    reviews,
    settings,
    testers,
    versions,
)
from hutong.domains.miniapp.categories import CATEGORIES
from hutong.domains.miniapp.errors import (
    CATEGORY_UNKNOWN,
    NOTHING_TO_REVIEW,
    REVIEW_MISSING,
    TESTER_MISSING,
    VERSION_MISSING,
)
from hutong.domains.miniapp.package_scan import Scan
from hutong.domains.miniapp.tables import (
    Channel,
    PrivacyContact,
    PrivacyItem,
    Review,
    ReviewId,
    ReviewItem,
    ReviewState,
    Version,
    VersionId,
)
from hutong.kernel import drawn_codes
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Int64, Natural, Raw, Request, Response
from hutong.kernel.errors import DomainError

from .errors import ACTION_UNKNOWN, TESTER_UNKNOWN
from .protocol import mp

Text = Annotated[str, Meta(max_length=1024)]
STATUS = {
    ReviewState.APPROVED: 0,
    ReviewState.USED: 0,
    ReviewState.REJECTED: 1,
    ReviewState.AUDITING: 2,
    ReviewState.UNDONE: 3,
}


def _program(app: App) -> App:
    return apps.require_kind(app, AppKind.MINI_PROGRAM)


def _keeper(snapshot: Snapshot, app: App) -> UserId:
    """The owner in whose name a program's own server acts."""
    return organisations.owner(snapshot, app.org_id).user_id


# ── review ─────────────────────────────────────────────────────────────────────────────────────────────────


class Item(Request):
    address: Text = ""
    tag: Annotated[str, Meta(max_length=256)] = ""
    title: Annotated[str, Meta(max_length=64)] = ""
    first_class: Annotated[str, Meta(max_length=64)] = ""
    second_class: Annotated[str, Meta(max_length=64)] = ""
    first_id: Natural = 0
    second_id: Natural = 0


class PreviewMedia(Request):
    video_id_list: Annotated[list[Text], Meta(max_length=5)] = []
    pic_id_list: Annotated[list[Text], Meta(max_length=5)] = []


class UserContent(Request):
    """What a program that shows people's own content says about it."""

    scene: Annotated[list[Annotated[int, Meta(ge=0, le=4)]], Meta(max_length=5)] = []
    other_scene_desc: Annotated[str, Meta(max_length=256)] = ""
    method: Annotated[list[Annotated[int, Meta(ge=0, le=5)]], Meta(max_length=6)] = []
    has_audit_team: Annotated[int, Meta(ge=0, le=1)] = 0
    audit_desc: Annotated[str, Meta(max_length=256)] = ""


class Submission(Request):
    item_list: Annotated[list[Item], Meta(max_length=20)] = []
    preview_info: PreviewMedia = PreviewMedia()
    version_desc: Annotated[str, Meta(max_length=500)] = ""
    feedback_info: Annotated[str, Meta(max_length=500)] = ""
    feedback_stuff: Text = ""  # media ids joined by bars
    ugc_declare: UserContent = UserContent()
    privacy_api_not_use: bool = False
    order_path: Text = ""


class Submitted(Response):
    auditid: int
    errcode: int = 0
    errmsg: str = "ok"


def scan_uploaded(snapshot: Snapshot, app: App, req: Any = None) -> Scan:
    """What the code that is to be reviewed shows."""
    version = versions.uploaded(snapshot, _program(app).appid)
    if version is None:
        raise DomainError(NOTHING_TO_REVIEW)
    return package_scan.scan(snapshot.blobs, version.content_hash)


@mp.post("/wxa/submit_audit", prepare=scan_uploaded)
def submit_audit(tx: Tx, app: App, req: Submission, scan: Scan) -> Submitted:
    """提交代码审核"""
    version = versions.uploaded(tx, app.appid)
    if version is None:
        raise DomainError(NOTHING_TO_REVIEW)
    shown = [*req.preview_info.pic_id_list, *(part for part in req.feedback_stuff.split("|") if part)]
    for video in req.preview_info.video_id_list:
        materials.file(tx, appid=app.appid, media_id=video, kind=FileKind.VIDEO)
    content = req.ugc_declare
    words = [req.version_desc]
    if content.scene and content.scene != [0]:
        words.append(f"UGC {content.scene} {content.method} {content.other_scene_desc} {content.audit_desc}")
    if req.order_path:
        words.append(f"order: {req.order_path}")
    if req.privacy_api_not_use:
        words.append("privacy: none")
    review = reviews.submit(
        tx,
        appid=app.appid,
        version_id=version.id,
        scan=scan,
        submitted_by=_keeper(tx, app),
        items=[
            ReviewItem(
                item.address,
                item.tag,
                item.title,
                item.first_class,
                item.second_class,
                item.first_id,
                item.second_id,
            )
            for item in req.item_list
        ],
        description="\n".join(word for word in words if word),
        feedback=req.feedback_info,
        pictures=[
            materials.file(tx, appid=app.appid, media_id=media, kind=FileKind.IMAGE).handle for media in shown
        ],
    )
    return Submitted(review.id)


class AuditRef(Request):
    auditid: Natural


class AuditStatus(Response):
    status: int
    reason: str
    screenshot: str
    user_version: str
    user_desc: str
    submit_audit_time: int
    errcode: int = 0
    errmsg: str = "ok"


class LatestStatus(Response):
    auditid: int
    status: int
    reason: str
    screenshot: str = field(name="ScreenShot")
    user_version: str = ""
    user_desc: str = ""
    submit_audit_time: int = 0
    errcode: int = 0
    errmsg: str = "ok"


def _pictures(tx: Tx, review: Review) -> str:
    """What the reviewer shows, as media ids of the app's own joined by bars."""
    return "|".join(
        materials.lend(tx, appid=review.appid, kind=MaterialKind.IMAGE, handle=handle).media_id
        for handle in review.screenshots
    )


@mp.post("/wxa/get_auditstatus")
def get_auditstatus(tx: Tx, app: App, req: AuditRef) -> AuditStatus:
    """查询审核单状态"""
    review = reviews.get(tx, ReviewId(req.auditid), appid=_program(app).appid)
    version = versions.get(tx, appid=app.appid, version_id=review.version_id)
    return AuditStatus(
        STATUS[review.state],
        review.reason,
        _pictures(tx, review),
        version.number,
        version.description,
        review.submitted_at // SECOND_MS,
    )


@mp.get("/wxa/get_latest_auditstatus")
def get_latest_auditstatus(tx: Tx, app: App) -> LatestStatus:
    """查询最新一次审核单状态"""
    review = reviews.latest_of(tx, _program(app).appid)
    if review is None:
        raise DomainError(REVIEW_MISSING)
    version = versions.get(tx, appid=app.appid, version_id=review.version_id)
    return LatestStatus(
        review.id,
        STATUS[review.state],
        review.reason,
        _pictures(tx, review),
        version.number,
        version.description,
        review.submitted_at // SECOND_MS,
    )


@mp.get("/wxa/undocodeaudit")
def undocodeaudit(tx: Tx, app: App) -> None:
    """撤回代码审核"""
    reviews.undo(tx, appid=_program(app).appid)


@mp.post("/wxa/speedupaudit")
def speedupaudit(tx: Tx, app: App, req: AuditRef) -> None:
    """加急代码审核"""
    reviews.hurry(tx, appid=_program(app).appid, review_id=ReviewId(req.auditid))


class Quota(Response):
    rest: int
    limit: int
    speedup_rest: int
    speedup_limit: int
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxa/queryquota")
def queryquota(snapshot: Snapshot, app: App) -> Quota:
    """查询服务商审核额度"""
    left, urgent = reviews.quota(snapshot, _program(app).appid)
    return Quota(left, reviews.A_MONTH, urgent, reviews.URGENT_A_MONTH)


# ── release ────────────────────────────────────────────────────────────────────────────────────────────────


class Nothing(Request):
    pass


def _passed(snapshot: Snapshot, app: App) -> VersionId:
    """What may be released now: the version that passed, or, where no review is needed, what was uploaded."""
    review = reviews.approved(snapshot, _program(app).appid)
    if review is not None:
        return review.version_id
    rollout = versions.find_rollout(snapshot, app.appid)
    if rollout is not None:
        return rollout.version_id
    version = versions.uploaded(snapshot, app.appid)
    if version is None or settings.needs_review(snapshot, app.appid):
        raise DomainError(REVIEW_MISSING)
    return version.id


@mp.post("/wxa/release")
def release(tx: Tx, app: App, req: Nothing) -> None:
    """发布已通过审核的小程序"""
    reviews.release(tx, appid=app.appid, version_id=_passed(tx, app))


class GrayRelease(Request):
    gray_percentage: Int64
    support_debuger_first: bool = False
    support_experiencer_first: bool = False


@mp.post("/wxa/grayrelease")
def grayrelease(tx: Tx, app: App, req: GrayRelease) -> None:
    """分阶段发布"""
    reviews.roll_out(
        tx,
        appid=app.appid,
        version_id=_passed(tx, app),
        percentage=req.gray_percentage,
        debuggers_first=req.support_debuger_first,
        experiencers_first=req.support_experiencer_first,
    )


class GrayPlan(Response):
    status: int
    create_timestamp: int
    gray_percentage: int
    support_debuger_first: bool
    support_experiencer_first: bool


class GrayPlanAnswer(Response):
    gray_release_plan: GrayPlan
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxa/getgrayreleaseplan")
def getgrayreleaseplan(snapshot: Snapshot, app: App) -> GrayPlanAnswer:
    """获取分阶段发布详情"""
    rollout = versions.find_rollout(snapshot, _program(app).appid)
    if rollout is None:
        return GrayPlanAnswer(GrayPlan(0, 0, 0, False, False))
    return GrayPlanAnswer(
        GrayPlan(
            1,
            rollout.begun_at // SECOND_MS,
            rollout.percentage,
            rollout.debuggers_first,
            rollout.experiencers_first,
        )
    )


@mp.get("/wxa/revertgrayrelease")
def revertgrayrelease(tx: Tx, app: App) -> None:
    """取消分阶段发布"""
    versions.stop_rollout(tx, appid=_program(app).appid)


class Revert(Request):
    action: Annotated[str, Meta(max_length=32)] = ""
    app_version: Natural = 0


class Former(Response):
    commit_time: int
    user_version: str
    user_desc: str
    app_version: int


class Reverted(Response):
    version_list: list[Former] | UnsetType = UNSET
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxa/revertcoderelease")
def revertcoderelease(tx: Tx, app: App, req: Revert) -> Reverted:
    """小程序版本回退"""
    _program(app)
    if req.action == "get_history_version":
        return Reverted(
            [
                Former(version.uploaded_at // SECOND_MS, version.number, version.description, version.id)
                for version in versions.history(tx, app.appid)[:5]
            ]
        )
    if req.action:
        raise DomainError(ACTION_UNKNOWN)
    versions.roll_back(
        tx, appid=app.appid, version_id=VersionId(req.app_version) if req.app_version else None
    )
    return Reverted()


class VisitStatus(Request):
    action: Annotated[str, Meta(pattern=r"^(open|close)\Z")]


@mp.post("/wxa/change_visitstatus")
def change_visitstatus(tx: Tx, app: App, req: VisitStatus) -> None:
    """设置小程序服务状态"""
    settings.change(tx, _program(app).appid, closed=req.action == "close")


class Visited(Response):
    status: int  # 0: suspended, 1: open, 2: closed by its owner
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/getvisitstatus")
def getvisitstatus(snapshot: Snapshot, app: App, req: Nothing) -> Visited:
    """查询小程序服务状态"""
    return Visited(2 if settings.of(snapshot, _program(app).appid).closed else 1)


class ExperienceInfo(Response):
    exp_time: int
    exp_version: str
    exp_desc: str


class ReleaseInfo(Response):
    release_time: int
    release_version: str
    release_desc: str
    release_qrcode: str = ""


class VersionInfo(Response):
    exp_info: ExperienceInfo | UnsetType = UNSET
    release_info: ReleaseInfo | UnsetType = UNSET
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/getversioninfo")
def getversioninfo(snapshot: Snapshot, app: App, req: Nothing) -> VersionInfo:
    """查询小程序版本信息"""
    trial = versions.current(snapshot, _program(app).appid, Channel.TRIAL)
    released = versions.current(snapshot, app.appid, Channel.RELEASE)
    return VersionInfo(
        exp_info=UNSET
        if trial is None
        else ExperienceInfo(trial.uploaded_at // SECOND_MS, trial.number, trial.description),
        release_info=UNSET
        if released is None
        else ReleaseInfo((released.released_at or 0) // SECOND_MS, released.number, released.description),
    )


class Pages(Response):
    page_list: list[str]
    errcode: int = 0
    errmsg: str = "ok"


def _newest(snapshot: Snapshot, app: App) -> Version:
    found = versions.uploaded(snapshot, _program(app).appid) or versions.current(
        snapshot, app.appid, Channel.RELEASE
    )
    if found is None:
        raise DomainError(VERSION_MISSING)
    return found


@mp.get("/wxa/get_page")
def get_page(snapshot: Snapshot, app: App) -> Pages:
    """获取已上传的代码的页面列表"""
    return Pages(_newest(snapshot, app).pages)


class TrialCode(Request):
    path: Text = ""


@mp.get("/wxa/get_qrcode")
def get_qrcode(tx: Tx, app: App, req: TrialCode) -> Raw:
    """获取体验版二维码"""
    page, _, query = req.path.partition("?")
    made = previews.make(tx, _newest(tx, app), page=page.removeprefix("/"), query=query)
    return Raw(drawn_codes.draw(made.text, width=430), "image/jpeg")


# ── who may try it ─────────────────────────────────────────────────────────────────────────────────────────


class NewTester(Request):
    wechatid: Annotated[str, Meta(min_length=1, max_length=64)]


class TesterBound(Response):
    userstr: str
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/bind_tester")
def bind_tester(tx: Tx, app: App, req: NewTester) -> TesterBound:
    """绑定体验者"""
    user = users.find_by_username(tx, req.wechatid)
    if user is None:
        raise DomainError(TESTER_UNKNOWN)
    return TesterBound(testers.bind(tx, appid=_program(app).appid, user_id=user.id).userstr)


class TesterRef(Request):
    wechatid: Annotated[str, Meta(max_length=64)] = ""
    userstr: Annotated[str, Meta(max_length=64)] = ""


@mp.post("/wxa/unbind_tester")
def unbind_tester(tx: Tx, app: App, req: TesterRef) -> None:
    """解除绑定体验者"""
    if req.userstr:
        return testers.unbind(tx, appid=_program(app).appid, userstr=req.userstr)
    user = users.find_by_username(tx, req.wechatid)
    if user is None:
        raise DomainError(TESTER_MISSING)
    return testers.unbind(tx, appid=_program(app).appid, user_id=user.id)


class MemberAuth(Request):
    action: Annotated[str, Meta(pattern=r"^get_experiencer\Z")]


class Member(Response):
    userstr: str


class Members(Response):
    members: list[Member]
    errcode: int = 0
    errmsg: str = "ok"


@mp.post("/wxa/memberauth")
def memberauth(snapshot: Snapshot, app: App, req: MemberAuth) -> Members:
    """获取体验者列表"""
    return Members([Member(tester.userstr) for tester in testers.list_(snapshot, _program(app).appid)])


# ── categories ─────────────────────────────────────────────────────────────────────────────────────────────


class OwnCategory(Response):
    first_class: str
    second_class: str
    first_id: int
    second_id: int


class CategoryList(Response):
    category_list: list[OwnCategory]
    errcode: int = 0
    errmsg: str = "ok"


@mp.get("/wxa/get_category")
def get_category(snapshot: Snapshot, app: App) -> CategoryList:
    """获取审核时可填写的类目信息"""
    own = categories.of(snapshot, _program(app).appid)
    return CategoryList([OwnCategory(c.first_name, c.second_name, c.first, c.second) for c in own])


class Listed(Response):
    """`father` is the first-class category of a second-class one, `level` 1 or 2."""

    id: int
    name: str
    level: int
    father: int
    children: list[int]
    sensitive_type: int
    qualify: dict[str, list[dict[str, str]]]


class ListedCategories(Response):
    categories: list[Listed]


class CategoryCatalogue(Response):
    categories_list: ListedCategories
    errcode: int = 0
    errmsg: str = "ok"


def _catalogue() -> CategoryCatalogue:
    below: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for category in CATEGORIES.values():
        below.setdefault(category.first, []).append(category.second)
        names[category.first] = category.first_name
    first = [Listed(id, names[id], 1, 0, children, 0, {"exter_list": []}) for id, children in below.items()]
    second = [
        Listed(c.second, c.second_name, 2, c.first, [], int(c.sensitive), {"exter_list": []})
        for c in CATEGORIES.values()
    ]
    return CategoryCatalogue(ListedCategories([*first, *second]))


@mp.get("/cgi-bin/wxopen/getallcategories")
def getallcategories(snapshot: Snapshot, app: App) -> CategoryCatalogue:
    """获取可以设置的所有类目"""
    held = {category.second for category in categories.of(snapshot, _program(app).appid)}
    catalogue = _catalogue()
    free = [one for one in catalogue.categories_list.categories if one.id not in held]
    return CategoryCatalogue(ListedCategories(free))


class HeldCategory(Response):
    first: int
    first_name: str
    second: int
    second_name: str
    audit_status: int
    audit_reason: str


class HeldCategories(Response):
    """`limit` and `quota`: how many may be added in a month, and still; `category_limit`: how many in all."""

    categories: list[HeldCategory]
    limit: int
    quota: int
    category_limit: int
    errcode: int = 0
    errmsg: str = "ok"


AUDITED = 3  # published: the category passed


@mp.get("/cgi-bin/wxopen/getcategory")
def getcategory(snapshot: Snapshot, app: App) -> HeldCategories:
    """获取已设置的所有类目"""
    own = categories.of(snapshot, _program(app).appid)
    return HeldCategories(
        [HeldCategory(c.first, c.first_name, c.second, c.second_name, AUDITED, "") for c in own],
        categories.CHANGES,
        categories.changes_left(snapshot, app.appid),
        categories.MOST,
    )


class Certificate(Request):
    key: Text = ""
    value: Text = ""


class NewCategory(Request):
    first: Natural
    second: Natural
    certicates: Annotated[list[Certificate], Meta(max_length=10)] = []


class NewCategories(Request):
    categories: Annotated[list[NewCategory], Meta(min_length=1, max_length=categories.MOST)]


def _chosen(tx: Tx, app: App, req: NewCategory) -> int:
    """The second-class category's number; proof that comes with it must be a picture of the app's own."""
    if categories.get(req.second).first != req.first:
        raise DomainError(CATEGORY_UNKNOWN, category=req.second)
    for proof in req.certicates:
        materials.file(tx, appid=app.appid, media_id=proof.value, kind=FileKind.IMAGE)
    return req.second


@mp.post("/cgi-bin/wxopen/addcategory")
def addcategory(tx: Tx, app: App, req: NewCategories) -> None:
    """添加类目"""
    for wanted in req.categories:
        categories.add(tx, appid=_program(app).appid, second=_chosen(tx, app, wanted))


class CategoryRef(Request):
    first: Natural
    second: Natural


@mp.post("/cgi-bin/wxopen/deletecategory")
def deletecategory(tx: Tx, app: App, req: CategoryRef) -> None:
    """删除类目"""
    category = categories.get(req.second)
    if category.first != req.first:
        raise DomainError(CATEGORY_UNKNOWN, category=req.second)
    categories.remove(tx, appid=_program(app).appid, second=category.second)


# ── privacy ────────────────────────────────────────────────────────────────────────────────────────────────


class PrivacySettings(Request):
    owner_setting: PrivacyContact
    privacy_ver: Annotated[int, Meta(ge=1, le=2)] = 2
    setting_list: Annotated[list[PrivacyItem], Meta(max_length=privacy.MOST)] = []


@mp.post("/cgi-bin/component/setprivacysetting")
def setprivacysetting(tx: Tx, app: App, req: PrivacySettings) -> None:
    """设置小程序用户隐私保护指引"""
    privacy.declare(tx, appid=_program(app).appid, contact=req.owner_setting, items=req.setting_list)


class PrivacyVersion(Request):
    privacy_ver: Annotated[int, Meta(ge=1, le=2)] = 2


class PrivacyShown(Response):
    privacy_key: str
    privacy_text: str
    privacy_label: str


class PrivacyDescription(Response):
    privacy_key: str
    privacy_desc: str


class PrivacyDescriptions(Response):
    privacy_desc_list: list[PrivacyDescription]


class PrivacyAnswer(Response):
    """`privacy_list` are the keys that the code seems to need; `code_exist` is 1 when there is code."""

    code_exist: int
    privacy_list: list[str]
    setting_list: list[PrivacyShown]
    owner_setting: PrivacyContact
    privacy_desc: PrivacyDescriptions
    update_time: int
    errcode: int = 0
    errmsg: str = "ok"


LABELS = {
    "UserInfo": "用户信息（微信昵称、头像）",
    "Location": "位置信息",
    "ChooseLocation": "选择的位置信息",
    "Address": "地址",
    "Invoice": "发票信息",
    "RunData": "微信运动数据",
    "Record": "麦克风",
    "Album": "选中的照片或视频信息",
    "AlbumWriteOnly": "相册（仅写入）权限",
    "Camera": "摄像头",
    "PhoneNumber": "手机号码",
    "Contact": "通讯录（仅写入）权限",
    "DeviceInfo": "设备信息",
    "EXIDNumber": "身份证号码",
    "EXOrderInfo": "订单信息",
    "EXUserPublishContent": "发布内容",
    "EXUserFollowAcct": "所关注账号",
    "EXUserOpLog": "操作日志",
    "LicensePlate": "车牌号",
    "BlueTooth": "蓝牙",
    "CalendarWriteOnly": "日历（仅写入）权限",
    "Email": "邮箱",
    "MessageFile": "选中的文件",
    "Accelerometer": "加速传感器",
    "Compass": "磁场传感器",
    "DeviceMotion": "方向传感器",
    "Gyroscope": "陀螺仪传感器",
    "Clipboard": "剪切板",
}


def scan_privacy(snapshot: Snapshot, app: App, req: PrivacyVersion) -> list[str] | None:
    """What the code of the version asked for seems to collect: 1 is the released one, 2 the one being made."""
    channel = versions.current(snapshot, _program(app).appid, Channel.RELEASE)
    version = channel if req.privacy_ver == 1 else versions.uploaded(snapshot, app.appid) or channel
    return None if version is None else package_scan.scan(snapshot.blobs, version.content_hash).collects


@mp.post("/cgi-bin/component/getprivacysetting", prepare=scan_privacy)
def getprivacysetting(
    snapshot: Snapshot, app: App, req: PrivacyVersion, found: list[str] | None
) -> PrivacyAnswer:
    """查询小程序用户隐私保护指引"""
    said = privacy.of(snapshot, app.appid)
    return PrivacyAnswer(
        code_exist=0 if found is None else 1,
        privacy_list=found or [],
        setting_list=[]
        if said is None
        else [PrivacyShown(i.privacy_key, i.privacy_text, LABELS[i.privacy_key]) for i in said.items],
        owner_setting=PrivacyContact() if said is None else said.contact,
        privacy_desc=PrivacyDescriptions([PrivacyDescription(key, text) for key, text in LABELS.items()]),
        update_time=0 if said is None else said.updated_at // SECOND_MS,
    )
