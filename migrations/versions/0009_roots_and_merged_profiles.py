"""files are known by their root; profiles merged while parts are still made"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("root", sa.String(length=64), nullable=True))
    op.create_table(
        "profiles",
        sa.Column("job_id", sa.String(length=40), nullable=False),
        sa.Column("table", sa.String(length=128), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_profiles_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "table", "level", "number", name=op.f("pk_profiles")),
    )
    _begin_again()


def downgrade() -> None:
    op.drop_table("profiles")
    op.drop_column("files", "root")
    _begin_again()


def _begin_again() -> None:
    """Jobs under way are made from their first part on: blocks are recorded in another way."""
    op.execute(
        "UPDATE parts SET state = 'pending', worker = NULL, lease_until = NULL, rows_made = 0, size = NULL, "
        "etag = NULL, blocks = NULL, profile = NULL "
        "WHERE job_id IN (SELECT id FROM jobs WHERE state IN ('queued', 'running', 'paused'))"
    )
    op.execute(
        "UPDATE files SET size = NULL, sha256 = NULL "
        "WHERE job_id IN (SELECT id FROM jobs WHERE state IN ('queued', 'running', 'paused'))"
    )
    op.execute(
        "UPDATE jobs SET parts_done = 0, rows_done = 0, bytes_done = 0, finalise_until = NULL "
        "WHERE state IN ('queued', 'running', 'paused')"
    )
