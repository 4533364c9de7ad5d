"""Images: decoded, bounded, turned upright and written anew. Slow: for `prepare`, never in a transaction."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from hutong.kernel.errors import DomainError
from hutong.kernel.frozen import Frozen

from .errors import IMAGE_INVALID, IMAGE_TOO_LARGE

MAX_PIXELS = 40_000_000
MAX_FRAMES = 200
LONGEST_SIDE = 4096  # larger pictures are scaled down to it
THUMBNAIL_SIDE = 360
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class Picture(Frozen):
    """A picture written anew, and a smaller one of it as WebP."""

    content: bytes
    content_type: str
    width: int
    height: int
    thumbnail: bytes


def redraw(content: bytes) -> Picture:
    """The same picture without anything else that came with it: place, author, hidden data, broken parts.

    Raises IMAGE_INVALID or IMAGE_TOO_LARGE.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise DomainError(IMAGE_TOO_LARGE, max_pixels=MAX_PIXELS)
                frames = getattr(image, "n_frames", 1)
                if frames > 1:
                    return _moving(image, frames)
                return _still(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise DomainError(IMAGE_TOO_LARGE, max_pixels=MAX_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError):
        raise DomainError(IMAGE_INVALID) from None


def _still(image: Image.Image) -> Picture:
    kind = image.format
    image.load()
    upright = ImageOps.exif_transpose(image)
    see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    drawn = upright.convert("RGBA" if see_through else "RGB")
    drawn.info.clear()
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    if kind == "JPEG":
        drawn.save(kept, "JPEG", quality=88)
        content_type = "image/jpeg"
    else:
        drawn.save(kept, "PNG")
        content_type = "image/png"
    return Picture(kept.getvalue(), content_type, drawn.width, drawn.height, _thumbnail(drawn))


def _moving(image: Image.Image, frames: int) -> Picture:
    if frames > MAX_FRAMES or frames * image.width * image.height > 4 * MAX_PIXELS:
        raise DomainError(IMAGE_TOO_LARGE, max_frames=MAX_FRAMES)
    drawn: list[Image.Image] = []
    durations: list[int] = []
    for number in range(frames):
        image.seek(number)
        drawn.append(image.convert("RGBA"))
        durations.append(max(20, int(image.info.get("duration", 100))))
    for frame in drawn:
        frame.info.clear()
    kept = io.BytesIO()
    drawn[0].save(
        kept, "WEBP", save_all=True, append_images=drawn[1:], duration=durations, loop=0, quality=80
    )
    return Picture(kept.getvalue(), "image/webp", image.width, image.height, _thumbnail(drawn[0].copy()))


def _thumbnail(drawn: Image.Image) -> bytes:
    small = drawn.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    small.save(kept, "WEBP", quality=80)
    return kept.getvalue()
