"""Photos and papers that people handed in, given to who may see them."""

from __future__ import annotations

from flask import Response, make_response

from tracer.domain.errors import NotFound
from tracer.store.files import CleanFile
from tracer.store.tables import StoredFile
from tracer.store.world import Tx


def attachment(tx: Tx, row: StoredFile) -> Response:
    """A kept file; a sealed one never leaves by this door, for its bytes are cipher text."""
    if row.sealed:
        raise NotFound()
    try:
        content = tx.files.get(row.sha256)
    except FileNotFoundError as error:
        raise NotFound("这个文件找不到了，请联系平台管理员") from error
    return given_out(row.public_id, CleanFile(content, row.media_type))


def given_out(public_id: str, file: CleanFile) -> Response:
    """The file: a picture opens in the page, a PDF is saved, for it is a stranger's program."""
    picture = file.media_type == "image/jpeg"
    name = f"{public_id}.{'jpg' if picture else 'pdf'}"
    response = make_response(file.content)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = (
        f'{"inline" if picture else "attachment"}; filename="{name}"'
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
