"""Files: drawn anew, bounded, reached by addresses that end."""

import io

import pytest
from PIL import Image

from hutong.domains.media import files, images
from hutong.domains.media.errors import (
    ADDRESS_EXPIRED,
    FILE_EMPTY,
    FILE_TOO_LARGE,
    IMAGE_INVALID,
    IMAGE_TOO_LARGE,
    KIND_WRONG,
)
from hutong.domains.media.tables import FileKind
from hutong.kernel.db import Tx
from hutong.kernel.errors import DomainError, ErrorCode


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 32), **options: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "red").save(kept, kind, **options)
    return kept.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "a secret maker"
    return a_picture(exif=exif)


def test_a_picture_is_drawn_anew_upright_and_without_what_came_along() -> None:
    drawn = images.redraw(with_place() + b"<script>alert(1)</script>")
    assert (drawn.width, drawn.height, drawn.content_type) == (32, 64, "image/jpeg")
    assert b"secret maker" not in drawn.content and b"script" not in drawn.content
    with Image.open(io.BytesIO(drawn.content)) as again:
        assert not again.getexif()
    with Image.open(io.BytesIO(drawn.thumbnail)) as small:
        assert small.format == "WEBP"


def test_a_moving_picture_keeps_moving() -> None:
    kept = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    drawn = images.redraw(kept.getvalue())
    with Image.open(io.BytesIO(drawn.content)) as again:
        assert (again.format, getattr(again, "n_frames", 1)) == ("WEBP", 3)


def test_a_large_picture_is_scaled_down_and_a_huge_one_refused() -> None:
    drawn = images.redraw(a_picture("PNG", (5000, 10)))
    assert drawn.width == images.LONGEST_SIDE
    with pytest.raises(DomainError) as refused:
        images.redraw(a_picture("PNG", (20_000, 2_100)))
    assert refused.value.code is IMAGE_TOO_LARGE


@pytest.mark.parametrize(
    "content",
    [
        b"no picture",
        a_picture()[:200],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        a_picture("BMP"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError) as refused:
        images.redraw(content)
    assert refused.value.code is IMAGE_INVALID


def refusal(tx: Tx, kind: FileKind, content: bytes, content_type: str) -> ErrorCode:
    with pytest.raises(DomainError) as refused:
        files.prepare(tx.blobs, kind=kind, content=content, content_type=content_type, name="x")
    return refused.value.code


def test_files_are_bounded_and_of_the_kind_they_say(tx: Tx) -> None:
    assert refusal(tx, FileKind.FILE, b"", "text/plain") is FILE_EMPTY
    too_long = b"0" * (files.MAX_BYTES[FileKind.VOICE] + 1)
    assert refusal(tx, FileKind.VOICE, too_long, "audio/mpeg") is FILE_TOO_LARGE
    assert refusal(tx, FileKind.VIDEO, b"<html>", "text/html") is KIND_WRONG


def test_a_file_keeps_its_bytes_and_a_harmless_name(tx: Tx) -> None:
    prepared = files.prepare(
        tx.blobs, kind=FileKind.FILE, content=b"paper", content_type="text/html", name='../a"\r\n.html'
    )
    file = files.keep_prepared(tx, prepared, owner="1")
    assert tx.blobs.get(file.content_hash) == b"paper"
    assert file.content_type == "application/octet-stream"
    assert not set('/\\"\r\n') & set(file.name)


def test_an_address_leads_to_its_file_only_and_ends(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    file = files.keep(tx, owner="1", content_hash="a", content_type="image/png", size=1, name="a.png")
    path, _, query = files.address(tx, file.handle).partition("?")
    assert path == f"/api/media/{file.handle}"
    fields = dict(pair.split("=") for pair in query.split("&"))
    expires = int(fields["expires"])
    assert files.open_address(tx, handle=file.handle, expires=expires, sig=fields["sig"]) == file
    assert files.ADDRESS_STEP_MS < expires - tx.wire_now <= 2 * files.ADDRESS_STEP_MS
    for handle, moment, sig in (
        ("other", expires, fields["sig"]),
        (file.handle, expires + 1, fields["sig"]),
        (file.handle, expires, "0" * 32),
        (file.handle, expires, "é"),
    ):
        with pytest.raises(DomainError) as refused:
            files.open_address(tx, handle=handle, expires=moment, sig=sig)
        assert refused.value.code is ADDRESS_EXPIRED
    monkeypatch.setattr("hutong.kernel.db.wire_now", lambda: expires)
    with pytest.raises(DomainError) as refused:
        files.open_address(tx, handle=file.handle, expires=expires, sig=fields["sig"])
    assert refused.value.code is ADDRESS_EXPIRED
