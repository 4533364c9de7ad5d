"""Departments: /cgi-bin/department/…"""

from hutong.domains.work import corps, departments
from hutong.domains.work.tables import Department
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Natural, Request, Response

from .protocol import Agent, work


class DepartmentId(Request):
    id: Natural


class DepartmentTree(Request):
    id: Natural = corps.ROOT


class DepartmentView(Response):
    id: int
    name: str
    name_en: str
    department_leader: list[str]
    parentid: int
    order: int


class DepartmentNode(Response):
    id: int
    parentid: int
    order: int


class DepartmentAnswer(Response):
    department: DepartmentView


class DepartmentList(Response):
    department: list[DepartmentView]


class DepartmentIds(Response):
    department_id: list[DepartmentNode]


def _view(department: Department, leaders: dict[int, list[str]]) -> DepartmentView:
    return DepartmentView(
        id=department.id,
        name=department.name,
        name_en=department.name_en,
        department_leader=leaders[department.id],
        parentid=department.parentid,
        order=department.sort_order,
    )


@work.get("/cgi-bin/department/get")
def get_department(snapshot: Snapshot, agent: Agent, req: DepartmentId) -> DepartmentAnswer:
    """获取单个部门详情"""
    department = departments.get(snapshot, agent.corp.corpid, req.id)
    leaders = departments.leaders(snapshot, agent.corp.corpid, [department.id])
    return DepartmentAnswer(department=_view(department, leaders))


@work.get("/cgi-bin/department/list")
def list_departments(snapshot: Snapshot, agent: Agent, req: DepartmentTree) -> DepartmentList:
    """获取部门列表"""
    found = departments.subtree(snapshot, agent.corp.corpid, req.id)
    leaders = departments.leaders(snapshot, agent.corp.corpid, [department.id for department in found])
    return DepartmentList(department=[_view(department, leaders) for department in found])


@work.get("/cgi-bin/department/simplelist")
def list_department_ids(snapshot: Snapshot, agent: Agent, req: DepartmentTree) -> DepartmentIds:
    """获取子部门ID列表"""
    return DepartmentIds(
        department_id=[
            DepartmentNode(id=found.id, parentid=found.parentid, order=found.sort_order)
            for found in departments.subtree(snapshot, agent.corp.corpid, req.id)
        ]
    )
