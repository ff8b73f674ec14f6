"""The spans in which no interest and no default sum runs because a notice of the law was not given in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.duties import DutyRecord, DutyState
from domain.local_days import local_day
from domain.registration import end_of_day


@dataclass(frozen=True, slots=True)
class InterestGap:
    """A half-open span for which the person owes no interest and no default sum."""

    since: datetime
    until: datetime | None
    """None: it goes on."""


def interest_gaps(records: Iterable[DutyRecord], time_zone: str, as_of: datetime) -> tuple[InterestGap, ...]:
    """The gaps that have begun by a moment, in order and apart from each other.

    One begins when the time for a notice is over and ends with the day, where the person lives, on which the notice is
    given or nothing asks for it any more (Consumer Credit Act 1974 section 86D(3) to (5)). A notice that was lost is
    followed by another one with the same deadline, and so ends nothing.
    """
    gaps = [_gap(each, time_zone) for each in records if each.stops_interest]
    begun = [each for each in gaps if each is not None and each.since < as_of]
    return _apart(sorted(begun, key=lambda each: each.since))


def _gap(record: DutyRecord, time_zone: str) -> InterestGap | None:
    if record.deadline is None or record.state is DutyState.LOST:
        return None
    if record.state is DutyState.OWED:
        return InterestGap(record.deadline, None)
    ended_at = record.sent_at if record.state is DutyState.GIVEN else record.settled_at
    if ended_at is None or ended_at <= record.deadline:
        return None
    return InterestGap(record.deadline, end_of_day(local_day(ended_at, time_zone), time_zone))


def _apart(gaps: Iterable[InterestGap]) -> tuple[InterestGap, ...]:
    """Gaps in the order of their beginnings, those that touch made one."""
    apart: list[InterestGap] = []
    for gap in gaps:
        last = apart[-1] if apart else None
        if last is None or (last.until is not None and last.until < gap.since):
            apart.append(gap)
        elif last.until is not None:
            until = None if gap.until is None else max(last.until, gap.until)
            apart[-1] = InterestGap(last.since, until)
    return tuple(apart)
