"""Hutong for test suites: a running server, people with verbs, the clock, the inspector and the deliveries.

`pip install hutong` brings the pytest fixtures of `hutong.testing.plugin`; without pytest, use
`with Server() as hutong: …`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .people import Person
    from .programs import Corp, Merchant, MiniProgram, OfficialAccount
    from .server import Refused, Server

__all__ = ["Corp", "Merchant", "MiniProgram", "OfficialAccount", "Person", "Refused", "Server"]

_HOMES = {
    "Person": "people",
    "Corp": "programs",
    "Merchant": "programs",
    "MiniProgram": "programs",
    "OfficialAccount": "programs",
    "Refused": "server",
    "Server": "server",
}


def __getattr__(name: str) -> Any:
    """Import on first use: a test suite that has the plugin but no test of Hutong pays nothing."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
