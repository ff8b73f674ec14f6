"""When each person wants to be reached."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told = sa.Column("contact_preferences", columns.JsonDocument(), server_default="[]", nullable=False)
    op.add_column("debtor", told)


def downgrade() -> None:
    op.drop_column("debtor", "contact_preferences")
