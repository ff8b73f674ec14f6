"""The number that each conversation drew for its review."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BATCH = 5_000


def upgrade() -> None:
    op.add_column("contact", sa.Column("review_draw", sa.Integer(), nullable=True))
    drawn = sa.text("review_draw IS NOT NULL")
    op.create_index("ix_contact_reviews", "contact", ["review_draw"], sqlite_where=drawn, postgresql_where=drawn)
    _draw_for_conversations()


def downgrade() -> None:
    op.drop_index("ix_contact_reviews", "contact")
    op.drop_column("contact", "review_draw")


def _draw_for_conversations() -> None:
    connection = op.get_bind()
    chosen = sa.text("SELECT contact_id FROM contact WHERE channel = 'call' AND conversation AND agent_id IS NOT NULL")
    calls = connection.execute(chosen).scalars().all()
    keep = sa.text("UPDATE contact SET review_draw = :draw WHERE contact_id = :contact_id")
    for first in range(0, len(calls), _BATCH):
        connection.execute(keep, [{"draw": _draw(each), "contact_id": each} for each in calls[first : first + _BATCH]])


def _draw(contact_id: str) -> int:
    digest = hashlib.sha256(f"review/{contact_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") * 100 >> 64
