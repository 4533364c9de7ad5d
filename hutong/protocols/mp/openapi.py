"""基础接口: what a developer asks about the platform itself."""

from hutong.domains.apps.tables import App
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Response

from .protocol import mp

ADDRESSES = ["127.0.0.1"]  # calls come from the machine this server runs on


class Addresses(Response):
    ip_list: list[str]


@mp.get("/cgi-bin/get_api_domain_ip")
def get_api_domain_ip(snapshot: Snapshot, app: App) -> Addresses:
    """获取微信API服务器IP"""
    return Addresses(ADDRESSES)


@mp.get("/cgi-bin/getcallbackip")
def getcallbackip(snapshot: Snapshot, app: App) -> Addresses:
    """获取微信推送服务器IP"""
    return Addresses(ADDRESSES)
