"""One's own account: signing up and in, the profile, the password, the devices."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from hutong.domains.identity import passwords, proofs, sessions, users
from hutong.domains.identity.tables import SessionId, User, UserId
from hutong.domains.media import files
from hutong.domains.media.tables import FileKind
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.endpoints import Id, Request, Response
from hutong.kernel.errors import DomainError

from .protocol import Nobody, Person, client

Text = Annotated[str, Meta(max_length=256)]


class SignUp(Request):
    username: Text
    password: Text
    nickname: Text
    phone: Text = ""
    device: Text = ""


class SignIn(Request):
    username: Text
    password: Text
    device: Text = ""


class SignedIn(Response):
    """`token` goes into `Authorization: Bearer …`; it is told this once."""

    token: str
    user_id: str
    session_id: str


class Me(Response):
    user_id: str
    username: str
    nickname: str
    avatar: str  # an address, or empty
    phone: str
    region: str
    signature: str
    findable_by_phone: bool
    has_pin: bool
    session_id: str
    created_at: int


def _signed_in(tx: Tx, user_id: UserId, device: str) -> SignedIn:
    session, token = sessions.open(tx, user_id=user_id, device=device)
    return SignedIn(token=token, user_id=str(user_id), session_id=str(session.id))


def hash_new_password(snapshot: Snapshot, caller: Nobody, req: SignUp) -> str:
    users.normal_username(req.username)  # refuse before the slow part
    return passwords.hash(req.password)


@client.post("/users", prepare=hash_new_password)
def sign_up(tx: Tx, caller: Nobody, req: SignUp, password_hash: str) -> SignedIn:
    """Join under a username that nobody has yet, and be signed in."""
    user = users.register(
        tx, username=req.username, password_hash=password_hash, nickname=req.nickname, phone=req.phone
    )
    return _signed_in(tx, user.id, req.device)


def try_password(snapshot: Snapshot, caller: Nobody, req: SignIn) -> passwords.Attempt | None:
    return passwords.try_(snapshot, username=req.username, password=req.password)


@client.post("/sessions", prepare=try_password)
def sign_in(tx: Tx, caller: Nobody, req: SignIn, attempt: passwords.Attempt | None) -> SignedIn | DomainError:
    """Sign in on one device. Ten wrong passwords close the door for a quarter of an hour."""
    user_id = passwords.settle(tx, attempt)
    return user_id if isinstance(user_id, DomainError) else _signed_in(tx, user_id, req.device)


@client.get("/me")
def me(snapshot: Snapshot, person: Person) -> Me:
    """Who I am, as I see myself."""
    return _me(snapshot, person, users.get(snapshot, person.user_id))


def _me(snapshot: Snapshot, person: Person, user: User) -> Me:
    return Me(
        user_id=str(user.id),
        username=user.username,
        nickname=user.nickname,
        avatar=files.address(snapshot, user.avatar),
        phone=user.phone or "",
        region=user.region,
        signature=user.signature,
        findable_by_phone=user.findable_by_phone,
        has_pin=proofs.has_pin(snapshot, user.id),
        session_id=str(person.session_id),
        created_at=user.created_at,
    )


class ProfileChange(Request):
    """What is absent stays as it is; an empty text clears. `avatar` is the handle of one's own picture."""

    nickname: Text | UnsetType = UNSET
    avatar: Text | UnsetType = UNSET
    region: Text | UnsetType = UNSET
    signature: Text | UnsetType = UNSET
    phone: Text | UnsetType = UNSET
    findable_by_phone: bool | UnsetType = UNSET


@client.patch("/me")
def change_me(tx: Tx, person: Person, req: ProfileChange) -> Me:
    """Change one's profile."""
    changes: dict[str, Any] = {
        name: value for name in ProfileChange.__struct_fields__ if (value := getattr(req, name)) is not UNSET
    }
    if avatar := changes.get("avatar"):
        files.require_own(tx, avatar, FileKind.IMAGE, owner=str(person.user_id))
    return _me(tx, person, users.change_profile(tx, user_id=person.user_id, **changes))


class NicknameWish(Request):
    nickname: Text


class NicknameFits(Response):
    fits: bool


@client.post("/nickname/check")
def check_nickname(snapshot: Snapshot, person: Person, req: NicknameWish) -> NicknameFits:
    """May a program call somebody so? By the rules for nicknames here."""
    return NicknameFits(fits=users.nickname_fits(req.nickname))


class PasswordChange(Request):
    old: Text
    new: Text


class _NewPassword(Response):
    attempt: passwords.Attempt | None
    password_hash: str


def compare_old_password(snapshot: Snapshot, person: Person, req: PasswordChange) -> _NewPassword:
    user = users.get(snapshot, person.user_id)
    attempt = passwords.try_(snapshot, username=user.username, password=req.old)
    return _NewPassword(attempt, passwords.hash(req.new))


@client.put("/me/password", prepare=compare_old_password)
def change_password(tx: Tx, person: Person, req: PasswordChange, made: _NewPassword) -> DomainError | None:
    """Replace the password; every other device is signed out."""
    settled = passwords.settle(tx, made.attempt)
    if isinstance(settled, DomainError):
        return settled
    passwords.change(tx, user_id=person.user_id, password_hash=made.password_hash)
    sessions.revoke_others(tx, user_id=person.user_id, keep=person.session_id)
    return None


class Device(Response):
    """`seen_at` is exact to the hour."""

    session_id: str
    device: str
    created_at: int
    seen_at: int
    current: bool


class Devices(Response):
    sessions: list[Device]


@client.get("/sessions")
def list_sessions(snapshot: Snapshot, person: Person) -> Devices:
    """The devices that are signed in, newest first."""
    return Devices(
        [
            Device(
                str(known.id), known.device, known.created_at, known.seen_at, known.id == person.session_id
            )
            for known in sessions.list_(snapshot, person.user_id)
        ]
    )


class OneSession(Request):
    session_id: Id


@client.delete("/sessions/{session_id}")
def revoke_session(tx: Tx, person: Person, req: OneSession) -> None:
    """Sign a device out; one's own included."""
    sessions.revoke(tx, user_id=person.user_id, session_id=SessionId(int(req.session_id)))


class Revoked(Response):
    revoked: int


@client.post("/sessions/revoke-others")
def revoke_other_sessions(tx: Tx, person: Person) -> Revoked:
    """Sign every other device out."""
    return Revoked(sessions.revoke_others(tx, user_id=person.user_id, keep=person.session_id))


@client.post("/sessions/seen")
def note_seen(tx: Tx, person: Person) -> None:
    """Say that this device is in use: at start, and when the app comes back to the front."""
    sessions.seen(tx, user_id=person.user_id, session_id=person.session_id)
