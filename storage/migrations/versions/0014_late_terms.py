"""What paying late costs by an account's contract, and waivers that a payment earned."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("terms", columns.JsonDocument(), nullable=True))
    with op.batch_alter_table("ledgerentry") as table:
        table.add_column(sa.Column("before", sa.String(length=110), nullable=True))
        table.add_column(sa.Column("principal_minor", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("ledgerentry") as table:
        table.drop_column("principal_minor")
        table.drop_column("before")
    op.drop_column("account", "terms")
