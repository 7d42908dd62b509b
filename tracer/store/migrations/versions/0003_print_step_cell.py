"""The cell of the sheet where a step's labels begin"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "print_step", sa.Column("start_cell", sa.Integer(), server_default="1", nullable=False)
    )
