"""Keys: names, wrapping, X.509."""

from __future__ import annotations

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tests.proof.certificates import ISSUED_AT, key
from tracer.proof import keys

KEY = key()
KID = keys.kid_of(KEY)
KEK = bytes(range(32))
YEAR = 365 * 86_400


def test_a_key_is_named_by_its_public_half():
    der = keys.public_der(KEY)
    assert len(der) == 91
    assert hashlib.sha256(der).digest()[:8] == KID == keys.kid_of(KEY.public_key())
    assert keys.kid_of(der) == KID
    assert keys.public_der(keys.load_public(der)) == der


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30\x00",
        keys.public_der(KEY)[:-1],
        keys.public_der(KEY) + b"\0",
        ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        ec.derive_private_key(5, ec.SECP384R1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        keys.public_der(KEY)[:-1] + bytes([keys.public_der(KEY)[-1] ^ 1]),
        bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
        + KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
    ],
)
def test_other_key_material_is_unusable(der):
    with pytest.raises(keys.KeyUnusable):
        keys.load_public(der)


def test_a_wrapped_key_opens_only_in_its_own_place():
    wrapped = keys.wrap(KEY, KEK, 1)
    assert keys.kid_of(keys.unwrap(wrapped, KEK, KID, 1)) == KID
    assert keys.wrap(KEY, KEK, 1) != wrapped
    for attempt in (
        (wrapped, bytes(32), KID, 1),
        (wrapped, KEK, keys.kid_of(key("别人")), 1),
        (wrapped, KEK, KID, 2),
        (wrapped, KEK[:16], KID, 1),
        (wrapped[:-1], KEK, KID, 1),
        (wrapped[:5], KEK, KID, 1),
        (b"", KEK, KID, 1),
    ):
        with pytest.raises(keys.KeyUnusable):
            keys.unwrap(*attempt)
    for at in range(len(wrapped)):
        with pytest.raises(keys.KeyUnusable):
            keys.unwrap(wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :], KEK, KID, 1)


def test_a_fresh_key_wraps_too():
    fresh = keys.generate_key()
    assert keys.kid_of(keys.unwrap(keys.wrap(fresh, KEK, 7), KEK, keys.kid_of(fresh), 7)) != KID


def test_the_root_issues_a_leaf_that_may_sign_documents_only():
    root_key = key("root")
    root_der = keys.root_certificate(root_key, "平度追溯服务", ISSUED_AT, ISSUED_AT + 20 * YEAR)
    leaf_der = keys.leaf_certificate(
        root_key,
        root_der,
        KEY.public_key(),
        "平度绿丰蔬菜专业合作社",
        ISSUED_AT,
        ISSUED_AT + 10 * YEAR,
    )
    root, leaf = x509.load_der_x509_certificate(root_der), x509.load_der_x509_certificate(leaf_der)
    leaf.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert leaf.public_key() == KEY.public_key()
    assert leaf.subject.rfc4514_string() == "CN=平度绿丰蔬菜专业合作社"
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    authority = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    subject = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert authority.key_identifier == subject.digest


def test_a_certificate_needs_a_name():
    with pytest.raises(keys.KeyUnusable):
        keys.root_certificate(KEY, "", ISSUED_AT, ISSUED_AT + YEAR)


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("合" * 21, "合" * 21),
        ("合" * 22, "合" * 21),
        ("a" * 64, "a" * 64),
        ("𬱖" * 64, "𬱖" * 16),
        ("合" * 20 + "a" * 5, "合" * 20 + "a" * 4),
    ],
)
def test_a_long_name_stands_whole_in_the_organisation(name, common):
    der = keys.root_certificate(KEY, name, ISSUED_AT, ISSUED_AT + YEAR)
    subject = x509.load_der_x509_certificate(der).subject
    assert [part.value for part in subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [common]
    whole = [part.value for part in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    assert whole == ([name] if name != common else [])
