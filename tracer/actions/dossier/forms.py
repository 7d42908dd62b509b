"""The form of a row of tables B.1 to B.5, made from what reference data says it asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, StringConstraints, create_model

from tracer.actions.farm.holdings import ProductForm
from tracer.actions.figures import Day, Decimals, Until, YesNo
from tracer.actions.forms import Form
from tracer.actions.people.enroll import ProducerForm
from tracer.actions.text import Line, Name, Prose, PublicId, checked, one_of
from tracer.domain.elements import ElementField, FieldKind, Owner, element_row, element_rows

MOST_FILES = 9
VALID_TO = "valid_to"
_COLUMN_FORMS: dict[Owner, type[Form]] = {
    Owner.PRODUCER: ProducerForm,
    Owner.PRODUCT: ProductForm,
}
_KINDS: dict[FieldKind, Any] = {
    FieldKind.TEXT: Line,
    FieldKind.PROSE: Prose,
    FieldKind.DAY: Day,
    FieldKind.NUMBER: Decimals,
    FieldKind.FILE: PublicId,
    FieldKind.FILES: Annotated[tuple[PublicId, ...], Field(max_length=MOST_FILES)],
}
_Given = Annotated[str, StringConstraints(max_length=4000)]


class EntryForm(Form):
    """One filled row: its values by field, files by their public ids.

    Files and private values that are not given again stay; ``clear`` names those to remove.
    ``consent`` is the separate consent to publication of the person concerned (PIPL art. 25).
    """

    row: Annotated[
        str,
        StringConstraints(max_length=20),
        checked(lambda text: element_row(text).key),
        Field(title="资料项目", json_schema_extra={"enum": list(element_rows())}),
    ]
    product: Annotated[PublicId | None, Field(title="产品")] = None
    ref: Annotated[Name | None, Field(title="资料编号")] = None
    values: Annotated[
        dict[
            Annotated[str, StringConstraints(max_length=40)],
            _Given | Annotated[tuple[_Given, ...], Field(max_length=MOST_FILES)],
        ],
        Field(title="填写内容", max_length=40),
    ]
    clear: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=40)], ...],
        Field(title="要删除的内容", max_length=40),
    ] = ()
    publish: Annotated[YesNo, Field(title="是否公开")] = False
    consent: Annotated[YesNo, Field(title="本人单独同意公开")] = False


@lru_cache
def values_form(row: str) -> type[Form]:
    """The form of a row's values: a field for each that it asks for, with its printed title."""
    fields: dict[str, Any] = {field.name: _field(field) for field in element_row(row).fields}
    return create_model(f"Row{row}", __base__=Form, **fields)


def _field(field: ElementField) -> tuple[Any, Any]:
    # What is kept already need not be given again, so the action asks for files and numbers.
    required = field.required and not field.is_file and not field.private
    title = Field(title=field.title)
    kind = _kind(field)
    return (Annotated[kind, title], ...) if required else (Annotated[kind | None, title], None)


def _kind(field: ElementField) -> Any:
    if field.owner is not None:
        info = _COLUMN_FORMS[field.owner].model_fields[field.column_name]
        kind: Any = info.annotation
        for rule in info.metadata:
            kind = Annotated[kind, rule]
        return kind
    if field.kind is FieldKind.CHOICE:
        return Annotated[str, one_of(field.choices)]
    if field.kind is FieldKind.DAY and field.name == VALID_TO:
        return Until
    return _KINDS[field.kind]
