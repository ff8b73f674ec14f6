"""Which date it is where a person lives, and which date lies so many months later."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, time_zone: str) -> date:
    """The date that it is at a moment in a zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def last_local_day(until: datetime, time_zone: str) -> date:
    """The date of the last instant before a moment, in a zone: the last day of what ends at that moment."""
    return local_day(until - timedelta(microseconds=1), time_zone)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day where it has no such day."""
    months += day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
