"""engine version of a job, and the grace after an outage"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("engine", sa.String(length=32), nullable=False, server_default="1"))
    op.add_column("jobs", sa.Column("unmanned_since", sa.Double(), nullable=True))
    op.add_column("locks", sa.Column("reap_after", sa.Double(), nullable=False, server_default="0"))
    jobs = sa.table("jobs", sa.column("id", sa.String), sa.column("recipe", sa.JSON), sa.column("engine"))
    connection = op.get_bind()
    for job_id, recipe in connection.execute(sa.select(jobs.c.id, jobs.c.recipe)).all():
        stored = json.loads(recipe) if isinstance(recipe, str) else recipe
        connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(engine=stored["engine"]))
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("engine", server_default=None)
    with op.batch_alter_table("locks") as batch:
        batch.alter_column("reap_after", server_default=None)


def downgrade() -> None:
    op.drop_column("locks", "reap_after")
    op.drop_column("jobs", "unmanned_since")
    op.drop_column("jobs", "engine")
