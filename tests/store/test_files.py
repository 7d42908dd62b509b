"""Uploads: what is kept is safe to serve, what cannot be is refused in a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tracer.domain.errors import Refusal
from tracer.store.files import MAX_BYTES, CleanFile, FileStore, clean_upload


def encoded(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def photo(width: int = 40, height: int = 30) -> Image.Image:
    return Image.radial_gradient("L").resize((width, height)).convert("RGB")


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png_claiming(width: int, height: int) -> bytes:
    """A small, formally right PNG that unpacks to ``width`` × ``height`` pixels."""
    rows = zlib.compress(bytes(min(height, 200) * (width // 8 + 1)), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_painted_anew(format: str) -> None:
    kept = clean_upload(encoded(photo(), format))
    assert kept.media_type == "image/jpeg"
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (40, 30))


def test_place_and_camera_are_forgotten_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"  # GPS latitude
    kept = clean_upload(encoded(photo(), "JPEG", exif=exif))
    assert b"SECRET" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.size == (30, 40)
        assert not picture.getexif()


def test_what_hides_behind_a_picture_is_left_out() -> None:
    hidden = b"<script>alert(1)</script>"
    assert hidden not in clean_upload(encoded(photo(), "JPEG") + hidden).content
    assert hidden not in clean_upload(encoded(photo(), "PNG") + hidden).content


def test_a_big_photo_is_made_smaller() -> None:
    with Image.open(io.BytesIO(clean_upload(encoded(photo(4000, 3000), "JPEG")).content)) as kept:
        assert kept.size == (2000, 1500)


def test_a_pdf_stays_as_it_is() -> None:
    assert clean_upload(b"%PDF-1.7\n...") == CleanFile(b"%PDF-1.7\n...", "application/pdf")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (png_claiming(30_000, 30_000), "picture_too_large"),
        (png_claiming(8_001, 10), "picture_too_large"),
        (png_claiming(6_000, 6_000), "picture_too_large"),
        (png_claiming(100, 5_000), "file_unreadable"),  # most of the rows are missing
        (bytes(MAX_BYTES + 1), "file_too_large"),
        (b"", "file_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_unreadable"),
        (b"GIF89a" + bytes(50), "file_unreadable"),
        (b"MZ" + bytes(200), "file_unreadable"),
        (encoded(photo(), "JPEG")[:300], "file_unreadable"),
        (encoded(photo(), "BMP"), "file_unreadable"),
        (encoded(photo(), "TIFF"), "file_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_everything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        clean_upload(content, "photo")
    assert (refused.value.code, refused.value.field) == (code, "photo")


def test_of_a_telephone_photo_with_previews_the_photo_is_kept() -> None:
    preview = Image.new("RGB", (8, 6), "red")
    content = encoded(photo(), "MPO", save_all=True, append_images=[preview])
    assert b"MPF\0" in content
    with Image.open(io.BytesIO(clean_upload(content).content)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 30))


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(format: str) -> None:
    moving = encoded(photo(), format, save_all=True, append_images=[photo().rotate(90)])
    with pytest.raises(Refusal) as refused:
        clean_upload(moving)
    assert refused.value.code == "picture_moves"


def test_a_text_bomb_in_a_picture_is_refused() -> None:
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
    picture = encoded(photo(), "PNG")
    middle = picture.index(b"IDAT") - 4
    with pytest.raises(Refusal) as refused:
        clean_upload(picture[:middle] + bomb + picture[middle:])
    assert refused.value.code == "file_unreadable"


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40), st.sampled_from(["PNG", "WEBP"]))
def test_damage_anywhere_is_a_picture_or_a_refusal(at: int, junk: bytes, format: str) -> None:
    picture = encoded(photo(), format)
    at %= len(picture)
    try:
        kept = clean_upload(picture[:at] + junk + picture[at + len(junk) :])
    except Refusal:
        return
    assert kept.media_type in {"image/jpeg", "application/pdf"}


def test_files_are_kept_under_their_own_hash(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    file = clean_upload(encoded(photo(), "JPEG"))
    name = store.put(file)
    assert (store.put(file), store.get(name)) == (name, file.content)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 64, "A" * 64, "0" * 63 + "/"])
def test_a_name_that_is_no_kept_file_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        FileStore(tmp_path).get(name)
