"""Multipart bodies as clients and SDKs send them."""

import httpx

from hutong.kernel.endpoints import Upload
from hutong.server.gateway import read_multipart


def test_a_file_keeps_a_name_in_any_script_and_its_bytes() -> None:
    content = bytes(range(256)) + b"\r\n--"
    request = httpx.Request(
        "POST", "http://x/", files={"file": ("茶 é.png", content, "image/png")}, data={"kind": "图片"}
    )
    parts = read_multipart(request.read(), request.headers["content-type"])
    assert parts == {"kind": "图片", "file": Upload("茶 é.png", "image/png", content)}
