"""The picture of the demo world's advertisement: a cup of tea on a tray, drawn rather than kept."""

import io

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 600, 400
_FINE = 2  # drawn larger, so that its edges are smooth


def draw() -> bytes:
    """A PNG."""
    picture = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), "#dcead2")
    pen = ImageDraw.Draw(picture)

    def at(*points: int) -> list[int]:
        return [point * _FINE for point in points]

    pen.ellipse(at(330, -140, 760, 290), fill="#c6dfb9")
    pen.ellipse(at(-160, 210, 240, 610), fill="#c6dfb9")
    pen.rounded_rectangle(at(110, 306, 490, 328), 11 * _FINE, fill="#9c6b30")
    pen.ellipse(at(356, 176, 446, 266), outline="#fffdf5", width=18 * _FINE)
    pen.pieslice(at(190, 62, 410, 302), 0, 180, fill="#fffdf5")
    pen.rectangle(at(190, 152, 410, 184), fill="#fffdf5")
    pen.ellipse(at(190, 134, 410, 176), fill="#eef3e2")
    pen.ellipse(at(204, 140, 396, 170), fill="#a9742b")
    for x, y, wide in ((262, 148, 40), (316, 154, 30)):
        pen.ellipse(at(x, y, x + wide, y + 8), fill="#4e9d63")
    for x in (252, 300, 348):
        pen.arc(at(x - 14, 62, x + 14, 92), 90, 270, fill="#ffffff", width=6 * _FINE)
        pen.arc(at(x - 14, 90, x + 14, 120), 270, 90, fill="#ffffff", width=6 * _FINE)
    kept = io.BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(kept, "PNG")
    return kept.getvalue()
