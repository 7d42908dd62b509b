"""Signatures: deterministic ECDSA on P-256 with SHA-256, 64 raw bytes, one valid form each.

A signature is ``r ‖ s``, both 32 bytes big-endian, ``s`` in the lower half of the group order.
Without that rule ``(r, n-s)`` would verify too: one certificate with two valid byte forms.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

# What a signature is for. Each tag ends in a zero byte, so that none is the beginning of another
# and a signature made for one purpose never serves another.
CERTIFICATE_TAG = b"hgz-certificate-v1\0"
LABEL_TAG = b"hgz-label-v1\0"
LICENCE_TAG = b"hgz-licence-v1\0"

SIGNATURE_BYTES = 64
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2 §2.4.2, n


def sign(tag: bytes, message: bytes, key: EllipticCurvePrivateKey) -> bytes:
    """The 64-byte signature over ``tag ‖ message``; the same input always gives the same bytes."""
    r, s = decode_dss_signature(sign_der(tag + message, key))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(tag: bytes, message: bytes, signature: bytes, key: EllipticCurvePublicKey) -> bool:
    """Whether ``signature`` is the low-s signature of ``key``'s owner over ``tag ‖ message``."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    return verify_der(encode_dss_signature(r, s), tag + message, key)


def sign_der(data: bytes, key: EllipticCurvePrivateKey) -> bytes:
    """The low-s signature over ``data`` in DER, the form that PDF and X.509 use."""
    r, s = decode_dss_signature(key.sign(data, ECDSA(SHA256(), deterministic_signing=True)))
    return encode_dss_signature(r, min(s, ORDER - s))


def verify_der(signature: bytes, data: bytes, key: EllipticCurvePublicKey) -> bool:
    """Whether ``signature`` is strict DER of a low-s signature over ``data``."""
    try:
        r, s = decode_dss_signature(signature)
        if not (0 < r < ORDER and 0 < s <= ORDER // 2):
            return False
        key.verify(signature, data, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
