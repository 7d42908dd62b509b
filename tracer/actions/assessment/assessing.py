"""受理和分派: the desk checks an application, answers its conditions, and gives it to be marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.actions.assessment.moving import facts_now, find, need, standard_of, take
from tracer.actions.assessment.row_notes import noted_row
from tracer.actions.forms import Form, parse
from tracer.actions.text import Line, Prose, PublicId
from tracer.domain.assessing import Fact, Stage, Step
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, Forbidden, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.standards.flow import Flow
from tracer.standards.marking import differs, suggest
from tracer.standards.pack import Item, Pack
from tracer.standards.verbs import VERBS
from tracer.store.assessments import sheets_of, tie_of
from tracer.store.tables import Account, Assessment, ExpertTie, Producer, ScoreSheet
from tracer.store.world import Tx


class NoteForm(Form):
    """What the applicant has to put right."""

    note: Annotated[Prose, Field(title="要补充什么")]


class TieForm(Form):
    """回避: which expert may not judge which producer, and why."""

    account: Annotated[PublicId, Field(title="专家账号")]
    producer: Annotated[PublicId, Field(title="生产主体")]
    reason: Annotated[Line, Field(title="回避原因")]


def return_application(tx: Tx, actor: Actor, assessment_id: str, note: str) -> Assessment:
    """退回补充: the applicant may change everything and submit again."""
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    take(tx, actor, row, Step.RETURNED, parse(NoteForm, {"note": note}).note)
    return row


def answer_gates(tx: Tx, actor: Actor, assessment_id: str, gates: Mapping[str, Any]) -> Assessment:
    """Answer any of the conditions, each a value or ``{"value": …, "note": …}``.

    What the records say otherwise is overruled only with a note. The answers are kept with what
    the records said then: ``{"value": …, "note": …, "computed": … or None}``.
    """
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    need(row, Stage.SUBMITTED)
    pack, flow = standard_of(tx, row)
    known = {gate.key: gate for gate in pack.table().gates}
    computed = suggested_gates(pack, flow, facts_now(tx, row, flow))
    kept = dict(row.gates)
    for key, raw in gates.items():
        if key not in known:
            raise Refusal("unknown_row", f"没有第 {key} 项条件，请核对编号", key)
        answer = noted_row(known[key], raw)
        _refuse_silent(known[key], answer, computed.get(key))
        kept[key] = {**answer, "computed": computed.get(key)}
    if kept != row.gates:
        row.gates = kept
        take(tx, actor, row, Step.GATED)
    tx.session.flush()
    return row


def start_marking(tx: Tx, actor: Actor, assessment_id: str, accounts: Sequence[str]) -> Assessment:
    """Give the application to experts by their accounts, or to the one account of the 评审组.

    What the records say is frozen now and fills the rows it covers. Called again while marking is
    under way it changes who marks: a sheet that was handed in stays, unless its expert is tied.
    """
    require(actor, Role.OPERATOR)
    row = find(tx, assessment_id)
    need(row, Stage.SUBMITTED, Stage.MARKING)
    pack, flow = standard_of(tx, row)
    _refuse_closed(pack, row)
    experts = [_expert(tx, public_id) for public_id in dict.fromkeys(accounts)]
    _refuse_number(pack, experts)
    for expert in experts:
        tie = tie_of(tx.session, expert, row, day_of(tx.now))
        if tie is not None:
            raise Refusal("tied", f"{expert.name}要回避：{tie}，请换一位专家", "experts")
    if row.stage == Stage.SUBMITTED:
        facts = facts_now(tx, row, flow)
        _refuse_outdated(pack, row, suggested_gates(pack, flow, facts))
        row.facts = frozen(tx, pack, flow, facts)
    changed = _assign(tx, actor, row, experts)
    if changed or row.stage == Stage.SUBMITTED:
        take(tx, actor, row, Step.ASSIGNED, f"{len(experts)} 份打分表")
    return row


def declare_tie(tx: Tx, actor: Actor, form: TieForm) -> ExpertTie:
    """An expert, or the desk, says that the expert may not judge a producer."""
    require(actor, Role.OPERATOR, Role.EXPERT)
    expert = _expert(tx, form.account)
    if actor.role is Role.EXPERT and expert.id != actor.account_id:
        raise Forbidden("只能为自己申请回避")
    producer = tx.session.exec(
        select(Producer).where(Producer.public_id == form.producer)
    ).one_or_none()
    if producer is None:
        raise NotFound("没有找到这个生产主体")
    known = tx.session.get(ExpertTie, (expert.id, producer.id))
    if known is not None:
        return known
    tie = ExpertTie(
        account_id=expert.id or 0,
        producer_id=producer.id or 0,
        reason=form.reason,
        recorded_by=actor.account_id,
        recorded_at=tx.now,
    )
    tx.session.add(tie)
    tx.session.flush()
    return tie


def suggested_gates(pack: Pack, flow: Flow, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """What the records answer to the conditions, by key; those they cannot tell are left out."""
    return {
        gate.key: value
        for gate in pack.table().gates
        if (fact := facts.get(flow.gates.get(gate.key, "")))
        and (value := suggest(gate, fact)) is not None
    }


def closed_gates(pack: Pack, row: Assessment) -> list[Item]:
    """The conditions that are not met, by the answers given."""
    return [
        gate
        for gate in pack.table().gates
        if gate.key in row.gates
        and not (verb := VERBS[gate.verb]).met(gate, verb.read(gate, row.gates[gate.key]["value"]))
    ]


def refuse_unanswered(pack: Pack, row: Assessment) -> None:
    """A Refusal that names the first condition without an answer."""
    for gate in pack.table().gates:
        if gate.key not in row.gates:
            raise Refusal("missing_gate", f"条件“{gate.title}”还没有核对，请先核对", gate.key)


def frozen(tx: Tx, pack: Pack, flow: Flow, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """What the records say, kept with an assessment from marking, or a closed condition, on.

    ``{"on": day, "facts": {name: …}, "rows": {row: {"fact", "fills", "value"}}}``.
    """
    items = pack.scored(pack.table().key)
    rows = {
        key: {
            "fact": rule.fact,
            "fills": rule.fills,
            "value": suggest(items[key], facts[rule.fact]),
        }
        for key, rule in flow.rows.items()
        if rule.fact in facts
    }
    told = {name: asdict(fact) | {"links": list(fact.links)} for name, fact in facts.items()}
    return {"on": day_of(tx.now).isoformat(), "facts": told, "rows": rows}


def _refuse_silent(item: Item, answer: Mapping[str, Any], computed: Any) -> None:
    if computed is not None and not answer["note"] and differs(item, answer["value"], computed):
        raise Refusal("missing_note", f"“{item.title}”和系统记录算出的不一样，请写明理由", item.key)


def _refuse_closed(pack: Pack, row: Assessment) -> None:
    refuse_unanswered(pack, row)
    closed = closed_gates(pack, row)
    if closed:
        raise Conflict("gate_closed", f"“{closed[0].title}”不符合申报条件，不用评分，请直接出结果")


def _refuse_outdated(pack: Pack, row: Assessment, computed: Mapping[str, Any]) -> None:
    """Records that came since the conditions were answered may say something else now."""
    for gate in pack.table().gates:
        _refuse_silent(gate, row.gates[gate.key], computed.get(gate.key))


def _refuse_number(pack: Pack, experts: Sequence[Account]) -> None:
    rule = pack.table().experts
    if rule is None and len(experts) != 1:
        raise Refusal("one_panel", "这项标准由评审组填一份打分表，请选一个账号", "experts")
    if rule is not None and len(experts) < rule.at_least:
        raise Refusal("too_few_experts", f"至少要选 {rule.at_least} 位专家", "experts")


def _expert(tx: Tx, public_id: str) -> Account:
    row = tx.session.exec(select(Account).where(Account.public_id == public_id)).one_or_none()
    if row is None or row.role != Role.EXPERT or row.disabled_at is not None:
        raise Refusal("no_expert", "请从专家名单里选", "experts")
    return row


def _assign(tx: Tx, actor: Actor, row: Assessment, experts: Sequence[Account]) -> bool:
    """Sheets for those who have none yet, and none for who was taken off; whether that changed."""
    chosen = {expert.id for expert in experts}
    sheets = {sheet.account_id: sheet for sheet in sheets_of(tx.session, row)}
    dropped = [sheet for account, sheet in sheets.items() if account not in chosen]
    for sheet in dropped:
        account = tx.session.get_one(Account, sheet.account_id)
        tie = tie_of(tx.session, account, row, day_of(tx.now))
        if sheet.submitted_at is not None and tie is None:
            raise Conflict(
                "sheet_handed_in", f"{account.name}的打分表已经交了，不能去掉", "experts"
            )
        tx.session.delete(sheet)
    filled = {
        key: {"value": one["value"], "note": ""}
        for key, one in row.facts["rows"].items()
        if one["fills"] and one["value"] is not None
    }
    new = [expert for expert in experts if expert.id not in sheets]
    for expert in new:
        tx.session.add(
            ScoreSheet(
                public_id=new_id(),
                assessment_id=row.id or 0,
                account_id=expert.id or 0,
                rows=filled,
                assigned_by=actor.account_id,
                assigned_at=tx.now,
            )
        )
    tx.session.flush()
    return bool(new or dropped)
