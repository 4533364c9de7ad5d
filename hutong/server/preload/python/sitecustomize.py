"""Loaded into a Python program by `hutong run`: the published hosts resolve to the wire.

Clients that never look at proxy variables (aiohttp without `trust_env`, plain sockets) then arrive
there as well. A `sitecustomize` of the program's own is run after this one.
"""

import os
import socket
import sys
from typing import Any

_resolve = socket.getaddrinfo
_wire = os.environ.get("HUTONG_WIRE", "").split("|")
_published = frozenset(os.environ.get("HUTONG_WIRE_HOSTS", "").split(","))


def _turned(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if (
        isinstance(name, str)
        and name.lower().rstrip(".") in _published
        and str(port) in ("80", "443", "http", "https")
    ):
        host, port = _wire[0], int(_wire[1])
    return _resolve(host, port, *args, **kwargs)


if len(_wire) == 2:
    socket.getaddrinfo = _turned


def _run_the_next_one() -> None:
    import importlib.machinery
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    rest = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", rest)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


_run_the_next_one()
