"""What a correction of the balance is taken off."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledgerentry", sa.Column("component", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("ledgerentry", "component")
