"""The rows in which batches are ticked as sources, each with how much of it goes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracer.domain.errors import Refusal
from tracer.domain.quantity import UNITS, Quantity
from tracer.queries.lines import Line


@dataclass(frozen=True)
class SourceRow:
    """One batch that may go in: whether it is ticked, and how much of it was asked for."""

    line: Line
    unit: str
    ticked: bool
    quantity: str


@dataclass(frozen=True)
class Sources:
    """What a page said about sources: by public id, the amount or "" for all that is left."""

    amounts: Mapping[str, str]
    unticked: bool  # an amount stands beside a batch that is not ticked

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Sources:
        """The rows of a page as ``questions.answers`` gives them."""
        rows = given.get("sources", [])
        if not isinstance(rows, list):
            rows = []
        rows = [row for row in rows if isinstance(row, dict)]
        return cls(
            {row["batch"]: row.get("quantity", "") for row in rows if "batch" in row},
            any("batch" not in row for row in rows),
        )

    def chosen(self) -> list[dict[str, str]]:
        """The rows as ``SourceForm`` takes them."""
        if self.unticked:
            raise Refusal("not_ticked", "填了用量的批次要勾上，没用到的请把用量清空", "sources")
        return [
            {"batch": batch} | ({"quantity": amount} if amount else {})
            for batch, amount in self.amounts.items()
        ]

    def rows(self, usable: Iterable[tuple[Line, Quantity]]) -> list[SourceRow]:
        """The batches that may go in, with what was said about each."""
        return [
            SourceRow(
                line,
                UNITS[left.unit].label,
                line.id in self.amounts,
                self.amounts.get(line.id, ""),
            )
            for line, left in usable
        ]
