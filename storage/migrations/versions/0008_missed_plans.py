"""Since when another plan may replace one in which an instalment was missed."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreedplan", sa.Column("missed_at", columns.UtcInstant(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("agreedplan", "missed_at")
