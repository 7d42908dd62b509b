"""出结果和发证: the sheets become a result, the result a licence or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import col, func, select

from tracer.actions import keys, log
from tracer.actions.actor import Actor, require
from tracer.actions.assessment.assessing import closed_gates, frozen, refuse_unanswered
from tracer.actions.assessment.flow_forms import read_values, refuse_missing
from tracer.actions.assessment.moving import as_text, facts_now, find, need, standard_of, take
from tracer.actions.figures import Day
from tracer.actions.forms import Form, parse
from tracer.actions.text import FOR_ALL, Line, Prose
from tracer.domain.assessing import LicenceState, Stage, Step, licence_number
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.proof.contents import assessed_content, licensed_content
from tracer.proof.keys import load_public
from tracer.proof.leaf import Event
from tracer.proof.licence import LicenceStatement
from tracer.proof.sign import LICENCE_TAG, sign, verify
from tracer.standards import score
from tracer.standards.flow import Flow
from tracer.standards.marking import answers_of
from tracer.standards.pack import Pack
from tracer.store.assessments import sheets_of, state_of, tie_of
from tracer.store.tables import (
    Account,
    Assessment,
    AssessmentResult,
    Base,
    Call,
    Licence,
    Producer,
    Product,
    ScoreSheet,
)
from tracer.store.world import Tx


class ReportForm(Form):
    """What the report tells beside the marks (蓼兰优品 6.2); ``more`` are the standard's own."""

    purpose: Annotated[Line, Field(title="评价目的")]
    place: Annotated[Line, Field(title="实施地点")]
    time: Annotated[Line, Field(title="实施时间")]
    people: Annotated[Line, Field(title="评价人员")]
    process: Annotated[Prose, Field(title="主要过程")]
    special: Annotated[Prose | None, Field(title="特殊情况的处理")] = None
    more: Annotated[dict[str, str], Field(title="报告的其他栏目")] = Field(default_factory=dict)


class LicenceForm(Form):
    """From when to when a licence holds; both days belong to it."""

    valid_from: Annotated[Day, Field(title="生效日期")]
    valid_to: Annotated[Day, Field(title="有效期至")]

    @field_validator("valid_to")
    @classmethod
    def _in_order(cls, valid_to: Any, info: ValidationInfo) -> Any:
        valid_from = info.data.get("valid_from")
        if valid_from is not None and valid_to < valid_from:
            raise ValueError("有效期早于生效日期，请改正其中一个")
        return valid_to


class ReasonForm(Form):
    """Why something is refused or ended; of a licence everybody reads it."""

    reason: Annotated[Prose, FOR_ALL, Field(title="理由")]


def close(tx: Tx, actor: Actor, assessment_id: str, form: ReportForm) -> AssessmentResult:
    """The result: all sheets scored by the call's edition, kept with the answers and a leaf.

    Where a condition is not met nothing is marked and the outcome is the standard's own for that.
    """
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    pack, flow = standard_of(tx, row)
    holder, subject = _named(tx, row)
    report = {**_report(flow, form), "holder": holder, "subject": subject}
    known = tx.session.get(AssessmentResult, row.id)
    if known is not None and row.report == report:
        return known
    need(row, Stage.SUBMITTED, Stage.MARKING)
    answers = answers_of(pack, row.gates, _sheets(tx, row, pack))
    if row.stage == Stage.SUBMITTED:  # a closed condition: nothing was marked and kept before
        row.facts = frozen(tx, pack, flow, facts_now(tx, row, flow))
    assessment = score(pack, answers)
    total = None if assessment.total is None else str(assessment.total)
    passed = bool(assessment.passed)
    content = assessed_content(
        row.public_id,
        pack.ref,
        pack.digest,
        total,
        assessment.outcome,
        passed,
        as_text(answers),
    )
    index, salt = log.append(tx, Event.ASSESSED, row.public_id, content)
    result = AssessmentResult(
        assessment_id=row.id or 0,
        digest=pack.digest,
        answers=answers,
        total=total,
        outcome=assessment.outcome,
        passed=passed,
        closed_by=actor.account_id,
        closed_at=tx.now,
        salt=salt,
        log_index=index,
    )
    tx.session.add(result)
    row.report = report
    take(tx, actor, row, Step.CLOSED, assessment.outcome)
    return result


def license(tx: Tx, actor: Actor, assessment_id: str, form: LicenceForm) -> Licence:
    """A numbered licence, signed by the association's key; only for what passed."""
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    known = tx.session.exec(select(Licence).where(Licence.assessment_id == row.id)).one_or_none()
    if known is not None and (known.valid_from, known.valid_to) == (form.valid_from, form.valid_to):
        return known
    need(row, Stage.CLOSED)
    result = tx.session.get_one(AssessmentResult, row.id)
    if not result.passed:
        raise Conflict("not_passed", f"评价结果是“{result.outcome}”，不能发证")
    decided_on = day_of(result.closed_at)
    if form.valid_from < decided_on:
        raise Refusal(
            "back_dated",
            f"评价结果是 {decided_on.isoformat()} 出的，生效日期不能更早，请改晚一点",
            "valid_from",
        )
    if form.valid_to < day_of(tx.now):
        raise Refusal("past", "有效期已经过了，请改晚一点", "valid_to")
    _refuse_second(tx, row, form)
    licence = _licence(tx, actor, row, result, form)
    take(tx, actor, row, Step.LICENSED, licence.number)
    return licence


def refuse(tx: Tx, actor: Actor, assessment_id: str, reason: str) -> Assessment:
    """不予发证, with the reason the applicant reads."""
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    take(tx, actor, row, Step.REFUSED, parse(ReasonForm, {"reason": reason}).reason)
    return row


def _refuse_second(tx: Tx, row: Assessment, form: LicenceForm) -> None:
    """One product or base has one licence of a mark at a time; a renewal follows the last one."""
    _, flow = standard_of(tx, row)
    held = tx.session.exec(
        select(Licence)
        .where(
            Licence.mark == flow.mark,
            Licence.producer_id == row.producer_id,
            Licence.product_id == row.product_id,
            Licence.base_id == row.base_id,
            Licence.valid_from <= form.valid_to,
            Licence.valid_to >= form.valid_from,
        )
        .order_by(col(Licence.valid_to).desc())
    )
    for licence in held:
        if state_of(tx.session, licence, form.valid_from) is LicenceState.WITHDRAWN:
            continue
        raise Refusal(
            "already_licensed",
            f"已经有一张证书 {licence.number}，有效期从 {licence.valid_from.isoformat()} "
            f"到 {licence.valid_to.isoformat()}。请把生效日期改到它到期以后，或者先撤销它",
            "valid_from",
        )


def _report(flow: Flow, form: ReportForm) -> dict[str, Any]:
    fields = {one.key: one for one in flow.closing}
    more = {key: value for key, value in read_values(flow.closing, form.more).items() if value}
    refuse_missing(fields, more)
    return {**form.model_dump(exclude={"more"}), "special": form.special or "", "more": more}


def _sheets(tx: Tx, row: Assessment, pack: Pack) -> list[Mapping[str, Any]]:
    """The rows of every sheet, all handed in; none where a condition is not met."""
    refuse_unanswered(pack, row)
    if closed_gates(pack, row):
        return []
    sheets = sheets_of(tx.session, row)
    if not sheets:
        raise Conflict("not_marked", "还没有分派评分，请先选专家")
    for sheet in sheets:
        _refuse_unready(tx, row, sheet)
    return [sheet.rows for sheet in sheets]


def _refuse_unready(tx: Tx, row: Assessment, sheet: ScoreSheet) -> None:
    expert = tx.session.get_one(Account, sheet.account_id)
    tie = tie_of(tx.session, expert, row, day_of(tx.now))
    if tie is not None:
        raise Conflict("tied", f"{expert.name}要回避：{tie}，请先换人")
    if sheet.submitted_at is None:
        raise Conflict("sheet_missing", f"{expert.name}的打分表还没有交，请等交齐再出结果")


def _licence(
    tx: Tx, actor: Actor, row: Assessment, result: AssessmentResult, form: LicenceForm
) -> Licence:
    pack, flow = standard_of(tx, row)
    call = tx.session.get_one(Call, row.call_id)
    key = keys.licence_key(tx)
    holder, subject = _named(tx, row)
    statement = LicenceStatement(
        licence_id=new_id(),
        number=_number(tx, flow),
        mark=flow.mark,
        holder=holder,
        subject=subject,
        organisation=call.organisation,
        standard=pack.ref,
        digest=result.digest,
        assessment_id=row.public_id,
        total=result.total or "",
        outcome=result.outcome,
        valid_from=form.valid_from.isoformat(),
        valid_to=form.valid_to.isoformat(),
        issued_at=tx.now,
        kid=key.kid,
    )
    payload = statement.to_bytes()
    signature = sign(LICENCE_TAG, payload, keys.open_key(tx, key))
    if not verify(LICENCE_TAG, payload, signature, load_public(key.public_key)):
        raise RuntimeError("the new signature does not verify")
    content = licensed_content(statement.licence_id, payload, signature)
    index, salt = log.append(tx, Event.LICENSED, statement.licence_id, content)
    licence = Licence(
        public_id=statement.licence_id,
        number=statement.number,
        assessment_id=row.id or 0,
        producer_id=row.producer_id,
        product_id=row.product_id,
        base_id=row.base_id,
        mark=statement.mark,
        holder=holder,
        subject=subject,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
        kid=key.kid,
        payload=payload,
        signature=signature,
        issued_by=actor.account_id,
        issued_at=tx.now,
        salt=salt,
        log_index=index,
    )
    tx.session.add(licence)
    tx.session.flush()
    return licence


def _named(tx: Tx, row: Assessment) -> tuple[str, str]:
    """Who applied, and with what: from the result on as they were called then."""
    if "subject" in row.report:
        return row.report["holder"], row.report["subject"]
    if row.base_id is not None:
        base = tx.session.get_one(Base, row.base_id)
        return base.applicant, base.name
    producer = tx.session.get_one(Producer, row.producer_id)
    product = tx.session.get_one(Product, row.product_id)
    return producer.name, f"{product.name} {product.spec or ''}".strip()


def _number(tx: Tx, flow: Flow) -> str:
    """The next number of the mark's year; the one writing transaction makes it unique."""
    prefix, year = flow.licence.prefix, day_of(tx.now).year
    used = tx.session.exec(
        select(func.count()).where(col(Licence.number).startswith(f"{prefix}-{year}-"))
    ).one()
    return licence_number(prefix, year, used + 1)
