"""An application as its applicant fills it in: the form part by part, the papers, what is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracer.domain.assessing import DECIDED, OPEN_TO_APPLICANT, Stage, Step, may
from tracer.domain.clock import day_of
from tracer.domain.errors import NotFound
from tracer.queries.assessment.facts import FactView, fact_view, facts_of
from tracer.queries.assessment.licences import licence_of
from tracer.queries.assessment.parts import (
    TONES,
    FileView,
    Opened,
    StepLine,
    days_left,
    files_of,
    last_note,
    opened,
    steps_of,
)
from tracer.standards.flow import FlowForm, FormField, FormSection, missing
from tracer.standards.pack import EVIDENCE, Item
from tracer.store.tables import Assessment
from tracer.store.world import Tx

HANDED_IN = tuple(kind for kind in EVIDENCE if kind not in ("service", "review", "decision"))


@dataclass(frozen=True)
class SectionLine:
    """One part of the form: how much of it is filled, and what still has to be."""

    key: str
    title: str
    filled: int
    asked: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class MaterialView:
    """A paper that is asked for, or a row of the table that a paper may speak for.

    ``held`` says what the service holds already, so that nothing need be handed in.
    """

    key: str
    title: str
    text: str
    required: bool
    kinds: tuple[tuple[str, str], ...]
    files: tuple[FileView, ...]
    held: str

    @property
    def brought(self) -> bool:
        return bool(self.files or self.held)


@dataclass(frozen=True)
class ApplicationPage:
    """One application for its applicant. ``note`` is why it came back; ``licence`` its id."""

    id: str
    number: str
    mark: str
    title: str
    standard: str
    subject: str
    holder: str
    when: str
    stage: str
    tone: str
    note: str
    open: bool
    may_take_back: bool
    form_title: str
    sections: tuple[SectionLine, ...]
    materials: tuple[MaterialView, ...]
    rows_with_files: int
    rows: int
    facts: tuple[FactView, ...]
    declaration: tuple[str, ...]
    steps: tuple[StepLine, ...]
    decided: bool
    licence: str

    @property
    def left(self) -> int:
        """How many answers and papers are still needed before it can be handed in."""
        papers = sum(1 for one in self.materials if one.required and not one.brought)
        return sum(len(one.missing) for one in self.sections) + papers

    @property
    def first_section(self) -> str:
        """The first part that still lacks an answer."""
        return next((one.key for one in self.sections if one.missing), "")


@dataclass(frozen=True)
class Question:
    """One question of a form, with the answer so far."""

    name: str
    label: str
    kind: str
    value: str
    required: bool
    hint: str
    unit: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SectionPage:
    """One part of a form on a screen of its own; in columns where it asks for several years."""

    id: str
    key: str
    title: str
    form_title: str
    place: str
    columns: tuple[tuple[str, tuple[Question, ...]], ...]
    next_key: str


@dataclass(frozen=True)
class MaterialsPage:
    """The papers of an application: those that the standard lists, and those for single rows."""

    id: str
    number: str
    mark: str
    open: bool
    materials: tuple[MaterialView, ...]
    groups: tuple[tuple[str, tuple[MaterialView, ...]], ...]


def application_page(tx: Tx, row: Assessment) -> ApplicationPage:
    """One application, as it stands."""
    one = opened(tx, row)
    facts, files = facts_of(tx, one), files_of(tx, row)
    steps = steps_of(tx, row, with_names=False)
    licence = licence_of(tx, row)
    items = _provable(one)
    return ApplicationPage(
        id=row.public_id,
        number=row.number,
        mark=one.flow.mark,
        title=one.call.title,
        standard=one.standard,
        subject=one.subject.name,
        holder=one.subject.holder,
        when=days_left(one.call.closes_on, day_of(tx.now)),
        stage=one.stage.label,
        tone=TONES.get(one.stage, ""),
        note=last_note(steps, Step.RETURNED) if one.stage is Stage.RETURNED else "",
        open=one.stage in OPEN_TO_APPLICANT,
        may_take_back=may(one.stage, Step.TAKEN_BACK) is not None,
        form_title=one.flow.form.title,
        sections=section_lines(one.flow.form, row.form),
        materials=materials_of(one, facts, files),
        rows_with_files=sum(1 for item in items if files.get(item.key)),
        rows=len(items),
        facts=tuple(fact_view(name, fact) for name, fact in facts.items()),
        declaration=one.flow.declaration,
        steps=steps,
        decided=one.stage in DECIDED,
        licence=licence.public_id if licence else "",
    )


def section_lines(form: FlowForm, values: Mapping[str, Any]) -> tuple[SectionLine, ...]:
    """How far each part of a form is filled."""
    return tuple(
        SectionLine(
            section.key,
            section.title,
            sum(1 for one in section.asked() if values.get(one.key)),
            sum(1 for _ in section.asked()),
            tuple(one.title for one in missing(_by_key(section), values)),
        )
        for section in form.sections
    )


def section_page(tx: Tx, row: Assessment, key: str, typed: Mapping[str, str]) -> SectionPage:
    """One part of the form; ``typed`` are answers that were refused, shown again."""
    one = opened(tx, row)
    sections = one.flow.form.sections
    number = next((i for i, section in enumerate(sections) if section.key == key), None)
    if number is None:
        raise NotFound("申请表里没有这一部分，请回到申请页")
    following = sections[number + 1].key if number + 1 < len(sections) else ""
    return SectionPage(
        id=row.public_id,
        key=key,
        title=sections[number].title,
        form_title=one.flow.form.title,
        place=f"第 {number + 1} 部分，共 {len(sections)} 部分",
        columns=columns_of(sections[number], {**row.form, **typed}),
        next_key=following,
    )


def columns_of(
    section: FormSection, values: Mapping[str, Any]
) -> tuple[tuple[str, tuple[Question, ...]], ...]:
    """The questions of a part under their headings: one column, or one for each time it asks."""
    asked = tuple(section.asked())
    if section.times == 1:
        return (("", tuple(question(one, values) for one in asked)),)
    return tuple(
        (
            f"第 {number} 栏",
            tuple(
                question(one, values, plain.title)
                for one, plain in zip(
                    asked[number - 1 :: section.times], section.fields, strict=True
                )
            ),
        )
        for number in range(1, section.times + 1)
    )


def question(field: FormField, values: Mapping[str, Any], label: str = "") -> Question:
    """A field of a form as a page asks it."""
    return Question(
        name=field.key,
        label=label or field.title,
        kind=field.kind,
        value=str(values.get(field.key) or ""),
        required=field.required,
        hint=field.hint,
        unit=field.unit,
        choices=tuple((choice, choice) for choice in field.choices),
    )


def materials_page(tx: Tx, row: Assessment) -> MaterialsPage:
    """The papers of an application, handed in and still asked for."""
    one = opened(tx, row)
    facts, files = facts_of(tx, one), files_of(tx, row)
    provable = {item.key for item in _provable(one)}
    table = one.pack.table()
    parts = [("申报条件", table.gates)] + [(g.label or g.title, g.items) for g in table.groups]
    groups = [
        (
            title,
            tuple(_row_paper(one, item, facts, files) for item in items if item.key in provable),
        )
        for title, items in parts
    ]
    return MaterialsPage(
        id=row.public_id,
        number=row.number,
        mark=one.flow.mark,
        open=one.stage in OPEN_TO_APPLICANT,
        materials=materials_of(one, facts, files),
        groups=tuple((title, views) for title, views in groups if views),
    )


def materials_of(
    one: Opened, facts: Mapping[str, Any], files: Mapping[str, tuple[FileView, ...]]
) -> tuple[MaterialView, ...]:
    """The papers that the standard lists."""
    return tuple(
        MaterialView(
            material.key,
            material.title,
            "",
            material.required,
            ((material.kind, EVIDENCE[material.kind]),),
            files.get(material.key, ()),
            facts[material.fact].text
            if material.fact in facts and facts[material.fact].counted
            else "",
        )
        for material in one.flow.materials
    )


def _row_paper(
    one: Opened,
    item: Item,
    facts: Mapping[str, Any],
    files: Mapping[str, tuple[FileView, ...]],
) -> MaterialView:
    return MaterialView(
        item.key,
        item.title or item.key,
        item.basis or item.text,
        required=False,
        kinds=_kinds(item.evidence),
        files=files.get(item.key, ()),
        held=_held(one, item.key, facts),
    )


def _held(one: Opened, key: str, facts: Mapping[str, Any]) -> str:
    rule = one.flow.rows.get(key)
    name = rule.fact if rule else one.flow.gates.get(key, "")
    return facts[name].text if name in facts and facts[name].counted else ""


def _provable(one: Opened) -> tuple[Item, ...]:
    """The conditions and rows that a paper from the applicant may speak for."""
    table = one.pack.table()
    return tuple(
        item
        for item in (*table.gates, *table.items)
        if not item.evidence or set(item.evidence) & set(HANDED_IN)
    )


def _kinds(evidence: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    wanted = [kind for kind in evidence if kind in HANDED_IN] or HANDED_IN
    return tuple((kind, EVIDENCE[kind]) for kind in wanted)


def _by_key(section: FormSection) -> dict[str, FormField]:
    return {one.key: one for one in section.asked()}
