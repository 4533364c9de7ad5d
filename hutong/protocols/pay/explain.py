"""Why a Pay signature did not fit: the cause in a sentence, what was built, and what would fit.

RSA gives the signed digest back to whoever holds the public key. So who signed is known for certain,
whatever was signed, and each supposition about the text costs one hash. Pure, but up to a tenth of a
second long: call it when someone looks, off the request's path.
"""

import base64
import binascii
import hashlib
import html
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hutong.kernel.explanations import Cause, Explanation, explain

from . import signatures
from .signatures import Credentials, Failure

MAX_TRIES = 20_000
MAX_HASHED_BYTES = 16 * 1024 * 1024
MAX_JSON_BYTES = 256 * 1024
MAX_QUERY_ORDERS = 120
COMBINED = 20  # how many mistakes of one part are tried together with those of another

PUBLISHED_HOST = "api.mch.weixin.qq.com"  # signed by habit, wherever the call went
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Key(msgspec.Struct, frozen=True):
    """A public key the server knows. `mchid` is None for the platform's own."""

    public_key: RSAPublicKey
    serial_no: str
    mchid: str | None = None


class Received(msgspec.Struct, frozen=True):
    """A request as it arrived. `target` is its path and query, `mount` included if it was called."""

    method: str
    target: str
    authorization: str | None
    body: bytes  # what the signature is over: for an upload, the text of `meta`
    whole_body: bytes | None = None  # for an upload, everything
    host: str = PUBLISHED_HOST
    mount: str = ""


Variant = tuple[Any, Cause | None]


def explain_request(
    received: Received, keys: Sequence[Key], *, now_s: int, replayed: bool = False
) -> Explanation:
    """The likeliest cause of a refused request; cause `none` when nothing is wrong with it."""
    claimed = signatures.parse(received.authorization)
    repaired: list[Cause] = []
    if isinstance(claimed, Failure):
        cause, found = _header_cause(received.authorization or "", claimed)
        if found is None:
            return explain([cause])
        claimed, repaired = found, [cause]

    target = signatures.targets(received.target, received.mount)[0]
    built = signatures.request_message(
        received.method, target, claimed.timestamp, claimed.nonce_str, received.body
    )
    signer, digest, signature_cause = _signer(claimed, keys)
    causes = repaired + ([signature_cause] if signature_cause else [])
    fitting: bytes | None = None
    if signer is None:
        serial_cause, own = _serial_cause(claimed, keys, None)
        causes += [serial_cause] if serial_cause else []
        if own is not None and not causes:
            causes.append(_foreign_key_cause(claimed))
    else:
        serial_cause, _ = _serial_cause(claimed, keys, signer)
        causes += [serial_cause] if serial_cause else []
        found_text = _search(_request_dimensions(received, claimed), digest)
        if found_text is not None:
            fitting, text_causes = found_text
            causes += text_causes
        elif not signature_cause:
            causes.append(_UNKNOWN_TEXT)
    clock_cause = _clock_cause(claimed.timestamp, now_s)
    causes += [clock_cause] if clock_cause else []
    if replayed and not causes:
        causes.append(
            Cause(
                "replayed",
                f"nonce_str {claimed.nonce_str} 在 5 分钟内用过，这是一次重放",
                f"nonce_str {claimed.nonce_str} was used within the last five minutes, so this is a replay",
            )
        )
    return explain(causes or [_NOTHING], built=built, fitting=fitting)


def explain_payment(
    parameters: Mapping[str, str], keys: Sequence[Key], *, mchid: str, other_appids: Sequence[str] = ()
) -> Explanation:
    """Why `requestPayment` was refused: its five parameters and `paySign`."""
    missing = [n for n in ("appId", "timeStamp", "nonceStr", "package", "paySign") if not parameters.get(n)]
    if missing:
        names = ", ".join(missing)
        return explain([Cause("parameter_missing", f"缺少参数 {names}", f"{names} is missing")])
    app_id, timestamp = parameters["appId"], parameters["timeStamp"]
    nonce, package = parameters["nonceStr"], parameters["package"]
    built = signatures.payment_message(app_id, timestamp, nonce, package)
    causes: list[Cause] = []
    if parameters.get("signType", "") != "RSA":
        causes.append(
            Cause(
                "sign_type",
                f"signType 是 {parameters.get('signType') or '空'}，APIv3 的 prepay_id 要用 RSA",
                f"signType is {parameters.get('signType') or 'empty'}, where a prepay_id of APIv3 needs RSA",
            )
        )
    try:
        signature = base64.b64decode(parameters["paySign"], validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    claimed = Credentials(
        mchid=mchid, serial_no="", nonce_str=nonce, timestamp=timestamp, signature=signature
    )
    signer, digest, signature_cause = _signer(claimed, keys)
    if signer is None:
        return explain([*causes, signature_cause or _foreign_key_cause(claimed)], built=built)
    if signer.mchid != mchid:
        causes.append(_key_of_other(signer, mchid))
    found = _search(_payment_dimensions(app_id, timestamp, nonce, package, other_appids), digest)
    if found is None:
        return explain([*causes, _UNKNOWN_PAYMENT], built=built)
    fitting, text_causes = found
    return explain([*causes, *text_causes] or [_NOTHING], built=built, fitting=fitting)


_NOTHING = Cause("none", "签名正确，没有发现问题", "the signature fits and nothing is wrong with it")
_UNKNOWN_TEXT = Cause(
    "text_differs",
    "私钥正确，但被签名的内容与收到的不同，且不属于已知的错误（请检查 nonce_str 与 timestamp 是否生成了两次）",
    "the key is right but another text was signed, in no way known here"
    " (check that nonce_str and timestamp are not made twice)",
)
_UNKNOWN_PAYMENT = Cause(
    "text_differs",
    "私钥正确，但被签名的内容与五个参数不同（请检查 timeStamp 与 nonceStr 是否生成了两次）",
    "the key is right but another text was signed (check that timeStamp and nonceStr are not made twice)",
)


# Who signed


_DIGEST_INFO = {
    bytes.fromhex("3031300d060960864801650304020105000420"): "sha256",
    bytes.fromhex("3021300906052b0e03021a05000414"): "sha1",
    bytes.fromhex("3020300c06082a864886f70d020505000410"): "md5",
    bytes.fromhex("3051300d060960864801650304020305000440"): "sha512",
}


class _Digest(msgspec.Struct, frozen=True):
    algorithm: str
    value: bytes


_NO_DIGEST = _Digest("", b"")


def _signer(claimed: Credentials, keys: Sequence[Key]) -> tuple[Key | None, _Digest, Cause | None]:
    """The key that made the signature and the digest it is over, seen through wrong encodings."""
    for signature, cause in _signature_spellings(claimed.signature):
        for key in keys:
            digest = _recover(key.public_key, signature)
            if digest is None:
                continue
            if digest.algorithm != "sha256":
                name = digest.algorithm.upper()
                cause = Cause(
                    "hash",
                    f"签名用了 {name}withRSA，应为 SHA256withRSA",
                    f"it was signed with {name}, not SHA-256",
                )
            return key, digest, cause
    return None, _NO_DIGEST, _shape_cause(claimed.signature)


def _signature_spellings(signature: bytes) -> Iterator[tuple[bytes, Cause | None]]:
    yield signature, None
    try:
        inner = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        inner = b""
    if inner:
        yield (
            inner,
            Cause("base64_twice", "签名被 base64 编码了两次", "the signature was base64-encoded twice"),
        )
    text = base64.b64encode(signature).decode()
    if re.fullmatch(r"[0-9A-Fa-f]{256,}", text) and len(text) % 2 == 0:
        yield (
            bytes.fromhex(text),
            Cause("hex", "签名是十六进制，应为 base64", "the signature is in hex, not base64"),
        )


def _shape_cause(signature: bytes) -> Cause | None:
    if len(signature) in (16, 20, 32, 64):
        return Cause(
            "not_rsa",
            f"签名只有 {len(signature)} 字节，像是摘要或 HMAC（APIv2 的算法），应为 RSA 签名",
            f"the signature has {len(signature)} bytes, like a hash or HMAC (the way of APIv2), not RSA",
        )
    if len(signature) < 256:
        return Cause(
            "signature_length",
            f"签名有 {len(signature)} 字节，RSA-2048 应为 256",
            f"the signature has {len(signature)} bytes where RSA-2048 gives 256",
        )
    return None


def _recover(public_key: RSAPublicKey, signature: bytes) -> _Digest | None:
    if len(signature) != (public_key.key_size + 7) // 8:
        return None
    try:
        info = public_key.recover_data_from_signature(signature, PKCS1v15(), None)
    except (InvalidSignature, ValueError):
        return None
    for prefix, algorithm in _DIGEST_INFO.items():
        if info.startswith(prefix):
            return _Digest(algorithm, info[len(prefix) :])
    return None


def _serial_cause(
    claimed: Credentials, keys: Sequence[Key], signer: Key | None
) -> tuple[Cause | None, Key | None]:
    """What is wrong with serial_no or with the key behind it; and the merchant's key it rightly names."""
    named = next((key for key in keys if key.serial_no == claimed.serial_no), None)
    if named is not None and named.mchid == claimed.mchid:
        if signer is None or signer.public_key == named.public_key:
            return None, named
        return _key_of_other(signer, claimed.mchid, claimed.serial_no), named
    if named is not None and named.mchid is None:
        return (
            Cause(
                "serial_of_platform",
                f"serial_no {claimed.serial_no} 是平台的证书或公钥的编号，应填商户 API 证书的序列号",
                f"serial_no {claimed.serial_no} is the platform's, where your merchant certificate's belongs",
            ),
            None,
        )
    if named is not None:
        return (
            Cause(
                "serial_of_other",
                f"serial_no {claimed.serial_no} 属于商户 {named.mchid}，不属于 {claimed.mchid}",
                f"serial_no {claimed.serial_no} belongs to merchant {named.mchid}, not to {claimed.mchid}",
            ),
            None,
        )
    for key in keys:
        if key.mchid == claimed.mchid and claimed.serial_no in _serial_spellings(key.serial_no):
            return (
                Cause(
                    "serial_spelling",
                    f"serial_no 写成了 {claimed.serial_no}，应为十六进制的 {key.serial_no}",
                    f"serial_no is written {claimed.serial_no} where {key.serial_no}, its hex, is expected",
                ),
                None,
            )
    zh = f"serial_no {claimed.serial_no} 不是商户 {claimed.mchid} 的任何证书"
    en = f"serial_no {claimed.serial_no} is no certificate of merchant {claimed.mchid}"
    if signer is not None and signer.mchid == claimed.mchid:
        zh += f"，签名实际用的是证书 {signer.serial_no} 的私钥"
        en += f" (the signature was made with the key of {signer.serial_no})"
    return Cause("serial_unknown", zh, en), None


def _serial_spellings(serial_no: str) -> set[str]:
    if not re.fullmatch(r"[0-9A-Fa-f]+", serial_no):
        return set()
    number = int(serial_no, 16)
    bare = format(number, "X")
    even = bare if len(bare) % 2 == 0 else "0" + bare
    pairs = [even[i : i + 2] for i in range(0, len(even), 2)]
    spelled = {str(number), bare, even, ":".join(pairs), " ".join(pairs), "0x" + bare, "00" + even}
    return {spelling for text in spelled for spelling in (text, text.lower())} - {serial_no}


def _key_of_other(signer: Key, mchid: str, serial_no: str = "") -> Cause:
    if signer.mchid is None:
        zh, en = "平台的密钥", "the platform's key"
    elif signer.mchid == mchid:
        zh, en = (
            f"本商户另一张证书 {signer.serial_no} 的私钥",
            f"the key of your other certificate {signer.serial_no}",
        )
    else:
        zh, en = f"商户 {signer.mchid} 的私钥", f"the key of merchant {signer.mchid}"
    zh_of, en_of = (
        (f"证书 {serial_no}", f"certificate {serial_no}")
        if serial_no
        else (f"商户 {mchid}", f"merchant {mchid}")
    )
    return Cause(
        "wrong_key", f"签名用的是{zh}，不是{zh_of} 的", f"it was signed with {en}, not with that of {en_of}"
    )


def _foreign_key_cause(claimed: Credentials) -> Cause:
    zh_of, en_of = (
        (f"证书 {claimed.serial_no}", f"certificate {claimed.serial_no}")
        if claimed.serial_no
        else (f"商户 {claimed.mchid}", f"merchant {claimed.mchid}")
    )
    return Cause(
        "unknown_key",
        f"签名用的私钥与{zh_of} 不匹配，也不是这里已知的任何密钥",
        f"it was signed with a private key that does not belong to {en_of}, nor to anyone known here",
    )


def _clock_cause(timestamp: str, now_s: int) -> Cause | None:
    sent = int(timestamp)
    if sent >= 10**11:
        return Cause(
            "timestamp_ms", "timestamp 用了毫秒，应为秒", "timestamp is in milliseconds, not seconds"
        )
    skew = sent - now_s
    if abs(skew) <= signatures.WINDOW_S:
        return None
    minutes = round(abs(skew) / 60)
    hours = round(abs(skew) / 3600)
    zone_zh = zone_en = ""
    if hours and hours <= 14 and abs(abs(skew) - hours * 3600) < signatures.WINDOW_S:
        zone_zh, zone_en = (
            f"（约 {hours} 小时，像是时区错误）",
            f" (about {hours} h, as a wrong time zone would be)",
        )
    zh, en = ("快", "ahead of") if skew > 0 else ("慢", "behind")
    return Cause(
        "clock_skew",
        f"timestamp 比服务器{zh} {minutes} 分钟，超过允许的 5 分钟{zone_zh}",
        f"timestamp is {minutes} minutes {en} the server, past the allowed five{zone_en}",
    )


def _header_cause(authorization: str, failure: Failure) -> tuple[Cause, Credentials | None]:
    """What is wrong with the header itself; and its credentials, where they can be guessed all the same."""
    if failure is Failure.MISSING:
        return Cause("header_missing", "没有 Authorization 请求头", "there is no Authorization header"), None
    scheme, _, pairs = authorization.strip().partition(" ")
    if failure is Failure.SCHEME:
        if scheme.upper() == signatures.SCHEME:
            cause = Cause("scheme_case", "认证类型的大小写不对", "the scheme is in the wrong case")
            found = signatures.parse(f"{signatures.SCHEME} {pairs}")
            return cause, found if isinstance(found, Credentials) else None
        return (
            Cause(
                "scheme",
                f"认证类型是 {scheme[:40]}，应为 {signatures.SCHEME}",
                f"the scheme is {scheme[:40]}, where {signatures.SCHEME} is expected",
            ),
            None,
        )
    fields = signatures.read_pairs(pairs)
    if fields is None:
        return (
            Cause(
                "header_malformed",
                'Authorization 应为逗号分隔的 name="value"，值要带双引号且不重复',
                'Authorization must be name="value" pairs with commas, in double quotes, each once',
            ),
            None,
        )
    missing = [n for n in ("mchid", "nonce_str", "signature", "timestamp", "serial_no") if not fields.get(n)]
    if missing:
        names = ", ".join(missing)
        return Cause("field_missing", f"Authorization 缺少 {names}", f"Authorization lacks {names}"), None
    if not fields["timestamp"].isascii() or not fields["timestamp"].isdigit():
        return Cause(
            "timestamp_text", "timestamp 不是整数秒", "timestamp is not a whole number of seconds"
        ), None
    safe = fields["signature"].translate(str.maketrans("-_ ", "+/+"))
    safe += "=" * (-len(safe) % 4)
    found = signatures.parse(authorization.replace(fields["signature"], safe))
    cause = Cause(
        "base64_url",
        "签名不是标准 base64（用了 URL 安全字符、空格，或少了末尾的 =）",
        "the signature is not standard base64 (URL-safe letters, spaces, or its = lost)",
    )
    if isinstance(found, Credentials):
        return cause, found
    return Cause("signature_encoding", "签名不是 base64", "the signature is not base64"), None


# What was signed


class _Dimensions(msgspec.Struct, frozen=True):
    """The parts of a text, each with the right value first and its known mistakes after it."""

    parts: Sequence[Sequence[Variant]]
    build: Callable[..., bytes]


def _search(dimensions: _Dimensions, digest: _Digest) -> tuple[bytes, list[Cause]] | None:
    """The fewest mistakes that give the digest, at most three, within a bounded number of hashes."""
    parts = dimensions.parts
    right = [variants[0][0] for variants in parts]
    tries = hashed = 0
    for mistakes in range(4):
        for positions in itertools.combinations(range(len(parts)), mistakes):
            end = None if mistakes == 1 else COMBINED + 1
            for chosen in itertools.product(*(parts[position][1:end] for position in positions)):
                values = list(right)
                for position, (value, _) in zip(positions, chosen, strict=True):
                    values[position] = value
                text = dimensions.build(*values)
                if hashlib.new(digest.algorithm, text, usedforsecurity=False).digest() == digest.value:
                    return text, [cause for _, cause in chosen if cause is not None]
                tries, hashed = tries + 1, hashed + len(text)
                if tries >= MAX_TRIES or hashed >= MAX_HASHED_BYTES:
                    return None
    return None


def _request_dimensions(received: Received, claimed: Credentials) -> _Dimensions:
    def build(frame: _Frame, target: str, body: bytes, method: str, timestamp: str, nonce: str) -> bytes:
        lines = [method, target, timestamp, nonce]
        if frame.swapped:
            lines = [method, target, nonce, timestamp]
        return frame.write([line.encode(errors="surrogateescape") for line in lines] + [body])

    return _Dimensions(
        parts=(
            _FRAMES,
            _targets(received),
            _bodies(received),
            _methods(received.method),
            _timestamps(claimed.timestamp),
            _nonces(claimed.nonce_str),
        ),
        build=build,
    )


def _payment_dimensions(
    app_id: str, timestamp: str, nonce: str, package: str, other_appids: Sequence[str]
) -> _Dimensions:
    def build(frame: _Frame, app_id: str, package: str, timestamp: str, nonce: str) -> bytes:
        lines = [app_id, timestamp, nonce, package]
        if frame.swapped:
            lines = [app_id, nonce, timestamp, package]
        if frame.pairs:
            names = ("appId", "nonceStr", "package", "signType", "timeStamp")
            values = (app_id, nonce, package, "RSA", timestamp)
            return "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True)).encode()
        return frame.write([line.encode() for line in lines])

    bare = package.removeprefix("prepay_id=")
    apps: list[Variant] = [(app_id, None)]
    apps += [
        (
            other,
            Cause(
                "appid_differs",
                f"签名用的 appId 是 {other}，传入的是 {app_id}",
                f"the appId signed is {other}, the one passed is {app_id}",
            ),
        )
        for other in other_appids
        if other != app_id
    ]
    prefix = Cause(
        "package_prefix",
        "package 两处写法不同：签名和传参都要用 prepay_id=… 的完整形式",
        "package is spelled in two ways: both the signed and the passed one must be prepay_id=…",
    )
    app_style = Cause(
        "package_app",
        "签名按 App 支付的 Sign=WXPay 计算，小程序与 JSAPI 要签 prepay_id=…",
        "it was signed with Sign=WXPay as for an app, where JSAPI and mini programs sign prepay_id=…",
    )
    packages: list[Variant] = [(package, None)]
    packages += [(text, prefix) for text in (bare, f"prepay_id={bare}") if text != package]
    packages += [(f'"{package}"', prefix), ("Sign=WXPay", app_style)]
    return _Dimensions(
        parts=(_FRAMES, apps, packages, _timestamps(timestamp), _nonces(nonce)),
        build=build,
    )


class _Frame(msgspec.Struct, frozen=True):
    """How the lines are put together."""

    end: bytes = b"\n"
    last: bytes | None = None  # the last line's end, where it differs
    swapped: bool = False  # nonce before timestamp
    skips_empty: bool = False
    pairs: bool = False  # k=v joined by &, the way of v2; for payments only

    def write(self, lines: list[bytes]) -> bytes:
        if self.skips_empty:
            lines = [line for line in lines if line]
        return self.end.join(lines) + (self.end if self.last is None else self.last)


_NO_LAST = Cause(
    "last_line_end",
    "待签名串末尾少了换行符（每一行包括最后一行都以 \\n 结束）",
    "the last line end is missing (every line ends in \\n, the last one too)",
)
_CRLF = Cause("crlf", "换行用了 \\r\\n，应为 \\n", "lines end in \\r\\n, not in \\n")
_LITERAL = Cause(
    "literal_backslash_n",
    "换行写成了反斜杠加 n 两个字符，而不是换行符",
    "lines end in a backslash and an n, two characters, instead of a line end",
)
_EMPTY_LINE = Cause(
    "empty_line",
    "请求体为空时少了一个空行（空的请求体也要占一行）",
    "the line of the empty body is missing (an empty body still has its line)",
)
_FRAMES: Sequence[Variant] = (
    (_Frame(), None),
    (_Frame(last=b""), _NO_LAST),
    (_Frame(end=b"\r\n"), _CRLF),
    (_Frame(end=b"\\n"), _LITERAL),
    (_Frame(skips_empty=True), _EMPTY_LINE),
    (_Frame(end=b"\r\n", last=b""), _CRLF),
    (_Frame(end=b"\\n", last=b""), _LITERAL),
    (_Frame(skips_empty=True, last=b""), _NO_LAST),
    (_Frame(last=b"\n\n"), Cause("extra_line_end", "末尾多了一个换行符", "there is one line end too many")),
    (_Frame(end=b"\r"), Cause("cr", "换行用了 \\r，应为 \\n", "lines end in \\r, not in \\n")),
    (
        _Frame(swapped=True),
        Cause("line_order", "时间戳与随机串的顺序颠倒了", "timestamp and nonce stand in the wrong order"),
    ),
    (_Frame(end=b"", last=b""), Cause("no_line_ends", "各行之间没有换行符", "there are no line ends at all")),
    (
        _Frame(pairs=True),
        Cause(
            "pairs",
            "按 APIv2 的 k=v&k=v 方式拼接，APIv3 应逐行拼接",
            "the values were joined as k=v& as in APIv2, not line by line",
        ),
    ),
)


def _methods(method: str) -> list[Variant]:
    case = Cause("method_case", "请求方法要用大写", "the method must be in upper case")
    variants: list[Variant] = [(method, None), (method.lower(), case), (method.title(), case)]
    for other in METHODS:
        if other != method:
            cause = Cause(
                "method", f"签名用的方法是 {other}，请求是 {method}", f"{other} was signed, {method} was sent"
            )
            variants.append((other, cause))
    return variants


def _timestamps(timestamp: str) -> list[Variant]:
    variants: list[Variant] = [(timestamp, None)]
    if not (timestamp.isascii() and timestamp.isdigit()):
        return variants
    number = int(timestamp)
    ms = Cause(
        "timestamp_ms_signed",
        "签名里的时间戳是毫秒，与请求中的秒不同",
        "the timestamp signed is in milliseconds, the one sent in seconds",
    )
    seconds = Cause(
        "timestamp_s_signed",
        "签名里的时间戳是秒，与请求中的毫秒不同",
        "the timestamp signed is in seconds, the one sent in milliseconds",
    )
    if number >= 10**11:
        variants.append((str(number // 1000), seconds))
    else:
        variants.append((f"{number}000", ms))
    for seconds_off in (-1, 1, -2, 2, -3, 3):
        cause = Cause(
            "timestamp_twice",
            f"时间戳生成了两次：签名里的与请求中的相差 {abs(seconds_off)} 秒",
            f"the timestamp was taken twice: the one signed is {abs(seconds_off)} s off the one sent",
        )
        variants.append((str(number + seconds_off), cause))
    variants.append(("", Cause("timestamp_unsigned", "签名里没有时间戳", "the timestamp was not signed")))
    if number < 10**11:
        variants += [(f"{number}{rest:03d}", ms) for rest in range(1, 1000)]
    return variants


def _nonces(nonce: str) -> list[Variant]:
    case = Cause("nonce_case", "随机串的大小写前后不一致", "the nonce was signed in another case than sent")
    spellings = dict.fromkeys([nonce.lower(), nonce.upper()])
    variants: list[Variant] = [(nonce, None), *((text, case) for text in spellings if text != nonce)]
    variants.append(("", Cause("nonce_unsigned", "签名里没有随机串", "the nonce was not signed")))
    return variants


def _targets(received: Received) -> list[Variant]:
    accepted = signatures.targets(received.target, received.mount)
    variants: dict[str, Cause | None] = dict.fromkeys(accepted)
    for text, cause in itertools.chain.from_iterable(_target_mistakes(t, received) for t in accepted):
        variants.setdefault(text, cause)
    return list(variants.items())


def _target_mistakes(target: str, received: Received) -> Iterator[tuple[str, Cause]]:
    path, mark, query = target.partition("?")
    host = received.host.partition(":")[0]
    yield path, Cause("query_missing", "签名的路径缺少查询参数", "the path was signed without its query")
    whole = Cause(
        "full_url",
        "签名用了带域名的完整地址，应只用路径和查询参数",
        "the whole URL was signed, host included, not the path alone",
    )
    for name in dict.fromkeys((received.host, host, PUBLISHED_HOST)):
        for base in (f"https://{name}", f"http://{name}", name):
            yield base + target, whole
    yield (
        target.replace("&", "&amp;"),
        Cause("html_escaped", "& 被转义成了 &amp;", "an ampersand was escaped as &amp;"),
    )
    yield (
        html.unescape(target),
        Cause("html_unescaped", "收到的地址带有 &amp; 转义", "the URL was sent with &amp; in it"),
    )
    yield from _query_mistakes(path, query)
    slash = Cause(
        "trailing_slash", "路径末尾的 / 前后不一致", "the final slash was signed and sent differently"
    )
    yield (path[:-1] if path.endswith("/") else path + "/") + mark + query, slash
    if not query:
        yield (
            path + "?",
            Cause("bare_question_mark", "没有查询参数时末尾多了 ?", "a bare ? was signed at the end"),
        )
    for prefix in ("/pay", "/api", "/v3"):
        cause = Cause(
            "mount", f"签名的路径多了前缀 {prefix}", f"the path was signed with the prefix {prefix}"
        )
        yield prefix + target, cause
    pieces = path.split("/")
    for count in range(2, len(pieces)):
        rest = "/" + "/".join(pieces[count:])
        lost = "/".join(pieces[:count])
        cause = Cause(
            "path_cut", f"签名的路径少了前缀 {lost}", f"the path was signed without its prefix {lost}"
        )
        yield rest + mark + query, cause
    yield (
        target.removeprefix("/"),
        Cause("leading_slash", "签名的路径少了开头的 /", "the first slash was not signed"),
    )


def _query_mistakes(path: str, query: str) -> Iterator[tuple[str, Cause]]:
    decoded = Cause(
        "query_decoded",
        "签名用了解码后的地址，应与实际发送的编码一致",
        "the decoded URL was signed, where the encoded one was sent",
    )
    encoded = Cause(
        "query_encoded",
        "签名用了编码后的地址，实际发送的没有这样编码",
        "an encoded URL was signed that is not the one sent",
    )
    target = f"{path}?{query}" if query else path
    yield unquote(target, errors="replace"), decoded
    yield unquote(target.replace("+", " "), errors="replace"), decoded
    pairs = query.split("&")
    if len(pairs) > 1:
        order = Cause(
            "query_order",
            "查询参数的顺序前后不一致",
            "the query was signed in another order than it was sent",
        )
        yield f"{path}?{'&'.join(sorted(pairs))}", order
        for shuffled in itertools.islice(itertools.permutations(pairs), MAX_QUERY_ORDERS):
            yield f"{path}?{'&'.join(shuffled)}", order
    for safe in ("", "/", ":", "/:,", "@"):
        for space in ("%20", "+"):
            pieces = [pair.partition("=") for pair in query.split("&")] if query else []
            coded = "&".join(
                name + eq + quote(unquote(value.replace("+", " ")), safe=safe).replace("%20", space)
                for name, eq, value in pieces
            )
            yield (f"{path}?{coded}" if query else quote(unquote(path), safe="/")), encoded
    yield re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), target), encoded
    yield re.sub(r"%[0-9a-f]{2}", lambda code: code[0].upper(), target), encoded


def _bodies(received: Received) -> list[Variant]:
    body = received.body
    variants: dict[bytes, Cause | None] = {body: None}
    for text, cause in _body_mistakes(received):
        variants.setdefault(text, cause)
    return list(variants.items())


def _body_mistakes(received: Received) -> Iterator[tuple[bytes, Cause]]:
    body = received.body
    yield b"", Cause("body_missing", "签名时没有带上请求体", "the body was left out of the signed text")
    if received.whole_body is not None:
        yield (
            received.whole_body,
            Cause(
                "whole_upload",
                "上传接口只签 meta 的 JSON，不签整个请求体",
                "an upload signs the text of meta, not the whole body",
            ),
        )
    if not body:
        for filler in (b"{}", b"null", b"[]", b"None", b"undefined", b'""'):
            shown = filler.decode()
            cause = Cause(
                "body_filler", f"请求体为空，却签了 {shown}", f"the body is empty but {shown} was signed"
            )
            yield filler, cause
        return
    space = Cause(
        "body_whitespace",
        "请求体首尾的空白或换行前后不一致",
        "spaces or line ends around the body were signed and sent differently",
    )
    yield body.strip(), space
    yield body + b"\n", space
    yield body + b"\r\n", space
    yield from _serialisations(body)
    charset = "签名时请求体用了 {0} 编码，发送的是 UTF-8"
    for encoding in ("gbk", "gb18030", "big5", "latin-1", "utf-16", "utf-16-le", "utf-16-be"):
        try:
            recoded = body.decode().encode(encoding)
        except UnicodeError:
            continue
        cause = Cause(
            "charset", charset.format(encoding), f"the body was signed as {encoding} and sent as UTF-8"
        )
        yield recoded, cause
    for encoding in ("gbk", "gb18030", "latin-1"):
        try:
            recoded = body.decode(encoding).encode()
        except UnicodeError:
            continue
        cause = Cause(
            "charset",
            f"请求体按 {encoding} 发送，签名时是 UTF-8",
            f"the body was sent as {encoding} and signed as UTF-8",
        )
        yield recoded, cause
    lost = Cause(
        "charset", "签名时非 ASCII 字符变成了 ?", "characters beyond ASCII became ? in the signed text"
    )
    yield body.decode(errors="replace").encode("ascii", "replace"), lost
    yield (
        b"\xef\xbb\xbf" + body,
        Cause("bom", "签名的请求体前多了 BOM", "a byte order mark was signed before the body"),
    )
    digest = Cause(
        "body_hashed", "签了请求体的摘要，应签原文", "a hash of the body was signed, not the body itself"
    )
    yield hashlib.sha256(body).hexdigest().encode(), digest
    yield hashlib.md5(body, usedforsecurity=False).hexdigest().encode(), digest


def _serialisations(body: bytes) -> Iterator[tuple[bytes, Cause]]:
    """The same JSON as other libraries write it: someone parsed and wrote it again between signing and sending."""
    if len(body) > MAX_JSON_BYTES:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    cause = Cause(
        "body_reserialised",
        "签名的 JSON 与发送的内容相同但写法不同（空格、键的顺序或转义），应签名实际发送的字节",
        "the JSON signed says the same as the one sent but is written differently (spaces, key order or"
        " escapes), where the very bytes sent must be signed",
    )
    shapes: Sequence[tuple[tuple[str, str], int | None]] = (
        ((",", ":"), None),
        ((", ", ": "), None),
        ((",", ": "), 2),
        ((",", ": "), 4),
        ((", ", ":"), None),
    )
    for separators, indent in shapes:
        for sort_keys in (False, True):
            for ascii_only in (False, True):
                try:
                    text = json.dumps(
                        value,
                        separators=separators,
                        indent=indent,
                        sort_keys=sort_keys,
                        ensure_ascii=ascii_only,
                    )
                except RecursionError:
                    return
                yield text.encode(errors="surrogatepass"), cause
                yield text.replace("/", "\\/").encode(errors="surrogatepass"), cause
                escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
                yield escaped.encode(errors="surrogatepass"), cause
                gson = escaped.replace("=", "\\u003d").replace("'", "\\u0027")
                yield gson.encode(errors="surrogatepass"), cause
