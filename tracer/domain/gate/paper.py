"""What may be written: who signs which form, for what, how much, when, and on what basis."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.domain.clock import format_day
from tracer.domain.errors import Refusal
from tracer.domain.gate.case import BatchFacts, PromiseCase, Refused
from tracer.domain.quantity import UNITS, Quantity
from tracer.domain.reference import Form, Reference, Scope, ScopeRule
from tracer.domain.words import ProducerKind

GROWERS = frozenset(
    {
        ProducerKind.ENTERPRISE,
        ProducerKind.COOPERATIVE,
        ProducerKind.FAMILY_FARM,
        ProducerKind.HOUSEHOLD,
    }
)


def form_role(batch: BatchFacts) -> str:
    """``purchaser`` for anything bought in, ``producer`` for own produce."""
    return "purchaser" if batch.bought_in else "producer"


def check_issuer(case: PromiseCase) -> Iterator[Refused]:
    """A suspended producer signs nothing; only growers promise for own produce."""
    if case.suspended:
        yield Refused(
            "producer_suspended",
            "账户已暂停开具，请联系平台管理员，恢复以后再开具",
            case.batch.ref,
            clears_by="联系平台管理员恢复",
        )
    if case.recalled:
        yield Refused(
            "batch_recalled",
            f"批次 {case.batch.ref} 或它的来源已经召回，不能再开具，请换用没有召回的批次",
            case.batch.ref,
            clears_by="换用没有召回的批次",
        )
    if not case.batch.bought_in and case.producer_kind not in GROWERS:
        yield Refused(
            "issuer_not_grower",
            f"{case.producer_kind.label}只能给收购来的产品开具，"
            f"批次 {case.batch.ref} 不是收购来的，请由种养的人自己开具",
            case.batch.ref,
            clears_by="由种养的人自己开具",
        )


def check_form(case: PromiseCase, reference: Reference) -> Iterator[Refused]:
    """The edition in force for the role, at least one box, and proofs for all that was bought."""
    ref = case.batch.ref
    try:
        form = reference.form(case.form)
    except Refusal as refusal:
        yield Refused("form_unknown", refusal.message, ref, clears_by="改用现行样式")
        return
    if form.read_only:
        yield Refused(
            "form_legacy",
            f"{case.form} 年的合格证样式已经停用，请改用现行样式",
            ref,
            clears_by="改用现行样式",
        )
    elif not form.in_force.covers(case.issued_on):
        yield _out_of_force(form, case)
    if form.role != form_role(case.batch):
        wanted = "收购单位（个人）" if case.batch.bought_in else "生产者"
        origin = "含有收购来的产品" if case.batch.bought_in else "是自己种养的"
        yield Refused(
            "form_role",
            f"批次 {ref} {origin}，请改用{wanted}样式开具",
            ref,
            clears_by=f"改用{wanted}样式",
        )
    boxes = {box.code for box in form.basis}
    if not boxes.intersection(case.basis):
        yield Refused("basis_missing", "请至少勾选一项承诺依据", ref, clears_by="勾选承诺依据")
    yield from _sources(case)


def _out_of_force(form: Form, case: PromiseCase) -> Refused:
    starts = form.in_force.starts
    if starts is not None and case.issued_on < starts:
        return Refused(
            "form_out_of_date",
            f"这种样式{format_day(starts)}起才能用，请到时再开具",
            case.batch.ref,
            clears_on=starts,
        )
    return Refused(
        "form_out_of_date",
        "这种样式已经停用，请改用现行样式",
        case.batch.ref,
        clears_by="改用现行样式",
    )


def _sources(case: PromiseCase) -> Iterator[Refused]:
    if not case.batch.bought_in:
        return
    missing = [source.ref for source in case.batch.sources if source.proofs < 1]
    if missing or not case.batch.sources:
        names = "、".join(missing) or case.batch.ref
        yield Refused(
            "source_proof_missing",
            f"来源批次 {names} 还没有承诺达标合格证或者其他质量安全合格证明，"
            "请先向供货人收取并录入，再开具",
            missing[0] if missing else case.batch.ref,
            clears_by="收取并录入来源合格证明",
        )


def check_scope(case: PromiseCase, reference: Reference) -> tuple[list[Refused], Scope | None]:
    """Whether this kind of produce gets a certificate at all, and the scope it is in."""
    try:
        rule: ScopeRule = reference.scope_of(case.category, case.issued_on, case.crop)
    except Refusal as refusal:
        unknown = Refused(
            "category_unknown", refusal.message, case.batch.ref, clears_by="从目录重新选产品分类"
        )
        return [unknown], None
    if rule.scope != Scope.NOT_APPLICABLE:
        return [], rule.scope
    refused = Refused(
        "not_certifiable",
        f"“{case.product}”属于{rule.label}，不开具承诺达标合格证，请打印追溯标签",
        case.batch.ref,
        clears_by="改为打印追溯标签",
    )
    return [refused], rule.scope


def check_amount(case: PromiseCase) -> Iterator[Refused]:
    """Certified, moved out and now requested together stay within the batch."""
    batch = case.batch
    amounts = (*case.certified, *case.moved_out, case.requested)
    if case.requested.milli <= 0:
        yield Refused(
            "quantity_not_positive", "数量要大于零，请改正", batch.ref, clears_by="改数量"
        )
    elif any(amount.dimension != batch.quantity.dimension for amount in amounts):
        yield Refused(
            "quantity_unit_mismatch",
            f"批次 {batch.ref} 是按“{batch.quantity}”记的，单位对不上，请改用同一类单位",
            batch.ref,
            clears_by="改用同一类单位",
        )
    elif sum(amount.base for amount in amounts) > batch.quantity.base:
        yield _exceeded(case)


def _exceeded(case: PromiseCase) -> Refused:
    batch = case.batch
    unit = UNITS[batch.quantity.unit]
    spent = sum(amount.base for amount in (*case.certified, *case.moved_out))
    left = Quantity(max(batch.quantity.base - spent, 0) // unit.to_base, unit.code)
    used = f"，已开具或转出 {Quantity(-(-spent // unit.to_base), unit.code)}" if spent else ""
    advice = f"请把数量改到 {left} 以内" if left.milli else "请先作废多开的，或者换一个批次"
    return Refused(
        "quantity_exceeded",
        f"批次 {batch.ref} 一共 {batch.quantity}{used}，还能开 {left}，"
        f"这次要开 {case.requested}，{advice}",
        batch.ref,
        clears_by=advice,
    )


def check_harvests(case: PromiseCase) -> Iterator[Refused]:
    """Own produce has a harvest on record, and no promise is dated before the goods exist."""
    if not case.batch.bought_in and not case.harvests:
        yield Refused(
            "harvest_missing",
            f"批次 {case.batch.ref} 没有采收记录，请先补记采收，再开具",
            case.batch.ref,
            clears_by="补记采收",
        )
    exists = max([case.batch.made_on, *(harvest.harvested_on for harvest in case.harvests)])
    if case.issued_on < exists:
        yield Refused(
            "issued_before_harvest",
            f"批次 {case.batch.ref} {format_day(exists)}才有，开具时间不能早于这一天，请到时再开具",
            case.batch.ref,
            clears_on=exists,
        )
