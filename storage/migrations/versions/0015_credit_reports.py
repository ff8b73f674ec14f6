"""Verified debts, announced credit reports, and what lenders have to know for them."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "creditreportevent",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=160), nullable=False),
        sa.Column("at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("from_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("account_id", "kind", "reference"),
    )
    op.create_index("ix_creditreportevent_account_id", "creditreportevent", ["account_id"])
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("debt_verified_at", columns.UtcInstant(timezone=True), nullable=True))
        table.add_column(sa.Column("credit_report_announced_at", columns.UtcInstant(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.drop_column("credit_report_announced_at")
        table.drop_column("debt_verified_at")
    op.drop_index("ix_creditreportevent_account_id", table_name="creditreportevent")
    op.drop_table("creditreportevent")
