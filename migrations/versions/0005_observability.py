"""what a job was estimated to take and the trace it belongs to, and counts for metrics"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNTERS = ("rows_made", "bytes_made", "parts_made", "events", "storage_errors", "broker_errors")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("bytes_expected", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("traceparent", sa.String(length=55), nullable=True))
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])


def downgrade() -> None:
    op.drop_table("counters")
    op.drop_column("jobs", "traceparent")
    op.drop_column("jobs", "bytes_expected")
