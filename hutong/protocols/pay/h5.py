"""The page behind an h5_url: what is to be paid, and the code that any signed-in client can scan."""

import html
import io

import segno

from hutong.domains.pay import cashiers, merchants, orders
from hutong.domains.pay.errors import ORDER_NOT_FOUND
from hutong.domains.pay.tables import Order
from hutong.kernel.db import Snapshot
from hutong.kernel.endpoints import Nobody, Raw, Request
from hutong.kernel.errors import DomainError

from .fields import Filled64
from .protocol import pay
from .transactions import STATES

CODE_SCALE = 6


class Page(Request):
    prepay_id: Filled64
    package: Filled64


def draw(snapshot: Snapshot, caller: Nobody, req: Page) -> str:
    """The code as SVG: too slow for a transaction."""
    drawn = io.BytesIO()
    segno.make(cashiers.NATIVE_PREFIX + req.package, error="m").save(
        drawn, kind="svg", scale=CODE_SCALE, xmldecl=False
    )
    return drawn.getvalue().decode()


@pay.get(cashiers.H5_PATH, prepare=draw)
def show_page(snapshot: Snapshot, caller: Nobody, req: Page, code: str) -> Raw:
    """H5支付中间页"""
    order = orders.by_code(snapshot, req.package)
    if order.prepay_id != req.prepay_id:
        raise DomainError(ORDER_NOT_FOUND)
    page = _page(snapshot, order, code)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return Raw(
        page.encode(),
        "text/html; charset=utf-8",
        headers={"content-security-policy": policy, "cache-control": "no-store"},
    )


def _page(snapshot: Snapshot, order: Order, code: str) -> str:
    payee = html.escape(merchants.get(snapshot, order.mchid).name)
    description = html.escape(order.terms.description)
    yuan = f"{order.terms.amount // 100}.{order.terms.amount % 100:02d}"
    state = STATES[orders.shown_state(snapshot, order)]
    link = html.escape(cashiers.NATIVE_PREFIX + (order.code or ""))
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{payee}</title>"
        '<body style="font-family:system-ui,sans-serif;text-align:center;margin:3rem 1rem">'
        f"<h1>{payee}</h1><p>{description}</p><p><strong>¥{yuan}</strong></p><p>{state}</p>"
        f'<p><a href="{link}">打开支付 · Open to pay</a></p><div>{code}</div></body></html>'
    )
