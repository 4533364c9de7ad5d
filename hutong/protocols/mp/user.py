"""用户管理: fans, one by one and in pages."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hutong.domains.apps import openids
from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import UserId
from hutong.domains.official import follows, tags
from hutong.domains.official.tables import Follow
from hutong.kernel.clock import SECOND_MS
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response
from hutong.kernel.errors import DomainError

from .errors import LIST_TOO_LONG
from .protocol import mp

BATCH = 100
Lang = Literal["zh_CN", "zh_TW", "en"]
Openid = Annotated[str, Meta(max_length=128)]


class UserRequest(Request):
    openid: Openid
    lang: Lang = "zh_CN"


class UserInfo(Response, omit_defaults=True):
    """What an account may know of a person. Who does not follow shows nothing but the openid.

    Nickname, picture and place are empty, as the published server sends them since it stopped telling them.
    """

    subscribe: int = -1
    openid: str = ""
    nickname: str | None = None
    sex: int = -1
    language: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    headimgurl: str | None = None
    subscribe_time: int = -1
    unionid: str = ""
    remark: str | None = None
    groupid: int = -1
    tagid_list: list[int] | None = None
    subscribe_scene: str = ""
    qr_scene: int = -1
    qr_scene_str: str | None = None


def _info(openid: str, unionid: str, follow: Follow | None, tagged: list[int], lang: str) -> UserInfo:
    if follow is None:
        return UserInfo(subscribe=0, openid=openid, unionid=unionid)
    kind, _, scene = follow.code_scene.partition(":")
    return UserInfo(
        subscribe=1,
        openid=openid,
        nickname="",
        sex=0,
        language=lang,
        city="",
        province="",
        country="",
        headimgurl="",
        subscribe_time=follow.followed_at // SECOND_MS,
        unionid=unionid,
        remark=follow.remark,
        groupid=tagged[0] if tagged else 0,
        tagid_list=tagged,
        subscribe_scene=follow.scene.value,
        qr_scene=int(scene) if kind == "id" else 0,
        qr_scene_str=scene if kind == "str" else "",
    )


@mp.get("/cgi-bin/user/info")
def user_info(tx: Tx, app: App, req: UserRequest) -> UserInfo:
    """获取用户基本信息"""
    user_id = openids.user_of(tx, appid=app.appid, openid=req.openid)
    unionid = openids.unionid_of(tx, org_id=app.org_id, user_id=user_id)
    follow = follows.find(tx, appid=app.appid, user_id=user_id)
    tagged = tags.of_fans(tx, appid=app.appid, user_ids=[user_id]).get(user_id, [])
    return _info(req.openid, unionid, follow, tagged, req.lang)


class Users(Request):
    user_list: list[UserRequest]


class UserInfoList(Response):
    user_info_list: list[UserInfo]


@mp.post("/cgi-bin/user/info/batchget")
def user_info_batch(snapshot: Snapshot, app: App, req: Users) -> UserInfoList:
    """批量获取用户基本信息"""
    if not 1 <= len(req.user_list) <= BATCH:
        raise DomainError(LIST_TOO_LONG)
    people = openids.users_of(snapshot, appid=app.appid, openids=[asked.openid for asked in req.user_list])
    for asked in req.user_list:
        if asked.openid not in people:
            openids.user_of(snapshot, appid=app.appid, openid=asked.openid)  # refuses, naming it
    followed = follows.of_many(snapshot, appid=app.appid, user_ids=people.values())
    tagged = tags.of_fans(snapshot, appid=app.appid, user_ids=people.values())
    unionids = openids.unionids_of(snapshot, org_id=app.org_id, user_ids=people.values())
    return UserInfoList(
        [
            _info(
                asked.openid,
                unionids.get(people[asked.openid], ""),
                followed.get(people[asked.openid]),
                tagged.get(people[asked.openid], []),
                asked.lang,
            )
            for asked in req.user_list
        ]
    )


class FansRequest(Request):
    next_openid: Openid = ""


class Openids(Response):
    openid: list[str]


class Fans(Response):
    """`data` is missing on the page after the last, and `next_openid` is then empty."""

    total: int
    count: int
    data: Openids | msgspec.UnsetType = msgspec.UNSET
    next_openid: str = ""


@mp.get("/cgi-bin/user/get")
def user_get(snapshot: Snapshot, app: App, req: FansRequest) -> Fans:
    """获取关注用户列表"""
    after: UserId | None = None
    if req.next_openid:
        after = openids.user_of(snapshot, appid=app.appid, openid=req.next_openid)
    total, page = follows.fans(snapshot, app.appid, after=after)
    if not page:
        return Fans(total=total, count=0)
    known = openids.of_many(snapshot, appid=app.appid, user_ids=[fan.user_id for fan in page])
    listed = [known[fan.user_id] for fan in page]
    return Fans(total=total, count=len(listed), data=Openids(listed), next_openid=listed[-1])


class RemarkRequest(Request):
    openid: Openid
    remark: str


@mp.post("/cgi-bin/user/info/updateremark")
def update_remark(tx: Tx, app: App, req: RemarkRequest) -> None:
    """设置用户备注名"""
    user_id = openids.user_of(tx, appid=app.appid, openid=req.openid)
    follows.set_remark(tx, appid=app.appid, user_id=user_id, remark=req.remark)
