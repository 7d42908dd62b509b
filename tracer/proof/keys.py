"""Keys: P-256 pairs of producers, their names, their wrapping, and X.509 for PDF readers.

A private key lies in the database only wrapped (AES-256-GCM) under a key-encryption key that lives
elsewhere. X.509 carries no trust of its own here: trust comes from the producer's key row and the
log; a certificate only lets a PDF reader name the signer.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from cryptography.x509.oid import NameOID

KID_BYTES = 8
NONCE_BYTES = 12
KEK_BYTES = 32
_COMMON_NAME_MAX = 64  # bytes of UTF-8, as far as every reader goes (RFC 5280, ub-common-name)


class KeyUnusable(Exception):
    """Key material that is damaged, of another kind, or wrapped under another key or name."""


def generate_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 private key."""
    return ec.generate_private_key(ec.SECP256R1())


def public_der(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """The public key as SubjectPublicKeyInfo DER, uncompressed point: 91 bytes."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def load_public(der: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 public key of which ``der`` is the one accepted form; KeyUnusable otherwise."""
    try:
        key = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable("not a public key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusable("not a P-256 key")
    if public_der(key) != der:
        raise KeyUnusable("not the canonical form of the key")
    return key


def kid_of(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey | bytes) -> bytes:
    """The key's name: the first 8 bytes of SHA-256 of its SubjectPublicKeyInfo DER."""
    der = key if isinstance(key, bytes) else public_der(key)
    return hashlib.sha256(der).digest()[:KID_BYTES]


def wrap(key: ec.EllipticCurvePrivateKey, kek: bytes, version: int) -> bytes:
    """``nonce ‖ ciphertext``: the private key (PKCS #8) under a 32-byte key-encryption key.

    ``version`` numbers the key-encryption key. It and the key's name are authenticated, so that a
    wrapped key moved to another row does not open.
    """
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(kek).encrypt(nonce, plain, _context(kid_of(key), version))


def unwrap(wrapped: bytes, kek: bytes, kid: bytes, version: int) -> ec.EllipticCurvePrivateKey:
    """The private key named ``kid``; KeyUnusable where key, name, version or bytes differ."""
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        plain = _cipher(kek).decrypt(nonce, sealed, _context(kid, version))
        key = load_der_private_key(plain, password=None)
    except (InvalidTag, ValueError, TypeError) as error:
        raise KeyUnusable("the wrapped key does not open") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyUnusable("the wrapped key is another key")
    return key


def root_certificate(
    key: ec.EllipticCurvePrivateKey, name: str, not_before: int, not_after: int
) -> bytes:
    """The installation's self-signed X.509 root in DER, able to issue leaves only."""
    subject = _name(name)
    builder = _builder(subject, subject, key.public_key(), not_before, not_after)
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .sign(key, SHA256(), ecdsa_deterministic=True)
        .public_bytes(Encoding.DER)
    )


def leaf_certificate(
    root_key: ec.EllipticCurvePrivateKey,
    root_der: bytes,
    public: ec.EllipticCurvePublicKey,
    issuer_name: str,
    not_before: int,
    not_after: int,
) -> bytes:
    """A producer's X.509 certificate in DER: may sign documents, is named like the promiser.

    ``issuer_name`` (承诺主体) stands whole in the common name where it fits, else shortened there
    and whole in the organisation. Instants are Unix seconds.
    """
    root = x509.load_der_x509_certificate(root_der)
    builder = _builder(_name(issuer_name), root.subject, public, not_before, not_after)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(key_cert_sign=False), critical=True)
        .add_extension(identifier, critical=False)
        .sign(root_key, SHA256(), ecdsa_deterministic=True)
        .public_bytes(Encoding.DER)
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    not_before: int,
    not_after: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(not_before, UTC))
        .not_valid_after(datetime.fromtimestamp(not_after, UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(key_cert_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not key_cert_sign,
        content_commitment=not key_cert_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    if not text:
        raise KeyUnusable("a certificate needs a name")
    short = text.encode()[:_COMMON_NAME_MAX].decode(errors="ignore")
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, short)]
    if short != text:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, text))
    return x509.Name(parts)


def _cipher(kek: bytes) -> AESGCM:
    if len(kek) != KEK_BYTES:
        raise KeyUnusable(f"a key-encryption key has {KEK_BYTES} bytes")
    return AESGCM(kek)


def _context(kid: bytes, version: int) -> bytes:
    return b"issuing-key|%s|%d" % (kid.hex().encode(), version)
