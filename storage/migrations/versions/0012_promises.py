"""Promises to pay, and what became of them."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recordedpromise",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("promise_id", sa.String(length=110), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("check_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("paid_before_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("taken_by", sa.String(length=100), nullable=True),
        sa.Column("judged_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("paid_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "promise_id"),
    )


def downgrade() -> None:
    op.drop_table("recordedpromise")
