"""``tracer log fsck``: the log rebuilt from the rows, leaf by leaf, by code that never wrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from sqlmodel import col, select

from tracer.proof.codec import CodecError
from tracer.proof.contents import (
    decision_content,
    finding_content,
    key_content,
    recall_content,
    voiding_content,
)
from tracer.proof.leaf import Event, IssuedEntry, Leaf, commit
from tracer.queries.fsck_assessments import assessment_leaves, licence_problems
from tracer.queries.knowledge import verdict_on
from tracer.store.tables import (
    Batch,
    Certificate,
    Finding,
    Incident,
    IncidentStep,
    IssuerKey,
    LogLeaf,
    Posting,
    Producer,
    Recall,
    StoredFile,
    Voiding,
)
from tracer.store.world import Tx


def fsck(tx: Tx) -> Iterator[str | None]:
    """For every leaf and every row that must have one: None where they agree, else a sentence."""
    expected = dict(_expected(tx))
    index = -1
    for row in tx.session.exec(select(LogLeaf).order_by(col(LogLeaf.index))):
        yield None if row.index == index + 1 else f"日志在第 {index + 1} 条处缺了记录"
        index = row.index
        yield _wrong(row, expected.pop(row.index, None))
    for missing, leaf in sorted(expected.items()):
        yield f"日志缺第 {missing} 条（{leaf.event.value} {leaf.subject}）"
    for certificate in tx.session.exec(select(Certificate).order_by(col(Certificate.id))):
        verdict = verdict_on(tx, certificate.public_id)
        failed = next((check for check in verdict.checks if check.passed is False), None)
        altered = verdict.outcome.value == "altered" and failed is not None
        yield f"合格证 {certificate.number}：{failed.detail_zh}" if altered and failed else None
    yield from licence_problems(tx)


def _wrong(row: LogLeaf, expected: Leaf | None) -> str | None:
    what = f"第 {row.index} 条（{row.event} {row.subject}）"
    # The leaf hash of RFC 6962, computed here on its own so that one mistake cannot hide another.
    if hashlib.sha256(b"\x00" + row.leaf).digest() != row.leaf_hash:
        return f"{what}的散列值与内容不符"
    try:
        leaf = Leaf.from_bytes(row.leaf)
    except CodecError:
        return f"{what}的内容读不出来"
    if (leaf.event.value, leaf.subject, leaf.recorded_at) != (
        row.event,
        row.subject,
        row.recorded_at,
    ):
        return f"{what}的内容与旁边的栏目不符"
    if expected is None:
        return f"{what}对应的记录不见了"
    return None if expected == leaf else f"{what}对应的记录被改动过"


def _expected(tx: Tx) -> Iterator[tuple[int, Leaf]]:
    """Every leaf that the rows ask for."""
    owned = select(IssuerKey, Producer.public_id).join(
        Producer, col(Producer.id) == IssuerKey.producer_id
    )
    for key, producer in tx.session.exec(owned):
        if key.salt is None or key.log_index is None:
            continue
        said = key_content(producer, key.public_key)
        yield (
            key.log_index,
            Leaf(Event.KEY, key.kid.hex(), commit(key.salt, said), key.valid_from),
        )
    for one in tx.session.exec(select(Certificate)):
        if one.signature is None or one.salt is None or one.log_index is None:
            continue
        entry = IssuedEntry(one.log_index, one.issued_at, one.salt, one.evidence_root)
        yield one.log_index, entry.leaf(one.public_id, one.payload, one.signature)
    for gone in tx.session.exec(select(Voiding)):
        old = tx.session.get_one(Certificate, gone.certificate_id)
        new = tx.session.get(Certificate, gone.replaced_by_id) if gone.replaced_by_id else None
        said = voiding_content(
            old.public_id, gone.reason, gone.advice, new.public_id if new else None
        )
        event = Event.REPLACED if new else Event.VOIDED
        yield (
            gone.log_index,
            Leaf(event, old.public_id, commit(gone.salt, said), gone.voided_at),
        )
    for recall in tx.session.exec(select(Recall)):
        batch = tx.session.get_one(Batch, recall.batch_id)
        said = recall_content(batch.public_id, recall.reason, recall.advice)
        yield (
            recall.log_index,
            Leaf(Event.RECALLED, batch.public_id, commit(recall.salt, said), recall.recalled_at),
        )
    for found in tx.session.exec(select(Finding)):
        said = finding_content(
            found.public_id,
            found.code,
            found.verdict,
            found.conclusion,
            found.note,
            json.dumps(found.items, ensure_ascii=False, sort_keys=True),
        )
        yield (
            found.log_index,
            Leaf(Event.FINDING, found.public_id, commit(found.salt, said), found.recorded_at),
        )
    yield from _decisions(tx)
    yield from assessment_leaves(tx)


def _decisions(tx: Tx) -> Iterator[tuple[int, Leaf]]:
    """The leaves of decisions in force; those made before there were such leaves have none."""
    logged = (
        select(IncidentStep, Incident)
        .join(Incident, col(Incident.id) == IncidentStep.incident_id)
        .where(col(IncidentStep.log_index).is_not(None))
    )
    for step, incident in tx.session.exec(logged):
        appeal = step.step == "appeal_decided"
        words = step if appeal else _decided_before(tx, step)
        if words is None or step.salt is None or step.log_index is None:
            continue
        amounts = tx.session.exec(
            select(Posting.amount).where(
                Posting.evidence_kind == ("appeal" if appeal else "incident"),
                Posting.evidence_id == incident.public_id,
            )
        ).all()
        papers = [
            tx.session.exec(select(StoredFile.sha256).where(StoredFile.public_id == file)).first()
            for file in words.files
        ]
        said = decision_content(
            incident.public_id,
            step.step,
            incident.kind,
            incident.row,
            "".join(amounts),
            title=incident.title,
            document=incident.document or "",
            reason=words.text,
            evidence=words.evidence or "",
            files=[paper or "" for paper in papers],
        )
        leaf = Leaf(Event.DECIDED, incident.public_id, commit(step.salt, said), step.at)
        yield step.log_index, leaf


def _decided_before(tx: Tx, confirmation: IncidentStep) -> IncidentStep | None:
    """The decision that a confirmation put in force."""
    return tx.session.exec(
        select(IncidentStep)
        .where(
            IncidentStep.incident_id == confirmation.incident_id,
            IncidentStep.step == "decided",
            col(IncidentStep.id) < confirmation.id,
        )
        .order_by(col(IncidentStep.id).desc())
        .limit(1)
    ).first()
