"""投入品: seed, fertiliser, drugs, feed, each with what its label says.

Sending the same again returns what exists; editing keeps what was (see :mod:`revisions`).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator
from sqlmodel import select

from tracer.actions import revisions
from tracer.actions.actor import Actor, own
from tracer.actions.figures import Days, Decimals, Times, YesNo
from tracer.actions.forms import Form
from tracer.actions.text import Name, checked, one_of
from tracer.domain.errors import Conflict
from tracer.domain.ids import new_id
from tracer.domain.reference import load as reference
from tracer.domain.words import InputKind
from tracer.store.tables import Input, InputUse
from tracer.store.world import Tx

DRUGS = frozenset({InputKind.PESTICIDE, InputKind.VETERINARY_DRUG})
# The comma of 2,4-滴 belongs to the name.
_BETWEEN_INGREDIENTS = re.compile(r"[·、+＋，；;/]|(?<!\d),|,(?!\d)")


def _dose_unit(text: str) -> str:
    return reference().dose_unit(text).label


class InputUseForm(Form):
    """One line of a label: what an input may be used on, and how."""

    crop: Annotated[Name, Field(title="作物或动物")]
    phi_days: Annotated[Days | None, Field(title="安全间隔期或休药期（天）")] = None
    interval_unstated: Annotated[YesNo, Field(title="标签未标注安全间隔期")] = False
    degree_days: Annotated[Days | None, Field(title="休药期（度日）")] = None
    max_uses: Annotated[Times | None, Field(title="每季最多次数")] = None
    max_dose: Annotated[Decimals | None, Field(title="最高用量")] = None
    dose_unit: Annotated[
        Annotated[str, StringConstraints(max_length=40), checked(_dose_unit)] | None,
        Field(title="用量单位", validate_default=True),
    ] = None

    @field_validator("interval_unstated")
    @classmethod
    def _one_answer(cls, unstated: bool, info: ValidationInfo) -> bool:
        if unstated and info.data.get("phi_days") is not None:
            raise ValueError("填了安全间隔期天数，就不要再选“标签未标注”")
        return unstated

    @field_validator("dose_unit")
    @classmethod
    def _unit_of_dose(cls, unit: str | None, info: ValidationInfo) -> str | None:
        if unit is None and info.data.get("max_dose") is not None:
            raise ValueError("填了最高用量，还要填用量单位，比如 克/亩")
        return unit


def _split(value: object) -> object:
    """A cell's ingredients as a list: labels separate them by · 、 + or a comma."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in _BETWEEN_INGREDIENTS.split(value) if part.strip()]


class InputForm(Form):
    """投入品 as bought, with its label."""

    kind: Annotated[InputKind, one_of(InputKind), Field(title="投入品类别")]
    name: Annotated[Name, Field(title="投入品名称")]
    registration_no: Annotated[
        Name | None, Field(title="登记证号或批准文号", validate_default=True)
    ] = None
    maker: Annotated[Name | None, Field(title="生产企业")] = None
    supplier: Annotated[Name | None, Field(title="来源")] = None
    ingredients: Annotated[
        list[Name],
        BeforeValidator(_split),
        Field(title="有效成分", max_length=10, validate_default=True),
    ] = []
    content: Annotated[Name | None, Field(title="有效成分含量")] = None
    formulation: Annotated[Name | None, Field(title="剂型")] = None
    uses: Annotated[list[InputUseForm], Field(title="标签用法", max_length=50)] = []

    @field_validator("registration_no")
    @classmethod
    def _registered(cls, number: str | None, info: ValidationInfo) -> str | None:
        if number is None and info.data.get("kind") in DRUGS:
            raise ValueError("农药要填登记证号，兽药要填批准文号，都在标签上")
        return number

    @field_validator("ingredients")
    @classmethod
    def _named(cls, ingredients: list[str], info: ValidationInfo) -> list[str]:
        # A vaccine has no active ingredient.
        if info.data.get("name", "").endswith("苗"):
            return ingredients
        if not ingredients and info.data.get("kind") in DRUGS:
            raise ValueError("农药、兽药要填有效成分，在标签上")
        return ingredients

    @field_validator("uses")
    @classmethod
    def _each_once(cls, uses: list[InputUseForm]) -> list[InputUseForm]:
        crops = [use.crop for use in uses]
        for crop in crops:
            if crops.count(crop) > 1:
                raise ValueError(f"标签用法里“{crop}”写了两遍，请合并成一行")
        return uses


def add_input(tx: Tx, actor: Actor, form: InputForm) -> Input:
    """A new input with its label's lines; name and registration number are unique together."""
    known = _same_input(tx, actor, form)
    if known is not None:
        content = _input(form) | {"uses": _use_lines(form)}
        now = revisions.plain(known) | {"uses": kept_uses(tx, known)}
        if revisions.same(content, revisions.states(tx, known, now)):
            return known
        raise revisions.differing(form, content, now, f"投入品“{form.name}”")
    row = Input(public_id=new_id(), producer_id=actor.producer, created_at=tx.now, **_input(form))
    tx.session.add(row)
    tx.session.flush()
    _store_uses(tx, row, form)
    return row


def edit_input(tx: Tx, actor: Actor, public_id: str, form: InputForm) -> Input:
    """Change an input of the actor's own and all lines of its label."""
    row = own(tx, actor, Input, public_id)
    taken = _same_input(tx, actor, form)
    if taken is not None and taken.id != row.id:
        raise _taken(f"投入品“{form.name}”")
    before = revisions.plain(row) | {"uses": kept_uses(tx, row)}
    values = _input(form)
    if revisions.same(values | {"uses": _use_lines(form)}, [before]):
        return row
    revisions.keep_revision(tx, actor, row, before)
    for name, value in values.items():
        setattr(row, name, value)
    for use in _uses(tx, row):
        tx.session.delete(use)
    tx.session.flush()
    _store_uses(tx, row, form)
    return row


def kept_uses(tx: Tx, row: Input) -> list[dict[str, Any]]:
    """The lines of an input's label as forms and revisions hold them, by crop."""
    return [use.model_dump(exclude={"id", "input_id"}) for use in _uses(tx, row)]


def _input(form: InputForm) -> dict[str, Any]:
    return form.model_dump(exclude={"uses"}) | {
        "kind": form.kind.value,
        "registration_no": form.registration_no or "",
    }


def _same_input(tx: Tx, actor: Actor, form: InputForm) -> Input | None:
    return tx.session.exec(
        select(Input).where(
            Input.producer_id == actor.producer,
            Input.name == form.name,
            Input.registration_no == (form.registration_no or ""),
        )
    ).first()


def _uses(tx: Tx, row: Input) -> list[InputUse]:
    # Sorted here, not there: databases do not agree on the order of Chinese.
    found = tx.session.exec(select(InputUse).where(InputUse.input_id == row.id))
    return sorted(found, key=lambda use: use.crop)


def _use_lines(form: InputForm) -> list[dict[str, Any]]:
    return [use.model_dump() for use in sorted(form.uses, key=lambda use: use.crop)]


def _store_uses(tx: Tx, row: Input, form: InputForm) -> None:
    tx.session.add_all(InputUse(input_id=row.id or 0, **line) for line in _use_lines(form))
    tx.session.flush()


def _taken(what: str) -> Conflict:
    return Conflict("name_taken", f"{what}已经有了，请换一个名称", "name")
