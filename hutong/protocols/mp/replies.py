"""被动回复: what an app's server answers to a push, read from XML or JSON, plain or sealed."""

import re
from typing import Any

import msgspec

from hutong.domains.apps.push import PushSettings
from hutong.domains.apps.tables import App, PushFormat, PushMode
from hutong.domains.chat import bodies
from hutong.kernel import envelopes, xml
from hutong.kernel.db import Snapshot

from . import customer_service_message as outgoing

LARGEST = 64 * 1024
ARTICLES = 8
_WEB = re.compile(r"https?://\S+\Z")


class Unreadable(Exception):
    """The answer is no reply; the sentence says why."""


def read(
    snapshot: Snapshot, app: App, settings: PushSettings, openid: str, answer: bytes
) -> bodies.MessageBody | None:
    """What the server wants said, or None. Raises Unreadable, BrokenEnvelope, or what its media id refuses."""
    text = answer.strip()
    if text in (b"", b"success", b'"success"'):
        return None
    fields = _fields(text)
    if "Encrypt" in fields:
        fields = _fields(_open(app, settings, fields))
    elif settings.mode is PushMode.SAFE:
        raise Unreadable("The account is in safe mode, but the reply is not encrypted.")
    if settings.format is PushFormat.XML and (
        fields.get("ToUserName") != openid or fields.get("FromUserName") != app.original_id
    ):
        raise Unreadable("ToUserName must be the person's openid, FromUserName the account's original id.")
    return _body(snapshot, app, fields)


def _fields(text: bytes) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise Unreadable(f"The reply is larger than {LARGEST} bytes.")
    try:
        if text.startswith(b"{"):
            return dict(msgspec.json.decode(text, type=dict[str, Any]))
        return dict(xml.parse(text))
    except (xml.MalformedXml, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"The answer is neither `success` nor a reply: {error}") from None


def _open(app: App, settings: PushSettings, sealed: dict[str, Any]) -> bytes:
    encrypted, signature = str(sealed["Encrypt"]), str(sealed.get("MsgSignature", ""))
    timestamp, nonce = str(sealed.get("TimeStamp", "")), str(sealed.get("Nonce", ""))
    if not envelopes.push_signature_fits(signature, settings.token, timestamp, nonce, encrypted):
        raise Unreadable("MsgSignature does not fit token, TimeStamp, Nonce and Encrypt.")
    return envelopes.open_push(settings.encoding_aes_key, encrypted, receiver_id=app.appid)


def _text(fields: Any, name: str, *, longest: int = 2048) -> str:
    value = fields.get(name, "") if isinstance(fields, dict) else ""
    return value[:longest] if isinstance(value, str) else ""


def _body(snapshot: Snapshot, app: App, fields: dict[str, Any]) -> bodies.MessageBody | None:
    match fields.get("MsgType"):
        case "text":
            content = _text(fields, "Content", longest=bodies.TEXT_CHARACTERS)
            return bodies.Text(content) if content.strip() else None
        case "image":
            return outgoing.picture(snapshot, app.appid, _text(fields.get("Image"), "MediaId"))
        case "voice":
            return outgoing.voice(snapshot, app.appid, _text(fields.get("Voice"), "MediaId"))
        case "video":
            return outgoing.film(snapshot, app.appid, _text(fields.get("Video"), "MediaId"), "")
        case "music":
            return _music(snapshot, app, fields.get("Music"))
        case "news":
            return _news(fields.get("Articles"))
        case "transfer_customer_service":
            return None  # the person's words wait in the conversation for whoever serves
        case kind:
            raise Unreadable(f"A reply of type {kind} is not published.")


def _music(snapshot: Snapshot, app: App, music: Any) -> bodies.Link:
    url = _text(music, "MusicUrl") or _text(music, "HQMusicUrl")
    if not _WEB.match(url):
        raise Unreadable("MusicUrl is no web address.")
    cover = outgoing.cover(snapshot, app.appid, _text(music, "ThumbMediaId"))
    title = _text(music, "Title", longest=256) or "♪"
    return bodies.Link(url, title, _text(music, "Description"), picture=cover)


def _news(articles: Any) -> bodies.News:
    items = articles.get("item", []) if isinstance(articles, dict) else []
    items = items if isinstance(items, list) else [items]
    if not 1 <= len(items) <= ARTICLES:
        raise Unreadable(f"Articles must hold one to {ARTICLES} items.")
    return bodies.News(
        [
            bodies.Article(
                _text(item, "Title", longest=256),
                _text(item, "Description"),
                _text(item, "Url"),
                _text(item, "PicUrl"),
            )
            for item in items
        ]
    )
