"""The records."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "auditrecord",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("detail", columns.JsonDocument(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number"),
    )
    op.create_table(
        "debtor",
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("registered_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("erased_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("debtor_id"),
    )
    op.create_table(
        "policyversion",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("document", columns.JsonDocument(), nullable=False),
        sa.Column("first_used_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "account",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("jurisdiction", sa.String(length=20), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("policy", sa.String(length=100), nullable=False),
        sa.Column("policy_version", sa.String(length=64), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("registered_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("next_due_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("closed_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(length=40), nullable=True),
        sa.Column("milestones_written", sa.Integer(), nullable=False),
        sa.Column("case", columns.JsonDocument(), nullable=True),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["policyversion.version"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_debtor_id"), ["debtor_id"], unique=False)

    op.create_table(
        "address",
        sa.Column("address_ref", sa.String(length=100), nullable=False),
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unusable_since", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("unusable_code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.PrimaryKeyConstraint("address_ref"),
        sa.UniqueConstraint("debtor_id", "kind", "digest"),
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_debtor_id"), ["debtor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_digest"), ["digest"], unique=False)

    op.create_table(
        "channelchoice",
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address_ref", sa.String(length=100), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.PrimaryKeyConstraint("debtor_id", "channel", "address_ref"),
    )
    op.create_table(
        "recordedhold",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("hold_id", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("since", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("until", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("ended_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("debtor_id", "scope", "kind", "hold_id"),
    )
    with op.batch_alter_table("recordedhold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recordedhold_debtor_id"), ["debtor_id"], unique=False)

    op.create_table(
        "accountinstalment",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("overdue_from", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("fees_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "number"),
    )
    op.create_table(
        "bookedmessage",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", columns.JsonDocument(), nullable=False),
        sa.Column("received_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("booked_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("booking", columns.JsonDocument(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "message_id"),
    )
    op.create_table(
        "callpermission",
        sa.Column("permit_ref", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("call_id", sa.String(length=120), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=100), nullable=False),
        sa.Column("address_ref", sa.String(length=100), nullable=False),
        sa.Column("granted_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("until", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("used_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.ForeignKeyConstraint(
            ["address_ref"],
            ["address.address_ref"],
        ),
        sa.PrimaryKeyConstraint("permit_ref"),
        sa.UniqueConstraint("account_id", "request_id"),
    )
    with op.batch_alter_table("callpermission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callpermission_call_id"), ["call_id"], unique=False)

    op.create_table(
        "calltask",
        sa.Column("call_id", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("requested_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("ended_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("call_id"),
    )
    with op.batch_alter_table("calltask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calltask_account_id"), ["account_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("contact_id", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("message_class", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempted_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("address_ref", sa.String(length=100), nullable=True),
        sa.Column("policy_version", sa.String(length=64), nullable=True),
        sa.Column("pack_version", sa.String(length=64), nullable=True),
        sa.Column("template_id", sa.String(length=120), nullable=True),
        sa.Column("template_version", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("verdicts", columns.JsonDocument(), nullable=False),
        sa.Column("valid_until", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("provider_ref", sa.String(length=200), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("settled_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("delivered_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=True),
        sa.Column("conversation", sa.Boolean(), nullable=True),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.ForeignKeyConstraint(
            ["address_ref"],
            ["address.address_ref"],
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_contact_attempts", ["debtor_id", "attempted_at"], unique=False)

    op.create_table(
        "recordedduty",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("duty_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("deadline", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("warn_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("channels", columns.JsonDocument(), nullable=False),
        sa.Column("contact_id", sa.String(length=120), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("sent_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("arrived_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "duty_id", "number"),
    )
    with op.batch_alter_table("recordedduty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recordedduty_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "factdelivery",
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("delivered_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.PrimaryKeyConstraint("event_id", "account_id"),
    )
    op.create_table(
        "ledgerentry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("entry_id", sa.String(length=110), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reverses", sa.String(length=110), nullable=True),
        sa.Column("effective_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("booked_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("account_id", "entry_id"),
        sa.UniqueConstraint("account_id", "reverses"),
    )
    with op.batch_alter_table("ledgerentry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledgerentry_account_id"), ["account_id"], unique=False)

    op.create_table(
        "legalreferral",
        sa.Column("referral_id", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("checklist", columns.JsonDocument(), nullable=False),
        sa.Column("checklist_digest", sa.String(length=64), nullable=False),
        sa.Column("opened_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.Column("handed_over", sa.Boolean(), nullable=True),
        sa.Column("handed_over_at", columns.UtcInstant(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("referral_id"),
        sa.UniqueConstraint("account_id", "handed_over"),
    )
    with op.batch_alter_table("legalreferral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legalreferral_account_id"), ["account_id"], unique=False)

    op.create_table(
        "personfact",
        sa.Column("debtor_id", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("body", columns.JsonDocument(), nullable=False),
        sa.Column("heard_by", sa.String(length=100), nullable=False),
        sa.Column("occurred_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtor.debtor_id"],
        ),
        sa.ForeignKeyConstraint(
            ["heard_by"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("debtor_id", "event_id"),
    )
    op.create_table(
        "persontask",
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("asked_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("deadline", columns.UtcInstant(timezone=True), nullable=False),
        sa.Column("times_asked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "subject"),
    )
    op.create_table(
        "storedtext",
        sa.Column("text_ref", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stored_at", columns.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.account_id"],
        ),
        sa.PrimaryKeyConstraint("text_ref"),
    )
    with op.batch_alter_table("storedtext", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_storedtext_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("storedtext", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_storedtext_account_id"))

    op.drop_table("storedtext")
    op.drop_table("persontask")
    op.drop_table("personfact")
    with op.batch_alter_table("legalreferral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legalreferral_account_id"))

    op.drop_table("legalreferral")
    with op.batch_alter_table("ledgerentry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledgerentry_account_id"))

    op.drop_table("ledgerentry")
    op.drop_table("factdelivery")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_attempts")
        batch_op.drop_index(batch_op.f("ix_contact_account_id"))

    op.drop_table("contact")
    with op.batch_alter_table("calltask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calltask_account_id"))

    op.drop_table("calltask")
    with op.batch_alter_table("callpermission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callpermission_call_id"))

    op.drop_table("callpermission")
    op.drop_table("bookedmessage")
    op.drop_table("accountinstalment")
    with op.batch_alter_table("recordedhold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordedhold_debtor_id"))

    op.drop_table("recordedhold")
    op.drop_table("channelchoice")
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_address_digest"))
        batch_op.drop_index(batch_op.f("ix_address_debtor_id"))

    op.drop_table("address")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_debtor_id"))

    op.drop_table("account")
    op.drop_table("policyversion")
    op.drop_table("debtor")
    op.drop_table("auditrecord")
