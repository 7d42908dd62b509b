"""Files that are nobody's business: kept enciphered, opened by their owner and the desk only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import event
from sqlmodel import col, delete, select

from tracer.actions.actor import Actor
from tracer.actions.farm.reports import file_name
from tracer.domain.elements import field_at
from tracer.domain.errors import NotFound
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.store.files import CleanFile, clean_upload
from tracer.store.seals import seal, unseal
from tracer.store.tables import ElementFile, StoredFile
from tracer.store.world import Tx

_PURPOSE = "private-file"
_log = structlog.get_logger()


def keep_private_file(tx: Tx, actor: Actor, name: str, content: bytes) -> StoredFile:
    """Keep a photo or PDF of the actor's producer so that only its cipher text is ever stored.

    The same content is kept once. ``size`` and ``media_type`` are those of the plain file.
    """
    clean = clean_upload(content)
    alike = select(StoredFile).where(
        StoredFile.producer_id == actor.producer,
        col(StoredFile.sealed).is_(True),
        StoredFile.size == len(clean.content),
    )
    for known in tx.session.exec(alike):
        if _plain(tx, known) == clean.content:
            return known
    public_id = new_id()
    cipher = seal(tx.secrets, _PURPOSE, public_id, clean.content)
    row = StoredFile(
        public_id=public_id,
        producer_id=actor.producer,
        sha256=tx.files.put(CleanFile(cipher, clean.media_type)),
        media_type=clean.media_type,
        size=len(clean.content),
        name=file_name(name),
        sealed=True,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def open_private_file(tx: Tx, actor: Actor, public_id: str) -> CleanFile:
    """A private file as it was handed in: for its own producer, and for the operator.

    An operator's look is written in the service's log: who, which file, nothing of its content.
    """
    row = tx.session.exec(
        select(StoredFile).where(
            StoredFile.public_id == public_id, col(StoredFile.sealed).is_(True)
        )
    ).one_or_none()
    own = row is not None and row.producer_id == actor.producer_id
    if row is None or not (own or actor.role is Role.OPERATOR):
        raise NotFound()
    if not own:
        _log.info("private_file_opened", account=actor.account_id, file=row.public_id)
    return CleanFile(_plain(tx, row), row.media_type)


def erase_private_file(tx: Tx, row: StoredFile) -> None:
    """Forget what a private file held (个人信息保护法 art. 47); its row stays, empty.

    The cipher text leaves the disk once the transaction is kept, for a rollback could not bring it
    back.
    """
    tx.session.exec(delete(ElementFile).where(col(ElementFile.file_id) == row.id))
    row.name = "已删除"
    tx.session.flush()
    sha256 = row.sha256
    event.listen(tx.session, "after_commit", lambda _: tx.files.remove(sha256), once=True)


def forget_files(tx: Tx, wanted: Mapping[str, Any]) -> None:
    """Private photos that came with a dropped edit, and that no entry holds, are nobody's need."""
    named = [
        one
        for place, one in wanted.items()
        if one and (field := field_at(place)).private and field.is_file
    ]
    held = select(ElementFile.file_id)
    for file in tx.session.exec(
        select(StoredFile).where(
            col(StoredFile.public_id).in_(named), col(StoredFile.id).not_in(held)
        )
    ):
        erase_private_file(tx, file)


def _plain(tx: Tx, row: StoredFile) -> bytes:
    try:
        cipher = tx.files.get(row.sha256)
    except FileNotFoundError as error:
        raise NotFound("这个文件找不到了，请联系平台管理员") from error
    return unseal(tx.secrets, _PURPOSE, row.public_id, cipher)
