"""One certificate of the tests and the key that signed it: invented people, fixed seeds."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric import ec

from tracer.domain.clock import day_of
from tracer.domain.ids import certificate_number, check_character
from tracer.proof.keys import kid_of
from tracer.proof.statement import Statement

ISSUED_AT = 1_795_306_320  # 2026年11月22日 08:12


def key(seed: str = "绿丰合作社") -> ec.EllipticCurvePrivateKey:
    """A private key that is SHA-256 of a public word: for tests, and for nothing else."""
    return ec.derive_private_key(
        int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big"), ec.SECP256R1()
    )


def public_id(body: str) -> str:
    return body + check_character(body)


def statement(seed: str = "绿丰合作社", **changes: object) -> Statement:
    fields: dict[str, object] = {
        "form": "2025-producer",
        "certificate_id": public_id("7K3M9QF2XH"),
        "number": certificate_number("370283", day_of(ISSUED_AT), 142),
        "product": "黄瓜",
        "quantity_milli": 512_500,
        "unit": "公斤",
        "origin": "山东省青岛市平度市蓼兰镇",
        "issuer": "平度绿丰蔬菜专业合作社",
        "contact": "13800005678",
        "issued_at": ISSUED_AT,
        "basis": 3,
        "batch_id": public_id("B4TCH00001"),
        "kid": kid_of(key(seed)),
    }
    return Statement(**fields | changes)  # type: ignore[arg-type]
