"""On which track an account's case is, for what is written and asked without asking its workflow."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("track", sa.String(length=20), server_default="standard", nullable=False))


def downgrade() -> None:
    op.drop_column("account", "track")
