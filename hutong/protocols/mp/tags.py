"""用户标签管理: tags, the fans under them, and the blacklist."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hutong.domains.apps import openids
from hutong.domains.apps.tables import App
from hutong.domains.identity.tables import UserId
from hutong.domains.official import blocks, tags
from hutong.domains.official.tables import Tag
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Int64, Request, Response
from hutong.kernel.errors import DomainError

from .errors import LIST_TOO_LONG, OPENID_FOREIGN
from .protocol import mp
from .user import Openid, Openids

TAGGED_AT_ONCE = 50
BLOCKED_AT_ONCE = 20


class TagName(Request):
    name: str


class TagChange(Request):
    id: Int64
    name: str


class TagId(Request):
    id: Int64


class Create(Request):
    tag: TagName


class Update(Request):
    tag: TagChange


class Delete(Request):
    tag: TagId


class CreatedTag(Response):
    id: int
    name: str


class Created(Response):
    tag: CreatedTag


class TagLine(Response):
    id: int
    name: str
    count: int


class Tags(Response):
    tags: list[TagLine]


def _line(tag: Tag) -> TagLine:
    return TagLine(tag.tag_id, tag.name, tag.fans)


@mp.post("/cgi-bin/tags/create")
def create(tx: Tx, app: App, req: Create) -> Created:
    """创建标签"""
    tag = tags.create(tx, appid=app.appid, name=req.tag.name)
    return Created(CreatedTag(tag.tag_id, tag.name))


@mp.get("/cgi-bin/tags/get")
def get(snapshot: Snapshot, app: App) -> Tags:
    """获取公众号已创建的标签"""
    return Tags([_line(tag) for tag in tags.list_(snapshot, app.appid)])


@mp.post("/cgi-bin/tags/update")
def update(tx: Tx, app: App, req: Update) -> None:
    """编辑标签"""
    tags.rename(tx, appid=app.appid, tag_id=req.tag.id, name=req.tag.name)


@mp.post("/cgi-bin/tags/delete")
def delete(tx: Tx, app: App, req: Delete) -> None:
    """删除标签"""
    tags.delete(tx, appid=app.appid, tag_id=req.tag.id)


class TagFansRequest(Request):
    tagid: Int64
    next_openid: Openid = ""


class TagFans(Response):
    """`data` is missing on the page after the last, and `next_openid` is then empty."""

    count: int
    data: Openids | msgspec.UnsetType = msgspec.UNSET
    next_openid: str = ""


@mp.post("/cgi-bin/user/tag/get")
def tag_fans(snapshot: Snapshot, app: App, req: TagFansRequest) -> TagFans:
    """获取标签下粉丝列表"""
    after = openids.user_of(snapshot, appid=app.appid, openid=req.next_openid) if req.next_openid else None
    page = tags.fans(snapshot, appid=app.appid, tag_id=req.tagid, after=after)
    if not page:
        return TagFans(0)
    known = openids.of_many(snapshot, appid=app.appid, user_ids=page)
    listed = [known[user_id] for user_id in page]
    return TagFans(len(listed), Openids(listed), listed[-1])


def _people(snapshot: Snapshot, app: App, listed: list[str], most: int) -> list[UserId]:
    """Who they are. Raises LIST_TOO_LONG, OPENID_FOREIGN."""
    if not 1 <= len(listed) <= most:
        raise DomainError(LIST_TOO_LONG, most=most)
    found = openids.users_of(snapshot, appid=app.appid, openids=listed)
    if len(found) != len(set(listed)):
        raise DomainError(OPENID_FOREIGN)
    return list(found.values())


class Tagging(Request):
    openid_list: list[Openid]
    tagid: Int64


@mp.post("/cgi-bin/tags/members/batchtagging")
def batchtagging(tx: Tx, app: App, req: Tagging) -> None:
    """批量为用户打标签"""
    people = _people(tx, app, req.openid_list, TAGGED_AT_ONCE)
    tags.put_on(tx, appid=app.appid, tag_id=req.tagid, user_ids=people)


@mp.post("/cgi-bin/tags/members/batchuntagging")
def batchuntagging(tx: Tx, app: App, req: Tagging) -> None:
    """批量为用户取消标签"""
    people = _people(tx, app, req.openid_list, TAGGED_AT_ONCE)
    tags.take_off(tx, appid=app.appid, tag_id=req.tagid, user_ids=people)


class OneFan(Request):
    openid: Openid


class TagIds(Response):
    tagid_list: list[int]


@mp.post("/cgi-bin/tags/getidlist")
def getidlist(snapshot: Snapshot, app: App, req: OneFan) -> TagIds:
    """获取用户身上的标签列表"""
    user_id = openids.user_of(snapshot, appid=app.appid, openid=req.openid)
    return TagIds(tags.of_fans(snapshot, appid=app.appid, user_ids=[user_id]).get(user_id, []))


class BlacklistRequest(Request):
    begin_openid: Openid = ""


class Blacklist(Response):
    total: int
    count: int
    data: Openids | msgspec.UnsetType = msgspec.UNSET
    next_openid: str = ""


@mp.post("/cgi-bin/tags/members/getblacklist")
def getblacklist(snapshot: Snapshot, app: App, req: BlacklistRequest) -> Blacklist:
    """获取公众号的黑名单列表"""
    after = openids.user_of(snapshot, appid=app.appid, openid=req.begin_openid) if req.begin_openid else None
    total, page = blocks.list_(snapshot, app.appid, after=after)
    if not page:
        return Blacklist(total, 0)
    known = openids.of_many(snapshot, appid=app.appid, user_ids=page)
    listed = [known[user_id] for user_id in page]
    return Blacklist(total, len(listed), Openids(listed), listed[-1])


class Blacklisting(Request):
    openid_list: Annotated[list[Openid], Meta(max_length=1000)]


@mp.post("/cgi-bin/tags/members/batchblacklist")
def batchblacklist(tx: Tx, app: App, req: Blacklisting) -> None:
    """拉黑用户"""
    blocks.add(tx, appid=app.appid, user_ids=_people(tx, app, req.openid_list, BLOCKED_AT_ONCE))


@mp.post("/cgi-bin/tags/members/batchunblacklist")
def batchunblacklist(tx: Tx, app: App, req: Blacklisting) -> None:
    """取消拉黑用户"""
    blocks.remove(tx, appid=app.appid, user_ids=_people(tx, app, req.openid_list, BLOCKED_AT_ONCE))
