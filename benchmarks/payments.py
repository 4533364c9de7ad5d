"""Payments: the signed flow end to end, the ledger's transfers over HTTP, and top-ups, on one server core.

The flow is prepay (signed answer), cashier, confirmation by PIN, and the signed notification to a merchant's
server that answers. What the load itself must sign is signed beforehand, between the phases. A transfer is what the
ledger calls one: a journal entry under a key of its payer's, and both balances, one of them guarded. A top-up is a
transfer as the product offers it, with a PIN, a card, a bill and a line in the payer's log. Afterwards the books are
checked, and that every order was notified exactly as often as it was accepted: once.
"""

import asyncio
import base64
import json
import os
import secrets
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hutong.domains.pay import ledger

from .child import Child, free_port, report
from .limits import fdatasyncs_per_second, rsa_signatures_per_second
from .load import Result, drive, post
from .world import PIN, Payer, Shop, World, a_payer, a_shop

FLOWS = 2000
PAYERS = 200
TRANSFERS = 8000
CONNECTIONS = 64
CLIENTS = 128  # of transfers, as many as are asked for at once
AMOUNT = 120


class Merchant(threading.Thread):
    """A merchant's server: counts notifications and says yes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.port = free_port()
        self.seen: dict[bytes, int] = {}
        self.start()

    def run(self) -> None:
        uvloop.run(self._serve())

    async def _serve(self) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                event = body[7 : body.index(b'"', 7)]
                self.seen[event] = self.seen.get(event, 0) + 1
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

        def ignore(loop: Any, context: dict[str, Any]) -> None:
            if not isinstance(context.get("exception"), asyncio.IncompleteReadError):
                loop.default_exception_handler(context)

        asyncio.get_running_loop().set_exception_handler(ignore)
        server = await asyncio.start_server(answer, "127.0.0.1", self.port)
        await server.serve_forever()


class Signer:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.key: Any = load_pem_private_key(shop.private_key.encode(), None)

    def sign(self, message: str) -> str:
        return base64.b64encode(self.key.sign(message.encode(), PKCS1v15(), SHA256())).decode()

    def prepay(self, number: str, payer: Payer, notify_url: str) -> bytes:
        path = "/pay/v3/pay/transactions/jsapi"
        body, headers = self._order(path, number, notify_url, payer={"openid": payer.openid})
        return post(path, body, headers)

    def native(self, number: str) -> tuple[bytes, dict[str, str]]:
        """The body and headers of an order anybody may pay."""
        return self._order("/pay/v3/pay/transactions/native", number, "http://127.0.0.1:9/notify")

    def _order(self, path: str, number: str, notify_url: str, **more: object) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(
            {
                "appid": self.shop.appid,
                "mchid": self.shop.mchid,
                "description": "桂花乌龙",
                "out_trade_no": number,
                "notify_url": notify_url,
                "amount": {"total": AMOUNT, "currency": "CNY"},
                **more,
            }
        )
        now, nonce = int(time.time()), secrets.token_hex(16)
        signature = self.sign(f"POST\n{path}\n{now}\n{nonce}\n{body}\n")
        authorization = (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{self.shop.mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{now}",serial_no="{self.shop.serial_no}"'
        )
        return body.encode(), {
            "authorization": authorization,
            "content-type": "application/json",
            "accept": "application/json",
            "user-agent": "benchmark",
        }

    def cashier(self, prepay_id: str, payer: Payer) -> bytes:
        now, nonce, package = str(int(time.time())), secrets.token_hex(16), f"prepay_id={prepay_id}"
        request = {
            "appId": self.shop.appid,
            "timeStamp": now,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self.sign(f"{self.shop.appid}\n{now}\n{nonce}\n{package}\n"),
        }
        return post("/api/cashiers", json.dumps({"request": request}).encode(), bearer(payer))


def bearer(payer: Payer) -> dict[str, str]:
    return {"authorization": f"Bearer {payer.member.token}", "content-type": "application/json"}


def ok(result: Result, count: int) -> Result:
    assert result.statuses == {200: count}, (result.statuses, result.bodies[:2])
    return result


def flow(
    child: Child, shop: Shop, payers: list[Payer], merchant: Merchant, name: str = "BENCH"
) -> tuple[float, dict[str, Any]]:
    """Run every flow; the seconds the server was asked for something, and each phase's figures.

    `name` begins the orders' numbers.
    """
    signer = Signer(shop)
    notify_url = f"http://127.0.0.1:{merchant.port}/notify"
    turns = [payers[number % PAYERS] for number in range(FLOWS)]
    prepays = [signer.prepay(f"{name}{number:08d}", payer, notify_url) for number, payer in enumerate(turns)]
    prepaid = drive(child.port, prepays, connections=CONNECTIONS, keep_bodies=True)
    ok(prepaid, FLOWS)
    by_openid = {payer.openid: payer for payer in payers}
    assert len(by_openid) == PAYERS
    told = len(merchant.seen)
    ids = sorted(json.loads(body)["prepay_id"] for body in prepaid.bodies)
    owner = owners(child, name)
    opened = drive(
        child.port,
        [signer.cashier(handle, by_openid[owner[handle]]) for handle in ids],
        connections=CONNECTIONS,
        keep_bodies=True,
    )
    ok(opened, FLOWS)
    shown = [json.loads(body) for body in opened.bodies]
    holder = holders(child, name)
    confirms = [
        post(
            f"/api/cashiers/{cashier['cashier_id']}/confirm",
            json.dumps({"pin": PIN}).encode(),
            bearer(by_openid[holder[cashier["cashier_id"]]]),
        )
        for cashier in shown
    ]
    started = time.perf_counter()
    confirmed = ok(drive(child.port, confirms, connections=CONNECTIONS, keep_bodies=True), FLOWS)
    while len(merchant.seen) - told < FLOWS and time.perf_counter() - started < 120:
        time.sleep(0.005)
    confirming = time.perf_counter() - started
    missing = FLOWS - (len(merchant.seen) - told)
    assert missing == 0, f"{missing} notifications never came"
    assert set(merchant.seen.values()) == {1}, "somebody was notified twice"
    phases = {"prepay": prepaid.row(), "cashier": opened.row(), "confirm": confirmed.row()}
    return prepaid.seconds + opened.seconds + confirming, phases


def owners(child: Child, name: str) -> dict[str, str]:
    """Whose openid each prepay_id names, looked up in the database file beside the running server."""
    sql = "select prepay_id, json_extract(terms, '$.openid') from pay_order where out_trade_no like ?"
    return dict(query(child, sql, f"{name}%"))


def holders(child: Child, name: str) -> dict[str, str]:
    sql = (
        "select c.id, o.openid from pay_cashier c join apps_openid o on o.user_id = c.user_id"
        " join pay_order p on p.mchid = c.mchid and p.id = c.order_id and json_extract(p.terms, '$.appid') = o.appid"
        " where p.out_trade_no like ?"
    )
    return dict(query(child, sql, f"{name}%"))


def query(child: Child, sql: str, *values: str) -> list[tuple[str, str]]:
    import sqlite3

    with sqlite3.connect(f"file:{child.command[-2]}/hutong.db?mode=ro", uri=True) as connection:
        return connection.execute(sql, values).fetchall()


def transfers(child: Child, payers: list[Payer]) -> Result:
    """From wallet to wallet, each one durable transfer and no more: see benchmarks/serve.py."""
    requests = [
        post(
            "/api/benchmark/transfers",
            json.dumps(
                {
                    "to_id": str(payers[(number * 7 + 1) % PAYERS].member.user_id),  # never oneself
                    "number": number + 1,
                    "amount": 1,
                }
            ).encode(),
            bearer(payers[number % PAYERS]),
        )
        for number in range(TRANSFERS)
    ]
    return ok(drive(child.port, requests, connections=CLIENTS, keep_bodies=True), TRANSFERS)


def top_ups(child: Child, payers: list[Payer], name: str = "t") -> Result:
    """From the bank to a wallet, with a PIN, a bill and a line in the payer's log.

    `name` begins the clients' own names for them.
    """
    requests = [
        post(
            "/api/wallet/top-ups",
            json.dumps(
                {"card_id": str(payer.card_id), "amount": 100, "pin": PIN, "client_id": f"{name}{number}"}
            ).encode(),
            bearer(payer),
        )
        for number in range(TRANSFERS)
        for payer in (payers[number % PAYERS],)
    ]
    return ok(drive(child.port, requests, connections=CLIENTS, keep_bodies=True), TRANSFERS)


def bare_http(port: int) -> Result:
    """What the same server answers when nothing is asked of it."""
    return ok(drive(port, [post("/healthz", b"", method="GET")] * 20_000, connections=CLIENTS), 20_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "home")
        shop = a_shop(world)
        payers = [
            world.write(lambda tx, number=number: a_payer(tx, shop, f"payer{number}", 1_000_00))
            for number in range(PAYERS)
        ]
        world.close()
        merchant = Merchant()
        port = free_port()
        home = folder + "/home"
        with Child(["-m", "benchmarks.serve", home, str(port)], port, core=0) as child:
            os.sched_setaffinity(0, {1})
            bare_before = rsa_signatures_per_second(0)
            before = child.cpu_seconds()
            seconds, phases = flow(child, shop, payers, merchant)
            cpu = child.cpu_seconds() - before
            rsa = (bare_before + rsa_signatures_per_second(0)) / 2  # a shared machine changes its pace
            bare = [bare_http(port)]
            flushes = fdatasyncs_per_second(Path(folder))
            before = child.cpu_seconds()
            moved = transfers(child, payers)
            transfer_cpu = (child.cpu_seconds() - before) / TRANSFERS
            before = child.cpu_seconds()
            topped_up = top_ups(child, payers)
            top_up_cpu = (child.cpu_seconds() - before) / TRANSFERS
            bare.append(bare_http(port))
        world = World(Path(home))
        flaws = world.write(lambda tx: ledger.audit(tx))
        world.close()
        assert flaws == [], flaws
        fastest = max(bare, key=lambda result: result.rate)  # a shared machine has slow moments
        signatures = 2 * FLOWS / cpu
        report(
            "RSA signatures in the payment flow / bare RSA, per core second",
            ratio=round(signatures / rsa, 3),
            demand=">= 0.65",
            met=signatures / rsa >= 0.65,
            payments_per_cpu_second=round(FLOWS / cpu),
            payments_per_second=round(FLOWS / seconds),
            cpu_us_per_payment=round(cpu / FLOWS * 1e6),
            bare_rsa_per_second=round(rsa),
            phases=phases,
            books="balance",
        )
        report(
            "durable transfers over HTTP / bare HTTP rate",
            ratio=round(moved.rate / fastest.rate, 3),
            demand=">= 0.20",
            met=moved.rate / fastest.rate >= 0.20,
            cpu_us_per_transfer=round(transfer_cpu * 1e6),
            transfers=moved.row(),
            bare_http=fastest.row(),
        )
        report(
            "durable transfers over HTTP at 128 clients / fdatasync rate",
            ratio=round(moved.rate / flushes, 2),
            demand=">= 1.5",
            met=moved.rate / flushes >= 1.5,
            fdatasync_per_second=round(flushes),
        )
        report(
            "top-ups over HTTP, each with PIN, card, bill and log",
            of_bare_http=round(topped_up.rate / fastest.rate, 3),
            of_fdatasync=round(topped_up.rate / flushes, 2),
            cpu_us_per_top_up=round(top_up_cpu * 1e6),
            top_ups=topped_up.row(),
        )


if __name__ == "__main__":
    main()
