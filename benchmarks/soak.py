"""A long day in short: chat and payments at once on one server for many minutes, then every invariant is checked.

`python -m benchmarks.soak MINUTES`. Every message must arrive and every payment be notified once; the memory
of the server is read after every round, since what leaks shows only with time.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import uvloop

from hutong.server import audit

from . import chat, payments
from .child import Child, free_port, report
from .world import Member, World, a_payer, a_shop

MESSAGES_PER_SECOND = 200
SETTLED_ROUND = 3  # memory is compared with what it was after this round, when every cache is warm


class Talk(threading.Thread):
    """Chat that goes on until it is told to stop."""

    def __init__(self, port: int, members: list[tuple[Member, Member, int]]) -> None:
        super().__init__(daemon=True)
        self.port, self.members = port, members
        self.messages = 0
        self.slowest_p99_ms = 0.0
        self.stopping = False
        self.trouble: BaseException | None = None

    def run(self) -> None:
        turn = 0
        try:
            while not self.stopping:
                turn += 1
                said = uvloop.run(
                    chat.measure(self.port, self.members, MESSAGES_PER_SECOND, name=f"soak{turn}-")
                )
                self.messages += int(str(said["messages"]))
                self.slowest_p99_ms = max(self.slowest_p99_ms, float(str(said["p99_ms"])))
        except BaseException as error:
            self.trouble = error


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        world = World(home)
        shop = a_shop(world)
        payers = [
            world.write(lambda tx, number=number: a_payer(tx, shop, f"payer{number}", 1_000_00))
            for number in range(payments.PAYERS)
        ]
        members = chat.pairs(world)
        settings = world.settings
        world.close()
        merchant = payments.Merchant()
        port = free_port()
        memory: list[int] = []
        with Child(["-m", "benchmarks.serve", str(home), str(port)], port, core=0) as child:
            os.sched_setaffinity(0, {1})
            talk = Talk(port, members)
            talk.start()
            started = time.perf_counter()
            while time.perf_counter() - started < minutes * 60 and talk.trouble is None:
                name = f"SOAK{len(memory):05d}"
                payments.flow(child, shop, payers, merchant, name)
                payments.top_ups(child, payers, name)
                memory.append(child.resident_bytes() // 2**20)
            elapsed = time.perf_counter() - started
            talk.stopping = True
            talk.join(60)
            if talk.trouble is not None:
                raise talk.trouble
        flaws = {name: found for name, found in audit.run(settings).items() if found}
        assert not flaws, flaws
        settled = memory[min(SETTLED_ROUND, len(memory)) - 1]
        report(
            "chat and payments at once",
            minutes=round(elapsed / 60, 1),
            payments=len(memory) * payments.FLOWS,
            top_ups=len(memory) * payments.TRANSFERS,
            messages=talk.messages,
            slowest_p99_ms=talk.slowest_p99_ms,
            memory_mb_settled=settled,
            memory_mb_at_the_end=memory[-1],
            audit="nothing wrong",
        )


if __name__ == "__main__":
    main()
