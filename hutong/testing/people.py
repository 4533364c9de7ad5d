"""People with verbs, each speaking the client API as their phone would."""

import secrets
from collections.abc import Mapping
from typing import Any

from .programs import App
from .server import Server

PIN = "246802"


class Person:
    """Somebody signed in: `ann.follow(account)`, `ann.send(account, "hi")`, `ann.confirm(prepay_id)`."""

    def __init__(
        self, server: Server, *, username: str, password: str, nickname: str, token: str, pay_pin: str
    ) -> None:
        self._server = server
        self.username, self.password, self.nickname = username, password, nickname
        self.token, self.pay_pin = token, pay_pin
        self._id = ""

    @classmethod
    def new(cls, server: Server, nickname: str, *, balance: int, phone: str = "") -> "Person":
        """Sign up, choose a PIN, bind a card and fill the wallet."""
        username, password = f"{secrets.token_hex(5)}", secrets.token_urlsafe(12)
        joined = {"username": username, "password": password, "nickname": nickname, "phone": phone}
        token = server.request("POST", "/users", json=joined)["token"]
        person = cls(
            server, username=username, password=password, nickname=nickname, token=token, pay_pin=PIN
        )
        person.request("PUT", "/wallet/pin", json={"pin": PIN})
        card = person.request("POST", "/wallet/cards", json={"bank": "ICBC"})
        if balance:
            person.top_up(balance, card_id=card["card_id"])
        return person

    def request(self, method: str, path: str, *, json: Any = None, **options: Any) -> Any:
        """Call the client API as this person. Raises Refused."""
        return self._server.request(method, path, json=json, token=self.token, **options)

    @property
    def id(self) -> str:
        """The user id, a decimal string."""
        if not self._id:
            self._id = self.request("GET", "/me")["user_id"]
        return self._id

    def sign_in(self, device: str = "test") -> str:
        """Sign in on one more device; its token, which this object uses from now on."""
        asked = {"username": self.username, "password": self.password, "device": device}
        self.token = self._server.request("POST", "/sessions", json=asked)["token"]
        return self.token

    # ── people and accounts ────────────────────────────────────────────────────────────────────────────────

    def befriend(self, other: "Person", greeting: str = "") -> None:
        """Ask the other, who says yes."""
        asked = {"user_id": other.id, "greeting": greeting}
        made = self.request("POST", "/contact-requests", json=asked)
        if not made["contact"]:
            other.request("POST", f"/contact-requests/{made['request_id']}/accept")

    def follow(self, account: App, *, ticket: str = "") -> None:
        """Follow an official account, through a scene code's ticket when one was scanned."""
        self.request("PUT", f"/accounts/{account.appid}/follow", json={"ticket": ticket})

    def unfollow(self, account: App) -> None:
        self.request("DELETE", f"/accounts/{account.appid}/follow")

    def send(self, to: "Person | App", words: str | Mapping[str, Any]) -> dict[str, Any]:
        """Say something to a contact or an account: words, or a whole body such as {"kind": "location", …}."""
        body = {"kind": "text", "text": words} if isinstance(words, str) else dict(words)
        said: dict[str, Any] = self.request(
            "POST",
            f"/conversations/{self._conversation(to)}/messages",
            json={"body": body, "client_id": secrets.token_hex(12)},
        )
        return said

    def messages(self, of: "Person | App") -> list[dict[str, Any]]:
        """What was said in the conversation with a contact or an account, oldest first."""
        self._server.clock.settle()
        found: list[dict[str, Any]] = self.request(
            "GET", f"/conversations/{self._conversation(of)}/messages"
        )["messages"]
        return found

    def _conversation(self, of: "Person | App") -> str:
        if isinstance(of, Person):
            opened = self.request("POST", "/conversations", json={"user_id": of.id})
        else:
            opened = self.request("POST", f"/accounts/{of.appid}/conversation")
        found: str = opened["conversation_id"]
        return found

    def tap(self, account: App, *place: int) -> dict[str, Any]:
        """Tap a button of an account's menu by its position, and then the position in its sub-menu."""
        menu = self.request("GET", f"/accounts/{account.appid}")["menu"]
        asked = {"menu_id": menu["menu_id"], "place": list(place)}
        found: dict[str, Any] = self.request("POST", f"/accounts/{account.appid}/menu/tap", json=asked)
        return found

    # ── codes and mini programs ────────────────────────────────────────────────────────────────────────────

    def scan(self, text: str) -> dict[str, Any]:
        """What the text inside a code leads to, by its `kind`."""
        found: dict[str, Any] = self.request("POST", "/codes/resolve", json={"text": text})
        return found

    def open(self, program: App, *, path: str = "", scene: int = 1001, query: str = "") -> dict[str, Any]:
        """Open a mini program."""
        asked = {"path": path, "scene": scene, "query": query}
        found: dict[str, Any] = self.request("POST", f"/programs/{program.appid}/open", json=asked)
        return found

    def login(self, program: App) -> str:
        """`wx.login`: the code for the program's server."""
        found: str = self.request("POST", f"/programs/{program.appid}/login")["code"]
        return found

    def allow_phone(self, program: App) -> str:
        """Say yes to `getPhoneNumber`: the code for the program's server."""
        found: str = self.request("POST", f"/programs/{program.appid}/phone-code")["code"]
        return found

    # ── money ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def balance(self) -> int:
        """What is in the wallet, in fen."""
        found: int = self.request("GET", "/wallet")["balance"]
        return found

    def top_up(self, amount: int, *, card_id: str = "") -> None:
        """Money from a card, in fen."""
        card = card_id or self.request("GET", "/wallet")["cards"][0]["card_id"]
        asked = {
            "card_id": card,
            "amount": amount,
            "pin": self.pay_pin,
            "client_id": secrets.token_hex(12),
        }
        self.request("POST", "/wallet/top-ups", json=asked)

    def stand_before(self, payment: str | Mapping[str, Any]) -> dict[str, Any]:
        """The cashier for a prepay_id, a code_url, or the parameters of `wx.requestPayment`."""
        if not isinstance(payment, str):
            opening: dict[str, Any] = {"request": _signed(payment)}
        elif "://" in payment:
            opening = {"code": payment}
        else:
            opening = {"prepay_id": payment}
        found: dict[str, Any] = self.request("POST", "/cashiers", json=opening)
        return found

    def confirm(self, payment: str | Mapping[str, Any], *, pin: str = "") -> dict[str, Any]:
        """Pay: look at the cashier and enter the PIN. Raises Refused."""
        cashier = self.stand_before(payment)
        found: dict[str, Any] = self.request(
            "POST", f"/cashiers/{cashier['cashier_id']}/confirm", json={"pin": pin or self.pay_pin}
        )
        return found

    def refuse(self, payment: str | Mapping[str, Any]) -> None:
        """Look at the cashier and walk away."""
        cashier = self.stand_before(payment)
        self.request("POST", f"/cashiers/{cashier['cashier_id']}/cancel")

    def __repr__(self) -> str:
        return f"<{self.nickname}>"


_SIGNED = {"appId", "timeStamp", "nonceStr", "package", "paySign", "signType"}


def _signed(payment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payment.items() if name in _SIGNED}
