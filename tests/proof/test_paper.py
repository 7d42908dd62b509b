"""The signed PDF: valid to independent readers, and worthless once a byte has changed."""

from __future__ import annotations

import io
import random
import re
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.proof.certificates import ISSUED_AT, ISSUER, Issued, key, records, statement
from tracer.domain.words import Outcome
from tracer.proof import document, paper
from tracer.proof.keys import KeyUnusable, leaf_certificate, public_der, root_certificate
from tracer.proof.paper import ATTACHMENT, read_pdf, sign_pdf
from tracer.proof.sign import ORDER
from tracer.proof.verify import verify

GOOD = Issued(statement())
KNOWN = records(GOOD)
YEARS = 10 * 365 * 86_400
ROOT_KEY = key("root")
ROOT = root_certificate(ROOT_KEY, "测试服务根证书", ISSUED_AT - 86_400, ISSUED_AT + YEARS)


def leaf(signer=None, name: str = ISSUER) -> bytes:
    public = (signer or key()).public_key()
    return leaf_certificate(ROOT_KEY, ROOT, public, name, ISSUED_AT - 86_400, ISSUED_AT + YEARS)


def page(attached: bytes | None, compressed: bool = True) -> bytes:
    """A one-page PDF, with the certificate attached by pikepdf."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(298, 420))
    if attached is not None:
        pdf.attachments[ATTACHMENT] = attached
    out = io.BytesIO()
    pdf.save(out, compress_streams=compressed, deterministic_id=True)
    return out.getvalue()


LEAF = leaf()
PAGE = page(GOOD.json)
SIGNED = sign_pdf(PAGE, key(), LEAF, ROOT, ISSUED_AT)


def test_a_signed_pdf_reads_back_and_is_genuine():
    read = read_pdf(SIGNED)
    assert read.sealed
    assert read.intact
    assert read.public_key == public_der(key())
    assert read.certificate == GOOD.json
    verdict = verify(SIGNED, KNOWN)
    assert verdict.outcome is Outcome.GENUINE
    assert verdict.checks[0].detail_zh == f"PDF 合格证：{GOOD.said.number}"
    assert verify(SIGNED).outcome is Outcome.CANNOT_TELL


@pytest.mark.parametrize("compressed", [True, False])
def test_the_attachment_is_found_however_it_is_stored(compressed):
    signed = sign_pdf(page(GOOD.json, compressed), key(), LEAF, ROOT, ISSUED_AT)
    assert verify(signed, KNOWN).outcome is Outcome.GENUINE


def test_a_typeset_page_with_an_attachment_is_genuine(tmp_path):
    (tmp_path / ATTACHMENT).write_bytes(GOOD.json)
    source = tmp_path / "page.typ"
    source.write_text(
        f'#set document(title: "c")\n#pdf.attach("{ATTACHMENT}", relationship: "data")\n= c'
    )
    pdf = typst.compile(str(source), format="pdf", pdf_standards="a-4f")
    assert verify(sign_pdf(pdf, key(), LEAF, ROOT, ISSUED_AT), KNOWN).outcome is Outcome.GENUINE


def test_signing_gives_the_same_bytes_again_and_adds_no_name_but_the_signers():
    assert sign_pdf(PAGE, key(), LEAF, ROOT, ISSUED_AT) == SIGNED
    assert SIGNED.startswith(PAGE)
    assert b"ModifyDate" not in SIGNED[len(PAGE) :]
    assert b"pyHanko" not in SIGNED
    nameless = re.sub(rb"/ID \[[^]]*\]", b"", PAGE)
    assert nameless != PAGE
    assert sign_pdf(nameless, key(), LEAF, ROOT, ISSUED_AT) == sign_pdf(
        nameless, key(), LEAF, ROOT, ISSUED_AT
    )


def test_the_longest_name_fits():
    name = "𬱖" * 200
    signed = sign_pdf(page(GOOD.json), key(), leaf(name=name), ROOT, ISSUED_AT)
    assert read_pdf(signed).intact


def test_pyhanko_calls_it_valid_and_whole():
    [signature] = PdfFileReader(io.BytesIO(SIGNED)).embedded_signatures
    roots = [one for one in signature.other_embedded_certs if one.self_signed != "no"]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    # In a thread: pyHanko starts an event loop, and the browser tests' own runs in this one.
    with ThreadPoolExecutor(1) as thread:
        status = thread.submit(validate_pdf_signature, signature, context).result()
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signing_cert.subject.native == {"common_name": ISSUER}
    assert int(status.signer_reported_dt.timestamp()) == ISSUED_AT


def test_pdfsig_calls_it_valid_and_whole(need, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(SIGNED)
    told = subprocess.run(
        [need("pdfsig"), path], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert f"CN={ISSUER}" in told
    path.write_bytes(SIGNED.replace(b"/MediaBox", b"/MediaB0x", 1))
    told = subprocess.run(
        [need("pdfsig"), path], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" not in told


def test_qpdf_reads_the_attachment(need, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(SIGNED)
    shown = subprocess.run(
        [need("qpdf"), f"--show-attachment={ATTACHMENT}", path], capture_output=True, check=True
    ).stdout
    assert shown == GOOD.json


def _contents() -> range:
    """The bytes between the brackets, which the digest leaves out."""
    start = SIGNED.index(b"/Contents <") + len(b"/Contents <")
    return range(start, SIGNED.index(b">", start))


def test_a_changed_byte_anywhere_is_altered():
    dice = random.Random(1)
    inside = _contents()
    cms_end = inside.start + len(SIGNED[inside.start : inside.stop].rstrip(b"0"))
    chosen = [
        *dice.sample(range(len(SIGNED)), 80),
        *dice.sample(range(inside.start, cms_end), 120),
        *range(6),
        *range(inside.start - 4, inside.start + 2),
        *range(cms_end, cms_end + 2),
        *range(inside.stop - 2, inside.stop + 60),
        *range(len(SIGNED) - 4, len(SIGNED)),
    ]
    for at in chosen:
        changed = SIGNED[:at] + bytes([SIGNED[at] ^ 1 << dice.randrange(8)]) + SIGNED[at + 1 :]
        assert verify(changed, KNOWN).outcome is Outcome.ALTERED, (at, changed[at])


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_changed_byte_is_altered():
    for at in range(len(SIGNED)):
        for flip in (1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80):
            changed = SIGNED[:at] + bytes([SIGNED[at] ^ flip]) + SIGNED[at + 1 :]
            assert verify(changed, KNOWN).outcome is Outcome.ALTERED, (at, flip)


def test_the_same_signature_written_otherwise_is_altered():
    inside = _contents()
    digits = SIGNED[inside.start : inside.stop]
    for other in (digits.lower(), digits[:-1] + b" ", digits[:-2] + b"01"):
        changed = SIGNED[: inside.start] + other + SIGNED[inside.stop :]
        assert verify(changed, KNOWN).code == "paper_altered"


def test_the_high_s_twin_of_the_signature_is_altered(monkeypatch):
    """Signed with the right key over the right bytes, but in the form that is not the one."""
    from cryptography.hazmat.primitives.asymmetric.utils import (
        decode_dss_signature,
        encode_dss_signature,
    )

    def high(data, signer, low=paper.sign_der):
        r, s = decode_dss_signature(low(data, signer))
        return encode_dss_signature(r, ORDER - s)

    monkeypatch.setattr(paper, "sign_der", high)
    with pytest.raises(ValueError, match="does not read back"):
        sign_pdf(page(GOOD.json), key(), LEAF, ROOT, ISSUED_AT)


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf + b"\n",
        lambda pdf: pdf[:-1],
        lambda pdf: b"\n" + pdf,
        lambda pdf: pdf + pdf[-600:],
        lambda pdf: _incremental_update(pdf),
        lambda pdf: pdf.replace(b"/ByteRange [0 ", b"/ByteRange [1 "),
    ],
)
def test_anything_added_or_cut_is_altered(change):
    changed = change(SIGNED)
    assert changed != SIGNED
    verdict = verify(changed, KNOWN)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "paper_altered")


def _incremental_update(pdf: bytes) -> bytes:
    """What an editor does: the old bytes stay, a new version of a page is appended."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    first, _ = writer.find_page_for_modification(0)
    first.get_object()["/Rotate"] = NumberObject(90)
    writer.update_container(first.get_object())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_saved_again_has_lost_its_signature():
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(SIGNED)) as pdf:
        pdf.save(again)
    assert verify(again.getvalue(), KNOWN).outcome is Outcome.ALTERED


def test_a_genuine_file_in_a_strangers_pdf_is_altered():
    thief = key("thief")
    wrapped = sign_pdf(page(GOOD.json), thief, leaf(thief), ROOT, ISSUED_AT)
    assert read_pdf(wrapped).intact
    verdict = verify(wrapped, KNOWN)
    assert (verdict.outcome, verdict.code) == (Outcome.ALTERED, "paper_other_key")


def test_a_file_that_does_not_fit_its_paper_is_altered():
    other = Issued(statement(quantity_milli=5_125_000))
    wrapped = sign_pdf(page(other.json), key(), LEAF, ROOT, ISSUED_AT)
    assert verify(wrapped, KNOWN).code == "log_differs"


def test_paper_without_data_cannot_be_told():
    for pdf in (page(None), page(GOOD.json), sign_pdf(page(None), key(), LEAF, ROOT, ISSUED_AT)):
        verdict = verify(pdf, KNOWN)
        assert (verdict.outcome, verdict.code) == (Outcome.CANNOT_TELL, "paper_without_data")


def test_a_pdf_is_signed_only_with_the_key_of_its_certificate():
    stranger = root_certificate(key("别的根"), "别的根", ISSUED_AT, ISSUED_AT + YEARS)
    for certificate, root in ((leaf(key("thief")), ROOT), (LEAF, stranger), (ROOT, LEAF)):
        with pytest.raises(KeyUnusable):
            sign_pdf(page(GOOD.json), key(), certificate, root, ISSUED_AT)


def test_a_file_full_of_streams_costs_its_own_length(monkeypatch):
    handed_in = 0

    class Counting:
        def __init__(self):
            self._real = decompressobj()

        def decompress(self, data, limit):
            nonlocal handed_in
            handed_in += len(data)
            return self._real.decompress(data, limit)

    decompressobj = zlib.decompressobj
    monkeypatch.setattr(paper.zlib, "decompressobj", Counting)
    flood = b"%PDF-1.7 /ByteRange " + b"stream\n" * 9_000
    assert not read_pdf(flood).sealed
    assert 9_000 <= handed_in < 9_000 * 2_000


def test_a_decompression_bomb_is_not_unpacked():
    """A stream that starts as a certificate and would grow a thousandfold."""
    bomb = document.PREFIX + b"0" * (64 << 20)
    pdf = page(None) + b"\nstream\n" + zlib.compress(bomb)
    found = paper._attached(pdf)
    assert found is not None
    assert len(found) == document.MAX_BYTES


def test_only_so_many_streams_are_looked_at():
    """A certificate has a few dozen; a file of nothing but streams must not take its time."""
    hostile = b"%PDF-2.0\n" + b"stream\nx\nendstream\n" * 1000
    attached = b"stream\n" + zlib.compress(GOOD.json)
    assert paper._attached(attached + hostile) == GOOD.json
    assert paper._attached(hostile + attached) is None


@given(st.binary(max_size=300), st.integers(0, len(SIGNED)))
def test_any_bytes_are_answered(noise, at):
    for data in (noise, SIGNED[:at] + noise, SIGNED[:at] + noise + SIGNED[at:]):
        assert read_pdf(data).intact is (data == SIGNED)


@given(st.binary(max_size=200), st.integers(0, 1200))
def test_any_signature_bytes_are_answered(noise, at):
    """The only parsed part of a hostile PDF is its CMS: whatever it holds, there is an answer."""
    inside = _contents()
    der = bytes.fromhex(SIGNED[inside.start : inside.stop].decode())
    hostile = (der[:at] + noise + der[at + len(noise) :])[: len(der)].hex().upper().encode()
    changed = SIGNED[: inside.start] + hostile + SIGNED[inside.stop :]
    assert read_pdf(changed).intact is (changed == SIGNED)
