"""What the law and the field have fixed: dated tables shipped with the product.

Every row says its source, when it was last verified and how sure we are; every question takes the
day it is asked for. Nothing is fetched at run time. ``docs/reference-data.md`` tells how to revise
a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tracer.domain.errors import Refusal
from tracer.domain.reference.catalogue import (
    Category,
    Scope,
    ScopeRule,
    find_categories,
    load_categories,
    load_scope_rules,
    scope_rule,
)
from tracer.domain.reference.crops import CropNames, load_crop_names
from tracer.domain.reference.doses import DoseUnit, find_dose_unit, load_dose_units
from tracer.domain.reference.forms import BasisMapping, Form, load_basis_map, load_forms
from tracer.domain.reference.regions import Region, load_regions
from tracer.domain.reference.rows import read_csv
from tracer.domain.reference.substances import (
    IngredientName,
    PesticideRule,
    PesticideStatus,
    PhiRow,
    VetRule,
    WithdrawalRow,
    load_ingredient_names,
    load_pesticide_rules,
    load_phi_rows,
    load_vet_rules,
    load_withdrawal_rows,
    substance_name,
)

__all__ = [
    "BasisMapping",
    "Category",
    "DoseUnit",
    "Form",
    "PesticideRule",
    "PesticideStatus",
    "Reference",
    "Region",
    "Scope",
    "ScopeRule",
    "VetRule",
    "load",
]


@dataclass(frozen=True)
class Reference:
    """All tables, and the questions people ask of them."""

    forms: dict[str, Form]
    basis_map: tuple[BasisMapping, ...]
    categories: dict[str, Category]
    scope_rules: tuple[ScopeRule, ...]
    crops: CropNames
    dose_units: dict[str, DoseUnit]
    pesticide_rules: tuple[PesticideRule, ...]
    vet_rules: tuple[VetRule, ...]
    ingredient_names: dict[str, IngredientName]
    phi_rows: tuple[PhiRow, ...]
    withdrawal_rows: tuple[WithdrawalRow, ...]
    regions: dict[str, Region]
    public_rules: dict[tuple[str, str], tuple[str, str]]

    def form(self, edition: str) -> Form:
        """The certificate form of an edition; a Refusal for an unknown one."""
        if edition not in self.forms:
            raise Refusal("unknown_form", f"没有“{edition}”这种合格证样式，请改用现行样式", "form")
        return self.forms[edition]

    def form_for(self, role: str, on: date) -> Form:
        """The form that ``producer`` or ``purchaser`` issues on a day; a Refusal if none is."""
        for form in self.forms.values():
            if form.role == role and not form.read_only and form.in_force.covers(on):
                return form
        raise Refusal("no_form", "这一天没有可用的合格证样式，请核对开具日期", "issued_on")

    def category(self, key: str) -> Category:
        """The catalogue row with that key; a Refusal for an unknown one."""
        if key not in self.categories:
            raise Refusal(
                "unknown_category", f"产品分类“{key}”不在目录里，请从目录重新选", "category"
            )
        return self.categories[key]

    def categories_named(self, text: str) -> tuple[Category, ...]:
        """The rows whose class, range, names or remark mention ``text``, in printed order."""
        return tuple(
            category
            for category in self.categories.values()
            if any(
                text in cell
                for cell in (
                    category.class_name,
                    category.range_name,
                    category.remark,
                    *category.names,
                )
            )
        )

    def find_categories(self, text: str) -> tuple[Category, ...]:
        """The rows found by name, pinyin or initials, such as ``fanqie`` or ``fq``, best first."""
        return find_categories(self.categories, text)

    def scope_of(self, key: str, on: date, name: str = "") -> ScopeRule:
        """Whether a product needs, may have or cannot have a certificate on a day.

        ``name`` is the crop or produce, for rows that hold unlike things (奶牛 and 牛乳).
        """
        produce = self.crops.main_name(name)
        return scope_rule(self.scope_rules, self.category(key), produce, on)

    def pesticide_status(
        self, ingredient: str, crop: str, key: str, on: date, method: str = ""
    ) -> tuple[PesticideRule, ...]:
        """The bans and restrictions that hit this use on a day, the strictest first."""
        name = substance_name(ingredient)
        groups = self.category(key).groups
        hits = [
            rule
            for rule in self.pesticide_rules
            if name in rule.names
            and rule.in_force.covers(on)
            and not any(exempt in method for exempt in rule.except_methods)
            and any(
                scope in ("*", *groups) or self.crops.covers(scope, crop) for scope in rule.scope
            )
        ]
        return tuple(sorted(hits, key=lambda rule: list(PesticideStatus).index(rule.status)))

    def vet_status(self, ingredient: str, on: date) -> tuple[VetRule, ...]:
        """The bans on a substance for food animals on a day."""
        name = substance_name(ingredient)
        return tuple(
            rule for rule in self.vet_rules if name in rule.names and rule.in_force.covers(on)
        )

    def same_substance(self, name: str) -> frozenset[str]:
        """All bare names of an ingredient, itself included."""
        bare = substance_name(name)
        names = {bare}
        if bare in self.ingredient_names:
            names |= self.ingredient_names[bare].names
        for known in (
            *(rule.names for rule in self.pesticide_rules),
            *(rule.names for rule in self.vet_rules),
        ):
            if bare in known:
                names |= known
        return frozenset(names)

    def analytes(self, ingredient: str) -> frozenset[str] | None:
        """The bare analyte names that test an ingredient; None if no limit exists to test for."""
        known = self.ingredient_names.get(substance_name(ingredient))
        if known is None:
            return self.same_substance(ingredient)
        if known.residue_exempt:
            return None
        return self.same_substance(ingredient) | known.tested_as

    def dose_unit(self, text: str) -> DoseUnit:
        """The unit of dose for a code, label or alias; a Refusal for anything else."""
        return find_dose_unit(self.dose_units, text)

    def region(self, code: str) -> Region:
        """The place with a 2, 4, 6 or 9-digit code; a Refusal for an unknown one."""
        if code not in self.regions:
            raise Refusal("unknown_region", f"行政区划代码“{code}”不认识，请重新选择地区", "region")
        return self.regions[code]

    def place_name(self, code: str) -> str:
        """The full name from the province down: 山东省青岛市平度市蓼兰镇."""
        region: Region | None = self.region(code)
        names = []
        while region is not None:
            names.append(region.name)
            region = self.regions.get(region.parent) if region.parent else None
        return "".join(reversed(names))

    def places_within(self, parent: str | None) -> tuple[Region, ...]:
        """The places directly below a code; the provinces for None."""
        return tuple(region for region in self.regions.values() if region.parent == parent)

    def public_rule(self, field: str, subject: str, consent: bool) -> str:
        """How a field of a subject's data may be shown: see public_fields.csv; unknown is hide."""
        return self.public_rules.get((field, subject), ("hide", "hide"))[consent]


@lru_cache
def load() -> Reference:
    """The shipped tables, read once."""
    return Reference(
        forms=load_forms(),
        basis_map=load_basis_map(),
        categories=load_categories(),
        scope_rules=load_scope_rules(),
        crops=load_crop_names(),
        dose_units=load_dose_units(),
        pesticide_rules=load_pesticide_rules(),
        vet_rules=load_vet_rules(),
        ingredient_names=load_ingredient_names(),
        phi_rows=load_phi_rows(),
        withdrawal_rows=load_withdrawal_rows(),
        regions=load_regions(),
        public_rules={
            (row["field"], row["subject"]): (row["rule"], row["with_consent"])
            for row in read_csv("public_fields")
        },
    )
