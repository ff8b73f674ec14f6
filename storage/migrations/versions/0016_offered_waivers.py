"""Waivers that are booked once something has been paid."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offeredwaiver",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("waiver_id", sa.String(length=110), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("pay_minor", sa.BigInteger(), nullable=False),
        sa.Column("pay_by", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("offered_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("times_booked", sa.Integer(), nullable=False),
        sa.Column("booked_as", sa.String(length=110), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("account_id", "waiver_id"),
    )


def downgrade() -> None:
    op.drop_table("offeredwaiver")
