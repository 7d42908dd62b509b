"""Paper: certificates as signed PDF, picture and file. Labels of a run: see ``printing.paper``.

Nothing here changes the world, but a PDF is signed with the producer's key, and only actions open
keys. The typeset page is the same for the same certificate; only its PDF signature differs.
"""

from __future__ import annotations

from sqlmodel import col, select

import labels
from tracer.actions import keys
from tracer.domain.clock import day_of, format_day
from tracer.domain.errors import NotFound, Refusal
from tracer.domain.quantity import Quantity
from tracer.domain.reference import load as reference
from tracer.proof import document
from tracer.proof.leaf import IssuedEntry
from tracer.proof.paper import ATTACHMENT, sign_pdf
from tracer.proof.qrtext import certificate_text, signed_certificate_text
from tracer.proof.statement import basis_boxes
from tracer.store.prints import barred
from tracer.store.tables import Certificate, IssuerKey
from tracer.store.world import Tx

CERTIFICATE_DESIGNS = tuple(name for name in labels.designs() if name.startswith("certificate-"))


def certificate_pdf(tx: Tx, certificate_id: str, design: str = "certificate-a5") -> bytes:
    """The certificate on paper, with its JSON attached, signed with its own producer's key.

    Conflict where it is void or its goods are recalled: paper that looks valid must not be made.
    """
    row = _standing(tx, certificate_id)
    key = key_of(tx, row)
    pdf = labels.certificate_pdf(
        _certificate_design(design),
        certificate_fields(row),
        certificate_code(tx, row, design, None),
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
        certificate_code(tx, row, design, dpi),
        dpi=dpi,
        font_folder=tx.fonts,
    )


def certificate_json(tx: Tx, certificate_id: str) -> bytes:
    """The certificate as a file that anyone can check; given for voided ones too."""
    row = _certificate(tx, certificate_id)
    if row.signature is None or row.salt is None or row.log_index is None:
        raise NotFound()
    entry = IssuedEntry(row.log_index, row.issued_at, row.salt, row.evidence_root)
    return document.export(row.payload, row.signature, key_of(tx, row).public_key, entry, tx.site)


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


def certificate_code(tx: Tx, row: Certificate, design: str, dpi: int | None) -> str:
    """The whole certificate in the code where the design has room, else its link."""
    if row.signature is None:
        raise NotFound()
    whole = signed_certificate_text(tx.site, row.public_id, row.payload, row.signature)
    if labels.qr_fits(design, whole, dpi=dpi):
        return whole
    return certificate_text(tx.site, row.public_id)


def key_of(tx: Tx, row: Certificate) -> IssuerKey:
    """The key that signed a certificate."""
    return tx.session.exec(select(IssuerKey).where(col(IssuerKey.kid) == row.kid)).one()


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
    why = barred(tx.session, row.batch_id, row.id)
    if why is not None:
        raise why
    return row
