"""Units of dose: what may be compared with what."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tracer.domain.errors import Refusal
from tracer.domain.reference.rows import Provenance, provenance, read_csv, words


@dataclass(frozen=True)
class DoseUnit:
    """A unit of dose. ``basis`` says what is weighed: the product as bought or its active part.

    Two doses compare only within one dimension and basis. ``stronger`` is ``more`` where a bigger
    number is a stronger dose and ``less`` for dilutions (500 倍 is stronger than 1000 倍).
    """

    code: str
    label: str
    aliases: tuple[str, ...]
    dimension: str
    to_base: int
    stronger: str
    basis: str
    provenance: Provenance

    def exceeds(self, dose: Decimal, limit: Decimal, limit_unit: DoseUnit) -> bool | None:
        """Whether ``dose`` in this unit is stronger than the limit; None if they don't compare."""
        if (self.dimension, self.basis) != (limit_unit.dimension, limit_unit.basis):
            return None
        mine, allowed = dose * self.to_base, limit * limit_unit.to_base
        return mine > allowed if self.stronger == "more" else mine < allowed


def load_dose_units() -> dict[str, DoseUnit]:
    """The units by code."""
    return {
        row["code"]: DoseUnit(
            row["code"],
            row["label"],
            words(row["aliases"]),
            row["dimension"],
            int(row["to_base"]),
            row["stronger"],
            row["basis"],
            provenance(row),
        )
        for row in read_csv("dose_units")
    }


def find_dose_unit(units: dict[str, DoseUnit], text: str) -> DoseUnit:
    """The unit with that code, label or alias; a Refusal for anything else."""
    wanted = text.strip().replace("／", "/")
    for unit in units.values():
        if wanted in (unit.code, unit.label, *unit.aliases):
            return unit
    raise Refusal(
        "unknown_dose_unit",
        f"用量单位“{text}”不认识，请按标签选一个，比如 克/亩、毫升/亩、倍液",
        "dose_unit",
    )
