"""Active substances: their names, and what law forbids, restricts or wants waited for.

Names are compared as whole ingredients, never as parts of one: 丁硫克百威 is not 克百威,
乐果 is not 氧乐果, and the comma of 2,4-滴丁酯 separates nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from tracer.domain.reference.rows import (
    Period,
    Provenance,
    period,
    provenance,
    read_csv,
    words,
)

_CONTENT = re.compile(
    r"\d+(\.\d+)?\s*(%|克/升|克/千克|毫克/毫升|毫克/升|毫克/克|g/l|g/kg|mg/ml)", re.IGNORECASE
)
_BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
_SEPARATOR = re.compile(r"[·•・+、;/]|(?<!\d),|,(?!\d)")
# The longest ending wins: 可湿性粉剂 is not left as 可湿性. A name of at least two characters must
# be left over.
_FORMULATION = re.compile(
    r"(?<=..)(可湿性粉剂|水分散粒剂|可溶性?粉剂|可溶液剂|悬浮种衣剂|种子处理悬浮剂|微囊悬浮剂"
    r"|可分散油悬浮剂|悬浮剂|悬乳剂|水乳剂|微乳剂|乳油|颗粒剂|粉剂|水剂|烟剂|熏蒸剂|油剂"
    r"|注射液|溶液|预混剂|片剂|胶囊|片|散|粉)$"
)


def substance_name(text: str) -> str:
    """One ingredient's bare name: half-width, without content, brackets, blanks, formulation."""
    name = _CONTENT.sub("", unicodedata.normalize("NFKC", text))
    name = "".join(_BRACKETED.sub("", name).split()).casefold()
    return _FORMULATION.sub("", name)


def substance_names(texts: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The whole ingredients in label texts such as ``阿维菌素·高效氯氰菊酯``, without repeats."""
    found: dict[str, None] = {}
    for text in texts:
        plain = _CONTENT.sub("", unicodedata.normalize("NFKC", text))
        for part in _SEPARATOR.split(plain):
            if name := substance_name(part):
                found[name] = None
    return tuple(found)


class PesticideStatus(StrEnum):
    """How the law stands to a pesticide."""

    BANNED = "banned"
    RESTRICTED = "restricted"
    HIGH_TOXICITY = "high_toxicity"


@dataclass(frozen=True)
class PesticideRule:
    """A dated ban or restriction.

    ``scope`` are crop groups or crop names, ``*`` for every crop. ``except_methods`` are words of
    a method of use that is exempt (包衣). ``names`` are the bare name and its aliases.
    """

    name: str
    names: frozenset[str]
    status: PesticideStatus
    scope: tuple[str, ...]
    except_methods: tuple[str, ...]
    in_force: Period
    notice: str
    provenance: Provenance


@dataclass(frozen=True)
class VetRule:
    """A substance forbidden (``banned``) or withdrawn (``stopped``) for food animals."""

    name: str
    names: frozenset[str]
    group: str
    status: str
    in_force: Period
    notice: str
    provenance: Provenance


@dataclass(frozen=True)
class IngredientName:
    """One ingredient's other names, and the analytes a laboratory reports it as.

    ``residue_exempt``: GB 2763 annex B sets no limit for it, so that no test can cover it.
    """

    name: str
    names: frozenset[str]
    tested_as: frozenset[str]
    residue_exempt: bool
    provenance: Provenance


@dataclass(frozen=True)
class PhiRow:
    """A published 安全间隔期; the label decides, this only makes a shorter entry stand out."""

    ingredient: str
    content: str
    formulation: str
    crop: str
    max_uses: int
    phi_days: int
    provenance: Provenance


@dataclass(frozen=True)
class WithdrawalRow:
    """A published 休药期 by drug and species; ``product`` is meat, milk, egg or fish."""

    drug: str
    species: str
    product: str
    days: int | None
    degree_days: int | None
    provenance: Provenance


def _names(row: dict[str, str]) -> frozenset[str]:
    return frozenset(substance_name(name) for name in (row["name"], *words(row["aliases"])))


def load_pesticide_rules() -> tuple[PesticideRule, ...]:
    return tuple(
        PesticideRule(
            row["name"],
            _names(row),
            PesticideStatus(row["status"]),
            words(row["scope"]),
            words(row["except_methods"]),
            period(row),
            row["notice"],
            provenance(row),
        )
        for row in read_csv("pesticide_status")
    )


def load_vet_rules() -> tuple[VetRule, ...]:
    return tuple(
        VetRule(
            row["name"],
            _names(row),
            row["group"],
            row["status"],
            period(row),
            row["notice"],
            provenance(row),
        )
        for row in read_csv("vet_banned")
    )


def load_ingredient_names() -> dict[str, IngredientName]:
    """Every name and alias to its ingredient."""
    index: dict[str, IngredientName] = {}
    for row in read_csv("ingredient_names"):
        ingredient = IngredientName(
            substance_name(row["name"]),
            _names(row),
            frozenset(substance_name(name) for name in words(row["tested_as"])),
            row["residue_exempt"] == "yes",
            provenance(row),
        )
        index |= dict.fromkeys(ingredient.names, ingredient)
    return index


def load_phi_rows() -> tuple[PhiRow, ...]:
    return tuple(
        PhiRow(
            row["ingredient"],
            row["content"],
            row["formulation"],
            row["crop"],
            int(row["max_uses"]),
            int(row["phi_days"]),
            provenance(row),
        )
        for row in read_csv("phi_reference")
    )


def load_withdrawal_rows() -> tuple[WithdrawalRow, ...]:
    return tuple(
        WithdrawalRow(
            row["drug"],
            row["species"],
            row["product"],
            int(row["days"]) if row["days"] else None,
            int(row["degree_days"]) if row["degree_days"] else None,
            provenance(row),
        )
        for row in read_csv("withdrawal_reference")
    )
