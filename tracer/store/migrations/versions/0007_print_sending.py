"""Prints on their way to a printer; a finished run that is printed round after round"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "print_sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("start_cell", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"]),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"]),
        sa.ForeignKeyConstraint(["step_id"], ["print_step.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_print_sending_run_id", "print_sending", ["run_id"])
    under_way = sa.text("ended_at IS NULL")
    for one in ("run", "printer"):
        op.create_index(
            f"ix_print_sending_open_{one}",
            "print_sending",
            [f"{one}_id"],
            unique=True,
            sqlite_where=under_way,
            postgresql_where=under_way,
        )
    # Steps of such a run count its places: its labels round after round. All of them were meant by
    # a run finished to its last label.
    bind = op.get_bind()
    for run_id, count, options in bind.execute(
        sa.text("SELECT id, count, options FROM print_run")
    ).all():
        how = json.loads(options) if isinstance(options, str) else options
        copies = how.get("copies", 1)
        if copies > 1 and not how.get("together", False):
            bind.execute(
                sa.text(
                    "UPDATE print_step SET last = :places"
                    " WHERE run_id = :run AND step = 'finished' AND last = :count"
                ),
                {"places": count * copies, "run": run_id, "count": count},
            )
