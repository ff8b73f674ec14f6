"""When a debt can no longer be sued for: from its last due date, begun anew by what the law names, with proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.jurisdiction import Limitation, RestartedBy
from domain.local_days import local_day, months_later
from domain.registration import end_of_day


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


@dataclass(frozen=True, slots=True)
class Period:
    """A jurisdiction's limitation period as it runs for one person."""

    limitation: Limitation
    region: str
    """Empty where it is not known."""
    time_zone: str
    """The person's, whose days count."""

    def ends_at(self, day: date) -> datetime:
        """When the period is over that runs from a day, which itself does not count.

        Its last day has the same date so many calendar years later, and counts in full. From 29 February it is
        28 February where that year has no 29th, so that the period is over as 1 March begins: Civil Code of China,
        articles 201 and 202; Dodds v Walker [1981] 1 WLR 1027 in England; held alike elsewhere. A law that moves a
        last day which is a holiday to the next working day is not followed: this is the earliest end.
        """
        last_day = months_later(day, 12 * self.limitation.years_in(self.region))
        return end_of_day(last_day, self.time_zone)


def expiry(period: Period, last_due: date, interruptions: Iterable[Interruption]) -> Expiry:
    """When the debt becomes time-barred. What comes after the period is over revives nothing."""
    begins, found = end_of_day(last_due, period.time_zone), Expiry(period.ends_at(last_due))
    for each in sorted(interruptions, key=lambda one: one.at):
        if each.kind in period.limitation.restarted_by and begins < each.at < found.expires_at:
            found = Expiry(period.ends_at(local_day(each.at, period.time_zone)), each)
    return found


def warnings(limitation: Limitation, expires_at: datetime) -> tuple[datetime, ...]:
    """When a named person is told that the period is running out."""
    return tuple(sorted(expires_at - timedelta(days=days) for days in limitation.warn_days_before))
