"""How a standard is applied for, beside how it is scored: what ``flow.toml`` says, as data.

It tells who applies, what the application asks, which papers belong to it, which rows and gates the
service fills from its own records, who marks, and what the licence is called. It is read by
:mod:`tracer.standards.flow_loader`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class FormField:
    """One question of a form. ``kind`` is one of ``flow_loader.KINDS``.

    ``prefill`` names what the service knows already; ``choices`` are the answers of kind
    ``choice``; ``unit`` stands behind the box.
    """

    key: str
    title: str
    kind: str = "text"
    required: bool = True
    prefill: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True)
class FormSection:
    """Questions under one heading, asked ``times`` over (the columns of a yearly table)."""

    key: str
    title: str
    fields: tuple[FormField, ...]
    times: int = 1

    def asked(self) -> Iterator[FormField]:
        """Each question as it is answered: ``key``, or ``key.1``, ``key.2`` … in a yearly table.

        Of a yearly table only the first column has to be filled.
        """
        for one in self.fields:
            for number in range(1, self.times + 1) if self.times > 1 else (0,):
                yield FormField(
                    key=f"{one.key}.{number}" if number else one.key,
                    title=f"{one.title}（第 {number} 栏）" if number else one.title,
                    kind=one.kind,
                    required=one.required and number < 2,
                    prefill=one.prefill,
                    choices=one.choices,
                    unit=one.unit,
                    hint=one.hint,
                )


@dataclass(frozen=True)
class FlowForm:
    """A form of the standard: 申请书, 推荐表."""

    title: str
    clause: str
    sections: tuple[FormSection, ...]

    @cached_property
    def fields(self) -> Mapping[str, FormField]:
        """All questions by the key of their answer, in order."""
        return {one.key: one for section in self.sections for one in section.asked()}


@dataclass(frozen=True)
class Material:
    """A paper the application has to bring, in the standard's words. ``kind`` is of EVIDENCE.

    With ``fact`` it counts as brought where the service holds it already.
    """

    key: str
    title: str
    kind: str
    required: bool = True
    fact: str = ""


@dataclass(frozen=True)
class RowFact:
    """A fact shown beside a row; where it ``fills`` the row, other marks need a note."""

    fact: str
    fills: bool


@dataclass(frozen=True)
class LicenceRule:
    """What passing brings: the paper's title, its numbers' prefix, and how long it holds."""

    title: str
    prefix: str
    years: int


@dataclass(frozen=True)
class Flow:
    """One edition's way from call to licence. ``report`` is the layout of its report, as data."""

    mark: str
    applicant: str
    form: FlowForm
    declaration: tuple[str, ...]
    materials: tuple[Material, ...]
    recommendation: FlowForm | None
    rows: Mapping[str, RowFact]
    gates: Mapping[str, str]
    closing: tuple[FormField, ...]
    licence: LicenceRule
    report: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> frozenset[str]:
        """All facts that this flow looks at."""
        rows = {one.fact for one in self.rows.values()}
        return frozenset(rows | set(self.gates.values()) | {m.fact for m in self.materials} - {""})


def missing(fields: Mapping[str, FormField], values: Mapping[str, Any]) -> list[FormField]:
    """The required questions without an answer, in order."""
    return [one for key, one in fields.items() if one.required and not values.get(key)]
