"""Local time and public holidays: what a clock on the person's wall shows, and on which days offices are closed.

Where a clock change repeats or skips an opening or closing time, the stricter reading counts: open late, close early.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)
_SURELY_A_YEAR = 2026
"""A year for which every country's table is complete."""


class Span(NamedTuple):
    """A half-open span of time between two UTC instants."""

    start: datetime
    end: datetime


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """The time zone of that name (IANA, such as ``Asia/Shanghai``), or none if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


@lru_cache(maxsize=65536)
def day_start(zone: ZoneInfo, day: date) -> datetime:
    """The UTC instant at which a date begins in a zone."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def local_span(zone: ZoneInfo, day: date, opens: int, closes: int) -> Span | None:
    """The part of a date between two minutes of its day (0 to 1440), or none if a clock change leaves nothing of it."""
    start = max(_readings(zone, day, opens)) if opens else day_start(zone, day)
    end = min(_readings(zone, day, closes)) if closes < 24 * 60 else day_start(zone, day + DAY)
    return Span(start, end) if start < end else None


def _readings(zone: ZoneInfo, day: date, minute: int) -> tuple[datetime, datetime]:
    """The instants that a minute of the day may mean: they differ only where a clock change repeats or skips it."""
    shown = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Year:
    """One year of one country or part of it."""

    holidays: Mapping[date, str]
    working_days: frozenset[date]
    working_weekends: frozenset[date]


@lru_cache(maxsize=256)
def _year(country: str, subdivision: str | None, year: int) -> _Year:
    known = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    days = [date(year, 1, 1) + DAY * number for number in range(366)]
    working = frozenset(day for day in days if day.year == year and known.is_working_day(day))
    weekends = frozenset(day for day in working if known.is_weekend(day))
    return _Year({day: name for day, name in known.items() if day.year == year}, working, weekends)


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The public holidays of a country, or of several parts of it at once: a holiday in one of them counts in all."""

    country: str
    """As ISO 3166 has it, such as ``CN``."""
    subdivisions: tuple[str | None, ...] = (None,)
    working_weekends: bool = False
    """Whether the country moves working days onto weekends, by a decree for each year."""

    def holiday(self, day: date) -> str | None:
        """The English name of the public holiday on that date, or none."""
        return next((year.holidays[day] for year in self._years(day.year) if day in year.holidays), None)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that date: no weekend and no holiday, or a weekend made a working day."""
        return all(day in year.working_days for year in self._years(day.year))

    def provisional(self, year: int) -> bool:
        """Whether a year's decree on moved working days is not known yet, so that its working days may still change."""
        return self.working_weekends and not any(each.working_weekends for each in self._years(year))

    def first_days(self, name: str, year: int) -> tuple[date, ...]:
        """On which date, if any, a holiday of that exact name begins in a year."""
        days = [day for each in self._years(year) for day, found in each.holidays.items() if name in found.split("; ")]
        return (min(days),) if days else ()

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that comes that many working days after a date, the date itself not counted."""
        while count:
            day += DAY
            count -= self.is_working_day(day)
        return day

    def _years(self, year: int) -> Iterator[_Year]:
        return (_year(self.country, subdivision, year) for subdivision in self.subdivisions)


def fault_of_calendar(country: str, subdivisions: tuple[str | None, ...]) -> str | None:
    """Why there is no such calendar, in words, or none if there is."""
    try:
        for subdivision in subdivisions:
            _year(country, subdivision, _SURELY_A_YEAR)
    except NotImplementedError as error:
        return f"{error}; write a country and parts of it as the holidays library names them"
    return None
