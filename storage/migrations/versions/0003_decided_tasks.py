"""When and by whom what people were asked was decided."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LAST_DECISION = """
    SELECT max(at) FROM auditrecord
    WHERE auditrecord.account_id = persontask.account_id
    AND kind = 'decide_legal_referral' AND at >= persontask.asked_at
"""


def upgrade() -> None:
    op.add_column("persontask", sa.Column("decided_at", columns.UtcInstant(timezone=True), nullable=True))
    op.add_column("persontask", sa.Column("decided_by", sa.String(length=100), nullable=True))
    op.execute(f"UPDATE persontask SET decided_at = ({_LAST_DECISION}) WHERE subject LIKE 'referral:%'")  # noqa: S608


def downgrade() -> None:
    op.drop_column("persontask", "decided_by")
    op.drop_column("persontask", "decided_at")
