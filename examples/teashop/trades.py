"""What this shop sells: goods, their options and prices, and the shop's own words, read from `trades/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .refusals import bad, missing

MOST_OF_ONE_LINE = 20


@dataclass(frozen=True)
class Choice:
    id: str
    name: dict[str, str]
    extra: int  # in fen, on top of the price of one


@dataclass(frozen=True)
class Option:
    id: str
    name: dict[str, str]
    choices: dict[str, Choice]
    many: (
        bool  # any number of the choices, none included; otherwise exactly one, the first if nothing is said
    )


@dataclass(frozen=True)
class Goods:
    id: str
    name: dict[str, str]
    price: int  # in fen
    stock: int  # what the shelf holds when the shop opens for the first time
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Line:
    """So many of one thing, made one way, at the price it had when it was asked for."""

    goods_id: str
    name: str
    options: dict[str, list[str]]
    unit_price: int
    quantity: int

    @property
    def amount(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Trade:
    prefix: str
    name: dict[str, str]
    hours: dict[str, str]
    unpaid_minutes: int
    goods: dict[str, Goods]
    words: dict[str, str]
    states: dict[str, str]  # what an order's state is called here
    replies: dict[str, str]
    menu: list[dict[str, Any]]
    coupon: dict[str, Any] | None = None  # given to each buyer once; `least` and `off` in fen

    def line(self, goods_id: object, options: object, quantity: object) -> Line:
        """Price one line of an order. What is not offered is refused, not ignored."""
        if not isinstance(goods_id, str) or goods_id not in self.goods:
            raise missing("No such goods.")
        if (
            not isinstance(quantity, int)
            or isinstance(quantity, bool)
            or not 1 <= quantity <= MOST_OF_ONE_LINE
        ):
            raise bad(f"A quantity is a whole number from 1 to {MOST_OF_ONE_LINE}.")
        if not isinstance(options, dict):
            raise bad("Options are an object.")
        goods = self.goods[goods_id]
        if unknown := set(options) - {option.id for option in goods.options}:
            raise bad(f"{goods.name['en']} has no option {sorted(map(str, unknown))[0]!r}.")
        chosen = {option.id: _choose(option, options.get(option.id)) for option in goods.options}
        picked = [option.choices[one] for option in goods.options for one in chosen[option.id]]
        made = "、".join(choice.name["zh"] for choice in picked)
        return Line(
            goods_id=goods.id,
            name=f"{goods.name['zh']}（{made}）" if made else goods.name["zh"],
            options=chosen,
            unit_price=goods.price + sum(choice.extra for choice in picked),
            quantity=quantity,
        )


def _choose(option: Option, wanted: object) -> list[str]:
    if wanted is None:
        return [] if option.many else [next(iter(option.choices))]
    given = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(one, str) and one in option.choices for one in given):
        raise bad(f"{option.name['en']} must be one of: {', '.join(option.choices)}.")
    if len(set(given)) != len(given) or (not option.many and len(given) != 1):
        raise bad(f"{option.name['en']} is chosen once.")
    return [one for one in option.choices if one in given]


def load(name: str) -> Trade:
    """Read a trade by its name in `trades/`, or from a file of your own."""
    file = Path(name) if name.endswith(".json") else Path(__file__).parent / "trades" / f"{name}.json"
    given = json.loads(file.read_text(encoding="utf-8"))
    options = {
        id: Option(
            id=id,
            name=option["name"],
            choices={choice["id"]: Choice(**choice) for choice in option["choices"]},
            many=option.get("many", False),
        )
        for id, option in given.pop("options").items()
    }
    goods = {
        one["id"]: Goods(**{**one, "options": tuple(options[id] for id in one["options"])})
        for one in given.pop("goods")
    }
    return Trade(goods=goods, **given)
