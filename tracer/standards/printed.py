"""A pack as a program or a page shows it: what it is, and its tables row by row."""

from __future__ import annotations

from typing import Any

from tracer.standards.exact import plain
from tracer.standards.pack import Item, Pack, Table
from tracer.standards.verbs import VERBS


def summary(pack: Pack) -> dict[str, Any]:
    """Which edition this is; ``sha256`` is of its ``pack.toml``."""
    return {
        "id": pack.id,
        "edition": pack.edition,
        "number": pack.number,
        "title": pack.title,
        "status": pack.status,
        "issuer": pack.issuer,
        "valid_from": pack.valid_from.isoformat(),
        "sha256": pack.digest,
    }


def printed(pack: Pack) -> dict[str, Any]:
    """The whole pack in the order and the words of the print."""
    return {
        **summary(pack),
        "tables": [_table(table) for table in pack.tables],
        "grades": [
            {
                "name": grade.name,
                "at_least": None if grade.at_least is None else plain(grade.at_least),
                "rating": grade.rating,
                "text": grade.text,
            }
            for grade in pack.grades
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "total": None if table.total is None else plain(table.total),
        "notes": list(table.notes),
        "gates": [_row(gate) for gate in table.gates],
        "groups": [
            {
                "key": group.key,
                "title": group.title,
                "max": None if group.max is None else plain(group.max),
                "rows": [_row(item) for item in group.items],
            }
            for group in table.groups
        ],
    }


def _row(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "title": item.title,
        "indicator": item.indicator,
        "text": item.text,
        "points": VERBS[item.verb].worth(item),
        "basis": item.basis,
        "remark": item.remark,
        "clause": item.clause,
        "decisions": list(item.decisions),
    }
