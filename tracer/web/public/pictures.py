"""Photos of the dossier for everybody: what a published entry shows, painted anew and small."""

from __future__ import annotations

import io
from functools import lru_cache

from flask import Response, make_response
from PIL import Image

from tracer.domain.errors import NotFound
from tracer.queries.dossier.public import public_picture
from tracer.store.files import FileStore
from tracer.store.world import Tx
from tracer.web.public.lobby import hall
from tracer.web.shared import door, guards

_SIDE = 900  # pixels: a phone's width, twice
_AN_HOUR = "public, max-age=3600"


@hall.get("/pictures/<public_id>.jpg")
@guards.guessing
def picture(public_id: str) -> Response:
    """A published photo. Kept for an hour: consent that is taken back holds from then on."""
    with door.world().read() as tx:
        response = make_response(_small(tx, public_picture(tx, public_id).sha256))
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Cache-Control"] = _AN_HOUR
    return response


def _small(tx: Tx, sha256: str) -> bytes:
    try:
        return _painted(tx.files, sha256)
    except FileNotFoundError as error:
        raise NotFound("这张照片找不到了") from error


@lru_cache(maxsize=64)
def _painted(files: FileStore, sha256: str) -> bytes:
    """The picture without anything but its pixels."""
    with Image.open(io.BytesIO(files.get(sha256)), formats=["JPEG"]) as kept:
        shown = kept.convert("RGB")
    shown.thumbnail((_SIDE, _SIDE))
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
