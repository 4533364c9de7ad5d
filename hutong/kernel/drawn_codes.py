"""Codes as pictures: any text as a QR code of an exact width. Slow: for `prepare`."""

import io
from enum import StrEnum

import segno
from PIL import Image

NARROWEST, WIDEST = 100, 1280
QUIET = 4  # modules of empty border, as the standard asks


class Format(StrEnum):
    JPEG = "JPEG"
    PNG = "PNG"


def draw(text: str, *, width: int, format: Format = Format.JPEG) -> bytes:
    """A square picture `width` pixels wide."""
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
    canvas = Image.new("L", (side, side), 255)
    corner = (side - drawn) // 2
    canvas.paste(0, (corner, corner), mask)
    out = io.BytesIO()
    canvas.save(out, format.value, quality=92, optimize=True)
    return out.getvalue()
