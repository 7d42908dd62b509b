"""Signatures: one valid form, one purpose, and Wycheproof's judgement on the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.proof.certificates import key, statement
from tracer.proof.keys import load_public
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG, ORDER, sign, sign_der, verify, verify_der

KEY = key()
PUBLIC = KEY.public_key()
MESSAGE = statement().to_bytes()
SIGNATURE = sign(CERTIFICATE_TAG, MESSAGE, KEY)
VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "signatures"


def test_a_signature_is_deterministic_and_verifies():
    assert sign(CERTIFICATE_TAG, MESSAGE, KEY) == SIGNATURE
    assert len(SIGNATURE) == 64
    assert verify(CERTIFICATE_TAG, MESSAGE, SIGNATURE, PUBLIC)


def test_every_flipped_bit_of_the_message_is_noticed():
    for bit in range(len(MESSAGE) * 8):
        assert not verify(CERTIFICATE_TAG, _flip(MESSAGE, bit), SIGNATURE, PUBLIC)


def test_every_flipped_bit_of_the_signature_is_noticed():
    for bit in range(len(SIGNATURE) * 8):
        assert not verify(CERTIFICATE_TAG, MESSAGE, _flip(SIGNATURE, bit), PUBLIC)


def test_the_high_s_twin_is_refused_though_the_mathematics_holds():
    for number in range(40):
        message = b"%d" % number
        signature = sign(LABEL_TAG, message, KEY)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        assert s <= ORDER // 2
        twin = signature[:32] + (ORDER - s).to_bytes(32, "big")
        PUBLIC.verify(encode_dss_signature(r, ORDER - s), LABEL_TAG + message, ECDSA(SHA256()))
        assert not verify(LABEL_TAG, message, twin, PUBLIC)


def test_a_signature_serves_one_purpose_and_one_key():
    assert not verify(LABEL_TAG, MESSAGE, SIGNATURE, PUBLIC)
    assert not verify(CERTIFICATE_TAG, MESSAGE, SIGNATURE, key("别人").public_key())
    assert not verify(b"", CERTIFICATE_TAG + MESSAGE[1:], SIGNATURE, PUBLIC)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        bytes(64),
        b"\xff" * 64,
        bytes(32) + SIGNATURE[32:],
        SIGNATURE[:32] + bytes(32),
        ORDER.to_bytes(32, "big") + SIGNATURE[32:],
        SIGNATURE[:32] + ORDER.to_bytes(32, "big"),
    ],
)
def test_signatures_of_impossible_shape_are_refused(signature):
    assert not verify(CERTIFICATE_TAG, MESSAGE, signature, PUBLIC)


def test_der_signatures_follow_the_same_rule():
    der = sign_der(MESSAGE, KEY)
    assert verify_der(der, MESSAGE, PUBLIC)
    assert not verify_der(der + b"\0", MESSAGE, PUBLIC)
    assert not verify_der(b"", MESSAGE, PUBLIC)
    for bit in range(len(der) * 8):
        assert not verify_der(_flip(der, bit), MESSAGE, PUBLIC)


def test_wycheproof_p1363():
    """Every case as judged there; a valid one with a high s must be refused here."""
    verdicts = {True: 0, False: 0, "high s": 0}
    for public, message, signature, valid in _wycheproof("ecdsa_secp256r1_sha256_p1363_test.json"):
        high_s = int.from_bytes(signature[32:], "big") > ORDER // 2
        expected = valid and not high_s
        assert verify(b"", message, signature, public) is expected
        verdicts["high s" if valid and high_s else valid] += 1
    assert sum(verdicts.values()) == 262
    assert verdicts[True] > 80
    assert verdicts["high s"] > 60


def test_wycheproof_der():
    for public, message, signature, valid in _wycheproof("ecdsa_secp256r1_sha256_test.json"):
        accepted = verify_der(signature, message, public)
        if not valid:
            assert not accepted


def _wycheproof(name):
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"NOT RUN: {name} is not beside the checkout")
    for group in json.loads(path.read_text())["testGroups"]:
        public = load_public(bytes.fromhex(group["publicKeyDer"]))
        for case in group["tests"]:
            yield (
                public,
                bytes.fromhex(case["msg"]),
                bytes.fromhex(case["sig"]),
                case["result"] == "valid",
            )


def _flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
