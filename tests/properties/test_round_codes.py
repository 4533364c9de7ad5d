"""Round codes as the server draws them, seen as a camera sees them, read by the app's own reader."""

import base64
import io
import json
import math
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from hutong.kernel import drawn_codes, round_codes
from hutong.kernel.round_codes import Format

ROOT = Path(__file__).parents[2]
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"
READER = ROOT / "web" / "src" / "features" / "codes" / "roundCode.ts"

pytestmark = pytest.mark.skipif(
    not ESBUILD.exists() or shutil.which("node") is None, reason="npm install has not run: scripts/setup does"
)

# Pictures come in as a line of JSON with their size, then that many bytes; one line of JSON goes out for each.
SERVE = """
import { readRoundCode } from './reader.mjs'
let waiting = Buffer.alloc(0)
process.stdin.on('data', (chunk) => {
  waiting = Buffer.concat([waiting, chunk])
  for (;;) {
    const end = waiting.indexOf(10)
    if (end < 0) return
    const { width, height } = JSON.parse(waiting.subarray(0, end))
    const size = width * height * 4
    if (waiting.length < end + 1 + size) return
    const pixels = new Uint8ClampedArray(waiting.subarray(end + 1, end + 1 + size))
    waiting = waiting.subarray(end + 1 + size)
    process.stdout.write(JSON.stringify(readRoundCode(pixels, width, height, true)) + '\\n')
  }
})
"""

Read = Callable[[Image.Image], str | None]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    folder = tmp_path_factory.mktemp("reader")
    bundle = [str(ESBUILD), str(READER), "--bundle", "--format=esm", "--log-level=error"]
    subprocess.run([*bundle, f"--outfile={folder / 'reader.mjs'}"], check=True, timeout=60)
    (folder / "serve.mjs").write_text(SERVE)
    with subprocess.Popen(
        ["node", str(folder / "serve.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        sink, source = process.stdin, process.stdout

        def read(picture: Image.Image) -> str | None:
            flat = Image.new("RGBA", picture.size, "white")
            flat.alpha_composite(picture.convert("RGBA"))
            sink.write(json.dumps({"width": flat.width, "height": flat.height}).encode() + b"\n")
            sink.write(flat.tobytes())
            sink.flush()
            found: str | None = json.loads(source.readline())
            return found

        yield read
        process.stdin.close()
        process.wait(timeout=20)


def text_of(id: bytes) -> str:
    return f"https://mp.weixin.qq.com/a/~{base64.urlsafe_b64encode(id).decode()}~~"


def shade(dice: random.Random, darkest: int = 0) -> tuple[int, int, int]:
    return dice.randrange(darkest, 256), dice.randrange(darkest, 256), dice.randrange(darkest, 256)


def logo(dice: random.Random) -> bytes:
    picture = Image.new("RGB", (160, 160), shade(dice))
    ImageDraw.Draw(picture).ellipse((40, 40, 120, 120), fill=shade(dice))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def drawn(id: bytes, width: int = 430, **options: object) -> Image.Image:
    return Image.open(io.BytesIO(round_codes.draw(id, width=width, **options)))  # type: ignore[arg-type]


def coefficients(source: list[tuple[float, float]], target: list[tuple[float, float]]) -> list[float]:
    """The eight numbers by which Pillow fetches each point of `target` from `source`: Gauss, eight by eight."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                rows[other] = [a - rows[other][at] * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]


def photographed(code: Image.Image, dice: random.Random) -> Image.Image:
    """A code on a cluttered wall: turned, far or near, askew, out of focus, in poor light, as JPEG."""
    width, height = 640, 480
    wall = Image.new("RGB", (width, height), shade(dice, 120))
    pen = ImageDraw.Draw(wall)
    for _ in range(30):
        x, y = dice.randrange(width), dice.randrange(height)
        ink = shade(dice)
        if dice.random() < 0.5:
            pen.line((x, y, x + dice.randrange(-200, 200), y + dice.randrange(-200, 200)), fill=ink, width=3)
        else:
            pen.ellipse((x, y, x + dice.randrange(5, 60), y + dice.randrange(5, 60)), outline=ink, width=4)
    size = dice.uniform(190, 430)
    turn = dice.uniform(0, 2 * math.pi)
    tilt, lean = dice.uniform(-0.32, 0.32), dice.uniform(-0.32, 0.32)
    target = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        u, v = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        depth = 1 + tilt * u + lean * v
        target.append((width / 2 + size * u / depth, height / 2 + size * v * (1 - abs(lean) / 2) / depth))
    side = float(code.width)
    found = coefficients([(0, 0), (side, 0), (side, side), (0, side)], target)
    fetch = Image.Resampling.BICUBIC
    cut = Image.new("L", code.size, 255).transform((width, height), Image.Transform.PERSPECTIVE, found, fetch)
    seen = code.convert("RGB").transform((width, height), Image.Transform.PERSPECTIVE, found, fetch)
    wall.paste(seen, mask=cut)
    wall = wall.filter(ImageFilter.GaussianBlur(dice.uniform(0, size / 260)))
    # Light falls off across the picture, and there is not much of it.
    slope = Image.linear_gradient("L").resize((width, height)).rotate(dice.choice([0, 180]))
    dim = Image.new("RGB", (width, height))
    wall = Image.composite(wall, Image.blend(wall, dim, dice.uniform(0, 0.6)), slope)
    wall = ImageEnhance.Brightness(wall).enhance(dice.uniform(0.3, 1.1))
    noise = Image.effect_noise((width, height), dice.uniform(2, 14)).convert("RGB")
    wall = Image.blend(wall, noise, 0.12)
    out = io.BytesIO()
    wall.save(out, "JPEG", quality=dice.randrange(35, 90))
    return Image.open(out).convert("RGB")


@pytest.mark.parametrize("width", [280, 430, 1280])
def test_a_drawn_code_says_what_was_put_in(read: Read, width: int) -> None:
    dice = random.Random(width)
    for _ in range(2):
        id = dice.randbytes(9)
        assert read(drawn(id, width)) == text_of(id)
        face = logo(dice)
        color = round_codes.colour_of(face)
        assert read(drawn(id, width, format=Format.PNG, color=color, see_through=True, logo=face)) == text_of(
            id
        )


def test_a_photographed_code_is_read(read: Read) -> None:
    missed = []
    for seed in range(30):
        dice = random.Random(seed)
        id = dice.randbytes(9)
        color = dice.choice([(0, 0, 0), (178, 58, 42), (30, 60, 160), (20, 120, 60)])
        photo = photographed(drawn(id, color=color, logo=logo(dice)), dice)
        found = read(photo)
        assert found in (None, text_of(id)), f"seed {seed} was read wrongly"
        if found is None:
            missed.append(seed)
    assert len(missed) <= 2, f"not read: {missed}"


def test_pale_ink_on_a_dark_poster_is_read(read: Read) -> None:
    id = random.Random(7).randbytes(9)
    pale = drawn(id, format=Format.PNG, color=(240, 236, 220), see_through=True)
    poster = Image.new("RGBA", pale.size, (40, 30, 70, 255))
    poster.alpha_composite(pale)
    assert read(poster) == text_of(id)


def test_half_hidden_is_read_and_what_is_no_code_is_not(read: Read) -> None:
    dice = random.Random(11)
    id = dice.randbytes(9)
    code = drawn(id).convert("RGB")
    ImageDraw.Draw(code).rectangle((190, 0, 240, 150), fill="white")  # a thumb on the rays, not on a bullseye
    assert read(code) == text_of(id)
    ImageDraw.Draw(code).ellipse((0, 0, 430, 430), fill="black")
    assert read(code) is None
    square = Image.open(io.BytesIO(drawn_codes.draw("https://tea.example/menu", width=430)))
    assert read(square) is None
    for seed in range(4):
        assert read(photographed(square, random.Random(seed))) is None
