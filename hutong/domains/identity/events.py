"""What identity announces."""

from hutong.kernel.events import Event

from .tables import SessionId, UserId


class UserRegistered(Event, topic="identity.user_registered", key="user_id"):
    """A person has joined."""

    user_id: UserId


class ProfileChanged(Event, topic="identity.profile_changed", key="user_id"):
    """A person's nickname, avatar, region, signature or phone is new."""

    user_id: UserId


class SessionRevoked(Event, topic="identity.session_revoked", key="user_id"):
    """A device may no longer speak for this person; its sockets should be cut."""

    user_id: UserId
    session_id: SessionId
