"""How the shop says no."""


class Refusal(Exception):
    """The request cannot be done; nothing was changed."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Unsure(Exception):
    """No trustworthy answer came: it may or may not have happened. Ask again, under the same number."""


def bad(message: str) -> Refusal:
    return Refusal(400, "BAD_REQUEST", message)


def missing(message: str) -> Refusal:
    return Refusal(404, "NOT_FOUND", message)


def conflict(code: str, message: str) -> Refusal:
    return Refusal(409, code, message)
