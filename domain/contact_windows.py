"""When a clock on the wall allows contact: hours and quiet days, in every zone of the person at once, as spans of time.

The answer for a day is worked out once and kept, so that asking again costs a look into a table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.calendars import DAY, HolidayCalendar, Span, find_zone, local_span
from domain.jurisdiction_rules import Hours, QuietDays
from domain.terms import Weekday

_WEEKDAYS = tuple(Weekday)
_WHOLE_DAY = 24 * 60


@dataclass(frozen=True, eq=False, slots=True)
class OpenTimes:
    """The times that some rules of hours and quiet days leave open; with no rule of hours, whole days."""

    hours: tuple[Hours, ...]
    quiet_days: tuple[QuietDays, ...]
    calendar: HolidayCalendar
    own: "OpenTimes | None" = None
    """What the person wants besides, on their own clock, which is the first of the zones."""

    def span_at(self, zones: tuple[str, ...], moment: datetime) -> Span | None:
        """The open span that contains a moment, or none."""
        for span in _open_spans(self, zones, _reference_day(zones, moment)):
            if span.start <= moment < span.end:
                return span
        return None

    def first_span(self, zones: tuple[str, ...], moment: datetime, horizon: datetime) -> Span | None:
        """The open span that contains a moment, else the first one after it that begins no later than the horizon."""
        for day in range(_reference_day(zones, moment), _reference_day(zones, horizon) + 1):
            for span in _open_spans(self, zones, day):
                if span.end > moment:
                    return span if span.start <= horizon else None
        return None


def quiet_reason(rule: QuietDays, calendar: HolidayCalendar, day: date) -> str | None:
    """Why a rule makes a date quiet, such as ``a public holiday``, or none if it does not."""
    if not rule.in_force_on(day):
        return None
    if _WEEKDAYS[day.weekday()] in rule.weekdays:
        return f"a {_WEEKDAYS[day.weekday()].title()}"
    if rule.public_holidays and calendar.holiday(day) is not None:
        return "a public holiday"
    if rule.festival is not None and any(first <= day <= last for first, last in _festivals(rule, calendar, day.year)):
        return f"within {rule.festival.holiday}"
    return None


def write_date(day: date) -> str:
    """A date as words have it, such as ``7 October 2026``."""
    return f"{day.day} {day:%B %Y}"


def write_clock(moment: datetime, zones: tuple[str, ...]) -> str:
    """A moment as the first of some zones shows it, such as ``08:00 Asia/Shanghai``."""
    return f"{moment.astimezone(_zone(zones[0])):%H:%M} {zones[0]}"


def zones_of(pack_zones: tuple[str, ...], person_zones: tuple[str, ...]) -> tuple[str, ...]:
    """Every zone in which the hours must hold, the person's own first; empty if one of the person's is not known."""
    if not person_zones or any(find_zone(each) is None for each in person_zones):
        return ()
    return tuple(dict.fromkeys((*person_zones, *pack_zones)))


def _zone(name: str) -> ZoneInfo:
    zone = find_zone(name)
    if zone is None:
        raise LookupError(f"there is no time zone {name!r}")
    return zone


def _reference_day(zones: tuple[str, ...], moment: datetime) -> int:
    """The number of the date that the first zone shows."""
    return moment.astimezone(_zone(zones[0])).toordinal()


@lru_cache(maxsize=65536)
def _open_spans(times: OpenTimes, zones: tuple[str, ...], day: int) -> tuple[Span, ...]:
    """What is open in all zones while the first of them shows a date."""
    spans = list(_spans_in(times, zones[0], day))
    if times.own is not None:
        spans = [both for one in spans for other in _spans_in(times.own, zones[0], day) for both in _both(one, other)]
    for name in zones[1:]:
        others = [other for near in (day - 1, day, day + 1) for other in _spans_in(times, name, near)]
        spans = [both for one in spans for other in others for both in _both(one, other)]
    return tuple(spans)


def _both(one: Span, other: Span) -> tuple[Span, ...]:
    """What two spans have in common: a span or none."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return (Span(start, end),) if start < end else ()


@lru_cache(maxsize=65536)
def _spans_in(times: OpenTimes, zone: str, ordinal: int) -> tuple[Span, ...]:
    """What is open on a date in one zone: one span or none."""
    day = date.fromordinal(ordinal)
    if any(quiet_reason(rule, times.calendar, day) is not None for rule in times.quiet_days):
        return ()
    bound = [rule for rule in times.hours if rule.in_force_on(day)]
    opens = max((rule.opens_minute for rule in bound), default=0)
    closes = min((rule.closes_minute for rule in bound), default=_WHOLE_DAY)
    span = local_span(_zone(zone), day, opens, closes) if opens < closes else None
    return () if span is None else (span,)


def _festivals(rule: QuietDays, calendar: HolidayCalendar, year: int) -> Iterator[tuple[date, date]]:
    """The first and last quiet day of a festival, in the years about one."""
    if rule.festival is not None:
        for near in (year - 1, year, year + 1):
            for first in calendar.first_days(rule.festival.holiday, near):
                yield first - rule.festival.days_before * DAY, first + rule.festival.days_after * DAY
