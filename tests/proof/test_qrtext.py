"""Texts of printed symbols: written, read back, and refused when a character is wrong."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from tests.proof.certificates import key, public_id, statement
from tracer.domain.errors import Refusal
from tracer.proof import qrtext
from tracer.proof.labelcode import code
from tracer.proof.labelseal import LabelSeal
from tracer.proof.qrtext import (
    BatchText,
    CertificateText,
    IdText,
    LabelText,
    NumberText,
    SignedCertificateText,
    SignedLabelText,
    parse,
)
from tracer.proof.sign import CERTIFICATE_TAG, LABEL_TAG, sign

SITE = "https://trace.example.cn"
CODE = code(7, bytes(32))
SAID = statement()
ID = SAID.certificate_id
SIGNATURE = sign(CERTIFICATE_TAG, SAID.to_bytes(), key())
SEAL = LabelSeal(ID, CODE, SAID.kid)
SEAL_SIGNATURE = sign(LABEL_TAG, SEAL.to_bytes(), key())
CERTIFICATE = qrtext.signed_certificate_text(SITE, ID, SAID.to_bytes(), SIGNATURE)
SIGNED_TAG = qrtext.signed_label_text(SITE, CODE, SEAL.to_bytes(), SEAL_SIGNATURE)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (qrtext.label_text(SITE, CODE), LabelText(CODE, SITE)),
        (qrtext.certificate_text(SITE, ID), CertificateText(ID, SITE)),
        (qrtext.batch_text(SITE, SAID.batch_id), BatchText(SAID.batch_id, SITE)),
        (CERTIFICATE, SignedCertificateText(ID, SAID.to_bytes(), SIGNATURE, SITE)),
        (SIGNED_TAG, SignedLabelText(CODE, SEAL.to_bytes(), SEAL_SIGNATURE, SITE)),
    ],
)
def test_what_is_written_is_read_whatever_its_case(text, read):
    assert text.startswith("https://TRACE.EXAMPLE.CN/")
    assert text[8:] == text[8:].upper()
    for spelling in (text, text.lower(), text.upper(), f"  {text}\n"):
        assert parse(spelling) == read
    typed = parse(text.removeprefix("https://"))
    assert typed == replace(read, site="trace.example.cn")


def test_a_site_without_tls_keeps_its_port():
    text = qrtext.label_text("http://127.0.0.1:8000", CODE)
    assert text == f"http://127.0.0.1:8000/T/{CODE}"
    assert parse(text) == LabelText(CODE, "http://127.0.0.1:8000")


@pytest.mark.parametrize("site", ["trace.example.cn", "ftp://x", "https://x/y", "https://合.cn"])
def test_a_site_is_a_scheme_and_a_host(site):
    with pytest.raises(ValueError, match="public address"):
        qrtext.label_text(site, CODE)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (CODE, LabelText(CODE)),
        (f"{CODE[:4]} {CODE[4:8]}-{CODE[8:]}".lower(), LabelText(CODE)),
        (ID, IdText(ID)),
        (ID.lower().replace("0", "o"), IdText(ID)),
        (SAID.number, NumberText(SAID.number)),
        (" ".join(SAID.number[at : at + 4] for at in range(0, 20, 4)), NumberText(SAID.number)),
    ],
)
def test_typed_codes(typed, read):
    assert parse(typed) == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "qr_unreadable"),
        ("黄瓜", "qr_unreadable"),
        ("12345", "qr_unreadable"),
        ("https://other.example/p/7", "qr_unreadable"),
        (f"javascript://trace.example.cn/C/{ID}", "qr_unreadable"),
        (f"{SITE}/C/{ID}?next=1", "bad_length"),
        (f"{SITE}/C/{ID}#x", "bad_length"),
        (f"{SITE}/B/{ID}/123", "qr_unreadable"),
        (f"{SITE}/C/{ID[:-1]}", "bad_length"),
        (f"{SITE}/C/{ID[:-1]}U", "bad_character"),
        (f"{SITE}/C/{ID}/", "qr_altered"),
        (f"{SITE}/C/{ID}/0123", "qr_altered"),
        (f"{SITE}/C/{ID}/٣", "qr_altered"),
        (f"{SITE}/C/{ID}/12x", "qr_altered"),
        (CERTIFICATE.replace("/C/", "/X/"), "qr_altered"),
        (CERTIFICATE.replace("/C/", "/B/"), "qr_altered"),
        (CERTIFICATE.replace(ID, ID[:-1] + "U"), "qr_altered"),
        (f"{SITE}/C/{ID}/257", "qr_altered"),
        (f"{SITE}/C/{ID}/{'9' * 4001}", "qr_altered"),
        (SAID.number[:-1] + str((int(SAID.number[-1]) + 1) % 10), "bad_check"),
        (SAID.number[:-1], "bad_length"),
        ("x" * 5000, "qr_unreadable"),
    ],
)
def test_refused_with_a_sentence(text, code):
    with pytest.raises(Refusal) as refusal:
        parse(text)
    assert refusal.value.code == code
    assert refusal.value.message


@given(st.binary(max_size=400))
def test_digits_keep_every_byte(data):
    assert qrtext.from_digits(qrtext.to_digits(data)) == data


@given(st.from_regex(r"[0-9]{0,40}", fullmatch=True))
def test_digits_have_one_spelling(digits):
    try:
        data = qrtext.from_digits(digits)
    except Refusal:
        return
    assert qrtext.to_digits(data) == digits


@given(
    st.text(max_size=60)
    | st.from_regex(r"(https?://)?[A-Za-z0-9.:-]{1,9}/[TCBtcb]/[0-9A-Za-z -]{9,14}(/[0-9]{0,200})?")
)
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(Refusal):
        parse(text)


def _version(text: str) -> int:
    """The symbol version at level M with the segments a label prints: bytes, letters, digits."""
    head, _, digits = text.rpartition("/")
    scheme, rest = head[:8], f"{head[8:]}/"
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    symbol.add_data(QRData(scheme.encode(), mode=MODE_8BIT_BYTE), optimize=0)
    if digits.isdigit():
        symbol.add_data(QRData(rest.encode(), mode=MODE_ALPHA_NUM), optimize=0)
        symbol.add_data(QRData(digits.encode(), mode=MODE_NUMBER), optimize=0)
    else:
        symbol.add_data(QRData((rest + digits).encode(), mode=MODE_ALPHA_NUM), optimize=0)
    return int(symbol.best_fit())


def test_symbols_stay_small():
    assert _version(qrtext.label_text(SITE, CODE)) <= 3
    assert _version(SIGNED_TAG) <= 8
    assert _version(CERTIFICATE) <= 13


def test_a_signed_tag_of_a_long_host_and_a_later_label_still_fits():
    later = code(2**34, bytes(32))
    seal = LabelSeal(ID, later, SAID.kid).to_bytes()
    text = qrtext.signed_label_text(
        "https://zhuisu.nongye.xian-shi-ming.gov.cn", later, seal, SEAL_SIGNATURE
    )
    assert _version(text) <= 8


def test_a_seal_reads_back_and_refuses_other_shapes():
    assert LabelSeal.from_bytes(SEAL.to_bytes()) == SEAL
    for wrong in (
        (ID, CODE.lower(), SAID.kid),
        (ID, CODE[:-1], SAID.kid),
        (ID, CODE[:-1] + "U", SAID.kid),
        (public_id("7K3M9QF2XH").lower(), CODE, SAID.kid),
        ("7K3M9QF2XH7", CODE, SAID.kid),
        (ID, CODE, bytes(7)),
    ):
        with pytest.raises(ValueError):  # noqa: PT011
            LabelSeal(*wrong)
