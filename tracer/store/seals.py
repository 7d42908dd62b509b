"""What is nobody's business, enciphered: each piece bound to the one thing that it belongs to."""

from __future__ import annotations

import json
import secrets as random
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tracer.store.secrets import Secrets

_NONCE_BYTES = 12


def seal(secrets: Secrets, purpose: str, owner: str, content: bytes) -> bytes:
    """Nonce and AES-GCM cipher text; ``owner`` is the public id of what it belongs to."""
    nonce = random.token_bytes(_NONCE_BYTES)
    return nonce + _key(secrets, purpose).encrypt(nonce, content, owner.encode())


def unseal(secrets: Secrets, purpose: str, owner: str, sealed: bytes) -> bytes:
    """The content; cryptography's InvalidTag where it was changed or belongs to another."""
    nonce, cipher = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return _key(secrets, purpose).decrypt(nonce, cipher, owner.encode())


def seal_values(secrets: Secrets, purpose: str, owner: str, values: dict[str, Any]) -> bytes:
    """Values that JSON can hold, sealed."""
    plain = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return seal(secrets, purpose, owner, plain.encode())


def unseal_values(
    secrets: Secrets, purpose: str, owner: str, sealed: bytes | None
) -> dict[str, Any]:
    """The values; none where nothing was sealed."""
    if sealed is None:
        return {}
    values: dict[str, Any] = json.loads(unseal(secrets, purpose, owner, sealed))
    return values


def _key(secrets: Secrets, purpose: str) -> AESGCM:
    return AESGCM(secrets.derive(purpose))
