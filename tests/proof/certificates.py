"""Certificates of the tests and the records that know them: invented people, fixed seeds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric import ec

from tracer.domain.clock import day_of
from tracer.domain.ids import certificate_number, check_character
from tracer.proof import document
from tracer.proof.keys import kid_of, public_der
from tracer.proof.knowledge import (
    KeyRecord,
    LabelRecord,
    LogRecord,
    Status,
    StoredCertificate,
)
from tracer.proof.labelcode import code
from tracer.proof.labelseal import LabelSeal
from tracer.proof.leaf import IssuedEntry
from tracer.proof.qrtext import signed_certificate_text, signed_label_text
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG, sign
from tracer.proof.statement import Statement

ISSUED_AT = 1_795_306_320  # 2026年11月22日 08:12
SITE = "https://trace.example.cn"
LABEL_KEY = bytes(range(32))
ISSUER = "平度绿丰蔬菜专业合作社"


def key(seed: str = ISSUER) -> ec.EllipticCurvePrivateKey:
    """A private key that is SHA-256 of a public word: for tests, and for nothing else."""
    return ec.derive_private_key(
        int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big"), ec.SECP256R1()
    )


def public_id(body: str) -> str:
    return body + check_character(body)


def statement(**changes: object) -> Statement:
    fields: dict[str, object] = {
        "form": "2025-producer",
        "certificate_id": public_id("7K3M9QF2XH"),
        "number": certificate_number("370283", day_of(ISSUED_AT), 142),
        "product": "黄瓜",
        "quantity_milli": 512_500,
        "unit": "公斤",
        "origin": "山东省青岛市平度市蓼兰镇",
        "issuer": ISSUER,
        "contact": "13800005678",
        "issued_at": ISSUED_AT,
        "basis": 3,
        "batch_id": public_id("B4TCH00001"),
        "kid": kid_of(key()),
    }
    return Statement(**fields | changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Issued:
    """A statement, signed and logged, in every form it is handed out in."""

    said: Statement
    signer: ec.EllipticCurvePrivateKey = field(default_factory=key)
    index: int = 141
    delay: int = 0
    site: str = SITE

    @property
    def message(self) -> bytes:
        return self.said.to_bytes()

    @property
    def signature(self) -> bytes:
        return sign(CERTIFICATE_TAG, self.message, self.signer)

    @property
    def entry(self) -> IssuedEntry:
        salt = hashlib.sha256(self.message).digest()[:16]
        return IssuedEntry(self.index, self.said.issued_at + self.delay, salt, bytes(range(32)))

    @property
    def json(self) -> bytes:
        return document.export(
            self.message, self.signature, public_der(self.signer), self.entry, self.site
        )

    @property
    def qr(self) -> str:
        return signed_certificate_text(
            self.site, self.said.certificate_id, self.message, self.signature
        )

    @property
    def label(self) -> str:
        return code(self.index, LABEL_KEY)

    @property
    def signed_tag(self) -> str:
        seal = LabelSeal(self.said.certificate_id, self.label, self.said.kid).to_bytes()
        return signed_label_text(self.site, self.label, seal, sign(LABEL_TAG, seal, self.signer))

    @property
    def row(self) -> StoredCertificate:
        return StoredCertificate(self.message, self.signature, self.said.columns(), "P1")


@dataclass
class Records:
    """Everything an installation knows, in memory; tests bend one thing at a time."""

    certificates: dict[str, StoredCertificate]
    keys: dict[bytes, KeyRecord]
    leaves: dict[str, LogRecord]
    labels: dict[str, LabelRecord]
    statuses: dict[str, Status] = field(default_factory=dict)
    as_of: int = ISSUED_AT + 3600
    sites: tuple[str, ...] = (SITE,)

    def certificate(self, reference: str) -> StoredCertificate | None:
        return self.certificates.get(reference)

    def label(self, code: str) -> LabelRecord | None:
        return self.labels.get(code)

    def key(self, kid: bytes) -> KeyRecord | None:
        return self.keys.get(kid)

    def log(self, certificate_id: str) -> LogRecord | None:
        return self.leaves.get(certificate_id)

    def status(self, certificate_id: str) -> Status:
        return self.statuses.get(certificate_id, Status())

    def bend_row(self, issued: Issued, **columns: object) -> StoredCertificate:
        """Overwrite columns of the stored row, as a hand in the database would."""
        row = replace(issued.row, columns=issued.row.columns | columns)  # type: ignore[operator]
        self.certificates[issued.said.certificate_id] = row
        return row


def records(issued: Issued) -> Records:
    """An installation that issued this one certificate and printed one label for it."""
    said = issued.said
    leaf = issued.entry.leaf(said.certificate_id, issued.message, issued.signature)
    return Records(
        certificates={said.certificate_id: issued.row, said.number: issued.row},
        keys={
            said.kid: KeyRecord(
                public_der(issued.signer), "P1", (said.issuer,), said.issued_at - 86_400
            )
        },
        leaves={
            said.certificate_id: LogRecord(issued.entry, leaf.to_bytes(), leaf.hash()),
        },
        labels={issued.label: LabelRecord(said.certificate_id)},
    )
