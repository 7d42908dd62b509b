"""Products that are made no more"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("product", sa.Column("retired_at", sa.BigInteger(), nullable=True))
