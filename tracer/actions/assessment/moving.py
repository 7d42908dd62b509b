"""How an assessment moves: one step at a time, each kept, none taken twice."""

from __future__ import annotations

import json
from typing import Any

from sqlmodel import select

from tracer.actions.actor import Actor, require
from tracer.domain.assessing import Fact, Stage, Step, may
from tracer.domain.clock import day_of
from tracer.domain.errors import Conflict, NotFound
from tracer.domain.words import Role
from tracer.standards.flow import Flow
from tracer.standards.flow_loader import flow_of
from tracer.standards.loader import load
from tracer.standards.pack import Pack
from tracer.store.assessments import steps_of
from tracer.store.facts import facts_for
from tracer.store.tables import Assessment, AssessmentStep, Call
from tracer.store.world import Tx


def find(tx: Tx, public_id: str) -> Assessment:
    """The assessment with that public id, for the desk."""
    row = tx.session.exec(select(Assessment).where(Assessment.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("没有这份申请，请回到列表重新选择")
    return row


def own(tx: Tx, actor: Actor, public_id: str) -> Assessment:
    """The applicant's own assessment; another's is NotFound, like one that does not exist."""
    require(actor, Role.PRODUCER, Role.BASE)
    row = find(tx, public_id)
    mine = (
        row.base_id == actor.base
        if actor.role is Role.BASE
        else row.base_id is None and row.producer_id == actor.producer
    )
    if not mine:
        raise NotFound("没有这份申请，请回到列表重新选择")
    return row


def standard_of(tx: Tx, row: Assessment) -> tuple[Pack, Flow]:
    """The edition that the assessment's call was opened with, and its flow."""
    call = tx.session.get_one(Call, row.call_id)
    pack = pack_of(tx, call)
    return pack, flow_of(pack)


def pack_of(tx: Tx, call: Call) -> Pack:
    """The edition of a call; a Conflict where its file is another one than when the call opened."""
    pack = load(call.standard, call.edition, more=tx.packs)
    if pack.digest != call.digest:
        raise Conflict(
            "edition_changed",
            f"标准 {pack.ref} 的数据文件和开通申报时不一样，请管理员换回原来的文件",
        )
    return pack


def facts_now(tx: Tx, row: Assessment, flow: Flow) -> dict[str, Fact]:
    """What the service holds today about the flow's questions."""
    return facts_for(tx.session, row, flow.facts(), day_of(tx.now))


def take(tx: Tx, actor: Actor, row: Assessment, step: Step, note: str | None = None) -> bool:
    """Take a step and move the assessment on; False where it was just taken and sent again.

    A Conflict tells where the assessment stands if the step cannot be taken now.
    """
    stage = may(Stage(row.stage), step)
    if stage is None:
        last = steps_of(tx.session, row)[-1]
        if (last.step, last.note, last.account_id) == (step, note, actor.account_id):
            return False
        now = Stage(row.stage).label
        raise Conflict("stage_passed", f"这份申请现在是“{now}”，不能再办这一步，请刷新页面")
    tx.session.add(
        AssessmentStep(
            assessment_id=row.id or 0,
            step=step.value,
            note=note,
            account_id=actor.account_id,
            at=tx.now,
        )
    )
    row.stage = stage.value
    tx.session.flush()
    return True


def need(row: Assessment, *stages: Stage) -> None:
    """A Conflict unless the assessment stands at one of the stages."""
    if Stage(row.stage) not in stages:
        now = Stage(row.stage).label
        raise Conflict("stage_passed", f"这份申请现在是“{now}”，不能再改，请刷新页面")


def as_text(value: Any) -> str:
    """JSON as it enters hashes: sorted, without spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
