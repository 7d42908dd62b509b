"""Questions: what a page asks, drawn from the very model that checks the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from pydantic.fields import FieldInfo

from tracer.actions.forms import Form
from tracer.domain.quantity import UNITS
from tracer.domain.reference import load as reference

_SHORT = 4
PLUMBING = frozenset({"csrf_token", "once", "more"})
_ROW = re.compile(r"([a-z_]+)\.(\d{1,2})\.([a-z_]+)")


@dataclass(frozen=True)
class Option:
    """One answer to choose; ``note`` is a quiet line below its label."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Question:
    """One question as ``producer/_questions.html`` draws it.

    ``kind`` is text, number, date, long, one, several, list, groups, tick, amount, file or hidden.
    ``unit`` stands behind a number; ``with_unit`` is the question of an amount's unit; ``groups``
    are the options of a long list under their headings.
    """

    name: str
    label: str
    kind: str
    value: str | tuple[str, ...]
    required: bool
    hint: str = ""
    options: tuple[Option, ...] = ()
    unit: str = ""
    with_unit: Question | None = None
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    attrs: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_short(self) -> bool:
        """Whether the answers are a word or two, so that three stand side by side."""
        return len(self.options) > 3 and all(
            len(option.label) <= _SHORT and not option.note for option in self.options
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The options as the folding list takes them."""
        return [(option.value, option.label) for option in self.options]


class Asking:
    """Makes questions from a form's fields: their titles, and whether an answer is needed.

    ``answers`` are shown in the inputs: what was typed last, or what is known. ``within`` is the
    name in front of the fields, as ``items.0``.
    """

    def __init__(self, form: type[Form], answers: Mapping[str, Any], within: str = "") -> None:
        self._form = form
        self._answers = answers
        self._within = within

    def text(self, name: str, **how: Any) -> Question:
        return self._ask(name, "text", **how)

    def long(self, name: str, **how: Any) -> Question:
        return self._ask(name, "long", **how)

    def number(self, name: str, **how: Any) -> Question:
        attrs = {"inputmode": "decimal", "autocomplete": "off"} | how.pop("attrs", {})
        return self._ask(name, "number", attrs=attrs, **how)

    def date(self, name: str, **how: Any) -> Question:
        return self._ask(name, "date", **how)

    def tick(self, name: str, **how: Any) -> Question:
        return self._ask(name, "tick", **{"required": False, **how})

    def file(self, name: str, label: str, **how: Any) -> Question:
        """A file does not belong to the form: it is kept first, and the form names it."""
        return Question(self._full(name), label, "file", "", how.pop("required", False), **how)

    def hidden(self, name: str) -> Question:
        return self._ask(name, "hidden")

    def one(self, name: str, options: Iterable[Option], **how: Any) -> Question:
        """A choice drawn open: for up to seven answers."""
        return self._ask(name, "one", options=tuple(options), **how)

    def several(self, name: str, options: Iterable[Option], **how: Any) -> Question:
        return self._ask(name, "several", options=tuple(options), **how)

    def list(self, name: str, options: Iterable[Option], **how: Any) -> Question:
        """A choice that folds away: for many answers."""
        return self._ask(name, "list", options=tuple(options), **how)

    def groups(
        self, name: str, groups: Iterable[tuple[str, Iterable[Option]]], **how: Any
    ) -> Question:
        """A long list under headings; what stands in two groups is chosen in the first."""
        kept = tuple((heading, tuple(options)) for heading, options in groups)
        return self._ask(name, "groups", groups=kept, **how)

    def amount(self, name: str, unit: str, units: Sequence[Option], **how: Any) -> Question:
        """A number with its unit beside it; one unit only is printed rather than asked."""
        beside = self._ask(unit, "list", options=tuple(units))
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        return self._ask(name, "amount", with_unit=beside, attrs=attrs, **how)

    def _ask(self, name: str, kind: str, **how: Any) -> Question:
        info = self._form.model_fields[name]
        answer = self._answers.get(name)
        return Question(
            name=self._full(name),
            label=how.pop("label", None) or info.title or name,
            kind=kind,
            value=_shown(answer),
            required=how.pop("required", _needed(info)),
            **how,
        )

    def _full(self, name: str) -> str:
        return f"{self._within}.{name}" if self._within else name


def all_units() -> tuple[Option, ...]:
    """Every unit of quantity."""
    return tuple(Option(unit.code, unit.label) for unit in UNITS.values())


def dose_units() -> tuple[Option, ...]:
    """Every unit of dose, by the word that labels print."""
    return tuple(Option(unit.label, unit.label) for unit in reference().dose_units.values())


def answers(*several: str) -> dict[str, Any]:
    """What the posted page answered, ready for :func:`tracer.actions.forms.parse`.

    Blank answers are left out. Names in ``several`` come as lists. ``items.0.analyte`` becomes
    ``{"items": [{"analyte": …}]}``; rows without any answer are left out.
    """
    found: dict[str, Any] = {}
    tables: dict[str, dict[int, dict[str, str]]] = {}
    for name, values in request.form.lists():
        filled = [value for value in values if value.strip()]
        row = _ROW.fullmatch(name)
        if name in PLUMBING or not filled:
            continue
        if row:
            table, number, column = row.groups()
            tables.setdefault(table, {}).setdefault(int(number), {})[column] = filled[0]
        else:
            found[name] = filled if name in several else filled[0]
    for table, rows in tables.items():
        found[table] = [rows[number] for number in sorted(rows)]
    return found


def measured(given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without units that no number stands beside: a page always sends the unit."""
    amounts = {"unit": {"quantity"}, "dose_unit": {"dose", "max_dose"}}
    bare = {unit for unit, numbers in amounts.items() if numbers.isdisjoint(given)}
    return {name: value for name, value in given.items() if name not in bare}


def _needed(info: FieldInfo) -> bool:
    return info.is_required()


def _shown(answer: Any) -> str | tuple[str, ...]:
    if answer is None:
        return ""
    if isinstance(answer, list | tuple):
        return tuple(str(one) for one in answer)
    if isinstance(answer, bool):
        return "yes" if answer else ""
    return str(answer)
