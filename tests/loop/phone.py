"""A person's phone: what its screen hears, in order, over the update log."""

import time
from collections.abc import Callable
from typing import Any

from hutong.testing import Person

PATIENCE_S = 30.0
ROUND_MS = 5_000

Body = dict[str, Any]


class Phone:
    """`phone.hears(lambda body: …)` is the next message that fits, waiting for it by long poll."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._since = 0
        self._heard: list[Body] = []

    def hears(self, fits: Callable[[Body], bool], sender: str) -> Body:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for at, message in enumerate(self._heard):
                if message["sender"] == sender and fits(message["body"]):
                    del self._heard[: at + 1]
                    found: Body = message["body"]
                    return found
            assert time.monotonic() < deadline, f"heard only {self._heard}"
            self._poll()

    def _poll(self) -> None:
        asked = {"since": self._since, "wait_ms": ROUND_MS}
        page = self.person.request("GET", "/updates", params=asked)
        assert not page["reset"]
        self._since = page["seq"]
        self._heard += [update["body"] for update in page["updates"] if update["kind"] == "chat.message"]
