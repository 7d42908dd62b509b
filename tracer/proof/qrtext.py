"""The texts inside printed symbols, written and read.

Scheme in lower case, everything after it in upper case or digits: a symbol then stays in its
compact alphanumeric and numeric modes, and every phone still opens the link. Bytes travel as one
decimal number behind a leading byte 0x01, which keeps leading zeros.

    https://HOST/T/CODE                     tag: a label
    https://HOST/C/ID                       a certificate's page
    https://HOST/B/ID                       a batch's page
    https://HOST/L/ID                       the page of a mark's licence; never parsed here
    https://HOST/T/CODE/DIGITS              signed tag: label seal ‖ 64-byte signature
    https://HOST/C/ID/DIGITS                certificate: statement ‖ 64-byte signature
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracer.domain.errors import Refusal
from tracer.domain.ids import (
    ID_LENGTH,
    NUMBER_LENGTH,
    is_crockford,
    normalise_code,
    parse_id,
    parse_number,
)
from tracer.proof.labelcode import MAX_LENGTH, MIN_LENGTH
from tracer.proof.sign import SIGNATURE_BYTES

_TEXT_MAX = 4096
_DIGITS_MAX = 4000  # below the length at which Python refuses to convert
_MARKER = b"\1"
_SITE = re.compile(r"(https?)://([a-z0-9.-]+(?::[0-9]{1,5})?)", re.IGNORECASE | re.ASCII)
_LINK = re.compile(
    r"((?:https?://)?[a-z0-9.-]+(?::[0-9]{1,5})?)/([tcb])/([^/]{1,40})(?:/([^/]*))?",
    re.IGNORECASE | re.ASCII,
)
# Only signed symbols hold a number this long, whatever else about them is damaged.
_SIGNED = re.compile(r"[0-9]{100}")


@dataclass(frozen=True)
class LabelText:
    """A label's code; ``site`` is the address as written in lower case, empty where typed."""

    code: str
    site: str = ""


@dataclass(frozen=True)
class CertificateText:
    """A link to a certificate's page."""

    certificate_id: str
    site: str = ""


@dataclass(frozen=True)
class BatchText:
    """A link to a batch's page."""

    batch_id: str
    site: str = ""


@dataclass(frozen=True)
class SignedLabelText:
    """A signed tag: the code as written, the seal's bytes and the signature over them."""

    code: str
    seal: bytes
    signature: bytes
    site: str = ""


@dataclass(frozen=True)
class SignedCertificateText:
    """A whole certificate: the id as written, the statement's bytes and the signature over them."""

    certificate_id: str
    statement: bytes
    signature: bytes
    site: str = ""


@dataclass(frozen=True)
class NumberText:
    """The 20 digits printed on a certificate."""

    number: str


@dataclass(frozen=True)
class IdText:
    """An id typed without its link: a certificate's or a batch's."""

    id: str


QrText = (
    LabelText
    | CertificateText
    | BatchText
    | SignedLabelText
    | SignedCertificateText
    | NumberText
    | IdText
)


def label_text(site: str, code: str) -> str:
    """The tag: ``site`` is the public address as ``https://host`` or ``http://host:port``."""
    return f"{_site(site)}/T/{code}"


def certificate_text(site: str, certificate_id: str) -> str:
    """The link to a certificate's page."""
    return f"{_site(site)}/C/{certificate_id}"


def batch_text(site: str, batch_id: str) -> str:
    """The link to a batch's page."""
    return f"{_site(site)}/B/{batch_id}"


def licence_text(site: str, licence_id: str) -> str:
    """The link to the page of a mark's licence."""
    return f"{_site(site)}/L/{licence_id}"


def signed_label_text(site: str, code: str, seal: bytes, signature: bytes) -> str:
    """The signed tag; symbol version 8 or less at level M for hosts up to 35 characters."""
    return f"{label_text(site, code)}/{to_digits(seal + signature)}"


def signed_certificate_text(
    site: str, certificate_id: str, statement: bytes, signature: bytes
) -> str:
    """The certificate tier: all statutory fields and the signature, readable without a network.

    Symbol version 13 or less at level M while the statement has at most 230 bytes.
    """
    return f"{certificate_text(site, certificate_id)}/{to_digits(statement + signature)}"


def to_digits(data: bytes) -> str:
    """Bytes as decimal digits, 2.41 a byte."""
    return str(int.from_bytes(_MARKER + data, "big"))


def from_digits(digits: str) -> bytes:
    """The bytes of which ``digits`` are the decimal form; ``qr_altered`` for anything else."""
    if re.fullmatch(r"[1-9][0-9]*", digits) and len(digits) <= _DIGITS_MAX:
        number = int(digits)
        data = number.to_bytes((number.bit_length() + 7) // 8, "big")
        if data[:1] == _MARKER:
            return data[1:]
    raise _altered()


def parse(text: str) -> QrText:
    """What a scanned or typed text says: a link of any host and case, an id, a number, a code.

    Raises a Refusal and nothing else: ``qr_altered`` where a signed symbol of this service is
    damaged, a check-character refusal of ``domain.ids``, or ``qr_unreadable``.
    """
    text = text.strip()
    link = _LINK.fullmatch(text) if len(text) <= _TEXT_MAX else None
    try:
        return _parse_link(link) if link else _parse_typed(text)
    except Refusal as refusal:
        if _SIGNED.search(text):
            raise _altered() from refusal
        raise


def _parse_link(link: re.Match[str]) -> QrText:
    site, kind, name, digits = link.groups()
    site, kind = site.lower(), kind.upper()
    if kind == "T":
        code = _label_code(name)
        if digits is None:
            return LabelText(code, site)
        return SignedLabelText(code, *_split(digits), site)
    identifier = parse_id(name)
    if kind == "C":
        if digits is None:
            return CertificateText(identifier, site)
        return SignedCertificateText(identifier, *_split(digits), site)
    if digits is not None:
        raise _unreadable()
    return BatchText(identifier, site)


def _parse_typed(text: str) -> QrText:
    code = normalise_code(text)
    if not code.isascii() or not code.isalnum():
        raise _unreadable()
    if code.isdigit() and len(code) > MAX_LENGTH:
        return NumberText(parse_number(text))
    if MIN_LENGTH <= len(code) <= MAX_LENGTH:
        return LabelText(_label_code(code))
    if len(code) == ID_LENGTH:
        return IdText(parse_id(code))
    raise Refusal(
        "qr_unreadable",
        f"号码的位数不对：合格证编号 {NUMBER_LENGTH} 位，标签码 {MIN_LENGTH} 位，请对照再看一遍",
    )


def _label_code(name: str) -> str:
    code = normalise_code(name)
    if not MIN_LENGTH <= len(code) <= MAX_LENGTH or not is_crockford(code):
        raise Refusal("bad_length", f"标签码应为 {MIN_LENGTH} 位，请对照标签再看一遍", "code")
    return code


def _split(digits: str) -> tuple[bytes, bytes]:
    data = from_digits(digits)
    if len(data) <= SIGNATURE_BYTES:
        raise _altered()
    return data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]


def _site(site: str) -> str:
    match = _SITE.fullmatch(site)
    if match is None:
        raise ValueError(f"a public address is https://host, not {site!r}")
    return f"{match[1].lower()}://{match[2].upper()}"


def _altered() -> Refusal:
    return Refusal("qr_altered", "码里的数据不完整或被改动，请对着原标签重新扫一次")


def _unreadable() -> Refusal:
    return Refusal(
        "qr_unreadable", "认不出这段文字，请扫合格证或标签上的二维码，或输入印在上面的编号"
    )
