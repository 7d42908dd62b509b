"""The statement: everything a certificate says, as the bytes its issuer signs.

The promise itself is not spelled out in the bytes: the form's edition fixes its words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields

from tracer.domain.clock import format_instant
from tracer.domain.errors import Refusal
from tracer.domain.ids import NUMBER_LENGTH, parse_id, parse_number
from tracer.domain.quantity import Quantity
from tracer.domain.words import Basis
from tracer.proof.codec import CodecError, decode, encode
from tracer.proof.keys import KID_BYTES

VERSION = 1
TEXT_MAX = 200  # characters of any text
TEXTS_MAX = 1400  # bytes of all texts together, so that a symbol's digits can be read back

# Numbers are part of signed bytes: never reuse one.
FORMS = {1: "2025-producer", 2: "2025-purchaser"}
_FORM_NUMBER = {name: number for number, name in FORMS.items()}
BASIS_BITS = {Basis.CONTROL: 1, Basis.SELF_TEST: 2, Basis.COMMISSIONED_TEST: 4}

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_TEXTS = ("product", "unit", "origin", "issuer", "contact")
LABELS = {
    "form": "样式",
    "certificate_id": "合格证代码",
    "number": "合格证编号",
    "product": "产品名称",
    "quantity_milli": "重量或数量",
    "unit": "重量或数量",
    "origin": "产地",
    "issuer": "承诺主体",
    "contact": "联系方式",
    "issued_at": "开具时间",
    "basis": "承诺依据",
    "batch_id": "批次代码",
    "kid": "签名钥匙",
}
_FORM_LABELS = {"2025-producer": "生产主体样式（2025）", "2025-purchaser": "收购主体样式（2025）"}


def basis_bits(boxes: list[Basis] | tuple[Basis, ...] | frozenset[Basis]) -> int:
    """The bit set of the ticked 承诺依据 boxes: 1 control, 2 own test, 4 commissioned test."""
    return sum(BASIS_BITS[box] for box in set(boxes))


def basis_boxes(bits: int) -> tuple[Basis, ...]:
    """The ticked boxes of a bit set, in the form's order."""
    return tuple(box for box, bit in BASIS_BITS.items() if bits & bit)


@dataclass(frozen=True)
class Statement:
    """What a 承诺达标合格证 says. Every field is signed.

    ``quantity_milli`` is in thousandths of ``unit``, which is the word printed (公斤).
    ``issued_at`` is in Unix seconds, ``basis`` a bit set (see :func:`basis_bits`), ``kid`` names
    the signing key. ``origin`` may be empty on the purchaser's form only (Order 2025 No. 4).
    Values that no certificate could carry raise CodecError, as do texts beyond ``TEXT_MAX``
    characters or ``TEXTS_MAX`` bytes together.
    """

    form: str
    certificate_id: str
    number: str
    product: str
    quantity_milli: int
    unit: str
    origin: str
    issuer: str
    contact: str
    issued_at: int
    basis: int
    batch_id: str
    kid: bytes

    def __post_init__(self) -> None:
        _require(self.form in _FORM_NUMBER, "form")
        _require(_is_id(self.certificate_id), "certificate_id")
        _require(_is_number(self.number), "number")
        _require(0 < self.quantity_milli < 1 << 53, "quantity_milli")
        _require(0 < self.issued_at < 1 << 37, "issued_at")  # a year of four digits
        _require(0 < self.basis < 8, "basis")
        _require(_is_id(self.batch_id), "batch_id")
        _require(len(self.kid) == KID_BYTES, "kid")
        texts = {name: getattr(self, name) for name in _TEXTS}
        for name, text in texts.items():
            optional = name == "origin" and self.form == "2025-purchaser"
            _require(_is_line(text, optional), name)
        _require(len("".join(texts.values()).encode()) <= TEXTS_MAX, "amount of text")

    def to_bytes(self) -> bytes:
        """The bytes to sign under ``sign.CERTIFICATE_TAG``."""
        return encode(
            [
                VERSION,
                _FORM_NUMBER[self.form],
                self.certificate_id,
                self.number,
                self.product,
                self.quantity_milli,
                self.unit,
                self.origin,
                self.issuer,
                self.contact,
                self.issued_at,
                self.basis,
                self.batch_id,
                self.kid,
            ]
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Statement:
        """The statement of which ``data`` is the encoding; CodecError for anything else."""
        match decode(data):
            case (
                1,
                int(form),
                str(certificate_id),
                str(number),
                str(product),
                int(quantity_milli),
                str(unit),
                str(origin),
                str(issuer),
                str(contact),
                int(issued_at),
                int(basis),
                str(batch_id),
                bytes(kid),
            ):
                return cls(
                    form=FORMS.get(form, ""),
                    certificate_id=certificate_id,
                    number=number,
                    product=product,
                    quantity_milli=quantity_milli,
                    unit=unit,
                    origin=origin,
                    issuer=issuer,
                    contact=contact,
                    issued_at=issued_at,
                    basis=basis,
                    batch_id=batch_id,
                    kid=kid,
                )
        raise CodecError("not a statement of a known version")

    def columns(self) -> dict[str, object]:
        """Field name to value: what a stored row that repeats the statement must say."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def readable(self) -> dict[str, str]:
        """What people read, by the form's own words: the same on paper, screen and in files."""
        return {
            "样式": _FORM_LABELS[self.form],
            "合格证编号": self.number,
            "产品名称": self.product,
            "重量或数量": f"{Quantity(self.quantity_milli, '').number} {self.unit}",
            "产地": self.origin,
            "承诺主体": self.issuer,
            "联系方式": self.contact,
            "开具时间": format_instant(self.issued_at),
            "承诺依据": "、".join(box.label for box in basis_boxes(self.basis)),
            "合格证代码": self.certificate_id,
            "批次代码": self.batch_id,
        }


def differences(shown: Mapping[str, object], signed: Mapping[str, object]) -> tuple[str, ...]:
    """The Chinese names of the fields in which two accounts of a certificate differ."""
    names = [*signed, *(name for name in shown if name not in signed)]
    differing = (name for name in names if not _same(shown.get(name), signed.get(name)))
    return tuple(
        dict.fromkeys(LABELS.get(one, one) if one in signed else "多出的栏目" for one in differing)
    )


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


def _require(holds: bool, field: str) -> None:
    if not holds:
        raise CodecError(f"no certificate has this {field}")


def _is_id(text: str) -> bool:
    try:
        return parse_id(text) == text
    except Refusal:
        return False


def _is_number(text: str) -> bool:
    try:
        return len(text) == NUMBER_LENGTH and parse_number(text) == text
    except Refusal:
        return False


def _is_line(text: str, optional: bool) -> bool:
    """One trimmed line of visible characters; those that Unicode has yet to assign may come."""
    if len(text) > TEXT_MAX or text != text.strip() or not (text or optional):
        return False
    return not any(unicodedata.category(char) in _INVISIBLE for char in text)
