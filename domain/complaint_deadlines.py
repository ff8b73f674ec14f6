"""By when a complaint is acknowledged, its owner reminded, and the decision due; and how far it may be extended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendars import HolidayCalendar
from domain.registration import end_of_day


@dataclass(frozen=True, slots=True)
class ComplaintTimes:
    """What the law, where it is stricter, and the policy give for complaints."""

    acknowledge_within_working_days: int
    decide_within: timedelta
    remind_before: timedelta
    """Before the decision is due."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Of one complaint, as UTC instants."""

    acknowledge_by: datetime
    remind_at: datetime
    decide_by: datetime


def deadlines(times: ComplaintTimes, received_at: datetime, zone: str, calendar: HolidayCalendar) -> Deadlines:
    """The deadlines of a complaint: working days end where the person lives, days are counted from the receipt."""
    day = received_at.astimezone(ZoneInfo(zone)).date()
    acknowledged_on = calendar.add_working_days(day, times.acknowledge_within_working_days)
    decide_by = received_at + times.decide_within
    return Deadlines(end_of_day(acknowledged_on, zone), reminder(decide_by, received_at, times), decide_by)


def reminder(decide_by: datetime, now: datetime, times: ComplaintTimes) -> datetime:
    """When the owner is reminded of a decision that is due then, not before now."""
    return max(now, decide_by - times.remind_before)


def longest_extension(received_at: datetime, extended_days: Sequence[int], extensions: int) -> datetime | None:
    """Until when a complaint that was extended so often before may be extended once more; none if it may not."""
    if extensions >= len(extended_days):
        return None
    return received_at + timedelta(days=extended_days[extensions])
