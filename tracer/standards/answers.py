"""Answers as they come in become values, or a sentence that says what to put right.

The shape, which :mod:`tracer.standards.blank` prints for each table::

    {"table": "...",                    where the pack has more than one
     "exempt": ["..."],                 cases of exemption that hold
     "gates": {"4.2-2": "无"},          where the table has gates
     "rows": {"1-1": 5},                marks of one panel, or counts
     "experts": {"甲": {"1-1": 5}}}     instead of rows where experts' mean counts

Any answer may carry a note: ``{"value": 5, "note": "..."}``, or ``note`` beside counts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from tracer.domain.errors import Refusal
from tracer.standards.pack import Exemption, Item, Pack, Table
from tracer.standards.verbs import VERBS

_KNOWN = {"standard", "edition", "help", "table", "exempt", "gates", "rows", "experts"}


@dataclass(frozen=True)
class Answer:
    """One row's answer: the value its verb read, and what the one who gave it noted."""

    value: Any
    note: str = ""


Sheet = Mapping[str, Answer]
"""One panel's or expert's answers by row."""


@dataclass(frozen=True)
class Answers:
    """All answers for one table. Sheets are by expert, or one without a name.

    ``sheets`` is empty when a gate is closed: nothing is marked then.
    """

    table: Table
    exempt: tuple[Exemption, ...]
    gates: Sheet
    sheets: Mapping[str, Sheet]

    def exemption(self, row: str) -> Exemption | None:
        """The exemption that covers a row, if one does."""
        return next((e for e in self.exempt if e.outcome or row in e.rows), None)

    @property
    def closed(self) -> tuple[Item, ...]:
        """The gates that are not passed."""
        return tuple(
            gate
            for gate in self.table.gates
            if not VERBS[gate.verb].met(gate, self.gates[gate.key].value)
        )


def parse_answers(text: str) -> object:
    """Answers from JSON text, decimals exact; a doubled row or broken JSON is refused."""
    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
    except (ValueError, RecursionError):
        raise Refusal(
            "bad_json", "答卷不是完整的 JSON，请用模板重新生成一份再填", "answers"
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, number in Counter(name for name, _ in pairs).items():
        if number > 1:
            raise Refusal("doubled_row", f"“{name}”填了 {number} 次，请只留一个", name)
    return dict(pairs)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def read_answers(pack: Pack, raw: object) -> Answers:
    """Answers checked row by row; a Refusal names the first row at fault in ``field``."""
    if not isinstance(raw, Mapping):
        raise Refusal("bad_answer", "答卷要写成一组字段，可以先用模板生成一份再填")
    for name in raw:
        if name not in _KNOWN:
            raise Refusal("unknown_field", f"答卷里的“{name}”不认识，请对照模板", str(name))
    for name, mine in (("standard", pack.id), ("edition", pack.edition)):
        if raw.get(name, mine) != mine:
            raise Refusal("other_standard", f"这份答卷是 {raw[name]} 的，不是 {pack.ref} 的", name)
    table = pack.table(raw.get("table"))
    exempt = read_exempt(table, raw.get("exempt", ()))
    items = pack.scored(table.key)
    gates = _sheet({gate.key: gate for gate in table.gates}, table, _part(raw, "gates"))
    answers = Answers(table, exempt, gates, {})
    if answers.closed:
        return answers
    given = _sheets(table, raw)
    wanted = {key: item for key, item in items.items() if not answers.exemption(key)}
    for sheet in given.values():
        for row in sheet:
            exemption = answers.exemption(row) if row in items else None
            if exemption:
                raise Refusal("exempt_row", f"第 {row} 行不用填：{exemption.text}", row)
    sheets = {name: _sheet(wanted, table, sheet) for name, sheet in given.items()}
    return Answers(table, exempt, gates, sheets)


def read_exempt(table: Table, names: object) -> tuple[Exemption, ...]:
    """The table's exemptions by name."""
    known = {exemption.key: exemption for exemption in table.exemptions}
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise Refusal("bad_answer", "exempt 要填一个列表", "exempt")
    chosen = []
    for name in map(str, names):
        if name not in known:
            raise Refusal("unknown_exemption", f"没有“{name}”这种免评情形", "exempt")
        chosen.append(known[name])
    return tuple(chosen)


def _part(raw: Mapping[Any, Any], name: str) -> Mapping[Any, Any]:
    part = raw.get(name, {})
    if not isinstance(part, Mapping):
        raise Refusal("bad_answer", f"{name} 要写成一组“行号: 答案”", name)
    return part


def _sheets(table: Table, raw: Mapping[Any, Any]) -> dict[str, Mapping[Any, Any]]:
    if table.experts is None:
        if "experts" in raw:
            raise Refusal(
                "unknown_field", "这个标准不由专家分别打分，请把得分填在 rows 里", "experts"
            )
        return {"": _part(raw, "rows")}
    if "rows" in raw:
        raise Refusal("unknown_field", "请按专家分别填写，放在 experts 里", "rows")
    experts = _part(raw, "experts")
    if len(experts) < table.experts.at_least:
        raise Refusal(
            "too_few_experts", f"至少要有 {table.experts.at_least} 位专家的打分表", "experts"
        )
    return {str(name): _part(experts, name) for name in experts}


def _sheet(items: Mapping[str, Item], table: Table, raw: Mapping[Any, Any]) -> Sheet:
    for row in raw:
        if row not in items:
            raise Refusal("unknown_row", f"{table.title}里没有第 {row} 行，请核对行号", str(row))
    answered = {items[row].choice for row in raw}
    sheet: dict[str, Answer] = {}
    for key, item in items.items():
        verb = VERBS[item.verb]
        if key in raw:
            value, note = unwrap(item, raw[key])
            sheet[key] = Answer(verb.read(item, value), note)
            if verb.waived(item, sheet[key].value) and not note.strip():
                raise Refusal("missing_note", f"{item.name}记为不适用，要在 note 里写明理由", key)
        elif verb.optional:
            sheet[key] = Answer(verb.read(item, None))
        elif item.choice and item.choice in answered:
            sheet[key] = Answer(verb.read(item, verb.sample(item)))
        else:
            raise Refusal("missing_row", f"{item.name}还没有填，{verb.ask(item)}", key)
    return sheet


def unwrap(item: Item, raw: object) -> tuple[Any, str]:
    """A row's answer and the note beside it."""
    if not isinstance(raw, Mapping):
        return raw, ""
    rest = {name: value for name, value in raw.items() if name != "note"}
    note = raw.get("note", "")
    if not isinstance(note, str):
        raise Refusal("bad_answer", f"{item.name}的 note 要填文字", item.key)
    return (rest["value"] if set(rest) == {"value"} else rest), note
