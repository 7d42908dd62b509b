"""Persons on public pages and in verdicts: masked unless they consented."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import select

from tracer.domain.masking import Subject, public_text, subject_of
from tracer.proof.evidence import Source
from tracer.proof.verdict import Verdict
from tracer.store.tables import Certificate, Producer
from tracer.store.world import Tx


def is_person(producer: Producer) -> bool:
    """Whether a producer's data are a natural person's."""
    return subject_of(producer.kind, producer.uscc) is Subject.NATURAL_PERSON


def published(producer: Producer, field: str, value: str) -> str:
    """``value`` of a producer's ``field`` as a stranger may see it; empty where not at all."""
    subject = subject_of(producer.kind, producer.uscc)
    return public_text(field, value, subject, producer.publish_name) or ""


def masked(tx: Tx, verdict: Verdict) -> Verdict:
    """The verdict as a stranger may read it: a number alone tells no more than the public page.

    Whoever handed in the signed bytes themselves reads in full what they say.
    """
    said = verdict.statement
    if said is None or verdict.source is not Source.RECORD:
        return verdict
    producer = tx.session.exec(
        select(Producer).join(Certificate).where(Certificate.public_id == said.certificate_id)
    ).one_or_none()
    if producer is None:  # the stored bytes were changed and name another certificate
        return replace(verdict, statement=None)
    issuer = published(producer, "name", said.issuer)
    return replace(
        verdict,
        reason_zh=verdict.reason_zh.replace(said.issuer, issuer),
        checks=tuple(
            replace(check, detail_zh=check.detail_zh.replace(said.issuer, issuer))
            for check in verdict.checks
        ),
        statement=replace(said, issuer=issuer, contact=published(producer, "phone", said.contact)),
    )
