"""What a scanned page carries so that it, and only it, may speak of its code: valid for a day."""

from __future__ import annotations

import base64
import hashlib
import hmac

from tracer.domain.errors import Refusal
from tracer.store.secrets import Secrets
from tracer.store.world import Tx

TOKEN_SECONDS = 24 * 3600


def page_token(secrets: Secrets, kind: str, subject: int, now: int) -> str:
    """The token of a page opened ``now``; kind and subject name the code as its scans do."""
    return f"{now:x}.{_seal(secrets, kind, subject, now)}"


def check_page_token(tx: Tx, kind: str, subject: int, token: str) -> None:
    """A Refusal unless ``token`` was given to a page of this code within the last day."""
    stale = Refusal("page_token", "页面已过期，请重新扫码，再提交一次")
    stamp, _, seal = token.partition(".")
    try:
        made_at = int(stamp, 16)
    except ValueError as error:
        raise stale from error
    if not hmac.compare_digest(seal.encode(), _seal(tx.secrets, kind, subject, made_at).encode()):
        raise stale
    if not made_at <= tx.now <= made_at + TOKEN_SECONDS:
        raise stale


def _seal(secrets: Secrets, kind: str, subject: int, made_at: int) -> str:
    key = secrets.derive("page-token")
    text = f"{kind}|{subject}|{made_at}".encode()
    return base64.urlsafe_b64encode(
        hashlib.blake2b(text, key=key, digest_size=12).digest()
    ).decode()
