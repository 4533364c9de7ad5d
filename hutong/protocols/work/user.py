"""Members: /cgi-bin/user/…"""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from hutong.domains.work import departments, members
from hutong.domains.work.tables import DepartmentMember, Member
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Natural, Request, Response
from hutong.kernel.errors import BAD_REQUEST, DomainError

from .protocol import Agent, work


class UserId(Request):
    userid: Annotated[str, Meta(min_length=1, max_length=64)]


class Mobile(Request):
    mobile: Annotated[str, Meta(min_length=1, max_length=32)]


class InDepartment(Request):
    department_id: Natural
    fetch_child: Annotated[int, Meta(ge=0, le=1)] = 0


class Page(Request):
    cursor: Annotated[str, Meta(max_length=256)] = ""
    limit: Annotated[int, Meta(ge=1, le=members.LISTED)] = members.LISTED


class UserView(Response):
    userid: str
    name: str
    department: list[int]
    order: list[int]
    position: str
    mobile: str
    gender: str
    email: str
    biz_mail: str
    is_leader_in_dept: list[int]
    direct_leader: list[str]
    telephone: str
    alias: str
    english_name: str
    address: str
    open_userid: str
    main_department: int
    status: int
    external_position: str


class SimpleUser(Response):
    userid: str
    name: str
    department: list[int]
    open_userid: str


class UserList(Response):
    userlist: list[UserView]


class SimpleUserList(Response):
    userlist: list[SimpleUser]


class FoundUserId(Response):
    userid: str


class Seat(Response):
    userid: str
    department: int


class SeatPage(Response):
    next_cursor: str
    dept_user: list[Seat]


def _view(member: Member, seats: Sequence[DepartmentMember]) -> UserView:
    return UserView(
        userid=member.userid,
        name=member.name,
        department=[seat.department_id for seat in seats],
        order=[seat.sort_order for seat in seats],
        position=member.job,
        mobile=member.mobile or "",
        gender=str(member.gender),
        email=member.email,
        biz_mail=member.biz_mail,
        is_leader_in_dept=[int(seat.leader) for seat in seats],
        direct_leader=member.direct_leader,
        telephone=member.telephone,
        alias=member.alias,
        english_name=member.english_name,
        address=member.address,
        open_userid=member.open_userid,
        main_department=member.main_department,
        status=member.status,
        external_position=member.external_position,
    )


def _staff(
    snapshot: Snapshot, agent: Agent, req: InDepartment
) -> tuple[list[Member], dict[str, list[DepartmentMember]]]:
    corpid = agent.corp.corpid
    if req.fetch_child:
        scope = [department.id for department in departments.subtree(snapshot, corpid, req.department_id)]
    else:
        scope = [departments.get(snapshot, corpid, req.department_id).id]
    found = members.in_departments(snapshot, corpid, scope)
    return found, members.seats_of(snapshot, corpid, [member.userid for member in found])


@work.get("/cgi-bin/user/get")
def get_user(snapshot: Snapshot, agent: Agent, req: UserId) -> UserView:
    """读取成员"""
    member = members.get(snapshot, agent.corp.corpid, req.userid)
    seats = members.seats_of(snapshot, agent.corp.corpid, [member.userid])
    return _view(member, seats[member.userid])


@work.get("/cgi-bin/user/list")
def list_users(snapshot: Snapshot, agent: Agent, req: InDepartment) -> UserList:
    """获取部门成员详情"""
    found, seats = _staff(snapshot, agent, req)
    return UserList(userlist=[_view(member, seats[member.userid]) for member in found])


@work.get("/cgi-bin/user/simplelist")
def list_simple_users(snapshot: Snapshot, agent: Agent, req: InDepartment) -> SimpleUserList:
    """获取部门成员"""
    found, seats = _staff(snapshot, agent, req)
    return SimpleUserList(
        userlist=[
            SimpleUser(
                userid=member.userid,
                name=member.name,
                department=[seat.department_id for seat in seats[member.userid]],
                open_userid=member.open_userid,
            )
            for member in found
        ]
    )


@work.post("/cgi-bin/user/getuserid")
def find_userid(snapshot: Snapshot, agent: Agent, req: Mobile) -> FoundUserId:
    """手机号获取userid"""
    return FoundUserId(userid=members.get_by_mobile(snapshot, agent.corp.corpid, req.mobile).userid)


@work.post("/cgi-bin/user/list_id")
def list_userids(snapshot: Snapshot, agent: Agent, req: Page) -> SeatPage:
    """获取成员ID列表"""
    after = _read_cursor(req.cursor) if req.cursor else ("", 0)
    seats = members.seats_after(snapshot, agent.corp.corpid, after=after, limit=req.limit)
    more = len(seats) == req.limit
    return SeatPage(
        next_cursor=_cursor(seats[-1]) if more else "",
        dept_user=[Seat(userid=seat.userid, department=seat.department_id) for seat in seats],
    )


def _cursor(seat: DepartmentMember) -> str:
    return base64.urlsafe_b64encode(f"{seat.department_id}:{seat.userid}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, int]:
    try:
        department, _, userid = base64.urlsafe_b64decode(cursor).decode().partition(":")
        return userid, min(int(department), 2**62)
    except (binascii.Error, ValueError):
        raise DomainError(BAD_REQUEST, field="cursor", reason="invalid cursor") from None
