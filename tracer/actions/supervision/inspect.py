"""查验: what an inspector found at the goods; it reaches the producer and the desk."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field
from sqlmodel import select

from tracer.actions import log
from tracer.actions.actor import Actor, require
from tracer.actions.figures import YesNo
from tracer.actions.forms import Form
from tracer.actions.text import Line, Prose
from tracer.domain.errors import Conflict, NotFound, Refusal
from tracer.domain.ids import new_id
from tracer.domain.words import Outcome, Role
from tracer.proof.contents import finding_content
from tracer.proof.leaf import Event
from tracer.store.tables import Certificate, Finding
from tracer.store.world import Tx

CONCLUSIONS = {"admitted": "准予入场", "held": "暂扣待查", "informed": "通报产地"}
_FUTURE_SECONDS = 600  # a phone's clock may run ahead by this much


class QuickTest(Form):
    """One quick test of an inspection (快检)."""

    item: Annotated[Line, Field(title="检测项目")]
    method: Annotated[Line, Field(title="检测方法")]
    value: Annotated[Line, Field(title="检测值")]
    limit: Annotated[Line | None, Field(title="限量")] = None
    passed: Annotated[YesNo, Field(title="是否合格")]


class FindingForm(Form):
    """A finding as the inspector's device sends it; resending it changes nothing."""

    client_id: Annotated[str, Field(title="记录编号", min_length=8, max_length=64)]
    code: Annotated[Line, Field(title="查验的号码")]
    certificate: Annotated[str | None, Field(title="合格证", max_length=20)] = None
    verdict: Annotated[Outcome, Field(title="核验结论")]
    conclusion: Annotated[Literal["admitted", "held", "informed"], Field(title="处理意见")]
    place: Annotated[Line, Field(title="查验地点")]
    note: Annotated[Prose | None, Field(title="情况说明")] = None
    items: Annotated[tuple[QuickTest, ...], Field(title="快检项目", max_length=50)] = ()
    found_at: Annotated[int | None, Field(title="查验时间", ge=1)] = None


def record_finding(tx: Tx, actor: Actor, form: FindingForm) -> Finding:
    """Record a finding once; the same ``client_id`` with the same content gives the first row.

    Raises Conflict where the same ``client_id`` says something else: a device that believes its
    changed finding was recorded would be wrong about what happened to the goods.
    """
    require(actor, Role.INSPECTOR)
    certificate = _certificate(tx, form.certificate)
    kept = tx.session.exec(select(Finding).where(Finding.client_id == form.client_id)).one_or_none()
    if kept is not None:
        if kept.inspector_id != actor.account_id or not _says(kept, form, certificate):
            raise Conflict(
                "client_id_reused",
                "这个编号下已经记过另一份查验，这次填的没有存，请重新扫码再记一次",
                "client_id",
            )
        return kept
    found_at = form.found_at or tx.now
    if found_at > tx.now + _FUTURE_SECONDS:
        raise Refusal("in_future", "查验时间比现在还晚，请检查手机的时间", "found_at")
    public_id = new_id()
    items = _items(form)
    index, salt = log.append(
        tx,
        Event.FINDING,
        public_id,
        finding_content(
            public_id,
            form.code,
            form.verdict.value,
            form.conclusion,
            form.note or "",
            json.dumps(items, ensure_ascii=False, sort_keys=True),
        ),
    )
    row = Finding(
        public_id=public_id,
        client_id=form.client_id,
        inspector_id=actor.account_id,
        producer_id=certificate.producer_id if certificate else None,
        certificate_id=certificate.id if certificate else None,
        code=form.code,
        verdict=form.verdict.value,
        conclusion=form.conclusion,
        place=form.place,
        note=form.note or "",
        items=items,
        found_at=found_at,
        recorded_at=tx.now,
        salt=salt,
        log_index=index,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def mark_findings_read(tx: Tx, actor: Actor) -> None:
    """Note that the producer has seen the findings about its certificates."""
    rows = tx.session.exec(
        select(Finding).where(
            Finding.producer_id == actor.producer,
            Finding.producer_read_at == None,  # noqa: E711
        )
    )
    for row in rows:
        row.producer_read_at = tx.now


def _says(kept: Finding, form: FindingForm, certificate: Certificate | None) -> bool:
    """Whether a recorded finding has the form's content; an instant left out is not compared."""
    return (
        kept.code == form.code
        and kept.certificate_id == (certificate.id if certificate else None)
        and kept.verdict == form.verdict.value
        and kept.conclusion == form.conclusion
        and kept.place == form.place
        and kept.note == (form.note or "")
        and kept.items == _items(form)
        and form.found_at in (None, kept.found_at)
    )


def _items(form: FindingForm) -> list[dict[str, object]]:
    return [item.model_dump() for item in form.items]


def _certificate(tx: Tx, public_id: str | None) -> Certificate | None:
    if public_id is None:
        return None
    row = tx.session.exec(
        select(Certificate).where(Certificate.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotFound("没有这张合格证，请重新扫码后再记录")
    return row
