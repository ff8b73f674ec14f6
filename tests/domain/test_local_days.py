"""Which date lies so many months after another."""

from datetime import date

from domain.local_days import months_later


def test_months_later_keeps_to_the_month() -> None:
    assert months_later(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert months_later(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert months_later(date(2027, 12, 31), 12) == date(2028, 12, 31)
