"""What goes to counsel: sealed files of referrals, notices after them, and how counsel answered."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counselnotice",
        sa.Column("notice_id", sa.String(length=160), nullable=False),
        sa.Column("referral_id", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", columns.JsonDocument(), nullable=False),
        sa.Column("created_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("handed_over_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=True),
        sa.Column("refused_code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["legalreferral.referral_id"],
        ),
        sa.PrimaryKeyConstraint("notice_id"),
    )
    with op.batch_alter_table("counselnotice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counselnotice_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_counselnotice_referral_id"), ["referral_id"], unique=False)

    op.create_table(
        "referralpackage",
        sa.Column("referral_id", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("drawn_up_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("may_have_left", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["legalreferral.referral_id"],
        ),
        sa.PrimaryKeyConstraint("referral_id"),
    )
    with op.batch_alter_table("referralpackage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referralpackage_account_id"), ["account_id"], unique=False)

    with op.batch_alter_table("legalreferral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("receipt", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("refused_at", columns.UtcInstant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refused_code", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("legalreferral", schema=None) as batch_op:
        batch_op.drop_column("refused_code")
        batch_op.drop_column("refused_at")
        batch_op.drop_column("receipt")

    with op.batch_alter_table("referralpackage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referralpackage_account_id"))

    op.drop_table("referralpackage")
    with op.batch_alter_table("counselnotice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counselnotice_referral_id"))
        batch_op.drop_index(batch_op.f("ix_counselnotice_account_id"))

    op.drop_table("counselnotice")
