"""Photos and reports, kept under their own hash. Strangers' bytes are never served as they came."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from tracer.domain.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDE = 8000
MAX_PIXELS = 25_000_000
KEPT_SIDE = 2000


@dataclass(frozen=True)
class CleanFile:
    """Bytes that are safe to keep and serve, with their media type."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def clean_upload(content: bytes, field: str = "file") -> CleanFile:
    """What may be kept of an upload: pictures re-encoded as JPEG, PDF as it is.

    Raises a Refusal for everything else, for more than 10 MB, and for pictures whose size is out
    of proportion (decompression bombs).
    """
    if len(content) > MAX_BYTES:
        raise Refusal("file_too_large", "文件超过 10 兆，请压缩后再上传", field)
    if content.startswith(b"%PDF-"):
        return CleanFile(content, "application/pdf")
    return CleanFile(_clean_picture(content, field), "image/jpeg")


def _clean_picture(content: bytes, field: str) -> bytes:
    unreadable = Refusal(
        "file_unreadable", "这个文件打不开，请上传 JPG、PNG、WebP 照片或 PDF", field
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"])
            width, height = picture.size
            if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
                raise Refusal("picture_too_large", "照片尺寸太大，请缩小后再上传", field)
            # A telephone's MPO is a JPEG whose further pictures are previews and gain maps.
            if picture.format != "MPO" and getattr(picture, "n_frames", 1) != 1:
                raise Refusal("picture_moves", "不能上传动图，请换一张照片", field)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise unreadable from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refusal("picture_too_large", "照片尺寸太大，请缩小后再上传", field) from error
    upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


class FileStore:
    """A folder of files named by SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, file: CleanFile) -> str:
        """Keep a file durably and return its SHA-256; keeping it twice is harmless."""
        path = self._path(file.sha256)
        if path.exists():
            return file.sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with draft.open("wb") as stream:
            stream.write(file.content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file.sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a kept file; FileNotFoundError where it is gone."""
        return self._path(sha256).read_bytes()

    def remove(self, sha256: str) -> None:
        """Forget a file for good; one that is gone already is no mistake."""
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise FileNotFoundError(sha256)
        return self.folder / sha256[:2] / sha256
