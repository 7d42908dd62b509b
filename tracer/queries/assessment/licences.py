"""Licences: whether one holds, the register of all of them, and the marks of a product."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlmodel import col, select

from tracer.domain.assessing import (
    LicenceAct,
    LicenceState,
    licence_state,
    may_act,
    parse_licence_number,
)
from tracer.domain.clock import day_of, format_day, format_instant
from tracer.domain.errors import NotFound
from tracer.domain.ids import parse_id
from tracer.proof.verdict import Check
from tracer.queries.assessment.licence_check import LicenceCheck, check_licence
from tracer.queries.assessment.parts import opened, subject_of
from tracer.standards.exact import plain
from tracer.store.assessments import acts_of, state_of
from tracer.store.tables import (
    Assessment,
    AssessmentResult,
    Licence,
    LicenceStep,
    LogLeaf,
    Product,
)
from tracer.store.world import Tx

_LINK = re.compile(r"(?:https?://)?[^/\s]+/L/([0-9A-Z-]{1,40})", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[A-Z]{2,8}-[0-9]{4}-[0-9]{4,}-[0-9A-Z]", re.IGNORECASE | re.ASCII)
PAGE = 50  # licences on a page of the register
TONES = {
    LicenceState.IN_FORCE: "genuine",
    LicenceState.SUSPENDED: "unsure",
    LicenceState.WITHDRAWN: "void",
    LicenceState.EXPIRED: "unsure",
    LicenceState.NOT_YET: "unsure",
}
_WORDS = {
    LicenceState.IN_FORCE: ("标识有效", "刚刚核验：签名、登记和状态都对得上"),
    LicenceState.SUSPENDED: ("已暂停", "标识暂停使用，恢复以前请不要当作有效"),
    LicenceState.WITHDRAWN: ("已撤销", "标识已经撤销，包装上还印着的请向评价机构反映"),
    LicenceState.EXPIRED: ("已到期", "标识的使用期限已经过了"),
    LicenceState.NOT_YET: ("还没生效", "标识的使用期限还没有开始"),
}


@dataclass(frozen=True)
class LicencePage:
    """One licence. ``holds`` is False where it was altered, whatever its state says."""

    id: str
    number: str
    mark: str
    title: str
    word: str
    tone: str
    sentence: str
    checks: tuple[Check, ...]
    holder: str
    subject: str
    organisation: str
    standard: str
    issued: str
    valid: str
    steps: tuple[tuple[str, str, str], ...]  # day, what, why
    assessment: str
    total: str
    outcome: str
    product_id: str
    base_id: str
    kid: str
    log_index: int
    leaf_hash: str
    as_of: str


@dataclass(frozen=True)
class LicenceLine:
    """One line of the register."""

    id: str
    number: str
    mark: str
    holder: str
    subject: str
    valid: str
    state: str
    tone: str
    acts: tuple[tuple[str, str], ...]  # what the desk may do with it now
    last: str


@dataclass(frozen=True)
class Register:
    """A page of the register, newest first. ``after`` begins the next page, 0 on the last one."""

    lines: tuple[LicenceLine, ...]
    after: int


@dataclass(frozen=True)
class LicenceRow:
    """A licence for programs; ``state`` is a code of LicenceState."""

    id: str
    number: str
    mark: str
    holder: str
    subject: str
    valid_from: date
    valid_to: date
    state: str
    assessment: str


@dataclass(frozen=True)
class MarkView:
    """A mark that a product or base holds today."""

    id: str
    mark: str
    subject: str  # what it was given for, as it was called then
    number: str
    since: str
    until: str
    assessment: str


def licence_of(tx: Tx, row: Assessment) -> Licence | None:
    """The licence that came of an assessment."""
    return tx.session.exec(select(Licence).where(Licence.assessment_id == row.id)).one_or_none()


def licence_named(text: str) -> str:
    """The id or number of a licence that a typed or scanned text is; empty where it is none."""
    link = _LINK.fullmatch(text)
    if link:
        return link[1]
    return text if _NUMBER.fullmatch(text) else ""


def licence_row(tx: Tx, text: str) -> Licence:
    """The licence by public id or printed number; NotFound, or a Refusal for a mistyped one."""
    by_number = "-" in text
    reference = parse_licence_number(text) if by_number else parse_id(text)
    column = Licence.number if by_number else Licence.public_id
    row = tx.session.exec(select(Licence).where(column == reference)).one_or_none()
    if row is None:
        raise NotFound("没有发过这个证书，可能是仿冒的；手工输入的请对照证书再看一遍")
    return row


def licence_page(tx: Tx, row: Licence) -> LicencePage:
    """One licence as anybody may read it: what it says, and whether it holds now."""
    assessment = tx.session.get_one(Assessment, row.assessment_id)
    one = opened(tx, assessment)
    found = check_licence(tx, row)
    word, sentence = _WORDS[found.state]
    tone = TONES[found.state]
    if not found.genuine:
        word, tone = "内容被改动", "void"
        sentence = "证书上的内容和签发时对不上，请向评价机构核实"
    result = tx.session.get_one(AssessmentResult, assessment.id)
    leaf = tx.session.get(LogLeaf, row.log_index)
    return LicencePage(
        id=row.public_id,
        number=row.number,
        mark=row.mark,
        title=one.flow.licence.title,
        word=word,
        tone=tone,
        sentence=sentence,
        checks=_checks(row, found),
        holder=one.subject.public_holder,
        subject=row.subject,
        organisation=one.call.organisation,
        standard=one.standard,
        issued=format_instant(row.issued_at),
        valid=f"{format_day(row.valid_from)} 至 {format_day(row.valid_to)}",
        steps=tuple(
            (format_instant(act.at), LicenceAct(act.step).label, act.reason)
            for act in acts_of(tx.session, row)
        ),
        assessment=assessment.public_id,
        total="" if result.total is None else plain(Fraction(result.total)),
        outcome=result.outcome,
        product_id=one.subject.product_id,
        base_id=one.subject.base_id,
        kid=row.kid.hex(),
        log_index=row.log_index,
        leaf_hash=leaf.leaf_hash.hex() if leaf else "",
        as_of=format_instant(tx.now),
    )


def _checks(row: Licence, found: LicenceCheck) -> tuple[Check, ...]:
    logged = f"{format_instant(row.issued_at)}登记，第 {row.log_index + 1} 条"
    made = (
        ("signature", "签名", found.signed, "签名和内容对得上", "签名和内容对不上"),
        ("content", "内容", found.as_signed, "写的和签名的一样", "写的和签名的不一样"),
        ("log", "登记", found.logged, logged, "和登记时留下的指纹对不上"),
    )
    return tuple(
        Check(number, key, label, passed, good if passed else bad)
        for number, (key, label, passed, good, bad) in enumerate(made, 1)
    )


def register(tx: Tx, after: int = 0) -> Register:
    """The page behind the licence ``after``, with what may be done with each."""
    query = select(Licence).order_by(col(Licence.id).desc()).limit(PAGE + 1)
    if after:
        query = query.where(col(Licence.id) < after)
    rows = tx.session.exec(query).all()
    shown = rows[:PAGE]
    acts = _acts(tx, shown)
    return Register(
        tuple(_line(row, acts.get(row.id or 0, []), day_of(tx.now)) for row in shown),
        (shown[-1].id or 0) if len(rows) > PAGE else 0,
    )


def register_line(tx: Tx, row: Licence) -> LicenceLine:
    """One licence as the register lists it."""
    return _line(row, acts_of(tx.session, row), day_of(tx.now))


def _line(row: Licence, acts: Sequence[LicenceStep], today: date) -> LicenceLine:
    state = _state(row, acts, today)
    last = LicenceAct(acts[-1].step) if acts else None
    return LicenceLine(
        id=row.public_id,
        number=row.number,
        mark=row.mark,
        holder=row.holder,
        subject=row.subject,
        valid=f"{row.valid_from} 至 {row.valid_to}",
        state=state.label,
        tone=TONES[state],
        acts=tuple((act.value, act.label) for act in LicenceAct if may_act(last, act)),
        last=f"{last.label}：{acts[-1].reason}" if last else "",
    )


def marks_of(tx: Tx, products: Iterable[str]) -> dict[str, tuple[MarkView, ...]]:
    """The marks that products hold today, by public id; those without one are left out."""
    found: dict[str, list[MarkView]] = defaultdict(list)
    today = day_of(tx.now)
    rows = tx.session.exec(
        select(Licence, Assessment, Product.public_id)
        .join(Assessment, col(Assessment.id) == Licence.assessment_id)
        .join(Product, col(Product.id) == Licence.product_id)
        .where(
            col(Product.public_id).in_(set(products)),
            Licence.valid_from <= today,
            Licence.valid_to >= today,
        )
        .order_by(col(Licence.id))
    ).all()
    acts = _acts(tx, [row for row, _, _ in rows])
    for row, assessment, product in rows:
        if _state(row, acts.get(row.id or 0, []), today) is LicenceState.IN_FORCE:
            found[product].append(_mark(row, assessment))
    return {product: tuple(marks) for product, marks in found.items()}


def _acts(tx: Tx, rows: Sequence[Licence]) -> dict[int, list[LicenceStep]]:
    """What happened to each of the licences, in order, in one question."""
    found: dict[int, list[LicenceStep]] = defaultdict(list)
    if rows:
        for act in tx.session.exec(
            select(LicenceStep)
            .where(col(LicenceStep.licence_id).in_([row.id for row in rows]))
            .order_by(col(LicenceStep.id))
        ):
            found[act.licence_id].append(act)
    return found


def _state(row: Licence, acts: Sequence[LicenceStep], today: date) -> LicenceState:
    done = [LicenceAct(act.step) for act in acts]
    return licence_state(done, row.valid_from, row.valid_to, today)


def licences_of(tx: Tx, product: str) -> tuple[LicenceRow, ...]:
    """All licences that a product was ever given, as a stranger may read them, oldest first."""
    rows = tx.session.exec(
        select(Licence, Assessment)
        .join(Assessment, col(Assessment.id) == Licence.assessment_id)
        .join(Product, col(Product.id) == Licence.product_id)
        .where(Product.public_id == product)
        .order_by(col(Licence.id))
    )
    return tuple(
        LicenceRow(
            id=row.public_id,
            number=row.number,
            mark=row.mark,
            holder=subject_of(tx, assessment).public_holder,
            subject=row.subject,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            state=state_of(tx.session, row, day_of(tx.now)).value,
            assessment=assessment.public_id,
        )
        for row, assessment in rows
    )


def _mark(row: Licence, assessment: Assessment) -> MarkView:
    return MarkView(
        id=row.public_id,
        mark=row.mark,
        subject=row.subject,
        number=row.number,
        since=format_day(row.valid_from),
        until=format_day(row.valid_to),
        assessment=assessment.public_id,
    )
