"""What waits for room among a person's accounts: service messages that are planned, and since when demands wait."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plannedmessage",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("message_id", sa.String(length=160), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("due_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("account_id", "message_id"),
    )
    op.add_column("account", sa.Column("demand_waits_since", columns.UtcInstant(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "demand_waits_since")
    op.drop_table("plannedmessage")
