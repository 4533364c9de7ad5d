"""Pictures of the demo world, drawn rather than kept. Each takes some tens of milliseconds and is a PNG."""

import io
import math

from PIL import Image, ImageDraw

ADVERTISED = (600, 400)
COVER = (1128, 480)  # 2.35 : 1, as covers are shown
_FINE = 2  # drawn larger, so that edges are smooth


def advertised() -> bytes:
    """The advertisement: a cup of tea on a tray."""
    picture, pen = _begun(ADVERTISED, "#dcead2")

    pen.ellipse(_at(330, -140, 760, 290), fill="#c6dfb9")
    pen.ellipse(_at(-160, 210, 240, 610), fill="#c6dfb9")
    pen.rounded_rectangle(_at(110, 306, 490, 328), 11 * _FINE, fill="#9c6b30")
    pen.ellipse(_at(356, 176, 446, 266), outline="#fffdf5", width=18 * _FINE)
    pen.pieslice(_at(190, 62, 410, 302), 0, 180, fill="#fffdf5")
    pen.rectangle(_at(190, 152, 410, 184), fill="#fffdf5")
    pen.ellipse(_at(190, 134, 410, 176), fill="#eef3e2")
    pen.ellipse(_at(204, 140, 396, 170), fill="#a9742b")
    for x, y, wide in ((262, 148, 40), (316, 154, 30)):
        pen.ellipse(_at(x, y, x + wide, y + 8), fill="#4e9d63")
    for x in (252, 300, 348):
        pen.arc(_at(x - 14, 62, x + 14, 92), 90, 270, fill="#ffffff", width=6 * _FINE)
        pen.arc(_at(x - 14, 90, x + 14, 120), 270, 90, fill="#ffffff", width=6 * _FINE)
    return _finished(picture, ADVERTISED)


def cover() -> bytes:
    """The article: the cup on the counter, the lane's roofs behind it."""
    picture, pen = _begun(COVER, "#f3e7d6")

    pen.ellipse(_at(780, 60, 960, 240), fill="#E9B872")
    for left, top, colour in (
        (-60, 250, "#C9C0B2"),
        (220, 214, "#B7AD9E"),
        (640, 236, "#C9C0B2"),
        (920, 206, "#B7AD9E"),
    ):
        eave = [
            _at(left, top + 58),
            _at(left + 150, top),
            _at(left + 300, top + 58),
            _at(left + 320, top + 70),
            _at(left - 20, top + 70),
        ]
        pen.polygon([point for pair in eave for point in pair], fill=colour)
        pen.rectangle(_at(left + 10, top + 70, left + 290, 480), fill=colour)
    pen.rectangle(_at(0, 372, COVER[0], 480), fill="#8A5B3C")
    pen.rectangle(_at(0, 372, COVER[0], 382), fill="#A06C48")
    pen.ellipse(_at(402, 372, 726, 424), fill="#70482F")
    pen.ellipse(_at(414, 364, 714, 412), fill="#F7F3EC")
    pen.ellipse(_at(436, 366, 692, 402), fill="#E4DBCD")
    pen.ellipse(_at(632, 272, 722, 352), outline="#FBF8F2", width=18 * _FINE)
    pen.pieslice(_at(444, 150, 684, 400), 0, 180, fill="#FBF8F2")
    pen.ellipse(_at(444, 246, 684, 304), fill="#FBF8F2")
    pen.ellipse(_at(460, 254, 668, 298), fill="#B5652F")
    pen.ellipse(_at(480, 262, 600, 284), fill="#C97C40")
    for left in (520, 566, 612):
        steam = [_at(left + 10 * math.sin(step / 9 + left), 226 - step * 1.5) for step in range(70)]
        pen.line([point for pair in steam for point in pair], fill="#FBF8F2", width=7 * _FINE, joint="curve")
    return _finished(picture, COVER)


def _begun(size: tuple[int, int], ground: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (size[0] * _FINE, size[1] * _FINE), ground)
    return picture, ImageDraw.Draw(picture)


def _at(*numbers: float) -> list[float]:
    return [number * _FINE for number in numbers]


def _finished(picture: Image.Image, size: tuple[int, int]) -> bytes:
    kept = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(kept, "PNG")
    return kept.getvalue()
