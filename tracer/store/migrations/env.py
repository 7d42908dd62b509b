"""Run the migrations inside one transaction on the connection that schema.py passes in."""

from alembic import context
from sqlmodel import SQLModel

import tracer.store.tables  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    # SQLite can roll back DDL too, but Alembic assumes not: without this a failed migration
    # stays half applied and cannot be run again.
    transactional_ddl=True,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
