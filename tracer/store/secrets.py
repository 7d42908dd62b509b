"""Secrets that live outside the database: one key-encryption key, and keys derived from it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets as random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


class SecretError(RuntimeError):
    """The key-encryption key is missing, malformed or kept in the wrong place."""


@dataclass(frozen=True)
class Secrets:
    """``kek`` wraps private keys; every other key is derived from it under a purpose."""

    kek: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, such as ``label-code``."""
        return hashlib.blake2b(purpose.encode(), key=self.kek, digest_size=32).digest()

    @property
    def label_key(self) -> bytes:
        """The key that label codes are derived with (proof.labelcode)."""
        return self.derive("label-code")

    def keyed_hash(self, purpose: str, text: str) -> str:
        """A hash nobody can compute without the key: finds duplicates, reveals nothing."""
        return hmac.new(self.derive(purpose), text.encode(), hashlib.sha256).hexdigest()


def load_secrets(folder: Path, kek_hex: str = "", database_folder: Path | None = None) -> Secrets:
    """The installation's secrets: from ``kek_hex``, else from ``folder/kek``, made when new.

    Refuses a folder that lies inside the database's own folder: who copies the database must not
    get the key with it.
    """
    if kek_hex:
        return Secrets(_parse(kek_hex))
    path = folder / "kek"
    if database_folder and path.absolute().is_relative_to(database_folder.absolute()):
        raise SecretError("密钥文件不能和数据库放在同一个文件夹里，请换一个位置")
    _write_once(path, lambda: random.token_hex(32))
    return Secrets(_parse(path.read_text()))


def day_key(folder: Path, day: str) -> bytes:
    """The key under which visitors of one day are hashed; keys of earlier days are destroyed.

    Yesterday's key is kept so that a page opened before midnight can still be answered.
    """
    path = folder / f"visitor-{day}"
    if not path.exists():
        _write_once(path, lambda: random.token_hex(16))
        # Whole names only: another process may be writing a draft of today's key beside them.
        for old in sorted(folder.glob("visitor-????-??-??"))[:-2]:
            old.unlink(missing_ok=True)
    return bytes.fromhex(path.read_text())


def _write_once(path: Path, make: Callable[[], str]) -> None:
    """Create ``path`` with mode 0600 unless it exists; two processes end up with one value."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}-{random.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(make())
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _parse(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError as error:
        raise SecretError("密钥应为 64 位十六进制数") from error
    if len(key) != 32:
        raise SecretError("密钥应为 64 位十六进制数")
    return key
