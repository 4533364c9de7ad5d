"""Signer threads: each drains up to eight jobs and answers the event loop once per batch.

RSA releases the GIL, so the threads scale with the cores; handing each signature to an executor would cost
as much again as the signature.
"""

import asyncio
import base64
import os
import queue
import threading
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

BATCH = 8
_PADDING, _HASH = PKCS1v15(), SHA256()


class Signers:
    """`await signers.sign(key, message)` gives the base64 signature."""

    def __init__(self, threads: int | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[tuple[Any, bytes, asyncio.Future[str]] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"signer-{number}", daemon=True)
            for number in range(threads or len(os.sched_getaffinity(0)))
        ]
        for thread in self._threads:
            thread.start()

    async def sign(self, key: Any, message: bytes) -> str:
        future: asyncio.Future[str] = self._loop.create_future()
        self._jobs.put((key, message, future))
        return await future

    async def close(self) -> None:
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            done: list[tuple[asyncio.Future[str], str | None, Exception | None]] = []
            while job is not None:
                key, message, future = job
                try:
                    signature = base64.b64encode(key.sign(message, _PADDING, _HASH)).decode()
                    done.append((future, signature, None))
                except Exception as error:
                    done.append((future, None, error))
                if len(done) >= BATCH:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    self._jobs.put(None)  # for the next turn of this thread
            self._loop.call_soon_threadsafe(_settle, done)


def _settle(done: "list[tuple[asyncio.Future[str], str | None, Exception | None]]") -> None:
    for future, signature, error in done:
        if not future.done():
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(signature or "")
