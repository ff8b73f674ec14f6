"""What kind of credit an account is."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(
            sa.Column("credit_kind", sa.String(length=20), server_default="credit_agreement", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.drop_column("credit_kind")
