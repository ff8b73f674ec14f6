"""Agents: their training, their calls and how those were judged."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("agent_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("languages", columns.JsonDocument(), nullable=False),
        sa.Column("authority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("registered_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agent_id"),
    )
    op.create_table(
        "suspension",
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("reference", sa.String(length=160), nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=False),
        sa.Column("suspended_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "reference"),
    )
    op.create_table(
        "attendance",
        sa.Column("agent_id", sa.String(length=80), nullable=False),
        sa.Column("jurisdiction", sa.String(length=20), nullable=False),
        sa.Column("course_version", sa.String(length=20), nullable=False),
        sa.Column("module_id", sa.String(length=64), nullable=False),
        sa.Column("attended_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.agent_id"]),
        sa.PrimaryKeyConstraint("agent_id", "jurisdiction", "course_version", "module_id"),
    )
    op.create_table(
        "examattempt",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=80), nullable=False),
        sa.Column("jurisdiction", sa.String(length=20), nullable=False),
        sa.Column("course_version", sa.String(length=20), nullable=False),
        sa.Column("taken_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("answers", columns.JsonDocument(), nullable=False),
        sa.Column("score_percent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.agent_id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_examattempt_agent_id", "examattempt", ["agent_id"])
    op.create_table(
        "callclaim",
        sa.Column("call_id", sa.String(length=120), nullable=False),
        sa.Column("agent_id", sa.String(length=80), nullable=False),
        sa.Column("claimed_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("until", columns.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.agent_id"]),
        sa.ForeignKeyConstraint(["call_id"], ["calltask.call_id"]),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index("ix_callclaim_agent_id", "callclaim", ["agent_id"])
    op.create_table(
        "callreview",
        sa.Column("contact_id", sa.String(length=120), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("course_version", sa.String(length=20), nullable=False),
        sa.Column("marks", columns.JsonDocument(), nullable=False),
        sa.Column("score_percent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("failed_critical", columns.JsonDocument(), nullable=False),
        sa.Column("reviewed_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.contact_id"]),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_index("ix_callreview_agent_id", "callreview", ["agent_id"])
    with op.batch_alter_table("contact") as batch_op:
        batch_op.add_column(sa.Column("agent_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("right_party", sa.Boolean(), nullable=True))
        batch_op.create_index("ix_contact_agent_id", ["agent_id"])


def downgrade() -> None:
    with op.batch_alter_table("contact") as batch_op:
        batch_op.drop_index("ix_contact_agent_id")
        batch_op.drop_column("right_party")
        batch_op.drop_column("agent_id")

    op.drop_index("ix_callreview_agent_id", table_name="callreview")
    op.drop_table("callreview")
    op.drop_index("ix_callclaim_agent_id", table_name="callclaim")
    op.drop_table("callclaim")
    op.drop_index("ix_examattempt_agent_id", table_name="examattempt")
    op.drop_table("examattempt")
    op.drop_table("attendance")
    op.drop_table("suspension")
    op.drop_table("agent")
