"""The open API of official accounts and mini programs, as api.weixin.qq.com answers it.

Importing the package declares every endpoint, one module per published chapter.
"""

from . import (
    callbacks,
    code_management,
    customer_service_message,
    domains,
    login,
    media,
    menu,
    oauth2,
    openapi,
    plugins,
    program_links,
    qrcode,
    subscribe_message,
    tags,
    template_message,
    token,
    url_link,
    user,
    wxa_user,
    wxacode,
    xpay,
)
from .protocol import mp

__all__ = [
    "callbacks",
    "code_management",
    "customer_service_message",
    "domains",
    "login",
    "media",
    "menu",
    "mp",
    "oauth2",
    "openapi",
    "plugins",
    "program_links",
    "qrcode",
    "subscribe_message",
    "tags",
    "template_message",
    "token",
    "url_link",
    "user",
    "wxa_user",
    "wxacode",
    "xpay",
]
