"""What was arranged with a person: plans, table by table. Money is in minor units, moments are aware UTC."""

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
    """How it ended: ``kept``, ``broken`` or ``replaced``."""
