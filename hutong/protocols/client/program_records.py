"""What a game keeps for a person, and shows of friends who agreed: `wx.setUserCloudStorage` and its family."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.apps import apps, grants, openids
from hutong.domains.apps.tables import AppKind
from hutong.domains.identity import users
from hutong.domains.identity.tables import UserId
from hutong.domains.media import files
from hutong.domains.miniapp import cloud_records
from hutong.domains.miniapp.tables import CloudRecord
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Request, Response

from .accounts import Appid
from .programs import OneProgram
from .protocol import Person, client

Key = Annotated[str, Meta(min_length=1, max_length=cloud_records.LONGEST_BYTES)]
Keys = Annotated[list[Key], Meta(max_length=cloud_records.KEYS)]


class RecordPair(Request):
    key: Key
    value: Annotated[str, Meta(max_length=cloud_records.LONGEST_BYTES)]


class RecordView(Response):
    key: str
    value: str


class RecordsKept(Request):
    appid: Appid
    pairs: Annotated[list[RecordPair], Meta(max_length=cloud_records.MOST)]


class RecordKeys(Request):
    appid: Appid
    keys: Keys = []


class GroupRecordKeys(Request):
    appid: Appid
    share_ticket: Annotated[str, Meta(max_length=64)]
    keys: Keys = []


class OwnRecords(Response):
    pairs: list[RecordView]


class Player(Response, rename={"avatar_url": "avatarUrl", "pairs": "KVDataList"}):
    """A friend, or oneself, as the game's open data context sees them."""

    openid: str
    nickname: str
    avatar_url: str
    pairs: list[RecordView] = []


class Players(Response):
    players: list[Player]


def _pairs(records: list[CloudRecord]) -> list[RecordView]:
    return [RecordView(record.key, record.value) for record in records]


def _players(snapshot: Snapshot, appid: str, found: dict[UserId, list[CloudRecord]]) -> Players:
    known = users.many(snapshot, found)
    names = openids.of_many(snapshot, appid=appid, user_ids=found)
    return Players(
        [
            Player(
                names[user.id], user.nickname, files.address(snapshot, user.avatar), _pairs(found[user.id])
            )
            for user in known.values()
            if user.id in names
        ]
    )


@client.put("/programs/{appid}/records")
def keep_records(tx: Tx, person: Person, req: RecordsKept) -> None:
    """`wx.setUserCloudStorage`."""
    apps.require_kind(apps.get(tx, req.appid), AppKind.MINI_PROGRAM)
    pairs = [(pair.key, pair.value) for pair in req.pairs]
    cloud_records.keep(tx, appid=req.appid, user_id=person.user_id, pairs=pairs)


@client.post("/programs/{appid}/records/forget")
def forget_records(tx: Tx, person: Person, req: RecordKeys) -> None:
    """`wx.removeUserCloudStorage`."""
    cloud_records.forget(tx, appid=req.appid, user_id=person.user_id, keys=req.keys)


@client.post("/programs/{appid}/records/mine")
def get_records(snapshot: Snapshot, person: Person, req: RecordKeys) -> OwnRecords:
    """`wx.getUserCloudStorage`."""
    found = cloud_records.of(snapshot, appid=req.appid, user_id=person.user_id)
    return OwnRecords(_pairs([record for record in found if record.key in req.keys]))


@client.post("/programs/{appid}/records/friends")
def list_friends_records(tx: Tx, person: Person, req: RecordKeys) -> Players:
    """`wx.getFriendCloudStorage`: of friends who agreed, and mine; for a person who agreed too."""
    grants.use(tx, user_id=person.user_id, appid=req.appid, scope=cloud_records.SCOPE)
    found = cloud_records.of_friends(tx, appid=req.appid, user_id=person.user_id, keys=req.keys)
    return _players(tx, req.appid, found)


@client.post("/programs/{appid}/records/group")
def list_group_records(tx: Tx, person: Person, req: GroupRecordKeys) -> Players:
    """`wx.getGroupCloudStorage`: the same of the group a card was opened in."""
    grants.use(tx, user_id=person.user_id, appid=req.appid, scope=cloud_records.SCOPE)
    found = cloud_records.of_group(
        tx, appid=req.appid, user_id=person.user_id, ticket=req.share_ticket, keys=req.keys
    )
    return _players(tx, req.appid, found)


@client.post("/programs/{appid}/records/self")
def get_player(tx: Tx, person: Person, req: OneProgram) -> Player:
    """`wx.getUserInfo` of an open data context."""
    user = users.get(tx, person.user_id)
    openid = openids.of(tx, appid=req.appid, user_id=user.id)
    return Player(openid, user.nickname, files.address(tx, user.avatar))
