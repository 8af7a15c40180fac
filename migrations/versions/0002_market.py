"""market tickers, and a cache of their closed days"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "market_tickers",
        sa.Column("workspace_id", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=16), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_market_tickers_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "symbol", name=op.f("pk_market_tickers")),
    )
    op.create_table(
        "market_days",
        sa.Column("security", sa.String(length=64), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("security", "day", name=op.f("pk_market_days")),
    )
    op.create_index("ix_market_days_created_at", "market_days", ["created_at"])


def downgrade() -> None:
    op.drop_table("market_days")
    op.drop_table("market_tickers")
