"""Money is read from decimal strings and written back without losing a minor unit."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money, MoneyError, format_minor, minor_digits, parse_minor, split_evenly

CURRENCIES = ("CNY", "JPY", "BHD", "USD")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("120.00", "CNY", 12_000),
        ("120", "CNY", 12_000),
        ("120.5", "CNY", 12_050),
        ("0.01", "CNY", 1),
        ("-3.20", "CNY", -320),
        ("00012.30", "CNY", 1_230),
        (" 120.00 ", "CNY", 12_000),
        ("120", "JPY", 120),
        ("1.234", "BHD", 1_234),
        ("999999999999999.99", "CNY", 99_999_999_999_999_999),
    ],
)
def test_a_decimal_string_is_read_to_the_minor_unit(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "1,000.00",
        "1 000",
        "+1",
        "1e3",
        "0x1",
        "NaN",
        "--1",
        "¥1",
        "1.00001",
        "１２０",
        "١٢٠",
        "9" * 16,
    ],
)
def test_anything_but_a_plain_decimal_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(MoneyError, match=r'such as "120\.00"'):
        parse_minor(text, "CNY")


@pytest.mark.parametrize(("text", "currency", "places"), [("1.001", "CNY", 2), ("1.0", "JPY", 0), ("1.2345", "BHD", 3)])
def test_more_places_than_the_currency_has_are_refused_and_never_rounded(text: str, currency: str, places: int) -> None:
    with pytest.raises(MoneyError, match=f"{currency} has {places} decimal places"):
        parse_minor(text, currency)


@pytest.mark.parametrize("currency", ["cny", "CN", "CNYY", "", "¥", "C1Y"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(MoneyError, match="three capital letters"):
        minor_digits(currency)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(CURRENCIES))
def test_what_is_written_is_read_back_the_same(minor: int, currency: str) -> None:
    assert parse_minor(format_minor(minor, currency), currency) == minor


@given(st.text())
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing_it(text: str) -> None:
    with suppress(MoneyError):
        parse_minor(text, "CNY")


def test_money_shows_its_amount_and_currency() -> None:
    assert str(Money.parse("-120.5", "CNY")) == "-120.50 CNY"
    assert str(Money(7, "JPY")) == "7 JPY"


@given(st.integers(1, 10**12), st.integers(1, 200))
def test_a_split_adds_up_and_its_parts_differ_by_one_at_most(total: int, parts: int) -> None:
    if total < parts:
        with pytest.raises(MoneyError, match="cannot split"):
            split_evenly(total, parts)
        return
    split = split_evenly(total, parts)
    assert (sum(split), len(split)) == (total, parts)
    assert max(split) - min(split) <= 1
    assert list(split) == sorted(split, reverse=True)


@pytest.mark.parametrize("parts", [0, -1])
def test_nothing_is_split_into_no_parts(parts: int) -> None:
    with pytest.raises(MoneyError, match="cannot split"):
        split_evenly(100, parts)
