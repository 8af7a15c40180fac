"""what of plugins a job needs, and what of them a worker has"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, owner, owners in (
        ("job_plugins", "job_id", "jobs"),
        ("worker_plugins", "worker_id", "workers"),
    ):
        op.create_table(
            table,
            sa.Column(
                owner,
                sa.String(40 if owner == "job_id" else 128),
                sa.ForeignKey(f"{owners}.id", ondelete="CASCADE"),
                primary_key=True,
            ),
            sa.Column("plugin", sa.String(512), primary_key=True),
        )


def downgrade() -> None:
    op.drop_table("worker_plugins")
    op.drop_table("job_plugins")
