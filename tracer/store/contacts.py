"""Telephones of people who reported something: enciphered, each bound to its report."""

from __future__ import annotations

import secrets as random

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracer.store.secrets import Secrets
from tracer.store.tables import PublicReport

_NONCE_BYTES = 12


def seal_contact(secrets: Secrets, report_id: str, phone: str) -> bytes:
    """Nonce and AES-GCM cipher text of a telephone; ``report_id`` is its report's public id."""
    nonce = random.token_bytes(_NONCE_BYTES)
    return nonce + _key(secrets).encrypt(nonce, phone.encode(), report_id.encode())


def contact_of(secrets: Secrets, row: PublicReport) -> str:
    """The telephone a reporter left, empty without one. Only the desk may see it."""
    if row.contact_cipher is None:
        return ""
    nonce, sealed = row.contact_cipher[:_NONCE_BYTES], row.contact_cipher[_NONCE_BYTES:]
    return _key(secrets).decrypt(nonce, sealed, row.public_id.encode()).decode()


def _key(secrets: Secrets) -> AESGCM:
    return AESGCM(secrets.derive("report-contact"))
