"""The leaves that assessments and licences ask for, rebuilt from their rows."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlmodel import col, select

from tracer.proof.contents import (
    assessed_content,
    key_content,
    licence_act_content,
    licensed_content,
)
from tracer.proof.leaf import Event, Leaf, commit
from tracer.queries.assessment.licence_check import check_licence
from tracer.store.tables import (
    Assessment,
    AssessmentResult,
    Call,
    IssuerKey,
    Licence,
    LicenceStep,
)
from tracer.store.world import Tx


def assessment_leaves(tx: Tx) -> Iterator[tuple[int, Leaf]]:
    """Index and leaf of every licence key, result, licence, suspension, resumption, withdrawal."""
    for key in tx.session.exec(select(IssuerKey).where(IssuerKey.purpose == "licence")):
        if key.salt is not None and key.log_index is not None:
            committed = commit(key.salt, key_content("licence", key.public_key))
            yield key.log_index, Leaf(Event.KEY, key.kid.hex(), committed, key.valid_from)
    results = (
        select(AssessmentResult, Assessment, Call)
        .join(Assessment, col(Assessment.id) == AssessmentResult.assessment_id)
        .join(Call, col(Call.id) == Assessment.call_id)
    )
    for result, assessment, call in tx.session.exec(results):
        said = assessed_content(
            assessment.public_id,
            f"{call.standard}/{call.edition}",
            result.digest,
            result.total,
            result.outcome,
            result.passed,
            json.dumps(result.answers, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        )
        committed = commit(result.salt, said)
        leaf = Leaf(Event.ASSESSED, assessment.public_id, committed, result.closed_at)
        yield result.log_index, leaf
    for licence in tx.session.exec(select(Licence)):
        said = licensed_content(licence.public_id, licence.payload, licence.signature)
        committed = commit(licence.salt, said)
        leaf = Leaf(Event.LICENSED, licence.public_id, committed, licence.issued_at)
        yield licence.log_index, leaf
    acts = select(LicenceStep, Licence.public_id).join(
        Licence, col(Licence.id) == LicenceStep.licence_id
    )
    for act, licence_id in tx.session.exec(acts):
        said = licence_act_content(licence_id, act.public_id, act.reason)
        leaf = Leaf(Event(act.step), licence_id, commit(act.salt, said), act.at)
        yield act.log_index, leaf


def licence_problems(tx: Tx) -> Iterator[str | None]:
    """For every licence: None where it says what was signed, else a sentence."""
    for licence in tx.session.exec(select(Licence).order_by(col(Licence.id))):
        check = check_licence(tx, licence)
        if not check.signed:
            yield f"证书 {licence.number}：签名和内容不符"
        elif not check.as_signed:
            yield f"证书 {licence.number}：显示的栏目和签名的内容不符"
        else:
            yield None
