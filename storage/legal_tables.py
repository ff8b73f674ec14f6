"""What goes to counsel: the sealed file of a referral, and notices of what happened after it."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import JsonDocument, UtcInstant
from storage.personal import PersonalText


class ReferralPackage(SQLModel, table=True):
    """The file of one referral as it was sealed, so that every attempt to hand it over has the same bytes."""

    referral_id: str = Field(primary_key=True, foreign_key="legalreferral.referral_id", max_length=120)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    drawn_up_at: datetime = Field(sa_type=UtcInstant)
    digest: str = Field(max_length=64)
    """SHA-256 of the package."""
    content: str = Field(sa_type=PersonalText("referralpackage.content"))
    """The package in base64."""
    may_have_left: bool = Field(default=False)
    """Whether counsel may have it, acknowledged or not."""


class CounselNotice(SQLModel, table=True):
    """Something that counsel must hear about a referral, handed over once under its own id."""

    notice_id: str = Field(primary_key=True, max_length=160)
    referral_id: str = Field(foreign_key="legalreferral.referral_id", index=True, max_length=120)
    account_id: str = Field(foreign_key="account.account_id", index=True, max_length=100)
    kind: str = Field(max_length=40)
    body: dict[str, Any] = Field(sa_type=JsonDocument)
    """Ids, codes and amounts; signed before it first leaves, and unchanged from then on."""
    created_at: datetime = Field(sa_type=UtcInstant)
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    receipt: str | None = Field(default=None, max_length=200)
    refused_code: str | None = Field(default=None, max_length=64)
    """Why counsel did not take it; a person looks at it."""
