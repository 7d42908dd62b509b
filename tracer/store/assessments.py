"""Reads of an assessment that actions and pages share."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from tracer.domain.assessing import LicenceAct, LicenceState, licence_state
from tracer.store.base_facts import residents_of
from tracer.store.tables import (
    Account,
    Assessment,
    AssessmentEvidence,
    AssessmentStep,
    ExpertTie,
    Licence,
    LicenceStep,
    ScoreSheet,
)


def steps_of(session: Session, assessment: Assessment) -> list[AssessmentStep]:
    """All steps in order."""
    return list(
        session.exec(
            select(AssessmentStep)
            .where(AssessmentStep.assessment_id == assessment.id)
            .order_by(col(AssessmentStep.id))
        )
    )


def evidence_of(session: Session, assessment: Assessment) -> list[AssessmentEvidence]:
    """What was handed in and not withdrawn, in order."""
    return list(
        session.exec(
            select(AssessmentEvidence)
            .where(
                AssessmentEvidence.assessment_id == assessment.id,
                col(AssessmentEvidence.withdrawn_at).is_(None),
            )
            .order_by(col(AssessmentEvidence.id))
        )
    )


def sheets_of(session: Session, assessment: Assessment) -> list[ScoreSheet]:
    """The sheets in the order they were given out: 专家1 is the first of them."""
    return list(
        session.exec(
            select(ScoreSheet)
            .where(ScoreSheet.assessment_id == assessment.id)
            .order_by(col(ScoreSheet.id))
        )
    )


def tie_of(session: Session, account: Account, assessment: Assessment, on: date) -> str | None:
    """Why an account may not judge an assessment; None where nothing stands against it.

    Of a base, whoever is tied to one of its companies is tied.
    """
    if assessment.base_id is not None:
        if account.base_id == assessment.base_id:
            return "是申请方的账号"
        judged = {row.producer_id for row, _ in residents_of(session, assessment.base_id, on)}
    else:
        judged = {assessment.producer_id or 0}
    if account.producer_id in judged:
        return "是本单位的账号"
    tie = session.exec(
        select(ExpertTie).where(
            ExpertTie.account_id == account.id, col(ExpertTie.producer_id).in_(judged)
        )
    ).first()
    return tie.reason if tie else None


def acts_of(session: Session, licence: Licence) -> list[LicenceStep]:
    """What happened to a licence, in order."""
    return list(
        session.exec(
            select(LicenceStep)
            .where(LicenceStep.licence_id == licence.id)
            .order_by(col(LicenceStep.id))
        )
    )


def state_of(session: Session, licence: Licence, on: date) -> LicenceState:
    """How a licence stands on a day."""
    acts = [LicenceAct(one.step) for one in acts_of(session, licence)]
    return licence_state(acts, licence.valid_from, licence.valid_to, on)
