"""暂停、恢复、撤销 of a licence: each with its reason and a leaf of the log."""

from __future__ import annotations

from sqlmodel import select

from tracer.actions import log
from tracer.actions.actor import Actor, require
from tracer.actions.assessment.closing import ReasonForm
from tracer.actions.forms import parse
from tracer.domain.assessing import LicenceAct, may_act
from tracer.domain.errors import Conflict, NotFound
from tracer.domain.ids import new_id
from tracer.domain.words import Role
from tracer.proof.contents import licence_act_content
from tracer.proof.leaf import Event
from tracer.store.assessments import acts_of
from tracer.store.tables import Licence, LicenceStep
from tracer.store.world import Tx

_EVENTS = {
    LicenceAct.SUSPENDED: Event.SUSPENDED,
    LicenceAct.RESUMED: Event.RESUMED,
    LicenceAct.WITHDRAWN: Event.WITHDRAWN,
}


def suspend(tx: Tx, actor: Actor, licence_id: str, reason: str) -> LicenceStep:
    """暂停: the mark may not be used until the licence is resumed."""
    return _act(tx, actor, licence_id, LicenceAct.SUSPENDED, reason)


def resume(tx: Tx, actor: Actor, licence_id: str, reason: str) -> LicenceStep:
    """恢复 of a suspended licence."""
    return _act(tx, actor, licence_id, LicenceAct.RESUMED, reason)


def withdraw_licence(tx: Tx, actor: Actor, licence_id: str, reason: str) -> LicenceStep:
    """撤销, for good."""
    return _act(tx, actor, licence_id, LicenceAct.WITHDRAWN, reason)


def _act(tx: Tx, actor: Actor, licence_id: str, act: LicenceAct, reason: str) -> LicenceStep:
    """One act; the same one sent again gives the step that is there."""
    require(actor, Role.OPERATOR)
    why = parse(ReasonForm, {"reason": reason}).reason
    licence = tx.session.exec(select(Licence).where(Licence.public_id == licence_id)).one_or_none()
    if licence is None:
        raise NotFound("没有这张证书，请回到列表重新选择")
    acts = acts_of(tx.session, licence)
    last = acts[-1] if acts else None
    if last and (last.step, last.reason, last.account_id) == (act, why, actor.account_id):
        return last
    if not may_act(LicenceAct(last.step) if last else None, act):
        now = LicenceAct(last.step).label if last else "有效"
        raise Conflict("stage_passed", f"这张证书现在是“{now}”，不能再{act.label}，请刷新页面")
    step_id = new_id()
    content = licence_act_content(licence.public_id, step_id, why)
    index, salt = log.append(tx, _EVENTS[act], licence.public_id, content)
    step = LicenceStep(
        public_id=step_id,
        licence_id=licence.id or 0,
        step=act.value,
        reason=why,
        account_id=actor.account_id,
        at=tx.now,
        salt=salt,
        log_index=index,
    )
    tx.session.add(step)
    tx.session.flush()
    return step
