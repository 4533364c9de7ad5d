"""Keywords of a subscribe message: each has a type, and its value must fit it. Source: the published
`subscribeMessage.send`, "parameter value limits"."""

import re

_CURRENCY = r"[¥￥$€£₩]|HK\$|NT\$|CNY|RMB|USD"
_DATE = r"(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_TIME = rf"(?:{_DATE}\s?)?{_HOUR}"
_DATED = rf"{_DATE}(?:\s?{_HOUR})?"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\u3007]"

FITS = {
    "thing": re.compile(r"(?s:.){1,20}\Z"),
    "number": re.compile(r"(?=.{1,32}\Z)[+-]?\d+(?:\.\d+)?\Z", re.ASCII),
    "letter": re.compile(r"[A-Za-z]{1,32}\Z"),
    "symbol": re.compile(r"[^\w\s]{1,5}\Z"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}\Z"),
    "time": re.compile(rf"{_TIME}(?:\s?[~～]\s?{_TIME})?\Z", re.ASCII),
    "date": re.compile(rf"{_DATED}(?:\s?[~～]\s?{_DATED})?\Z", re.ASCII),
    "amount": re.compile(rf"(?:{_CURRENCY})?-?\d{{1,10}}(?:\.\d{{1,2}})?元?\Z", re.ASCII),
    "phone_number": re.compile(r"[+\-()# 0-9]{1,17}\Z"),
    "car_number": re.compile(rf"(?:{_HAN}|[A-Za-z0-9])(?:[A-Za-z0-9]{{0,6}}(?:{_HAN}|[A-Za-z0-9]))?\Z"),
    "name": re.compile(rf"(?:{_HAN}{{1,10}}|[A-Za-z·.'\- ]{{1,20}})\Z"),
    "phrase": re.compile(rf"{_HAN}{{1,5}}\Z"),
}
"""What a value of each type looks like. `enum` is apart: its values are the template's own."""

_CODE = re.compile(r"([a-z_]+?)(\d+)\Z")


def kind_of(code: str) -> str:
    """The type in a keyword's code: `thing` of `thing12`."""
    found = _CODE.match(code)
    assert found is not None, code
    return found[1]


def fits(code: str, value: str, enum: list[str]) -> bool:
    """Whether a value may stand for the keyword `code`; `enum` are the values an enum allows."""
    kind = kind_of(code)
    if kind == "enum":
        return value in enum
    return FITS[kind].match(value) is not None
