"""The round code of a mini program as a picture: rays round a logo and four bullseyes. Slow: for `prepare`.

Nine bytes and their check sum, followed by Reed–Solomon parity, are dots on the rays; neighbours along a ray grow
together. The four bullseyes are alike: they tell a reader the perspective, and of the four turns that remain only one
fits the check sum. `web/src/features/codes/roundCode.ts` reads it; lengths here are in radii of the code.
"""

import binascii
import io
import math
from functools import cache

from PIL import Image, ImageDraw, ImageOps

from .drawn_codes import Format

Color = tuple[int, int, int]
BLACK: Color = (0, 0, 0)

NARROWEST, WIDEST = 280, 1280  # published
ID_BYTES = 9
RAYS, RINGS = 48, 8
INNERMOST, PITCH = 0.46, 0.07  # the first ring, and from one ring to the next
BULLSEYE_AT, BULLSEYE = 0.79, 0.17  # how far out, and how large
LOGO = 0.37
QUIET = 1.09  # half of the picture's side
_MARK = (178, 58, 42)  # the house's own gate, where a program has no picture


def draw(
    id: bytes,
    *,
    width: int,
    format: Format = Format.JPEG,
    color: Color = BLACK,
    see_through: bool = False,
    logo: bytes = b"",
) -> bytes:
    """A square picture `width` pixels wide, within the published bounds. `see_through` needs PNG.

    `logo` is a picture of ours, drawn anew when it came; without one the house's own gate is shown.
    """
    side = min(max(width, NARROWEST), WIDEST)
    fine = 3 if side <= 640 else 2  # drawn so many times larger, for smooth edges
    full = side * fine
    unit = full / (2 * QUIET)
    mask = Image.new("L", (full, full))
    pen = ImageDraw.Draw(mask)

    def disc(x: float, y: float, radius: float, shade: int) -> None:
        at, edge = (full / 2 + x * unit, full / 2 + y * unit), radius * unit
        pen.ellipse((at[0] - edge, at[1] - edge, at[0] + edge, at[1] + edge), fill=shade)

    dark = {cell for cell, bit in zip(cells(), _bits(id), strict=True) if bit}
    for ray, ring in dark:
        disc(*_place(ray, ring), _thickness(ring), 255)
        if (ray, ring + 1) in dark:
            angle = 2 * math.pi * ray / RAYS
            outline = []
            for end, sides in ((ring, (1, -1)), (ring + 1, (-1, 1))):
                x, y = _place(ray, end)
                for side_of in sides:
                    off = side_of * _thickness(end)
                    outline.append((x - math.sin(angle) * off, y + math.cos(angle) * off))
            pen.polygon([(full / 2 + x * unit, full / 2 + y * unit) for x, y in outline], fill=255)
    for x, y in bullseyes():
        for part, shade in ((1, 255), (5 / 7, 0), (3 / 7, 255)):
            disc(x, y, BULLSEYE * part, shade)

    ground = (255, 255, 255, 0 if see_through else 255)
    canvas = Image.new("RGBA", (side, side), ground)
    canvas.paste((*color, 255), mask=mask.resize((side, side), Image.Resampling.BOX))
    face = _face(logo, round(LOGO * side / QUIET))
    canvas.alpha_composite(face, ((side - face.width) // 2, (side - face.height) // 2))
    out = io.BytesIO()
    if format is Format.JPEG:
        canvas.convert("RGB").save(out, "JPEG", quality=92)
    else:
        canvas.save(out, "PNG", optimize=True)
    return out.getvalue()


def colour_of(logo: bytes) -> Color:
    """The logo's main colour, where it is dark enough for a reader on white; black where there is none."""
    small = Image.open(io.BytesIO(logo)).convert("RGB").resize((24, 24), Image.Resampling.BOX).tobytes()
    strong: dict[tuple[int, int, int], list[Color]] = {}
    for red, green, blue in zip(small[::3], small[1::3], small[2::3], strict=True):
        shade = red, green, blue
        if max(shade) - min(shade) >= 60 and _luminance(shade) <= 0.3:
            strong.setdefault((red // 64, green // 64, blue // 64), []).append(shade)
    if not strong:
        return BLACK
    alike = max(strong.values(), key=len)
    red, green, blue = (sum(parts) // len(alike) for parts in zip(*alike, strict=True))
    return red, green, blue


def _luminance(color: Color) -> float:
    """Relative luminance, from 0 for black to 1 for white; 0.3 against white is a contrast of 3 to 1."""
    weights = zip(color, (0.2126, 0.7152, 0.0722), strict=True)
    return sum(weight * math.pow(part / 255, 2.2) for part, weight in weights)


def _face(logo: bytes, side: int) -> Image.Image:
    """The logo cut round, or the house's gate."""
    fine = 3
    round_ = Image.new("L", (side * fine, side * fine))
    ImageDraw.Draw(round_).ellipse((0, 0, side * fine, side * fine), fill=255)
    if logo:
        face = ImageOps.fit(
            Image.open(io.BytesIO(logo)).convert("RGBA"), (side, side), Image.Resampling.LANCZOS
        )
        white = Image.new("RGBA", (side, side), (255, 255, 255, 255))
        white.alpha_composite(face)
        white.putalpha(round_.resize((side, side), Image.Resampling.BOX))
        return white
    gate = Image.new("RGBA", (side * fine, side * fine), (255, 255, 255, 255))
    pen = ImageDraw.Draw(gate)
    unit = side * fine / 44  # the mark is 32 wide, with room round it

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left + 6) * unit, (top + 5) * unit, (right + 6) * unit, (bottom + 5) * unit

    eave = [(2.5, 12.5), (8.2, 11.4), (12, 9), (16, 5.5), (20, 9), (23.8, 11.4), (29.5, 12.5)]
    path = [((x + 6) * unit, (y + 5) * unit) for x, y in eave]
    pen.line(path, fill=(31, 36, 33, 255), width=round(3 * unit), joint="curve")
    for x, y in (eave[0], eave[-1]):
        pen.ellipse(box(x - 1.5, y - 1.5, x + 1.5, y + 1.5), fill=(31, 36, 33, 255))
    pen.rounded_rectangle(box(7, 15.5, 15.25, 28), 1.5 * unit, fill=(*_MARK, 255))
    pen.rounded_rectangle(box(16.75, 15.5, 25, 28), 1.5 * unit, fill=(*_MARK, 255))
    for x in (13, 19):
        pen.ellipse(box(x - 1.25, 20.25, x + 1.25, 22.75), fill=(255, 255, 255, 255))
    gate.putalpha(round_)
    return gate.resize((side, side), Image.Resampling.BOX)


def _place(ray: int, ring: int) -> tuple[float, float]:
    angle, out = 2 * math.pi * ray / RAYS, INNERMOST + PITCH * ring
    return out * math.cos(angle), out * math.sin(angle)


def _thickness(ring: int) -> float:
    return 0.021 + 0.0016 * ring


def bullseyes() -> list[tuple[float, float]]:
    at = BULLSEYE_AT * math.sqrt(0.5)
    return [(-at, -at), (at, -at), (at, at), (-at, at)]


@cache
def cells() -> list[tuple[int, int]]:
    """Where bits stand, as (ray, ring), in their order: ray by ray, so that one stain spoils few bytes."""
    found = []
    for ray in range(RAYS):
        for ring in range(RINGS):
            x, y = _place(ray, ring)
            if all(math.hypot(x - a, y - b) > BULLSEYE + 0.05 for a, b in bullseyes()):
                found.append((ray, ring))
    return found[: len(found) // 8 * 8]


def _bits(id: bytes) -> list[int]:
    assert len(id) == ID_BYTES
    message = id + binascii.crc_hqx(id, 0xFFFF).to_bytes(2, "big")
    word = message + parity(message, len(cells()) // 8 - len(message))
    return [byte >> (7 - at) & 1 for byte in word for at in range(8)]


@cache
def _field() -> tuple[list[int], list[int]]:
    """Powers of two in GF(256) over x⁸+x⁴+x³+x²+1, twice round, and their logarithms."""
    powers, logs = [0] * 510, [0] * 256
    value = 1
    for at in range(255):
        powers[at] = powers[at + 255] = value
        logs[value] = at
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


def parity(message: bytes, length: int) -> bytes:
    """Reed–Solomon parity whose word has its roots at 2⁰ … 2^(length-1)."""
    powers, logs = _field()
    generator = [1]  # highest power first
    for root in range(length):
        longer = [*generator, 0]
        for at, factor in enumerate(generator, 1):
            longer[at] ^= powers[logs[factor] + root]
        generator = longer
    rest = [*message, *bytes(length)]
    for at in range(len(message)):
        lead = rest[at]
        if lead:
            for offset, factor in enumerate(generator):
                rest[at + offset] ^= powers[logs[lead] + logs[factor]]
    return bytes(rest[len(message) :])
