"""which part and block a lost worker was at, what a job waits for, and how often it was retried"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")


def _index_pending(*columns: str) -> None:
    op.drop_index("ix_parts_pending", "parts")
    op.create_index("ix_parts_pending", "parts", columns, sqlite_where=_PENDING, postgresql_where=_PENDING)


def upgrade() -> None:
    op.add_column("parts", sa.Column("begun", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("parts", sa.Column("begun_block", sa.BigInteger(), nullable=True))
    op.add_column("parts", sa.Column("block_losses", sa.JSON(), nullable=True))
    op.add_column("jobs", sa.Column("waiting_for", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("waiting_since", sa.Double(), nullable=True))
    op.add_column("jobs", sa.Column("hold_until", sa.Double(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("run", sa.BigInteger(), nullable=False, server_default="0"))
    _index_pending("job_id", "losses", "number")


def downgrade() -> None:
    _index_pending("job_id", "number")
    for table, columns in (
        ("jobs", ("run", "hold_until", "waiting_since", "waiting_for")),
        ("parts", ("block_losses", "begun_block", "begun")),
    ):
        for column in columns:
            op.drop_column(table, column)
