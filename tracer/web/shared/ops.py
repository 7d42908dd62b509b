"""Health: ``/healthz`` says the process answers, ``/readyz`` that it can do its work."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select, text

from tracer.actions.keys import open_key
from tracer.proof import merkle
from tracer.proof.keys import KeyUnusable
from tracer.store import schema
from tracer.store.tables import IssuerKey, LogLeaf
from tracer.web.shared.door import world

ops = Blueprint("ops", __name__)


@ops.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@ops.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 where every check passes, else 503; each check by name."""
    checks = {name: _holds(check) for name, check in _CHECKS.items()}
    ready = all(checks.values())
    return jsonify(status="ok" if ready else "not_ready", checks=checks), 200 if ready else 503


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (SQLAlchemyError, KeyUnusable, InvalidTag, OSError):
        return False


def _database() -> bool:
    with world().read() as tx:
        return tx.session.connection().execute(text("SELECT 1")).scalar() == 1


def _schema() -> bool:
    return schema.current_revision(world().engines.reader) == schema.newest_revision()


def _keys() -> bool:
    """The key-encryption key opens the newest signing key."""
    with world().read() as tx:
        newest = tx.session.exec(
            select(IssuerKey).order_by(IssuerKey.id.desc()).limit(1)  # type: ignore[union-attr]
        ).one_or_none()
        return newest is None or bool(open_key(tx, newest))


def _log_head() -> bool:
    """The log's newest leaf is whole and follows another one; ``log fsck`` looks at all of them.

    Asked every few seconds, so it must not cost more as the log grows.
    """
    with world().read() as tx:
        newest = tx.session.exec(
            select(LogLeaf).order_by(col(LogLeaf.index).desc()).limit(1)
        ).first()
        if newest is None:
            return True
        follows = newest.index == 0 or tx.session.get(LogLeaf, newest.index - 1) is not None
        return follows and merkle.leaf_hash(newest.leaf) == newest.leaf_hash


_CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "schema": _schema,
    "keys": _keys,
    "log": _log_head,
}
