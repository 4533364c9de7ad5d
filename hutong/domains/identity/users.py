"""Users: the people themselves and what they show of themselves."""

import re
from collections.abc import Iterable
from typing import Any

from hutong.kernel import updates
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from .errors import (
    NICKNAME_INVALID,
    PHONE_INVALID,
    PHONE_TAKEN,
    PROFILE_INVALID,
    USER_UNKNOWN,
    USERNAME_INVALID,
    USERNAME_TAKEN,
)
from .events import ProfileChanged, UserRegistered
from .tables import Password, User, UserId

NICKNAME_CHARACTERS = 32
REGION_CHARACTERS = 64
SIGNATURE_CHARACTERS = 120
_USERNAME = re.compile(r"[a-z0-9_-]{3,32}\Z")
_PHONE = re.compile(r"\+?[0-9]{5,15}\Z")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def normal_username(username: str) -> str:
    """The form in which usernames are kept and compared. Raises USERNAME_INVALID."""
    normal = username.strip().lower()
    if not _USERNAME.match(normal):
        raise DomainError(USERNAME_INVALID)
    return normal


def normal_phone(phone: str) -> str | None:
    """Digits with an optional leading +; None for an empty text. Raises PHONE_INVALID."""
    normal = re.sub(r"[\s()-]", "", phone)
    if not normal:
        return None
    if not _PHONE.match(normal):
        raise DomainError(PHONE_INVALID)
    return normal


def _line(text: str, limit: int, code: Any) -> str:
    """One line of visible text, or a refusal: nothing that reorders or breaks other people's screens."""
    normal = text.strip()
    if len(normal) > limit or _INVISIBLE.search(normal):
        raise DomainError(code, limit=limit)
    return normal


def nickname_fits(nickname: str) -> bool:
    """Whether somebody could be called that here."""
    try:
        return bool(_line(nickname, NICKNAME_CHARACTERS, NICKNAME_INVALID))
    except DomainError:
        return False


def register(tx: Tx, *, username: str, password_hash: str, nickname: str, phone: str = "") -> User:
    """A new person. Raises USERNAME_TAKEN, PHONE_TAKEN, or that a field is invalid."""
    user = User(
        id=UserId(tx.new_id()),
        username=normal_username(username),
        nickname=_line(nickname, NICKNAME_CHARACTERS, NICKNAME_INVALID),
        personal_code=tx.new_handle("p", 24),
        created_at=tx.now,
        phone=normal_phone(phone),
    )
    if not user.nickname:
        raise DomainError(NICKNAME_INVALID)
    _require_free_phone(tx, user.phone)
    _, created = tx.insert_or_find(user, by=("username",))
    if not created:
        raise DomainError(USERNAME_TAKEN, username=user.username)
    tx.insert(Password(user.id, password_hash, changed_at=tx.now))
    tx.emit(UserRegistered(user_id=user.id))
    return user


def _require_free_phone(tx: Tx, phone: str | None) -> None:
    if phone is not None and tx.find(User, phone=phone) is not None:
        raise DomainError(PHONE_TAKEN)


def find(snapshot: Snapshot, user_id: UserId) -> User | None:
    return snapshot.find(User, id=user_id)


def get(snapshot: Snapshot, user_id: UserId) -> User:
    """Raises USER_UNKNOWN."""
    user = snapshot.find(User, id=user_id)
    if user is None:
        raise DomainError(USER_UNKNOWN)
    return user


def find_by_username(snapshot: Snapshot, username: str) -> User | None:
    return snapshot.find(User, username=username.strip().lower())


def find_by_phone(snapshot: Snapshot, phone: str) -> User | None:
    """The person with this number, if they let themselves be found by it."""
    normal = re.sub(r"[\s()-]", "", phone)
    user = snapshot.find(User, phone=normal) if normal else None
    return user if user is not None and user.findable_by_phone else None


def find_by_personal_code(snapshot: Snapshot, code: str) -> User | None:
    return snapshot.find(User, personal_code=code)


def many(snapshot: Snapshot, ids: Iterable[UserId]) -> dict[UserId, User]:
    """The people with these ids, in one query; unknown ids are left out. Give at most a page of them."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {user.id: user for user in snapshot.all(User, "where id in :ids", ids=wanted)}


def change_profile(
    tx: Tx,
    *,
    user_id: UserId,
    nickname: str | None = None,
    avatar: str | None = None,
    region: str | None = None,
    signature: str | None = None,
    phone: str | None = None,
    findable_by_phone: bool | None = None,
) -> User:
    """Change what is given; None leaves a field as it is, an empty text clears it.

    Raises NICKNAME_INVALID, PROFILE_INVALID, PHONE_INVALID or PHONE_TAKEN.
    """
    user = tx.lock(get(tx, user_id))
    changes: dict[str, Any] = {}
    if nickname is not None:
        changes["nickname"] = _line(nickname, NICKNAME_CHARACTERS, NICKNAME_INVALID)
        if not changes["nickname"]:
            raise DomainError(NICKNAME_INVALID)
    if avatar is not None:
        changes["avatar"] = avatar
    if region is not None:
        changes["region"] = _line(region, REGION_CHARACTERS, PROFILE_INVALID)
    if signature is not None:
        changes["signature"] = _line(signature, SIGNATURE_CHARACTERS, PROFILE_INVALID)
    if phone is not None and (normal := normal_phone(phone)) != user.phone:
        _require_free_phone(tx, normal)
        changes["phone"] = normal
    if findable_by_phone is not None:
        changes["findable_by_phone"] = findable_by_phone
    changes = {name: value for name, value in changes.items() if value != getattr(user, name)}
    return _changed(tx, user, **changes) if changes else user


def renew_personal_code(tx: Tx, *, user_id: UserId) -> User:
    """A new personal code; the old one leads nowhere from now on."""
    return _changed(tx, tx.lock(get(tx, user_id)), personal_code=tx.new_handle("p", 24))


def _changed(tx: Tx, user: User, **changes: Any) -> User:
    changed = tx.update(user, **changes)
    tx.emit(ProfileChanged(user_id=user.id))
    updates.append(tx, [user.id], "me.changed", {"fields": sorted(changes)})
    return changed
