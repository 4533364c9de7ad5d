"""A street with a shop, people with money, and an account to follow; and the deeds they do, each under a key.

A deed keeps what was acknowledged. Done again under its key it has the same one effect, so that after any cut the
unacknowledged ones are repeated, and then everything that was ever begun must be there exactly once.
"""

import asyncio
import base64
import json
import random
import secrets
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benchmarks.world import PIN, Payer, Shop, World, a_payer, a_shop, friends
from hutong.domains.apps import apps, organisations
from hutong.domains.apps.tables import AppKind
from hutong.domains.insight import sales
from hutong.domains.pay import ledger
from hutong.domains.work import corps, credentials
from hutong.domains.work.tables import CredentialKind
from hutong.kernel.clock import day_of, wire_now
from hutong.kernel.db import Tx
from hutong.kernel.settings import Settings
from hutong.server import audit

from .served import Cut, Line, accepted

MONEY = 10_000_00
ACCOUNTS = 24
AGENTS = 20
SETTLE_SECONDS = 90


class Merchant:
    """The merchant's server: says yes, and remembers whom it heard of when."""

    def __init__(self) -> None:
        self.heard: dict[str, int] = {}
        self.closed: set[str] = set()  # acceptances that were on disk when the server died
        self.again: list[str] = []  # heard after that

    async def __aenter__(self) -> "Merchant":
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
                event = json.loads(await reader.readexactly(length))["id"]
                self.heard[event] = self.heard.get(event, 0) + 1
                if event in self.closed:
                    self.again.append(event)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


class Deed:
    """Something done under a key; `answer` is the acknowledgement, once it came."""

    def __init__(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        self.method, self.path, self.body = method, path, body
        self.answer: Any = None
        self.done = False

    async def do(self, line: Line, somebody: "Somebody") -> Any:
        self.answer = await line.call(self.method, self.path, self.body, somebody.headers)
        self.done = True
        return self.answer


class Signed(Deed):
    """A merchant's deed: signed afresh each time it is sent."""

    async def do(self, line: Line, somebody: "Somebody") -> Any:
        self.answer = await somebody.street.signed(line, self.method, self.path, self.body)
        self.done = True
        return self.answer


class Street:
    """Everybody, and all that they began."""

    def __init__(self, home: Path, people: int, database: str = "") -> None:
        world = World(home, database)
        self.settings: Settings = world.settings
        self.shop: Shop = a_shop(world)
        self.key: Any = load_pem_private_key(self.shop.private_key.encode(), None)
        self.merchant = Merchant()
        self.over = False  # nobody begins anything more

        self.secrets: dict[str, str] = {}
        self.agents: list[tuple[str, str]] = []  # a corpid and an agent's secret

        def settle(tx: Tx) -> None:
            organisation = organisations.create(tx, name="Street")
            for number in range(ACCOUNTS):
                kind = AppKind.SUBSCRIPTION
                app = apps.create(tx, org_id=organisation.id, kind=kind, name=f"Account {number}")
                self.secrets[app.appid] = apps.secret(tx, app)
            corp = corps.create(tx, org_id=organisation.id, name="Street")
            for number in range(AGENTS):
                agent = credentials.create(tx, corp, kind=CredentialKind.AGENT, name=f"Agent {number}")
                self.agents.append((corp.corpid, credentials.keys(tx, agent).secret))

        world.write(settle)
        self.accounts = list(self.secrets)

        def pair(tx: Tx, number: int) -> list["Somebody"]:
            ann, bob = (a_payer(tx, self.shop, f"person{number}{side}", MONEY) for side in "ab")
            chat = str(friends(tx, ann.member, bob.member))
            return [Somebody(self, ann, chat), Somebody(self, bob, chat)]

        self.people = [
            somebody
            for number in range(people // 2)
            for somebody in world.write(lambda tx, number=number: pair(tx, number))
        ]
        self.numbers = iter(range(10**6))
        world.close()

    def sign(self, message: str) -> str:
        return base64.b64encode(self.key.sign(message.encode(), PKCS1v15(), SHA256())).decode()

    async def signed(self, line: Line, method: str, path: str, body: Any = None) -> Any:
        text = json.dumps(body) if body is not None else ""
        now, nonce = int(time.time()), secrets.token_hex(16)
        signature = self.sign(f"{method}\n{path}\n{now}\n{nonce}\n{text}\n")
        said = (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{self.shop.mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{now}",serial_no="{self.shop.serial_no}"'
        )
        headers = {"authorization": said, "content-type": "application/json", "accept": "application/json"}
        return accepted(*await line.ask(method, path, text.encode(), headers), f"{method} {path}")

    # ── afterwards ─────────────────────────────────────────────────────────────────────────────────────────

    async def repeat(self, port: int) -> int:
        """Do every unacknowledged deed again, under its key; how many there were."""

        async def catch_up(somebody: Somebody) -> int:
            waiting = [deed for deed in somebody.deeds if not deed.done]
            async with Line(port) as line:
                for deed in waiting:
                    await deed.do(line, somebody)
            return len(waiting)

        return sum(await asyncio.gather(*(catch_up(somebody) for somebody in self.people)))

    async def check(self, port: int) -> None:
        """Everything that was begun is there once; nothing else is."""

        async def look(somebody: Somebody) -> None:
            async with Line(port) as line:
                await somebody.check(line)

        await asyncio.gather(*(look(somebody) for somebody in self.people))

    def close_books(self) -> None:
        """While no server runs: which notifications are recorded as accepted. They must never be heard again."""
        with audit.reading(self.settings) as snapshot:
            rows = snapshot.rows("select notify_id from kernel_delivery where state = 'DELIVERED'")
        self.merchant.closed |= {notify_id for (notify_id,) in rows}

    async def settled(self, port: int) -> None:
        """Wait until every notification is delivered, then see that each was heard, and counted once."""
        async with Line(port) as line, asyncio.timeout(SETTLE_SECONDS):
            while (await line.call("GET", "/api/desk/deliveries?state=PENDING&limit=1"))["deliveries"]:
                await asyncio.sleep(0.05)
            delivered: list[dict[str, Any]] = []
            before = ""
            while True:
                page = (await line.call("GET", f"/api/desk/deliveries?limit=100{before}"))["deliveries"]
                delivered += page
                if len(page) < 100:
                    break
                before = f"&before={page[-1]['id']}"
        assert {one["state"] for one in delivered} <= {"DELIVERED"}
        assert {one["notify_id"] for one in delivered} == set(self.merchant.heard)
        subjects = [one["subject"] for one in delivered]
        paid = [order for somebody in self.people for order in somebody.paid]
        back = [order for somebody in self.people for order in somebody.refunded]
        assert sorted(subjects) == sorted(f"order:{number}" for number in [*paid, *back])
        assert self.merchant.again == []

    def audit(self) -> None:
        """The books, the logs and every invariant, and what insight counted."""
        flaws = {name: found for name, found in audit.run(self.settings).items() if found}
        assert flaws == {}
        people = self.people
        paid = sum(amount for somebody in people for amount in somebody.paid.values())
        back = sum(amount for somebody in people for amount in somebody.refunded.values())
        with audit.reading(self.settings) as snapshot:
            today = day_of(wire_now())
            days = sales.by_day(snapshot, self.shop.mchid, first=today - 1, last=today)
            counted = [sum(getattr(day, name) for day in days) for name in FIGURES]
            assert counted == [
                sum(len(somebody.paid) for somebody in people),
                paid,
                sum(len(somebody.refunded) for somebody in people),
                back,
            ]
            assert ledger.balance(snapshot, ledger.merchant(self.shop.mchid)) == paid - back
            waiting = snapshot.rows("select handler from kernel_outbox where topic <> 'pay.order_expired'")
            assert waiting == []


FIGURES = ("paid", "paid_amount", "refunded", "refunded_amount")


class Somebody:
    """A person with a wallet, a friend, and a shop to go to."""

    def __init__(self, street: Street, payer: Payer, chat: str) -> None:
        self.street, self.payer, self.chat = street, payer, chat
        self.headers = {
            "authorization": f"Bearer {payer.member.token}",
            "content-type": "application/json",
        }
        self.deeds: list[Deed] = []
        self.checked = 0  # deeds looked at before
        self.seen = 0  # the last seq of the chat looked at
        self.said: set[str] = set()  # client ids not yet looked for
        self.balance = MONEY  # what it must be once every deed is done
        self.paid: dict[str, int] = {}
        self.refunded: dict[str, int] = {}
        self.followed: set[str] = set()

    async def act(self, line: Line, deed: Deed) -> Any:
        self.deeds.append(deed)
        return await deed.do(line, self)

    async def live(self, port: int, dice: random.Random) -> None:
        """Do one thing after another until the server is gone."""
        ways = [self.shop, self.say, self.top_up, self.withdraw, self.follow]
        async with Line(port) as line:
            while not self.street.over:
                try:
                    await dice.choices(ways, [5, 4, 2, 2, 1])[0](line, dice)
                except Cut:
                    return

    async def shop(self, line: Line, dice: random.Random) -> None:
        """Prepay, cashier, PIN; sometimes the goods go back."""
        street, shop = self.street, self.street.shop
        number, amount = f"ORDER-{next(street.numbers):08d}", dice.randrange(2, 50)
        url = f"http://127.0.0.1:{street.merchant.port}/notify"
        order = {
            "appid": shop.appid,
            "mchid": shop.mchid,
            "description": "桂花乌龙",
            "out_trade_no": number,
            "notify_url": url,
            "amount": {"total": amount, "currency": "CNY"},
            "payer": {"openid": self.payer.openid},
        }
        prepaid = await self.act(line, Signed("POST", "/pay/v3/pay/transactions/jsapi", order))
        now, nonce, package = (
            str(int(time.time())),
            secrets.token_hex(16),
            f"prepay_id={prepaid['prepay_id']}",
        )
        request = {
            "appId": shop.appid,
            "timeStamp": now,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": street.sign(f"{shop.appid}\n{now}\n{nonce}\n{package}\n"),
        }
        cashier = (await self.act(line, Deed("POST", "/api/cashiers", {"request": request})))["cashier_id"]
        self.paid[number] = amount
        self.balance -= amount
        await self.act(line, Deed("POST", f"/api/cashiers/{cashier}/confirm", {"pin": PIN}))
        if dice.random() < 0.4:
            back = dice.randrange(1, amount)
            self.refunded[number] = back
            self.balance += back
            refund = {
                "out_trade_no": number,
                "out_refund_no": f"R-{number}",
                "notify_url": url,
                "amount": {"refund": back, "total": amount, "currency": "CNY"},
            }
            await self.act(line, Signed("POST", "/pay/v3/refund/domestic/refunds", refund))

    async def say(self, line: Line, dice: random.Random) -> None:
        client_id = f"c{next(self.street.numbers)}"
        self.said.add(client_id)
        body = {"body": {"kind": "text", "text": f"line {client_id}"}, "client_id": client_id}
        await self.act(line, Deed("POST", f"/api/conversations/{self.chat}/messages", body))

    async def top_up(self, line: Line, dice: random.Random) -> None:
        await self._remit(line, "top-ups", dice.randrange(1, 500), 1)

    async def withdraw(self, line: Line, dice: random.Random) -> None:
        await self._remit(line, "withdrawals", dice.randrange(1, 50), -1)

    async def _remit(self, line: Line, way: str, amount: int, sign: int) -> None:
        self.balance += sign * amount
        body = {
            "card_id": str(self.payer.card_id),
            "amount": amount,
            "pin": PIN,
            "client_id": f"m{next(self.street.numbers)}",
        }
        made = await self.act(line, Deed("POST", f"/api/wallet/{way}", body))
        assert made["state"] == "SUCCESS"

    async def follow(self, line: Line, dice: random.Random) -> None:
        appid = dice.choice(self.street.accounts)
        self.followed.add(appid)
        await self.act(line, Deed("PUT", f"/api/accounts/{appid}/follow", {}))

    # ── afterwards ─────────────────────────────────────────────────────────────────────────────────────────

    async def check(self, line: Line) -> None:
        """Look, through the public API, for every deed since the last look."""
        for deed in self.deeds[self.checked :]:
            assert deed.done
            await self._look(line, deed)
        self.checked = len(self.deeds)
        wallet = await line.call("GET", "/api/wallet", None, self.headers)
        assert (wallet["balance"], wallet["held"]) == (self.balance, 0)
        accounts = (await line.call("GET", "/api/accounts", None, self.headers))["accounts"]
        assert sorted(account["appid"] for account in accounts) == sorted(self.followed)
        await self._read(line)

    async def _look(self, line: Line, deed: Deed) -> None:
        shop = self.street.shop
        if deed.path.endswith("/jsapi"):
            assert deed.body is not None
            number = deed.body["out_trade_no"]
            path = f"/pay/v3/pay/transactions/out-trade-no/{number}?mchid={shop.mchid}"
            order = await self.street.signed(line, "GET", path)
            state = "REFUND" if number in self.refunded else "SUCCESS" if number in self.paid else "NOTPAY"
            assert (order["trade_state"], order["amount"]["total"]) == (state, deed.body["amount"]["total"])
        elif deed.path.endswith("/refunds"):
            assert deed.body is not None
            path = f"{deed.path}/{deed.body['out_refund_no']}"
            refund = await self.street.signed(line, "GET", path)
            assert (refund["status"], refund["refund_id"]) == ("SUCCESS", deed.answer["refund_id"])
            assert refund["amount"]["refund"] == deed.body["amount"]["refund"]
        elif deed.path.endswith("/confirm"):
            result = deed.path.removesuffix("confirm") + "result"
            found = await line.call("GET", result, None, self.headers)
            assert {**found, "state": ""} == {**deed.answer, "state": ""}  # SUCCESS may be REFUND by now
        elif deed.path.startswith("/api/wallet/"):
            path = f"/api/wallet/remittances/{deed.answer['remittance_id']}"
            assert await line.call("GET", path, None, self.headers) == deed.answer

    async def _read(self, line: Line) -> None:
        """The chat since the last look: no number is missing, and what I said is there once."""
        mine: list[str] = []
        while True:
            path = f"/api/conversations/{self.chat}/messages?after={self.seen}&limit=50"
            page = (await line.call("GET", path, None, self.headers))["messages"]
            numbers = [message["seq"] for message in page]
            assert numbers == list(range(self.seen + 1, self.seen + 1 + len(page)))
            me = str(self.payer.member.user_id)
            mine += [message["client_id"] for message in page if message["sender"] == me]
            self.seen += len(page)
            if len(page) < 50:
                break
        assert sorted(client_id for client_id in mine if client_id) == sorted(self.said)
        self.said.clear()
