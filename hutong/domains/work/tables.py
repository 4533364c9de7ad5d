"""The tables of work."""

from enum import IntEnum, StrEnum
from typing import NewType

from hutong.domains.apps.tables import OrgId
from hutong.domains.identity.tables import UserId
from hutong.kernel.clock import Millis
from hutong.kernel.rows import Row, table

CorpId = NewType("CorpId", str)
StaffId = NewType("StaffId", str)
"""The published `userid`: a member's name within one corp, chosen by its administrator."""


class CredentialKind(StrEnum):
    AGENT = "AGENT"  # an application of the corp
    CONTACT = "CONTACT"  # the directory's own secret
    EXTERNAL_CONTACT = "EXTERNAL_CONTACT"  # the secret of customer contact


class MemberStatus(IntEnum):
    """The published numbers."""

    ACTIVE = 1
    DISABLED = 2
    NOT_ACTIVATED = 4
    LEFT = 5


@table("work_corp", key="corpid", index=["org_id"])
class Corp(Row):
    """A company: the enterprise side of an organisation."""

    corpid: CorpId
    org_id: OrgId
    name: str
    created_at: Millis


@table("work_credential", shard="corpid", key=("corpid", "agentid"), unique=[("corpid", "secret_mac")])
class Credential(Row):
    """What a program of the corp signs in with, and where the corp's callbacks for it go.

    `secret_mac` finds it, `secret_sealed` shows it again to the administrator.
    """

    corpid: CorpId
    agentid: int
    kind: CredentialKind
    name: str
    description: str
    secret_mac: str
    secret_sealed: str
    token_sealed: str  # the token of the callback's signature
    encoding_aes_key_sealed: str
    created_at: Millis
    callback_url: str = ""
    home_url: str = ""
    redirect_domain: str = ""


@table(
    "work_access_token",
    key="token_mac",
    index=[("corpid", "agentid", "expires_at"), ("expires_at",)],
)
class AccessToken(Row):
    """A token handed out. Kept for a while after it expires, to say so."""

    token_mac: str
    token_sealed: str
    corpid: CorpId
    agentid: int
    expires_at: Millis


@table(
    "work_department",
    shard="corpid",
    key=("corpid", "id"),
    unique=[("corpid", "parentid", "name")],
    index=[("corpid", "parentid", "sort_order")],
)
class Department(Row):
    """A node of the corp's tree; the root has id 1 and parentid 0. Greater `sort_order` comes first."""

    corpid: CorpId
    id: int
    parentid: int
    name: str
    name_en: str
    sort_order: int
    depth: int


@table(
    "work_member",
    shard="corpid",
    key=("corpid", "userid"),
    unique=[("corpid", "folded"), ("corpid", "user_id"), ("corpid", "mobile"), ("corpid", "open_userid")],
    index=["user_id"],
)
class Member(Row):
    """A person of ours as staff of a corp."""

    corpid: CorpId
    userid: StaffId
    folded: str  # the userid in lower case: it is unique, and found, whatever its case
    user_id: UserId
    open_userid: str
    name: str
    mobile: str | None
    alias: str
    email: str
    biz_mail: str
    telephone: str
    english_name: str
    gender: int  # 0 unknown, 1 male, 2 female
    job: str  # the published `position`
    address: str
    main_department: int
    direct_leader: list[str]
    external_position: str  # what customers see as the job
    status: MemberStatus
    joined_at: Millis


@table(
    "work_department_member",
    shard="corpid",
    key=("corpid", "userid", "department_id"),
    index=[("corpid", "department_id", "userid")],
)
class DepartmentMember(Row):
    """A member's seat in a department."""

    corpid: CorpId
    userid: StaffId
    department_id: int
    sort_order: int
    leader: bool
