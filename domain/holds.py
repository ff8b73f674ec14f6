"""Holds: what stops a case, since when and until when. Overlapping holds count as their union."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.terms import HoldKind

LIMITATION_PLEADED = "limitation_pleaded"
"""The reason of the manual hold that a person's plea places: the debt is too old to be sued for."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason to stop, over a half-open span of time."""

    kind: HoldKind
    hold_id: str
    since: datetime
    until: datetime | None = None
    """When it ends by itself; none means that a person must end it."""
    ended_at: datetime | None = None
    """When it was ended before its time."""
    reason: str = ""
    """A reason code."""

    @property
    def ends_at(self) -> datetime | None:
        """When it ends or ended, whichever comes first."""
        ends = [each for each in (self.until, self.ended_at) if each is not None]
        return min(ends, default=None)

    def open_at(self, now: datetime) -> bool:
        """Whether it stops the case at that moment. One announced for later does so only from then on."""
        return self.since <= now and (self.ends_at is None or now < self.ends_at)

    def prolonged(self, until: datetime | None) -> "Hold":
        """The same hold, told again: it may last longer, never shorter, and one that a person ended stays ended."""
        if self.ended_at is not None or self.until is None:
            return self
        return replace(self, until=None if until is None else max(self.until, until))

    def ended(self, at: datetime) -> "Hold":
        """The same hold, ended at that moment unless it had ended before."""
        return self if self.ended_at is not None else replace(self, ended_at=at)


def time_on_hold(holds: Iterable[Hold], start: datetime, end: datetime) -> timedelta:
    """How much of a span was on hold; time under several holds counts once."""
    total, reached = timedelta(0), start
    for hold in sorted(holds, key=lambda each: each.since):
        begins = max(hold.since, reached)
        ends = min(hold.ends_at or end, end)
        if ends > begins:
            total += ends - begins
            reached = ends
    return total


def add_time_off_hold(holds: Iterable[Hold], start: datetime, length: timedelta) -> datetime:
    """The moment at which that much time off hold has passed since the start, by the holds known now.

    A hold without an end counts up to where it begins: the answer lies within it and is asked anew when it ends.
    """
    due = start + length
    for hold in sorted(holds, key=lambda each: each.since):
        if hold.since >= due:
            break
        begins, ends = max(hold.since, start), hold.ends_at
        if ends is not None and ends > begins:
            due += ends - begins
            start = ends
    return due


def lasting_at_least(holds: Iterable[Hold], until: datetime, now: datetime) -> tuple[Hold, ...]:
    """The same holds, but those that are open and have no end are taken to end then."""
    return tuple(replace(each, until=until) if each.open_at(now) and each.ends_at is None else each for each in holds)


def last_end(holds: Iterable[Hold], now: datetime) -> datetime | None:
    """When the last of the ended holds ended, or none if none has."""
    return max((each.ends_at for each in holds if each.ends_at is not None and each.ends_at <= now), default=None)
