"""The shape of the answers for a table, as answers: filled with nothing yet, accepted as they are.

The ``help`` part says for every row what to write; :func:`tracer.standards.score` passes over it.
"""

from __future__ import annotations

from typing import Any

from tracer.standards.exact import json_number
from tracer.standards.pack import EVIDENCE, Item, Pack
from tracer.standards.verbs import VERBS


def template(pack: Pack, table: str | None = None) -> dict[str, Any]:
    """Empty answers for a table (the first unless told), with their explanation under ``help``."""
    chosen = pack.table(table or pack.tables[0].key)
    items = pack.scored(chosen.key).values()
    rows = {
        item.key: sample for item in items if (sample := VERBS[item.verb].sample(item)) is not None
    }
    answers: dict[str, Any] = {"standard": pack.id, "edition": pack.edition, "table": chosen.key}
    how = [
        '答案可以直接写，也可以写成 {"value": 答案, "note": "说明"}；数量类在旁边加 note',
    ]
    if len(pack.tables) > 1:
        tables = "、".join(f"{one.key}（{one.title}）" for one in pack.tables)
        how.append(f"table 选一张表：{tables}")
    if chosen.gates:
        answers["gates"] = {gate.key: VERBS[gate.verb].sample(gate) for gate in chosen.gates}
    if chosen.exemptions:
        answers["exempt"] = []
        cases = "；".join(f"{case.key}：{case.text}" for case in chosen.exemptions)
        how.append(f"exempt 列出成立的免评情形，没有就留空（{cases}）")
    if chosen.experts:
        answers["experts"] = {"专家1": rows}
        how.append(
            f"experts 里每位专家一份，至少 {chosen.experts.at_least} 位，"
            f"建议不少于 {chosen.experts.warn_below} 位"
        )
    else:
        answers["rows"] = rows
    answers["help"] = {
        "how": how,
        "gates": {gate.key: _help(gate) for gate in chosen.gates},
        "rows": {item.key: _help(item) for item in items},
    }
    return answers


def _help(item: Item) -> dict[str, Any]:
    verb = VERBS[item.verb]
    said: dict[str, Any] = {
        "title": item.title,
        "text": item.text,
        "max": None if item.max is None else json_number(item.max),
        "answer": verb.ask(item),
        "required": not (verb.optional or item.choice),
        "evidence": [EVIDENCE[kind] for kind in item.evidence],
    }
    if item.mandatory:
        said["mandatory"] = True
    if item.choice:
        said["choice"] = item.choice
    return said
