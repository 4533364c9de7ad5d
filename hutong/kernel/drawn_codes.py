"""Codes as pictures: any text as a QR code of an exact width. Slow: for `prepare`."""

import io
from enum import StrEnum

import segno
from PIL import Image

NARROWEST, WIDEST = 100, 1280
QUIET = 4  # modules of empty border, as the standard asks

Color = tuple[int, int, int]
BLACK: Color = (0, 0, 0)


class Format(StrEnum):
    JPEG = "JPEG"
    PNG = "PNG"


def draw(
    text: str,
    *,
    width: int,
    format: Format = Format.JPEG,
    color: Color = BLACK,
    see_through: bool = False,
) -> bytes:
    """A square picture `width` pixels wide. `see_through` leaves the ground out and needs PNG."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    modules = len(rows) + 2 * QUIET
    scale = max(1, min(max(width, NARROWEST), WIDEST) // modules)
    mask = Image.new("1", (modules, modules))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                mask.putpixel((x + QUIET, y + QUIET), 1)
    drawn = modules * scale
    side = max(min(max(width, NARROWEST), WIDEST), drawn)
    mask = mask.resize((drawn, drawn), Image.Resampling.NEAREST)
    ground = (255, 255, 255, 0) if see_through else (255, 255, 255, 255)
    canvas = Image.new("RGBA", (side, side), ground)
    corner = (side - drawn) // 2
    canvas.paste((*color, 255), (corner, corner), mask)
    out = io.BytesIO()
    if format is Format.JPEG:
        canvas.convert("RGB").save(out, "JPEG", quality=92)
    else:
        canvas.save(out, "PNG", optimize=True)
    return out.getvalue()
