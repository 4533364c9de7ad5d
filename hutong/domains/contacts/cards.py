"""Cards: the code of a person's own, which others scan to find them."""

from hutong.domains.apps import codes
from hutong.domains.apps.tables import CodeKind
from hutong.domains.identity import users
from hutong.domains.identity.tables import User, UserId
from hutong.kernel.db import Tx


def text(user: User) -> str:
    """What the picture of a person's code says."""
    return f"hutong://person/{user.personal_code}"


def show(tx: Tx, *, user_id: UserId) -> str:
    """The text of a person's code, which leads to them from now on. The same until it is renewed."""
    user = users.get(tx, user_id)
    codes.make(
        tx,
        text=text(user),
        kind=CodeKind.PERSON,
        target={"user_id": str(user.id), "personal_code": user.personal_code},
    )
    return text(user)


def renew(tx: Tx, *, user_id: UserId) -> str:
    """Another code; the old one leads nowhere from now on."""
    codes.withdraw(tx, text(users.get(tx, user_id)))
    users.renew_personal_code(tx, user_id=user_id)
    return show(tx, user_id=user_id)
