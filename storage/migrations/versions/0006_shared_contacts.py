"""Which accounts of a person a contact told of, and when each account's next demand is planned."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(sa.Column("demand_at", columns.UtcInstant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("demand_channel", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("shares_contacts", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("contact") as batch_op:
        batch_op.add_column(sa.Column("told_with", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("counted_as", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("counted_at", columns.UtcInstant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("proof_told_in", sa.String(length=120), nullable=True))
        batch_op.create_index("ix_contact_told_with", ["told_with"])


def downgrade() -> None:
    with op.batch_alter_table("contact") as batch_op:
        batch_op.drop_index("ix_contact_told_with")
        batch_op.drop_column("proof_told_in")
        batch_op.drop_column("counted_at")
        batch_op.drop_column("counted_as")
        batch_op.drop_column("told_with")

    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_column("shares_contacts")
        batch_op.drop_column("demand_channel")
        batch_op.drop_column("demand_at")
