"""Cashiers: a payer before an order, once the merchant's word is checked."""

import base64
import binascii
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from hutong.domains.identity.tables import UserId
from hutong.kernel.db import Snapshot, Tx
from hutong.kernel.errors import DomainError

from . import keys, orders
from .errors import CASHIER_CANCELLED, CASHIER_NOT_FOUND, ORDER_NOT_FOUND, PAY_SIGN_INVALID
from .tables import Card, Cashier, CashierState, Order

NATIVE_PREFIX = "weixin://wxpay/bizpayurl?pr="
H5_PATH = "/cgi-bin/mmpayweb-bin/checkmweb"
HANDLE_LENGTH = 32
_H5_CODE = re.compile(r"[?&]package=([0-9A-Za-z]{16})(?:&|\Z)")


def order_of_request(
    snapshot: Snapshot,
    *,
    app_id: str,
    time_stamp: str,
    nonce_str: str,
    package: str,
    sign_type: str,
    pay_sign: str,
) -> Order:
    """The order a page asks to have paid, if its merchant signed the request.

    The parameters are those of `requestPayment`. Raises ORDER_NOT_FOUND, PAY_SIGN_INVALID.
    """
    if sign_type != "RSA":
        raise DomainError(PAY_SIGN_INVALID, reason="signType is not RSA")
    prepay_id = package.removeprefix("prepay_id=")
    order = orders.by_prepay_id(snapshot, prepay_id)
    if order.terms.appid != app_id:
        raise DomainError(PAY_SIGN_INVALID, reason="appId is not the order's")
    message = f"{app_id}\n{time_stamp}\n{nonce_str}\n{package}\n".encode()
    try:
        signature = base64.b64decode(pay_sign, validate=True)
    except (binascii.Error, ValueError):
        raise DomainError(PAY_SIGN_INVALID, reason="paySign is not base64") from None
    for certificate in keys.certificates_of(snapshot, order.mchid):
        try:
            keys.public_key(certificate.certificate).verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return order
    raise DomainError(PAY_SIGN_INVALID, reason="no certificate of the merchant fits")


def order_of_code(snapshot: Snapshot, url: str) -> Order:
    """The order behind a scanned code_url or an opened h5_url. Raises ORDER_NOT_FOUND."""
    if url.startswith(NATIVE_PREFIX):
        return orders.by_code(snapshot, url.removeprefix(NATIVE_PREFIX))
    found = _H5_CODE.search(url)
    if found is None or H5_PATH not in url:
        raise DomainError(ORDER_NOT_FOUND)
    return orders.by_code(snapshot, found[1])


def open_(tx: Tx, *, user_id: UserId, order: Order) -> Cashier:
    """Put the payer before the order. Raises ORDER_PAID, ORDER_CLOSED, PREPAY_EXPIRED, WRONG_PAYER."""
    orders.require_open(tx, order)
    orders.require_payer(order, user_id)
    return tx.insert(
        Cashier(
            id=tx.new_handle("", HANDLE_LENGTH),
            user_id=user_id,
            mchid=order.mchid,
            order_id=order.id,
            state=CashierState.OPEN,
            created_at=tx.now,
        )
    )


def get(snapshot: Snapshot, *, user_id: UserId, cashier_id: str) -> Cashier:
    """The person's own cashier. Raises CASHIER_NOT_FOUND."""
    cashier = snapshot.find(Cashier, id=cashier_id)
    if cashier is None or cashier.user_id != user_id:
        raise DomainError(CASHIER_NOT_FOUND)
    return cashier


def confirm(tx: Tx, cashier: Cashier, *, card: Card | None = None) -> Order:
    """Pay, the person's PIN having been checked. Confirming twice pays once.

    Raises CASHIER_CANCELLED and whatever `orders.pay` raises.
    """
    order = orders.get(tx, cashier.mchid, cashier.order_id)
    cashier = tx.lock(cashier)
    if cashier.state is CashierState.CANCELLED:
        raise DomainError(CASHIER_CANCELLED)
    paid = orders.pay(tx, order, payer_id=cashier.user_id, card=card)
    if cashier.state is CashierState.OPEN:
        tx.update(cashier, state=CashierState.PAID)
    return paid


def cancel(tx: Tx, cashier: Cashier) -> Cashier:
    """The payer walks away; the order stays open for another cashier. A paid one stays paid."""
    cashier = tx.lock(cashier)
    if cashier.state is CashierState.OPEN:
        cashier = tx.update(cashier, state=CashierState.CANCELLED)
    return cashier
