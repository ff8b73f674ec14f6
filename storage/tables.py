"""The records, table by table. Money is in minor units, moments are aware UTC.

Personal data stand in columns of type ``PersonalText`` and ``PersonalDocument`` only, which are encrypted at rest.
"""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from domain.terms import CreditKind, Track
from storage.columns import JsonDocument, UtcInstant
from storage.personal import PersonalDocument, PersonalText


class AccountState(StrEnum):
    """Where an account is in its life with us."""

    REGISTERED = "registered"
    """Known, not yet collected."""
    OPEN = "open"
    """A workflow collects it."""
    CLOSED = "closed"
    """Its case has ended; a reversal or new arrears may open it again."""


class ContactStatus(StrEnum):
    """What is known of one contact."""

    SENDING = "sending"
    """Handed over, or about to be; a crash now leaves it to be looked up."""
    RELEASED = "released"
    """The provider certainly did not take it: it counts for nothing and may be tried again."""
    SENT = "sent"
    """The provider took it."""
    DELIVERED = "delivered"
    """Its arrival is proved."""
    UNKNOWN = "unknown"
    """It may have left: it counts, and is never sent again."""
    REJECTED = "rejected"
    """It never left and will not: it counts for nothing."""
    FAILED = "failed"
    """It left and did not arrive."""


LEFT = (ContactStatus.SENT, ContactStatus.DELIVERED, ContactStatus.FAILED)
"""Contacts that certainly left."""
LEFT_OR_MAY_HAVE = (*LEFT, ContactStatus.UNKNOWN)
"""Contacts that left, as far as anybody can know."""
LEFT_AND_NOT_LOST = (ContactStatus.SENT, ContactStatus.DELIVERED)
"""Contacts that left, of which nothing says that they did not arrive."""


class Debtor(SQLModel, table=True):
    """A person who owes."""

    debtor_id: str = Field(primary_key=True, max_length=100)
    name: str = Field(sa_type=PersonalText("debtor.name"))
    language: str = Field(max_length=20)
    time_zone: str = Field(max_length=64)
    registered_at: datetime = Field(sa_type=UtcInstant)
    erased_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When name and addresses were erased, their time having passed."""
    contact_preferences: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JsonDocument, sa_column_kwargs={"server_default": "[]"}
    )
    """What the person told us of when to reach them: every ``ContactPreference`` of ``domain.contact_preferences``."""


class Address(SQLModel, table=True):
    """One way to reach a person: a number, an email address or postal lines."""

    __table_args__ = (UniqueConstraint("debtor_id", "kind", "digest"),)

    address_ref: str = Field(primary_key=True, max_length=100)
    debtor_id: str = Field(foreign_key="debtor.debtor_id", index=True, max_length=100)
    kind: str = Field(max_length=10)
    value: str = Field(sa_type=PersonalText("address.value"))
    digest: str = Field(max_length=64, index=True)
    number: int
    """The order in which the person's addresses of a kind are tried."""
    unusable_since: datetime | None = Field(default=None, sa_type=UtcInstant)
    unusable_code: str | None = Field(default=None, max_length=64)


class PolicyVersion(SQLModel, table=True):
    """A policy as it was when some case started with it."""

    version: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=100)
    document: dict[str, Any] = Field(sa_type=JsonDocument)
    first_used_at: datetime = Field(sa_type=UtcInstant)


class Account(SQLModel, table=True):
    """One account, and where its case stands when no workflow is there to ask."""

    account_id: str = Field(primary_key=True, max_length=100)
    debtor_id: str = Field(foreign_key="debtor.debtor_id", index=True, max_length=100)
    jurisdiction: str = Field(max_length=20)
    product: str = Field(max_length=200)
    currency: str = Field(max_length=3)
    policy: str = Field(max_length=100)
    policy_version: str | None = Field(default=None, foreign_key="policyversion.version", max_length=64)
    terms: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    """What paying late costs by its contract, a ``LateTerms``; none: nothing accrues."""
    credit_kind: str = Field(
        default=CreditKind.CREDIT_AGREEMENT,
        max_length=20,
        sa_column_kwargs={"server_default": CreditKind.CREDIT_AGREEMENT.value},
    )
    """A :class:`CreditKind`."""
    body_digest: str = Field(max_length=64)
    """Digest of what it was registered with, by which a second registration is compared."""
    registered_at: datetime = Field(sa_type=UtcInstant)
    state: str = Field(default=AccountState.REGISTERED, max_length=20)
    """An :class:`AccountState`."""
    stage: str = Field(default="first_reminder", max_length=20)
    """As of the last activity; the workflow knows better."""
    track: str = Field(default=Track.STANDARD, max_length=20, sa_column_kwargs={"server_default": Track.STANDARD.value})
    """Likewise."""
    next_due_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    closed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    closed_reason: str | None = Field(default=None, max_length=40)
    demand_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When its next demand is planned; none while one is under way or a call waits for an agent."""
    demand_channel: str | None = Field(default=None, max_length=10)
    """By which channel that one is planned."""
    demand_waits_since: datetime | None = Field(default=None, sa_type=UtcInstant)
    """Since when that demand has been put off for want of room; none if it has not."""
    shares_contacts: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether some contact told of this account and another of the person's at once."""
    milestones_written: int = Field(default=0)
    """The number of the case's last milestone in the audit trail."""
    case: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    """The closed case, from which a reopening goes on."""
    review_chosen_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When somebody chose a legal review because the person has stopped all contact; none once that is over."""
    debt_verified_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When a named person found the debt to be owed that is disputed now; none once the dispute is decided."""
    credit_report_announced_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When the lender last announced that it means to report the debt to a credit bureau."""


class AccountInstalment(SQLModel, table=True):
    """One instalment of an account as the contract has it."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    number: int = Field(primary_key=True)
    due_date: date
    overdue_from: datetime = Field(sa_type=UtcInstant)
    principal_minor: int = Field(sa_type=BigInteger)
    interest_minor: int = Field(sa_type=BigInteger)
    fees_minor: int = Field(sa_type=BigInteger)


class LedgerEntry(SQLModel, table=True):
    """One booking on an account, in the order of ``number``."""

    __table_args__ = (UniqueConstraint("account_id", "entry_id"), UniqueConstraint("account_id", "reverses"))

    number: int | None = Field(default=None, primary_key=True)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    entry_id: str = Field(max_length=110)
    kind: str = Field(max_length=20)
    amount_minor: int = Field(sa_type=BigInteger)
    reverses: str | None = Field(default=None, max_length=110)
    component: str | None = Field(default=None, max_length=10)
    """What a correction is taken off."""
    before: str | None = Field(default=None, max_length=110)
    """For a waiver that a payment earned, that payment's ``entry_id``: it counts just before it."""
    principal_minor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    """For a waiver, how much of it gives up principal."""
    effective_at: datetime = Field(sa_type=UtcInstant)
    booked_at: datetime = Field(sa_type=UtcInstant)


class BookedMessage(SQLModel, table=True):
    """A fact or request that an account was told, and once it is booked, what it did to the case."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    message_id: str = Field(primary_key=True, max_length=100)
    name: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    body: dict[str, Any] = Field(sa_type=JsonDocument)
    received_at: datetime = Field(sa_type=UtcInstant)
    booked_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    booking: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    refused: bool = Field(default=False)
    """Whether the booking is a refusal, which the case knows nothing of."""


class PersonFact(SQLModel, table=True):
    """A fact that concerns the person, as one of their cases heard it first."""

    debtor_id: str = Field(primary_key=True, foreign_key="debtor.debtor_id", max_length=100)
    event_id: str = Field(primary_key=True, max_length=100)
    name: str = Field(max_length=64)
    body: dict[str, Any] = Field(sa_type=JsonDocument)
    heard_by: str = Field(foreign_key="account.account_id", max_length=100)
    occurred_at: datetime = Field(sa_type=UtcInstant)


class FactDelivery(SQLModel, table=True):
    """One other case of the person that must be told of a fact."""

    event_id: str = Field(primary_key=True, max_length=100)
    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    debtor_id: str = Field(foreign_key="debtor.debtor_id", max_length=100)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class RecordedHold(SQLModel, table=True):
    """What stops contact with a person, or with one account only when ``account_id`` is set."""

    __table_args__ = (UniqueConstraint("debtor_id", "scope", "kind", "hold_id"),)

    number: int | None = Field(default=None, primary_key=True)
    debtor_id: str = Field(foreign_key="debtor.debtor_id", index=True, max_length=100)
    scope: str = Field(max_length=100)
    """The account it binds, or ``*`` for every account of the person."""
    kind: str = Field(max_length=20)
    hold_id: str = Field(max_length=100)
    reason: str = Field(default="", max_length=64)
    since: datetime = Field(sa_type=UtcInstant)
    until: datetime | None = Field(default=None, sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class ChannelChoice(SQLModel, table=True):
    """The person's latest word on a channel, or on one address of it."""

    debtor_id: str = Field(primary_key=True, foreign_key="debtor.debtor_id", max_length=100)
    channel: str = Field(primary_key=True, max_length=10)
    address_ref: str = Field(primary_key=True, default="*", max_length=100)
    """An address, or ``*`` for the whole channel."""
    allowed: bool
    occurred_at: datetime = Field(sa_type=UtcInstant)
    source: str | None = Field(default=None, max_length=64)
    """Where a consent that came with the account is on record."""
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When the address was last known to be the person's, if that was told with the consent."""

    @property
    def fresh_from(self) -> datetime:
        """When it was said, or the address confirmed, whichever is later."""
        return max(self.occurred_at, self.confirmed_at or self.occurred_at)


class Contact(SQLModel, table=True):
    """One contact, made or attempted: the person's attempt log, with the words and the verdicts."""

    __table_args__ = (
        Index("ix_contact_attempts", "debtor_id", "attempted_at"),
        # Only conversations have drawn; all that a campaign sends stays out of it.
        Index(
            "ix_contact_reviews",
            "review_draw",
            sqlite_where=text("review_draw IS NOT NULL"),
            postgresql_where=text("review_draw IS NOT NULL"),
        ),
    )

    contact_id: str = Field(primary_key=True, max_length=120)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    debtor_id: str = Field(foreign_key="debtor.debtor_id", max_length=100)
    channel: str = Field(max_length=10)
    message_class: str = Field(max_length=10)
    stage: str = Field(max_length=20)
    status: str = Field(max_length=20)
    """A :class:`ContactStatus`."""
    attempted_at: datetime = Field(sa_type=UtcInstant)
    address_ref: str | None = Field(default=None, foreign_key="address.address_ref", max_length=100)
    policy_version: str | None = Field(default=None, max_length=64)
    pack_version: str | None = Field(default=None, max_length=64)
    template_id: str | None = Field(default=None, max_length=120)
    template_version: str | None = Field(default=None, max_length=64)
    subject: str = Field(default="", sa_type=PersonalText("contact.subject"))
    words: str = Field(default="", sa_type=PersonalText("contact.words"))
    html: str = Field(default="", sa_type=PersonalText("contact.html"))
    parameters: dict[str, str] = Field(default_factory=dict, sa_type=PersonalDocument("contact.parameters"))
    verdicts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonDocument)
    valid_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    provider: str | None = Field(default=None, max_length=40)
    provider_ref: str | None = Field(default=None, max_length=200)
    simulated: bool = Field(default=False)
    code: str | None = Field(default=None, max_length=64)
    settled_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    lookups: int = Field(default=0)
    direction: str = Field(default="outbound", max_length=10)
    connected: bool | None = Field(default=False)
    """Whether a call was answered; none while that is not known."""
    conversation: bool | None = Field(default=False)
    """Whether people talked; none while that is not known."""
    occasion: str = Field(default="", max_length=40)
    """Which message of its class; empty for a stage's own."""
    told_with: str | None = Field(default=None, max_length=120, index=True)
    """The contact that told of this account besides its own; its words are this one's too."""
    counted_as: str | None = Field(default=None, max_length=120)
    """Of an account told of so: the order of its case that was fulfilled by it."""
    counted_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    proof_told_in: str | None = Field(default=None, max_length=120)
    """Of an account told of so: the order with which its case learned of the arrival or the loss."""
    agent_id: str | None = Field(default=None, index=True, max_length=100)
    """Who called."""
    right_party: bool | None = Field(default=None)
    """Whether the person on the line was known to be the right one; none if nobody said."""
    message_id: str | None = Field(default=None, max_length=200)
    """Of the owed message that it carries."""
    review_draw: int | None = Field(default=None)
    """What a conversation that an agent had drew for its review, by :func:`domain.call_quality.review_draw`."""

    @property
    def words_digest(self) -> str:
        """A digest of the words, by which the audit trail holds them to what was sent."""
        return hashlib.sha256(f"{self.subject}\n{self.words}\n{self.html}".encode()).hexdigest()


class PlannedMessage(SQLModel, table=True):
    """A service message that an account owes and when it is planned, for the person's other accounts to know."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    message_id: str = Field(primary_key=True, max_length=160)
    occasion: str = Field(max_length=40)
    channel: str = Field(max_length=10)
    due_at: datetime = Field(sa_type=UtcInstant)


class CallTask(SQLModel, table=True):
    """A call on the agents' list."""

    call_id: str = Field(primary_key=True, max_length=120)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    stage: str = Field(max_length=20)
    requested_at: datetime = Field(sa_type=UtcInstant)
    script: str = Field(default="", sa_type=PersonalText("calltask.script"))
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    outcome: str | None = Field(default=None, max_length=20)


class CallPermission(SQLModel, table=True):
    """Leave that was given to dial one number once."""

    __table_args__ = (UniqueConstraint("account_id", "request_id"),)

    permit_ref: str = Field(primary_key=True, max_length=120)
    account_id: str = Field(foreign_key="account.account_id", max_length=100)
    call_id: str = Field(index=True, max_length=120)
    request_id: str = Field(max_length=100)
    agent_id: str = Field(max_length=100)
    address_ref: str = Field(foreign_key="address.address_ref", max_length=100)
    granted_at: datetime = Field(sa_type=UtcInstant)
    until: datetime = Field(sa_type=UtcInstant)
    used_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class PersonTask(SQLModel, table=True):
    """A decision that a person owes or owed a case."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    subject: str = Field(primary_key=True, max_length=160)
    asked_at: datetime = Field(sa_type=UtcInstant)
    deadline: datetime = Field(sa_type=UtcInstant)
    times_asked: int = Field(default=1)
    decided_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When it was decided, or settled without anybody; none while it waits."""
    decided_by: str | None = Field(default=None, max_length=100)


class LegalReferral(SQLModel, table=True):
    """A review for referral and, once handed over, the referral; an account is handed over once."""

    __table_args__ = (UniqueConstraint("account_id", "handed_over"),)

    referral_id: str = Field(primary_key=True, max_length=120)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    checklist: list[dict[str, Any]] = Field(sa_type=JsonDocument)
    checklist_digest: str = Field(max_length=64)
    opened_at: datetime = Field(sa_type=UtcInstant)
    approved_by: str | None = Field(default=None, max_length=100)
    handed_over: bool | None = Field(default=None)
    """True once, else nothing: two handed over for one account break the constraint."""
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    receipt: str | None = Field(default=None, max_length=200)
    """By what counsel acknowledged it."""
    refused_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    refused_code: str | None = Field(default=None, max_length=64)
    """Why counsel did not take it."""
    outcome: str | None = Field(default=None, max_length=20)


class RecordedDuty(SQLModel, table=True):
    """One notice that an account owes or owed by law; the first of its duty has the number 1."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    duty_id: str = Field(primary_key=True, max_length=40)
    number: int = Field(primary_key=True)
    state: str = Field(max_length=12)
    """A ``DutyState`` of ``domain.duties``."""
    since: datetime = Field(sa_type=UtcInstant)
    """From when it is owed."""
    due_at: datetime = Field(sa_type=UtcInstant)
    """The first lawful moment for it."""
    deadline: datetime | None = Field(default=None, sa_type=UtcInstant)
    warn_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    channels: list[str] = Field(default_factory=list, sa_type=JsonDocument)
    contact_id: str | None = Field(default=None, max_length=120, index=True)
    """The contact by which it was given or lost."""
    channel: str | None = Field(default=None, max_length=10)
    sent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    arrived_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """By receipt."""
    missed: bool = Field(default=False)
    """Whether it had not been given by its deadline."""
    settled_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When nothing asked for it any more, of one that was never given."""
    stops_interest: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether no interest runs from its deadline until it is given."""
    revision: int
    """The number of the account's change of duties that wrote it last; not above zero until the case is told."""


class CreditReportEvent(SQLModel, table=True):
    """What a lender that reports to credit bureaus has to know of an account; the lender reports, not this product."""

    __table_args__ = (UniqueConstraint("account_id", "kind", "reference"),)

    number: int | None = Field(default=None, primary_key=True)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    kind: str = Field(max_length=20)
    """A ``CreditReportKind`` of ``storage.credit_reports``."""
    reference: str = Field(max_length=160)
    """The announcement, notice, dispute or end that it is about."""
    at: datetime = Field(sa_type=UtcInstant)
    from_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """From when the debt may be reported."""


class StoredText(SQLModel, table=True):
    """Free text that a message refers to by ``text_ref``."""

    text_ref: str = Field(primary_key=True, max_length=100)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    text: str = Field(sa_type=PersonalText("storedtext.text"))
    stored_at: datetime = Field(sa_type=UtcInstant)


class AuditRecord(SQLModel, table=True):
    """One line of an account's audit trail, chained to the one before by its hash. Never changed, never removed."""

    account_id: str = Field(primary_key=True, max_length=100)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcInstant)
    kind: str = Field(max_length=64)
    subject: str = Field(default="", max_length=160)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)
