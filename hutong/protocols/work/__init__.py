"""What the enterprise's published host says, chapter by chapter."""

from . import department, token, user

__all__ = ["department", "token", "user"]
