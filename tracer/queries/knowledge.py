"""What this installation knows, for the verification recipe (proof.verify)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import or_, select

from tracer.domain.errors import NotFound
from tracer.proof.knowledge import (
    KeyRecord,
    LabelRecord,
    LogRecord,
    Recall,
    Status,
    StoredCertificate,
    Voiding,
)
from tracer.proof.labelcode import resolve
from tracer.proof.leaf import Event, IssuedEntry
from tracer.proof.verdict import Verdict
from tracer.proof.verify import verify
from tracer.store import tables
from tracer.store.lookups import certificates_of, recall_of, run_of_label
from tracer.store.prints import is_spoiled
from tracer.store.world import Tx


@dataclass(frozen=True)
class StoreKnowledge:
    """The records of one reading transaction, complete up to its instant."""

    tx: Tx

    @property
    def as_of(self) -> int:
        return self.tx.now

    @property
    def sites(self) -> tuple[str, ...]:
        """Today's address, and each that a certificate or label was ever made with."""
        used = self.tx.session.exec(select(tables.Site.address))
        return tuple({self.tx.site, *used})

    def certificate(self, reference: str) -> StoredCertificate | None:
        """The certificate with this id or 20-digit number."""
        row = self._certificate(reference)
        if row is None or row.signature is None:
            return None
        producer = self.tx.session.get(tables.Producer, row.producer_id)
        batch = self.tx.session.get(tables.Batch, row.batch_id)
        columns = {
            "form": row.form,
            "certificate_id": row.public_id,
            "number": row.number,
            "product": row.product,
            "quantity_milli": row.quantity_milli,
            "unit": row.unit,
            "origin": row.origin,
            "issuer": row.issuer,
            "contact": row.contact,
            "issued_at": row.issued_at,
            "basis": row.basis,
            "batch_id": batch.public_id if batch else "",
            "kid": row.kid,
        }
        return StoredCertificate(
            row.payload, row.signature, columns, producer.public_id if producer else ""
        )

    def label(self, code: str) -> LabelRecord | None:
        """The printed label with this code, and its own batch's certificate: never another's."""
        index = resolve(code, self.tx.secrets.label_key)
        run = None if index is None else run_of_label(self.tx.session, index)
        if index is None or run is None:
            return None
        spoiled = is_spoiled(self.tx.session, run, index)
        if run.certificate_id is not None:
            row = self.tx.session.get_one(tables.Certificate, run.certificate_id)
            return LabelRecord(row.public_id, spoiled)
        found = certificates_of(self.tx.session, run.batch_id) if run.batch_id else []
        found.sort(key=lambda pair: pair[1] is not None)  # standing ones first
        return LabelRecord(found[0][0].public_id if found else None, spoiled)

    def key(self, kid: bytes) -> KeyRecord | None:
        """The certificate-signing key with this 8-byte name, and its producer's names."""
        found = self.tx.session.exec(
            select(tables.IssuerKey, tables.Producer)
            .join(tables.Producer)
            .where(tables.IssuerKey.kid == kid, tables.IssuerKey.purpose == "certificate")
        ).one_or_none()
        if found is None:
            return None
        key, producer = found
        earlier = self.tx.session.exec(
            select(tables.Revision).where(
                tables.Revision.table == "producer", tables.Revision.row_id == producer.id
            )
        )
        names = {producer.name} | {row.before["name"] for row in earlier if "name" in row.before}
        return KeyRecord(
            key.public_key,
            producer.public_id,
            tuple(sorted(names)),
            key.valid_from,
            key.revoked_at_index,
        )

    def log(self, certificate_id: str) -> LogRecord | None:
        """The leaf at the row's index, and what the row says opens it."""
        row = self._certificate(certificate_id)
        leaf = self.tx.session.get(tables.LogLeaf, row.log_index) if row else None
        if row is None or leaf is None or row.salt is None:
            return None
        entry = IssuedEntry(
            index=leaf.index,
            recorded_at=row.issued_at,
            salt=row.salt,
            evidence_root=row.evidence_root,
        )
        return LogRecord(entry, leaf.leaf, leaf.leaf_hash)

    def status(self, certificate_id: str) -> Status:
        """Whether it was voided, replaced or recalled since.

        The log is asked beside the row: deleting the row does not bring a certificate back.
        """
        row = self._certificate(certificate_id)
        if row is None:
            return Status()
        return Status(self._voiding(row), self._recall(row))

    def _voiding(self, row: tables.Certificate) -> Voiding | None:
        voiding = self.tx.session.get(tables.Voiding, row.id)
        if voiding is not None:
            new = (
                self.tx.session.get(tables.Certificate, voiding.replaced_by_id)
                if voiding.replaced_by_id
                else None
            )
            return Voiding(
                voiding.reason,
                voiding.voided_at,
                voiding.advice or "",
                new.public_id if new else None,
            )
        leaf = self.tx.session.exec(
            select(tables.LogLeaf).where(
                tables.LogLeaf.subject == row.public_id,
                or_(
                    tables.LogLeaf.event == Event.VOIDED.value,
                    tables.LogLeaf.event == Event.REPLACED.value,
                ),
            )
        ).first()
        return None if leaf is None else Voiding("日志里有作废记录，原因缺失", leaf.recorded_at)

    def _recall(self, row: tables.Certificate) -> Recall | None:
        found = recall_of(self.tx.session, row.batch_id)
        if found is None:
            return None
        recall, _batch = found
        return Recall(recall.reason, recall.advice, recall.recalled_at)

    def _certificate(self, reference: str) -> tables.Certificate | None:
        return self.tx.session.exec(
            select(tables.Certificate).where(
                or_(
                    tables.Certificate.public_id == reference,
                    tables.Certificate.number == reference,
                )
            )
        ).one_or_none()


def verdict_on(tx: Tx, certificate_id: str) -> Verdict:
    """The recipe run on a certificate's own row; NotFound where there is none."""
    knowledge = StoreKnowledge(tx)
    stored = knowledge.certificate(certificate_id)
    if stored is None:
        raise NotFound("没有这张合格证，请检查号码")
    return verify(stored, knowledge)
