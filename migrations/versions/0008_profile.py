"""a profile with every part that is done"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parts", sa.Column("profile", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("parts", "profile")
