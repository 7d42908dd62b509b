"""The parts that names are found by"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from tracer.domain.spelling import parts

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    table = op.create_table(
        "name_part",
        sa.Column("target", text, nullable=False),
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "part",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("target", "target_id", "part"),
    )
    op.create_index("ix_name_part_part", "name_part", ["target", "part"])
    for target, named in (("product", "product"), ("subject", "producer")):
        names = sa.table(named, sa.column("id"), sa.column("found_by"))
        rows = op.get_bind().execute(sa.select(names.c.id, names.c.found_by)).all()
        for target_id, found_by in rows:
            said = [
                {"target": target, "target_id": target_id, "part": part}
                for part in sorted(parts(found_by))
            ]
            if said:
                op.bulk_insert(table, said)
