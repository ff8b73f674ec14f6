"""Agreed plans, and which owed message a contact carried."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreedplan",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("plan_id", sa.String(length=100), nullable=False),
        sa.Column("agreed_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("paid_before_minor", sa.BigInteger(), nullable=False),
        sa.Column("instalments", columns.JsonDocument(), nullable=False),
        sa.Column("ended_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "plan_id"),
    )
    op.add_column("contact", sa.Column("message_id", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "message_id")

    op.drop_table("agreedplan")
