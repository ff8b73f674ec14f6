"""Notices that stop interest while they are late."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recordedduty") as table:
        table.add_column(sa.Column("settled_at", columns.UtcInstant(timezone=True), nullable=True))
        table.add_column(sa.Column("stops_interest", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("recordedduty") as table:
        table.drop_column("stops_interest")
        table.drop_column("settled_at")
