"""Where a search by name looks: the parts of names, in the order of their bytes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, event, insert, inspect
from sqlmodel import Column, Field, Index, SQLModel, String, col

from tracer.domain.spelling import parts
from tracer.store.tables.farm import Product
from tracer.store.tables.people import Producer

# On PostgreSQL the order of a language would keep the index from answering what begins how.
_BYTES = String().with_variant(String(collation="C"), "postgresql")


class NamePart(SQLModel, table=True):
    """A beginning by which a product or subject is found, kept by the tables themselves."""

    __tablename__ = "name_part"
    __table_args__ = (Index("ix_name_part_part", "target", "part"),)
    target: str = Field(primary_key=True)  # product or subject
    target_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    part: str = Field(sa_column=Column(_BYTES, primary_key=True))


@event.listens_for(Product, "after_insert")
@event.listens_for(Product, "after_update")
def _name_product(_mapper: Any, connection: Connection, row: Product) -> None:
    _keep(connection, "product", row)


@event.listens_for(Producer, "after_insert")
@event.listens_for(Producer, "after_update")
def _name_subject(_mapper: Any, connection: Connection, row: Producer) -> None:
    _keep(connection, "subject", row)


def _keep(connection: Connection, target: str, row: Product | Producer) -> None:
    if not inspect(row).attrs.found_by.history.has_changes():
        return
    old = delete(NamePart).where(col(NamePart.target) == target, col(NamePart.target_id) == row.id)
    connection.execute(old)
    said = [
        {"target": target, "target_id": row.id, "part": part}
        for part in sorted(parts(row.found_by))
    ]
    if said:
        connection.execute(insert(NamePart), said)
