"""What the code of a package shows without running it: for its developer, its reviewer and its privacy sheet.

Slow: for `prepare`. Names written together at run time stay unseen; a reviewer looks at the pages as well.
"""

import re
from functools import lru_cache

from hutong.kernel.blobs import Blobs
from hutong.kernel.frozen import Frozen

from . import packages
from .categories import Ability

MOST = 100  # entries of one list
_CALL = re.compile(r"\b(?:wx|uni|my|qq)\.([a-zA-Z]\w{2,40})\b")
_ADDRESS = re.compile(r"\b((?:https?|wss?)://[A-Za-z0-9.-]{3,200}(?::\d{1,5})?)")
_PLATFORM = re.compile(r"\.(?:qq\.com|weixin\.qq\.com|servicewechat\.com|w3\.org|gtimg\.com)\Z")

# What only some categories may use, by the names that use it.
NEEDS = {
    "requestPayment": Ability.PAYMENT,
    "requestOrderPayment": Ability.PAYMENT,
    "createLivePlayerContext": Ability.LIVE,
    "createLivePusherContext": Ability.LIVE,
    "getLocation": Ability.LOCATION,
    "onLocationChange": Ability.LOCATION,
    "startLocationUpdate": Ability.LOCATION,
    "startLocationUpdateBackground": Ability.LOCATION,
}
TAGS = {"live-player": Ability.LIVE, "live-pusher": Ability.LIVE}

# The published keys of what is collected, by the names that collect it.
COLLECTS = {
    "getUserProfile": "UserInfo",
    "getUserInfo": "UserInfo",
    "getLocation": "Location",
    "getFuzzyLocation": "Location",
    "startLocationUpdate": "Location",
    "startLocationUpdateBackground": "Location",
    "chooseLocation": "ChooseLocation",
    "choosePoi": "ChooseLocation",
    "chooseAddress": "Address",
    "chooseInvoice": "Invoice",
    "chooseInvoiceTitle": "Invoice",
    "chooseLicensePlate": "LicensePlate",
    "getWeRunData": "RunData",
    "startRecord": "Record",
    "getRecorderManager": "Record",
    "chooseImage": "Album",
    "chooseMedia": "Album",
    "chooseVideo": "Album",
    "saveImageToPhotosAlbum": "AlbumWriteOnly",
    "saveVideoToPhotosAlbum": "AlbumWriteOnly",
    "createCameraContext": "Camera",
    "createVKSession": "Camera",
    "addPhoneContact": "Contact",
    "chooseContact": "Contact",
    "openBluetoothAdapter": "BlueTooth",
    "addPhoneCalendar": "CalendarWriteOnly",
    "addPhoneRepeatCalendar": "CalendarWriteOnly",
    "chooseMessageFile": "MessageFile",
    "startAccelerometer": "Accelerometer",
    "startCompass": "Compass",
    "startDeviceMotionListening": "DeviceMotion",
    "startGyroscope": "Gyroscope",
    "getClipboardData": "Clipboard",
}
_MARKUP = {
    "getPhoneNumber": "PhoneNumber",
    "getRealtimePhoneNumber": "PhoneNumber",
    "chooseAvatar": "UserInfo",
}
KEYS = frozenset((*COLLECTS.values(), *_MARKUP.values(), "DeviceInfo", "Email")) | {
    "EXIDNumber",
    "EXOrderInfo",
    "EXUserPublishContent",
    "EXUserFollowAcct",
    "EXUserOpLog",
}


class Part(Frozen):
    """One file of the package that is large enough to be named."""

    name: str
    size_bytes: int


class Scan(Frozen):
    """`hidden` are pages that no address in the code leads to; `collects` are published privacy keys."""

    calls: list[str]
    domains: list[str]
    collects: list[str]
    needs: list[Ability]
    hidden: list[str]
    evaluates: bool
    plain_http: list[str]
    largest: list[Part]
    size_bytes: int


@lru_cache(maxsize=64)
def scan(blobs: Blobs, content_hash: str) -> Scan:
    """Look through a package. Raises FileNotFoundError when it is none of ours."""
    index = packages.index(blobs, content_hash)
    calls: set[str] = set()
    addresses: set[str] = set()
    collects: set[str] = set()
    needs: set[Ability] = set()
    evaluates = False
    sizes: list[Part] = []
    listed = index.manifest.get("pages")
    pages = [str(page) for page in listed] if isinstance(listed, list) else []
    reached: set[str] = set()
    for name, digest in sorted(index.files.items()):
        body = blobs.get(digest)
        sizes.append(Part(name, len(body)))
        if not name.endswith(".js"):
            continue
        text = body.decode(errors="replace")
        reached |= {page for page in pages if page not in reached and _is_linked(page, text)}
        found = set(_CALL.findall(text))
        calls |= found
        addresses |= set(_ADDRESS.findall(text))
        needs |= {NEEDS[call] for call in found & NEEDS.keys()}
        needs |= {ability for tag, ability in TAGS.items() if f'"{tag}"' in text or f"'{tag}'" in text}
        collects |= {COLLECTS[call] for call in found & COLLECTS.keys()}
        collects |= {key for word, key in _MARKUP.items() if word in text}
        evaluates = evaluates or re.search(r"\b(?:eval|new Function)\s*\(", text) is not None
    tabs = {str(page) for page in _tab_pages(index.manifest)}
    own = {address for address in addresses if not _PLATFORM.search(address.partition("://")[2])}
    return Scan(
        calls=sorted(calls)[:MOST],
        domains=sorted(own)[:MOST],
        collects=sorted(collects),
        needs=sorted(needs),
        hidden=[page for page in pages[1:] if page not in tabs and page not in reached],
        evaluates=evaluates,
        plain_http=sorted(address for address in own if address.startswith(("http:", "ws:")))[:MOST],
        largest=sorted(sizes, key=lambda part: -part.size_bytes)[:10],
        size_bytes=sum(part.size_bytes for part in sizes),
    )


def _is_linked(page: str, text: str) -> bool:
    """Whether some code names the page as an address: from the root, or from a page beside it."""
    parts = page.split("/")
    ways = [re.escape(f"/{page}")]
    ways += [re.escape("../" + "/".join(parts[cut:])) for cut in range(1, len(parts))]
    return re.search(rf"(?:{'|'.join(ways)})[\"'`?\\]", text) is not None


def _tab_pages(manifest: dict[str, object]) -> list[object]:
    config = manifest.get("app")
    bar = (config if isinstance(config, dict) else manifest).get("tabBar")
    listed = bar.get("list") if isinstance(bar, dict) else None
    return (
        [item.get("pagePath") for item in listed if isinstance(item, dict)]
        if isinstance(listed, list)
        else []
    )
