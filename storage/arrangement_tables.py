"""Plans and promises of a person, table by table. Money is in minor units, moments are aware UTC."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from storage.columns import JsonDocument, UtcInstant


class AgreedPlan(SQLModel, table=True):
    """An instalment plan that bound the person and us."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    plan_id: str = Field(primary_key=True, max_length=100)
    agreed_at: datetime = Field(sa_type=UtcInstant)
    paid_before_minor: int = Field(sa_type=BigInteger)
    """What had been paid on the account before."""
    instalments: list[dict[str, Any]] = Field(sa_type=JsonDocument)
    """Each with ``due_at``, the end of its day, and ``amount_minor``."""
    missed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """When the time began in which another plan may replace it."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    outcome: str | None = Field(default=None, max_length=20)
    """A ``PlanOutcome`` of ``domain.terms``."""


class RecordedPromise(SQLModel, table=True):
    """A promise to pay."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    promise_id: str = Field(primary_key=True, max_length=110)
    amount_minor: int = Field(sa_type=BigInteger)
    due_at: datetime = Field(sa_type=UtcInstant)
    """The end of the day that was promised."""
    check_at: datetime = Field(sa_type=UtcInstant)
    """When the policy's grace after it is over."""
    paid_before_minor: int = Field(sa_type=BigInteger)
    """What had been paid on the account before, or was promised for earlier; payments beyond it count."""
    taken_at: datetime = Field(sa_type=UtcInstant)
    stage: str = Field(max_length=20)
    """In which it was taken."""
    channel: str = Field(max_length=10)
    taken_by: str | None = Field(default=None, max_length=100)
    judged_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    outcome: str | None = Field(default=None, max_length=20)
    """A ``PromiseOutcome`` of ``domain.terms``."""
    paid_minor: int | None = Field(default=None, sa_type=BigInteger)
    """What of it had been paid when it was judged."""


class OfferedWaiver(SQLModel, table=True):
    """A waiver that is booked once something has been paid."""

    account_id: str = Field(primary_key=True, foreign_key="account.account_id", max_length=100)
    waiver_id: str = Field(primary_key=True, max_length=110)
    amount_minor: int = Field(sa_type=BigInteger)
    principal_minor: int = Field(sa_type=BigInteger)
    """How much of it gives up principal."""
    pay_minor: int = Field(sa_type=BigInteger)
    pay_by: datetime = Field(sa_type=UtcInstant)
    """Before then; a payment counts by when it came, however late it is told."""
    offered_at: datetime = Field(sa_type=UtcInstant)
    times_booked: int = Field(default=0)
    booked_as: str | None = Field(default=None, max_length=110)
    """Its ledger entry while its condition is met."""
