"""The wallet over the client protocol."""

from typing import Any

import pytest

from hutong.domains.identity.tables import UserId
from hutong.domains.pay import orders, refunds
from hutong.domains.pay.tables import Detail, Goods, RefundTerms
from hutong.kernel.db import Tx
from hutong.kernel.money import Fen
from hutong.protocols.client.protocol import client
from tests.domains.builders import a_merchant, order_terms
from tests.protocols.client.conftest import Device

PIN = "246810"


@pytest.fixture
def card(ann: Device) -> dict[str, Any]:
    ann.put("/wallet/pin", {"pin": PIN})
    made: dict[str, Any] = ann.post("/wallet/cards", {"bank": "CMB", "last4": "0403"})
    return made


def remit(card: dict[str, Any], amount: int, client_id: str, pin: str = PIN) -> dict[str, Any]:
    return {"card_id": card["card_id"], "amount": amount, "pin": pin, "client_id": client_id}


def test_money_comes_in_and_goes_out_once(ann: Device, card: dict[str, Any]) -> None:
    first = ann.post("/wallet/top-ups", remit(card, 500, "a"))
    assert first["state"] == "SUCCESS" and ann.post("/wallet/top-ups", remit(card, 500, "a")) == first
    ann.post("/wallet/withdrawals", remit(card, 200, "b"))
    wallet = ann.get("/wallet")
    assert (wallet["balance"], wallet["held"], wallet["currency"]) == (300, 0, "CNY")
    assert wallet["cards"] == [card] and card["name"] == "招商银行借记卡0403"
    assert ann.post("/wallet/top-ups", remit(card, 501, "a"), status=409)["error"]["code"] == (
        "pay.remittance_changed"
    )
    assert ann.post("/wallet/withdrawals", remit(card, 301, "c"), status=409)["error"]["code"] == (
        "pay.balance_too_low"
    )


@pytest.mark.parametrize("amount", [0, -1, 1.5, 5_000_001, 2**70])
def test_odd_amounts_are_refused(ann: Device, card: dict[str, Any], amount: Any) -> None:
    ann.post("/wallet/top-ups", remit(card, amount, "a"), status=400)
    assert ann.get("/wallet")["balance"] == 0


def test_the_bank_refuses_when_told_to(ann: Device, card: dict[str, Any]) -> None:
    path = f"/wallet/cards/{card['card_id']}/behaviour"
    ann.put(path, {"behaviour": "INSUFFICIENT_FUNDS"}, status=200)
    refused = ann.post("/wallet/top-ups", remit(card, 500, "a"))
    assert (refused["state"], refused["failure"]) == ("FAILED", "INSUFFICIENT_FUNDS")
    ann.put(path, {"behaviour": "TIMEOUT_THEN_SUCCESS"}, status=200)
    waiting = ann.post("/wallet/top-ups", remit(card, 500, "b"))
    assert waiting["state"] == "PROCESSING"
    assert ann.get(f"/wallet/remittances/{waiting['remittance_id']}") == waiting
    ann.put(path, {"behaviour": "ANGRY"}, status=400)


def test_a_wrong_pin_moves_nothing_and_counts(ann: Device, card: dict[str, Any]) -> None:
    refused = ann.post("/wallet/top-ups", remit(card, 500, "a", pin="000000"), status=403)
    assert refused["error"]["details"]["remaining"] == 4
    refused = ann.put("/wallet/pin", {"pin": "111111", "old": "000000"}, status=403)
    assert refused["error"]["details"]["remaining"] == 3
    ann.put("/wallet/pin", {"pin": "111111", "old": PIN})
    ann.post("/wallet/top-ups", remit(card, 500, "a", pin="111111"))
    ann.put("/wallet/pin", {"pin": "12", "old": "111111"}, status=400)


def test_nobody_touches_anothers_cards_and_bills(ann: Device, ben: Device, card: dict[str, Any]) -> None:
    ben.put("/wallet/pin", {"pin": PIN})
    ann.post("/wallet/top-ups", remit(card, 500, "a"))
    (bill,) = ann.get("/wallet/bills")["bills"]
    ben.post("/wallet/top-ups", remit(card, 500, "a"), status=404)
    ben.delete(f"/wallet/cards/{card['card_id']}", status=404)
    ben.get(f"/wallet/bills/{bill['bill_id']}", status=404)
    assert ben.get("/wallet/bills")["bills"] == []
    ann.delete(f"/wallet/cards/{card['card_id']}")
    assert ann.get("/wallet")["cards"] == []


def test_bills_page_and_show_what_was_bought_and_what_came_back(
    tx: Tx, ann: Device, card: dict[str, Any]
) -> None:
    ann.post("/wallet/top-ups", remit(card, 500, "a"))
    shop, user_id = a_merchant(tx), UserId(int(ann.id))
    from msgspec.structs import replace

    goods = Goods("oolong", 2, Fen(60), goods_name="Oolong, half sugar")
    terms = replace(order_terms(), detail=Detail(goods_detail=[goods]))
    order = orders.place(tx, mchid=shop.mchid, out_trade_no="TEA-0001", terms=terms)
    paid = orders.pay(tx, order, payer_id=user_id)
    refunds.place(
        tx, order=paid, out_refund_no="R-1", terms=RefundTerms(amount=Fen(60), total=Fen(120), reason="cold")
    )
    page = ann.get("/wallet/bills", limit=2)
    assert [bill["kind"] for bill in page["bills"]] == ["REFUND", "PAYMENT"]
    rest = ann.get("/wallet/bills", before=page["next"])
    assert [bill["kind"] for bill in rest["bills"]] == ["TOP_UP"] and "next" not in rest
    assert [bill["kind"] for bill in ann.get("/wallet/bills", direction="OUT")["bills"]] == ["PAYMENT"]

    shown = ann.get(f"/wallet/bills/{page['bills'][1]['bill_id']}")
    assert shown["bill"]["counterpart"] == "云岫茶事" and shown["order"]["out_trade_no"] == "TEA-0001"
    assert shown["order"]["detail"]["goods_detail"][0]["goods_name"] == "Oolong, half sugar"
    assert shown["order"]["refunded"] == 60 and shown["refunds"][0]["reason"] == "cold"
    topped = ann.get(f"/wallet/bills/{rest['bills'][0]['bill_id']}")
    assert topped["remittance"]["amount"] == 500


def test_every_movement_is_told_to_the_persons_clients(tx: Tx, ann: Device, card: dict[str, Any]) -> None:
    ann.post("/wallet/top-ups", remit(card, 500, "a"))
    told = [update for update in tx.updates if update.kind == "pay.bill"]
    assert len(told) == 1 and told[0].user_id == int(ann.id) and '"amount":500' in told[0].body


def test_the_simulated_bank_is_a_sandboxs_alone() -> None:
    """In production a card that anybody may bind would be money out of nothing."""
    simulated = {
        (endpoint.method, endpoint.path)
        for endpoint in client.endpoints
        if endpoint.path.startswith("/wallet/") and endpoint.sandbox_only
    }
    assert simulated == {("POST", "/wallet/cards"), ("PUT", "/wallet/cards/{card_id}/behaviour")}
