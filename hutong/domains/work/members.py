"""Members: people of ours as staff of a corp."""

import re
from collections.abc import Sequence

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from . import corps, departments
from .errors import ALREADY_STAFF, MEMBER_UNKNOWN, MOBILE_TAKEN, USERID_INVALID, USERID_TAKEN
from .events import MemberJoined
from .tables import Corp, CorpId, DepartmentMember, Member, MemberStatus, StaffId

USERID = re.compile(
    r"^[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}\Z"
)  # published: 1 to 64, starting with letter or digit
PAGE = 1000
LISTED = 10_000  # published bound of list_id's limit


class Seat(Frozen):
    """A member's place in a department."""

    department_id: int
    order: int = 0
    leader: bool = False


def join(
    tx: Tx,
    corp: Corp,
    *,
    userid: str,
    user_id: UserId,
    name: str,
    seats: Sequence[Seat] = (Seat(corps.ROOT),),
    mobile: str | None = None,
    job: str = "",
    gender: int = 0,
    email: str = "",
    alias: str = "",
    english_name: str = "",
    telephone: str = "",
    address: str = "",
    direct_leader: Sequence[str] = (),
) -> Member:
    """Make a person staff. The first seat is the main department.

    The same person under the same userid again changes nothing. Raises USERID_INVALID, USERID_TAKEN,
    MOBILE_TAKEN, ALREADY_STAFF, DEPARTMENT_UNKNOWN.
    """
    if not USERID.match(userid):
        raise DomainError(USERID_INVALID, userid=userid)
    assert seats, "a member is in at least one department"
    tx.lock(corp)
    for seat in seats:
        departments.get(tx, corp.corpid, seat.department_id)
    existing = tx.find(Member, corpid=corp.corpid, folded=userid.lower())
    if existing is not None:
        if existing.user_id == user_id:
            return existing
        raise DomainError(USERID_TAKEN, userid=userid)
    if tx.find(Member, corpid=corp.corpid, user_id=user_id) is not None:
        raise DomainError(ALREADY_STAFF, userid=userid)
    if mobile and tx.find(Member, corpid=corp.corpid, mobile=mobile) is not None:
        raise DomainError(MOBILE_TAKEN)
    member = tx.insert(
        Member(
            corpid=corp.corpid,
            userid=StaffId(userid),
            folded=userid.lower(),
            user_id=user_id,
            open_userid=tx.new_handle("wo", 32),
            name=name,
            mobile=mobile or None,
            alias=alias,
            email=email,
            biz_mail="",
            telephone=telephone,
            english_name=english_name,
            gender=gender,
            job=job,
            address=address,
            main_department=seats[0].department_id,
            direct_leader=list(direct_leader),
            external_position=job,
            status=MemberStatus.ACTIVE,
            joined_at=tx.now,
        )
    )
    tx.insert_all(
        [
            DepartmentMember(corp.corpid, member.userid, seat.department_id, seat.order, seat.leader)
            for seat in seats
        ]
    )
    tx.emit(MemberJoined(corpid=corp.corpid, userid=member.userid, user_id=user_id))
    return member


def get(snapshot: Snapshot, corpid: CorpId, userid: str) -> Member:
    """Raises MEMBER_UNKNOWN."""
    found = snapshot.find(Member, corpid=corpid, folded=userid.lower())
    if found is None:
        raise DomainError(MEMBER_UNKNOWN, userid=userid)
    return found


def get_by_mobile(snapshot: Snapshot, corpid: CorpId, mobile: str) -> Member:
    """Raises MEMBER_UNKNOWN."""
    found = snapshot.find(Member, corpid=corpid, mobile=mobile) if mobile else None
    if found is None:
        raise DomainError(MEMBER_UNKNOWN, mobile=mobile)
    return found


def in_departments(snapshot: Snapshot, corpid: CorpId, department_ids: Sequence[int]) -> list[Member]:
    """Everyone who sits in one of these departments, each once, by userid."""
    return snapshot.all(
        Member,
        "where corpid = :corp and userid in (select userid from work_department_member"
        " where corpid = :corp and department_id in :ids) order by userid limit :limit",
        corp=corpid,
        ids=list(department_ids),
        limit=LISTED,
    )


def seats_of(snapshot: Snapshot, corpid: CorpId, userids: Sequence[str]) -> dict[str, list[DepartmentMember]]:
    """The seats of these members, by department."""
    result: dict[str, list[DepartmentMember]] = {userid: [] for userid in userids}
    for start in range(0, len(userids), PAGE):
        for seat in snapshot.all(
            DepartmentMember,
            "where corpid = :corp and userid in :userids order by userid, department_id",
            corp=corpid,
            userids=list(userids[start : start + PAGE]),
        ):
            result[seat.userid].append(seat)
    return result


def seats_after(
    snapshot: Snapshot, corpid: CorpId, *, after: tuple[str, int] = ("", 0), limit: int = LISTED
) -> list[DepartmentMember]:
    """A page of every seat in the corp, by userid and department, after the last one seen."""
    return snapshot.all(
        DepartmentMember,
        "where corpid = :corp and (userid > :userid or (userid = :userid and department_id > :department))"
        " order by userid, department_id limit :limit",
        corp=corpid,
        userid=after[0],
        department=after[1],
        limit=limit,
    )


def of_person(snapshot: Snapshot, user_id: UserId, *, limit: int = 20) -> list[Member]:
    """Every corp a person works for."""
    return snapshot.all(
        Member, "where user_id = :user order by corpid limit :limit", user=user_id, limit=limit
    )
