"""Holidays and working days, against an independent calendar and the published dates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from domain.calendars import HolidayCalendar, Span, day_start, fault_of_calendar, find_zone, local_span

CHINA = HolidayCalendar("CN", working_weekends=True)
ENGLAND = HolidayCalendar("GB", ("ENG",))
DAYS = [date(2024, 1, 1) + timedelta(days=number) for number in range(3 * 365 + 1)]


def test_chinas_working_days_are_those_of_an_independent_calendar() -> None:
    different = [day for day in DAYS if CHINA.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert DAYS[-1] == date(2026, 12, 31)
    assert different == []


def test_a_weekend_made_a_working_day_is_one() -> None:
    assert CHINA.is_working_day(date(2026, 10, 10))
    assert not CHINA.is_working_day(date(2026, 10, 7))
    assert CHINA.holiday(date(2026, 10, 7)) is not None


@pytest.mark.parametrize(("year", "provisional"), [(2024, False), (2025, False), (2026, False), (2027, True)])
def test_a_year_without_its_decree_is_provisional(year: int, provisional: bool) -> None:
    assert CHINA.provisional(year) is provisional


def test_a_country_that_moves_no_working_days_is_never_provisional() -> None:
    assert not ENGLAND.provisional(2031)


@pytest.mark.parametrize(
    "first",
    ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23"],
)
def test_the_first_day_of_spring_festival_is_the_almanacs(first: str) -> None:
    day = date.fromisoformat(first)
    assert CHINA.first_days("Chinese New Year (Spring Festival)", day.year) == (day,)


def test_a_holiday_of_any_part_counts_where_the_part_is_not_known() -> None:
    anywhere = HolidayCalendar("GB", ("ENG", "SCT", "WLS", "NIR"))
    assert anywhere.holiday(date(2026, 11, 30)) == "Saint Andrew's Day"
    assert ENGLAND.holiday(date(2026, 11, 30)) is None
    assert not anywhere.is_working_day(date(2026, 11, 30))
    assert ENGLAND.is_working_day(date(2026, 11, 30))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-12-31", 2, "2027-01-05"),
    ],
)
def test_working_days_are_counted_over_holidays_and_moved_weekends(day: str, count: int, expected: str) -> None:
    assert CHINA.add_working_days(date.fromisoformat(day), count) == date.fromisoformat(expected)


def test_an_unknown_country_or_part_is_told_in_words() -> None:
    assert "not available" in str(fault_of_calendar("XX", (None,)))
    assert "does not have subdivision" in str(fault_of_calendar("GB", ("XXX",)))
    assert fault_of_calendar("GB", ("SCT",)) is None


def test_a_day_begins_where_the_clock_skips_midnight() -> None:
    assert day_start(ZoneInfo("Africa/Cairo"), date(2026, 4, 24)) == datetime(2026, 4, 23, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (90, 180, (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC))),
        (0, 90, (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC))),
    ],
)
def test_an_hour_that_is_shown_twice_opens_late_and_closes_early(
    opens: int, closes: int, expected: tuple[datetime, datetime]
) -> None:
    assert local_span(ZoneInfo("America/New_York"), date(2026, 11, 1), opens, closes) == Span(*expected)


def test_an_hour_that_is_skipped_leaves_nothing_open() -> None:
    assert local_span(ZoneInfo("America/New_York"), date(2026, 3, 8), 2 * 60, 3 * 60) is None


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "America", "/Asia/Shanghai"])
def test_what_is_no_zone_is_not_found(name: str) -> None:
    assert find_zone(name) is None
