"""Paper: certificates as signed PDF and picture, labels of a print run as pages and pictures.

Nothing here changes the world, but a PDF is signed with the producer's key, and only actions open
keys. The typeset page is the same for the same certificate; only its PDF signature differs.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col, select

import labels
from tracer.actions import keys
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.quantity import Quantity
from tracer.domain.reference import load as reference
from tracer.proof import document
from tracer.proof.labelcode import code, pretty
from tracer.proof.labelseal import LabelSeal
from tracer.proof.leaf import IssuedEntry
from tracer.proof.paper import ATTACHMENT, sign_pdf
from tracer.proof.qrtext import (
    certificate_text,
    label_text,
    signed_certificate_text,
    signed_label_text,
)
from tracer.proof.sign import LABEL_TAG, sign
from tracer.proof.statement import basis_boxes
from tracer.store.tables import (
    Batch,
    Certificate,
    IssuerKey,
    PrintRun,
    Producer,
    Product,
    Voiding,
)
from tracer.store.world import Tx

CERTIFICATE_DESIGNS = ("certificate-a5", "certificate-100x70", "certificate-80x60")
QR_FORM = "2025-qr"  # a small label that shows the certificate by its code
TRACE_FORM = "trace"


def certificate_pdf(tx: Tx, certificate_id: str, design: str = "certificate-a5") -> bytes:
    """The certificate on paper, with its JSON attached, signed with its own producer's key.

    Conflict where it is void: paper that looks valid must not be made of it.
    """
    row = _standing(tx, certificate_id)
    key = _key_of(tx, row)
    pdf = labels.certificate_pdf(
        _certificate_design(design),
        certificate_fields(row),
        _certificate_code(tx, row, design, None),
        issued_epoch=row.issued_at,
        attachments={ATTACHMENT: certificate_json(tx, certificate_id)},
        font_folder=tx.fonts,
    )
    root = tx.session.exec(select(IssuerKey).where(IssuerKey.purpose == "root")).one()
    return sign_pdf(pdf, keys.open_key(tx, key), key.x509, root.x509, row.issued_at)


def certificate_png(tx: Tx, certificate_id: str, design: str, dpi: int = 203) -> bytes:
    """The certificate as a picture of whole printer dots."""
    row = _standing(tx, certificate_id)
    return labels.label_png(
        _certificate_design(design),
        certificate_fields(row),
        _certificate_code(tx, row, design, dpi),
        dpi=dpi,
        font_folder=tx.fonts,
    )


def certificate_json(tx: Tx, certificate_id: str) -> bytes:
    """The certificate as a file that anyone can check; given for voided ones too."""
    row = _certificate(tx, certificate_id)
    if row.signature is None or row.salt is None or row.log_index is None:
        raise NotFound()
    entry = IssuedEntry(row.log_index, row.issued_at, row.salt, row.evidence_root)
    return document.export(row.payload, row.signature, _key_of(tx, row).public_key, entry, tx.site)


def certificate_fields(row: Certificate) -> dict[str, str]:
    """The texts of a certificate's boxes, ready to print."""
    form = reference().form(row.form)
    ticked = {box.value for box in basis_boxes(row.basis)}
    return {
        "form": row.form,
        "promise": "\n".join((form.opening, *form.promises)),
        "basis": "\n".join(
            f"{'☑' if box.code in ticked else '□'}{box.label}" for box in form.basis
        ),
        "product": row.product,
        "quantity": f"{Quantity(row.quantity_milli, 'kg').number} {row.unit}",
        "origin": row.origin,
        "issuer": row.issuer,
        "contact": row.contact,
        "issued_at": format_day(day_of(row.issued_at)),
        "number": row.number,
    }


def run_png(tx: Tx, run: PrintRun, number: int, dpi: int = 203) -> bytes:
    """Label ``number`` (from 1) of a run as a picture of whole printer dots."""
    if not 1 <= number <= run.count:
        raise NotFound("这次打印没有这一张标签")
    values, text = next(run_labels(tx, run, number, 1, dpi))
    return labels.label_png(run.design, values, text, dpi=dpi, font_folder=tx.fonts)


def run_pdf(tx: Tx, run: PrintRun, first: int = 1, count: int | None = None) -> bytes:
    """Labels of a run as PDF, on sheets from the run's start cell or one to a page on rolls."""
    count = run.count - first + 1 if count is None else count
    if not 1 <= first <= first + count - 1 <= run.count:
        raise Refusal("bad_range", f"这次打印只有 {run.count} 张，请改正张数", "count")
    return labels.sheet_pdf(
        run.design,
        run_labels(tx, run, first, count, None),
        stock=run.stock,
        start_cell=run.start_cell,
        font_folder=tx.fonts,
    )


def run_labels(
    tx: Tx, run: PrintRun, first: int, count: int, dpi: int | None
) -> Iterator[tuple[dict[str, str], str]]:
    """``(values, code text)`` of labels ``first`` … of a run, ready to paint."""
    certificate = (
        tx.session.get_one(Certificate, run.certificate_id) if run.certificate_id else None
    )
    if certificate is not None and run.design in CERTIFICATE_DESIGNS:
        same = (
            certificate_fields(certificate),
            _certificate_code(tx, certificate, run.design, dpi),
        )
        yield from (same for _ in range(count))
        return
    values = _label_fields(tx, run, certificate)
    seal = _Sealer(tx, certificate) if certificate is not None else None
    sealed: bool | None = None
    for index in range(run.first_index + first - 1, run.first_index + first - 1 + count):
        text = code(index, tx.secrets.label_key)
        link = label_text(tx.site, text)
        if seal is not None and sealed is not False:
            signed = seal.text(text)
            sealed = labels.qr_fits(run.design, signed, dpi=dpi) if sealed is None else sealed
            link = signed if sealed else link
        yield {**values, "code": pretty(text)}, link


class _Sealer:
    """Signs the tags of one certificate; its key is opened once."""

    def __init__(self, tx: Tx, certificate: Certificate) -> None:
        self._site = tx.site
        self._certificate = certificate
        self._key = keys.open_key(tx, _key_of(tx, certificate))

    def text(self, code: str) -> str:
        seal = LabelSeal(self._certificate.public_id, code, self._certificate.kid).to_bytes()
        return signed_label_text(self._site, code, seal, sign(LABEL_TAG, seal, self._key))


def _label_fields(tx: Tx, run: PrintRun, certificate: Certificate | None) -> dict[str, str]:
    if certificate is not None:
        fields = certificate_fields(certificate)
        return {key: fields[key] for key in ("product", "origin", "issuer", "issued_at")} | {
            "form": QR_FORM
        }
    producer = tx.session.get_one(Producer, run.producer_id)
    if run.batch_id is None:
        return {"form": TRACE_FORM, "product": "扫码查看", "producer": producer.name}
    batch = tx.session.get_one(Batch, run.batch_id)
    return {
        "form": TRACE_FORM,
        "product": tx.session.get_one(Product, batch.product_id).name,
        "producer": producer.name,
        "origin": batch.origin,
        "produced_on": format_day(batch.made_on),
    }


def _certificate_code(tx: Tx, row: Certificate, design: str, dpi: int | None) -> str:
    """The whole certificate in the code where the design has room, else its link."""
    if row.signature is None:
        raise NotFound()
    whole = signed_certificate_text(tx.site, row.public_id, row.payload, row.signature)
    if labels.qr_fits(design, whole, dpi=dpi):
        return whole
    return certificate_text(tx.site, row.public_id)


def _certificate_design(name: str) -> str:
    if name not in CERTIFICATE_DESIGNS:
        raise Refusal("unknown_design", "没有这种合格证样式，请从列表里选", "design")
    return name


def _certificate(tx: Tx, certificate_id: str) -> Certificate:
    row = tx.session.exec(
        select(Certificate).where(Certificate.public_id == certificate_id)
    ).one_or_none()
    if row is None:
        raise NotFound("没有这张合格证，请检查号码")
    return row


def _standing(tx: Tx, certificate_id: str) -> Certificate:
    row = _certificate(tx, certificate_id)
    if tx.session.get(Voiding, row.id) is not None:
        raise Conflict("certificate_voided", "这张合格证已作废，不再提供打印件")
    return row


def _key_of(tx: Tx, row: Certificate) -> IssuerKey:
    return tx.session.exec(select(IssuerKey).where(col(IssuerKey.kid) == row.kid)).one()
