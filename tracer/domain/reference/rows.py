"""Reading the shipped tables: UTF-8 CSV and TOML, each row with where it comes from."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

_DATA = files(__package__) / "data"


@dataclass(frozen=True)
class Provenance:
    """Who says so: document or site, when it was last checked, and how sure we are (H, M or L)."""

    source: str
    verified_on: date
    confidence: str


@dataclass(frozen=True)
class Period:
    """Days from ``starts`` to ``ends``, both included; None is open."""

    starts: date | None = None
    ends: date | None = None

    def covers(self, on: date) -> bool:
        return (self.starts is None or self.starts <= on) and (self.ends is None or on <= self.ends)


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of ``data/<name>.csv``."""
    text = (_DATA / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def read_toml(name: str) -> dict[str, Any]:
    """The content of ``data/<name>.toml``."""
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def table_names() -> list[str]:
    """The names of the shipped CSV tables."""
    return sorted(
        entry.name.removesuffix(".csv") for entry in _DATA.iterdir() if entry.name.endswith(".csv")
    )


def provenance(row: dict[str, Any]) -> Provenance:
    """The provenance columns of a row."""
    verified = row["verified_on"]
    if isinstance(verified, str):
        verified = date.fromisoformat(verified)
    return Provenance(row["source"], verified, row["confidence"])


def period(row: dict[str, str]) -> Period:
    """The columns ``effective_from`` and ``effective_to``; empty is open."""
    return Period(day(row["effective_from"]), day(row["effective_to"]))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def words(text: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values, separated by semicolons."""
    return tuple(part for part in text.split(";") if part)
