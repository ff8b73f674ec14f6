"""Which date it is where a person lives."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, time_zone: str) -> date:
    """The date that it is at a moment in a zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def last_local_day(until: datetime, time_zone: str) -> date:
    """The date of the last instant before a moment, in a zone: the last day of what ends at that moment."""
    return local_day(until - timedelta(microseconds=1), time_zone)
