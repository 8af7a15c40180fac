"""jobs of several kinds, and stages before the rows"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("kind", sa.String(length=32), nullable=False, server_default="dataset"))
    op.add_column("jobs", sa.Column("result", sa.JSON(), nullable=True))
    op.add_column("jobs", sa.Column("stage", sa.String(length=64), nullable=True))
    op.add_column("jobs", sa.Column("stage_units", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("stage_units_done", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("stage_began", sa.Double(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("first_attempt", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("parts", sa.Column("stage", sa.String(length=64), nullable=True))
    op.add_column("parts", sa.Column("result", sa.LargeBinary(), nullable=True))
    op.create_table(
        "stage_results",
        sa.Column("job_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_stage_results_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_stage_results")),
    )


def downgrade() -> None:
    op.drop_table("stage_results")
    for table, columns in (
        ("parts", ("result", "stage")),
        (
            "jobs",
            ("first_attempt", "stage_began", "stage_units_done", "stage_units", "stage", "result", "kind"),
        ),
    ):
        for column in columns:
            op.drop_column(table, column)
