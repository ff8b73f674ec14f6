"""Where a consent that came with an account is on record, and when its address was confirmed."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channelchoice", sa.Column("source", sa.String(length=64), nullable=True))
    op.add_column("channelchoice", sa.Column("confirmed_at", columns.UtcInstant(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("channelchoice", "confirmed_at")
    op.drop_column("channelchoice", "source")
