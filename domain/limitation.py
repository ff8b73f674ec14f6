"""When a debt can no longer be sued for: from its last due date, begun anew by what the law names, with proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.jurisdiction import Limitation, RestartedBy


@dataclass(frozen=True, slots=True)
class Interruption:
    """Something that makes the period run anew where the law says so."""

    kind: RestartedBy
    at: datetime
    evidence: str
    """The record that proves it: a contact that arrived, a payment, a plan."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When the period is over, and what it runs from if it was begun anew."""

    expires_at: datetime
    restarted_by: Interruption | None = None


def expiry(
    limitation: Limitation, region: str, last_overdue_from: datetime, interruptions: Iterable[Interruption]
) -> Expiry:
    """When the debt becomes time-barred. What comes after the period is over revives nothing."""
    found = Expiry(limitation.ends_at(last_overdue_from, region))
    for each in sorted(interruptions, key=lambda one: one.at):
        if each.kind in limitation.restarted_by and last_overdue_from < each.at < found.expires_at:
            found = Expiry(limitation.ends_at(each.at, region), each)
    return found


def warnings(limitation: Limitation, expires_at: datetime) -> tuple[datetime, ...]:
    """When a named person is told that the period is running out."""
    return tuple(sorted(expires_at - timedelta(days=days) for days in limitation.warn_days_before))
