"""Explanations: why a signature did not fit, in one sentence, with the difference made visible.

An explanation is for the inspector's reader. It never goes out on the wire, where a refusal says only
what is published, because it may name what a stranger must not know.
"""

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from . import envelopes
from .envelopes import BrokenEnvelope, Flaw

DIFF_CHARS = 2048  # more than this differing is shown as replaced, not aligned
ECHO_BYTES = 4096
CONTEXT_CHARS = 120

_MARKS = {"\n": "␊\n", "\r": "␍", "\t": "␉", "\x00": "␀", "\ufeff": "[BOM]", "\xa0": "[NBSP]"}


class Cause(msgspec.Struct, frozen=True):
    """One thing that is wrong, named for tests and told in both languages as a clause."""

    name: str
    zh: str
    en: str


class Segment(msgspec.Struct, frozen=True):
    """A stretch of the comparison, its line ends and odd bytes made visible."""

    kind: Literal["same", "server", "client"]
    text: str


class Explanation(msgspec.Struct, frozen=True):
    """`built` is what the server computed over; `fitting` what the client did, when that was found."""

    causes: tuple[str, ...]
    zh: str
    en: str
    built: bytes = b""
    fitting: bytes | None = None
    diff: tuple[Segment, ...] = ()

    def told(self) -> dict[str, Any]:
        """As the inspector keeps and shows it: texts visible, nothing left in bytes."""
        return {
            "causes": list(self.causes),
            "zh": self.zh,
            "en": self.en,
            "built": visible(self.built),
            "fitting": None if self.fitting is None else visible(self.fitting),
            "diff": [{"kind": segment.kind, "text": segment.text} for segment in self.diff],
        }


def explain(causes: Sequence[Cause], *, built: bytes = b"", fitting: bytes | None = None) -> Explanation:
    """The causes as one sentence, in the order given."""
    en = ", and ".join(cause.en for cause in causes)
    return Explanation(
        causes=tuple(cause.name for cause in causes),
        zh="，并且".join(cause.zh for cause in causes) + "。",
        en=en[:1].upper() + en[1:] + ".",
        built=built,
        fitting=fitting,
        diff=compare(built, fitting) if fitting is not None and fitting != built else (),
    )


def visible(text: bytes) -> str:
    """Text with its line ends shown, and bytes that are no UTF-8 as \\xNN."""
    decoded = text.decode("utf-8", "backslashreplace")
    return "".join(
        _MARKS.get(char, char if char.isprintable() else f"\\x{ord(char):02x}") for char in decoded
    )


def compare(server: bytes, client: bytes) -> tuple[Segment, ...]:
    """The two texts as one, character by character; long stretches in common are cut in their middle."""
    # Broken bytes become lone surrogates, so that no character is ever cut in two.
    ours = server.decode("utf-8", "surrogateescape")
    theirs = client.decode("utf-8", "surrogateescape")
    start = _common(ours, theirs)
    end = _common(ours[start:][::-1], theirs[start:][::-1])
    old, new = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    segments = [_segment("same", ours[:start])]
    if len(old) + len(new) > DIFF_CHARS:
        segments += [_segment("server", old), _segment("client", new)]
    else:
        for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind == "equal":
                segments.append(_segment("same", old[a:b]))
            else:
                segments += [_segment("server", old[a:b]), _segment("client", new[c:d])]
    segments.append(_segment("same", ours[len(ours) - end :]))
    return tuple(segment for segment in segments if segment.text)


def _common(one: str, other: str) -> int:
    """How many characters the two begin with alike."""
    unlike = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(unlike, min(len(one), len(other)))


def _segment(kind: Literal["same", "server", "client"], text: str) -> Segment:
    shown = visible(text.encode("utf-8", "surrogateescape"))
    if kind == "same" and len(shown) > 2 * CONTEXT_CHARS:
        shown = f"{shown[:CONTEXT_CHARS]} … {shown[-CONTEXT_CHARS:]}"
    return Segment(kind, shown)


# Message push: what a developer's server answered, or a tool computed, against what we expect.


class PushAccount(msgspec.Struct, frozen=True):
    """One side's idea of a push address. `name` is how a person knows it."""

    name: str
    token: str
    encoding_aes_key: str
    receiver_id: str


class PushEnvelope(msgspec.Struct, frozen=True):
    """The signed part of a push or of an encrypted answer to one."""

    signature: str
    timestamp: str
    nonce: str
    encrypted: str


def explain_push(
    received: PushEnvelope, account: PushAccount, others: Sequence[PushAccount] = ()
) -> Explanation:
    """Why an encrypted push answer is not accepted: its signature first, then its envelope."""
    values = [account.token, received.timestamp, received.nonce, received.encrypted]
    built = "".join(sorted(values)).encode()
    if envelopes.push_signature_fits(received.signature, *values):
        return explain([_envelope_cause(received, account, others)], built=built, fitting=built)
    for cause, text in _push_mutations(received, account, others):
        if hashlib.sha1(text, usedforsecurity=False).hexdigest() == received.signature.strip().lower():
            return explain([cause], built=built, fitting=text)
    return explain([_unknown_push_cause(received)], built=built)


def _push_mutations(
    received: PushEnvelope, account: PushAccount, others: Sequence[PushAccount]
) -> Iterator[tuple[Cause, bytes]]:
    rest = [received.timestamp, received.nonce]
    plain = Cause(
        "plain_signature",
        "收到的是 signature（未包含 Encrypt），加密消息应使用 msg_signature",
        "this is `signature`, made without Encrypt, where an encrypted message needs `msg_signature`",
    )
    spelling = Cause(
        "signature_spelling",
        "签名应为小写十六进制，且前后没有空白",
        "the signature must be lower-case hex without spaces",
    )
    unsorted = Cause(
        "unsorted",
        "签名前没有对 token、timestamp、nonce、Encrypt 做字典序排序",
        "the values were joined without sorting them first",
    )
    yield spelling, "".join(sorted([account.token, *rest, received.encrypted])).encode()
    yield plain, "".join(sorted([account.token, *rest])).encode()
    yield unsorted, "".join([account.token, *rest, received.encrypted]).encode()
    yield unsorted, "".join([*rest, account.token, received.encrypted]).encode()
    for token, cause in _tokens(account, others):
        yield cause, "".join(sorted([token, *rest, received.encrypted])).encode()
        yield cause, "".join(sorted([token, *rest])).encode()


def _tokens(account: PushAccount, others: Sequence[PushAccount]) -> Iterator[tuple[str, Cause]]:
    for other in others:
        if other.token != account.token:
            yield (
                other.token,
                Cause(
                    "token_of_other",
                    f"签名用的是「{other.name}」的 Token，而不是「{account.name}」的",
                    f"it was signed with the Token of {other.name}, not of {account.name}",
                ),
            )
    odd = Cause(
        "token_spelling", "Token 前后多了空白或大小写不同", "the Token has spaces around it or another case"
    )
    for token in (account.token + "\n", account.token + " ", " " + account.token, "\ufeff" + account.token):
        yield token, odd
    for token in {account.token.lower(), account.token.upper()} - {account.token}:
        yield token, odd
    yield (
        account.encoding_aes_key,
        Cause(
            "aes_key_as_token",
            "把 EncodingAESKey 当作 Token 用来签名",
            "the EncodingAESKey was used where the Token belongs",
        ),
    )
    yield "", Cause("token_empty", "签名时 Token 为空", "it was signed with an empty Token")


def _unknown_push_cause(received: PushEnvelope) -> Cause:
    if not received.signature:
        return Cause("signature_missing", "没有 MsgSignature", "there is no MsgSignature")
    if len(received.signature) != 40:
        return Cause(
            "signature_length",
            f"签名长度为 {len(received.signature)}，SHA-1 应为 40 个十六进制字符",
            f"the signature has {len(received.signature)} characters where SHA-1 gives 40",
        )
    return Cause(
        "token_differs",
        "Token 两侧不一致，或签名所用的 timestamp、nonce 与所发送的不同",
        "the Token differs on the two sides, or timestamp or nonce are not those that were signed",
    )


def _envelope_cause(received: PushEnvelope, account: PushAccount, others: Sequence[PushAccount]) -> Cause:
    try:
        envelopes.open_push(account.encoding_aes_key, received.encrypted, receiver_id=account.receiver_id)
    except BrokenEnvelope as broken:
        if broken.flaw is Flaw.RECEIVER:
            return _receiver_cause(broken.receiver_id or "", account, others)
        if broken.flaw is Flaw.ENCODING:
            return Cause(
                "not_base64", "Encrypt 不是完整的 base64 密文", "Encrypt is not whole base64 ciphertext"
            )
        for other in others:
            try:
                envelopes.open_push_for_anyone(other.encoding_aes_key, received.encrypted)
            except BrokenEnvelope:
                continue
            return Cause(
                "aes_key_of_other",
                f"加密用的是「{other.name}」的 EncodingAESKey，而不是「{account.name}」的",
                f"it was sealed with the EncodingAESKey of {other.name}, not of {account.name}",
            )
        return Cause(
            "aes_key_differs",
            "EncodingAESKey 两侧不一致，用本方的密钥无法解密",
            "the EncodingAESKey differs on the two sides, as ours does not open it",
        )
    return Cause("none", "签名与密文均正确", "the signature fits and the envelope opens")


def _receiver_cause(found: str, account: PushAccount, others: Sequence[PushAccount]) -> Cause:
    whose = next((other.name for other in others if other.receiver_id == found), None)
    zh_of, en_of = (f"（「{whose}」的）", f" (of {whose})") if whose else ("", "")
    return Cause(
        "receiver_differs",
        f"密文末尾的接收方是 {found!r}{zh_of}，应为 {account.receiver_id!r}"
        "（第三方应用推送用 suite id，地址校验用 corp id）",
        f"the receiver id inside is {found!r}{en_of} where {account.receiver_id!r} is expected"
        " (pushes to a suite carry the suite id, its address check the corp id)",
    )


def explain_echo(expected: str, answered: bytes, *, sent: str = "") -> Explanation:
    """Why an address check failed. `expected` is the echo in the clear, `sent` what the query carried."""
    wanted = expected.encode()
    causes: Sequence[tuple[bool, Cause]] = (
        (answered == wanted, Cause("none", "回显正确", "the echo is right")),
        (not answered.strip(), Cause("echo_empty", "回显为空", "the answer is empty")),
        (
            bool(sent) and sent != expected and answered.strip() == sent.encode(),
            Cause(
                "echo_encrypted",
                "原样返回了密文 echostr，应返回解密后的明文",
                "the echo was sent back without decrypting it",
            ),
        ),
        (
            answered.startswith(b"\xef\xbb\xbf") and answered[3:].strip() == wanted,
            Cause("echo_bom", "回显前多了 BOM", "a byte order mark stands before the echo"),
        ),
        (
            answered.strip() in (b'"' + wanted + b'"', b"'" + wanted + b"'"),
            Cause(
                "echo_quoted",
                "回显带了引号（返回了 JSON 字符串）",
                "the echo is in quotes, as a JSON string would be",
            ),
        ),
        (
            answered.strip() == wanted,
            Cause("echo_whitespace", "回显前后多了空白或换行", "spaces or a line end stand around the echo"),
        ),
        (
            answered.lstrip()[:1] == b"<",
            Cause(
                "echo_html",
                "返回的是网页，地址没有到达回调代码",
                "a web page came back, so the address does not reach the callback code",
            ),
        ),
        (
            wanted in answered,
            Cause("echo_surrounded", "回显之外还有其他内容", "there is more in the answer than the echo"),
        ),
        (
            answered.strip().lower() in (b"ok", b"success"),
            Cause(
                "echo_success",
                "返回了 success，地址校验要返回 echostr",
                "it answered success where the echo is asked for",
            ),
        ),
    )
    other = Cause("echo_other", "返回的内容与 echostr 无关", "the answer has nothing of the echo in it")
    cause = next((cause for applies, cause in causes if applies), other)
    return explain([cause], built=wanted, fitting=answered[:ECHO_BYTES])
