"""The catalogue of products, searched by name, pinyin or initials."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from tracer.actions.actor import Actor
from tracer.actions.forms import Form
from tracer.domain.reference import Category
from tracer.domain.reference import load as reference
from tracer.store.world import Tx
from tracer.web.api.calls import get


class CatalogueForm(Form):
    """What is looked for; the whole catalogue where it is left out."""

    q: Annotated[str | None, Field(title="名称、拼音或首字母", max_length=20)] = None


class CategoryRecord(BaseModel):
    """One row of tables A.1 to A.5; ``needs_review`` tells what is doubtful about the print."""

    key: str
    table: str
    class_name: str
    range_name: str
    names: list[str]
    remark: str
    needs_review: str


class CatalogueRecord(BaseModel):
    """The rows found, the best first, or all in printed order."""

    items: list[CategoryRecord]


@get("/catalogue", CatalogueRecord, "产品类别目录，可按拼音查", "产品和地块", query=CatalogueForm)
def catalogue(tx: Tx, actor: Actor, query: CatalogueForm) -> CatalogueRecord:
    known = reference()
    rows = known.find_categories(query.q) if query.q else tuple(known.categories.values())
    return CatalogueRecord(items=[_record(row) for row in rows])


def _record(row: Category) -> CategoryRecord:
    return CategoryRecord(
        key=row.key,
        table=row.table,
        class_name=row.class_name,
        range_name=row.range_name,
        names=list(row.names),
        remark=row.remark,
        needs_review=row.needs_review,
    )
