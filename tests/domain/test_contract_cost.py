"""No contract comes into the books that costs more than the law's cap, and none within it is turned away."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.contract_cost import contract_cost_minor, most_contract_cost_minor
from domain.registration import Registration
from tests.registrations import owed, registration

CONTRACT = date(2026, 1, 1)
CAP = Fraction(24)


def lent(parts: list[tuple[int, int]], annual_percent: int) -> Registration:
    """A loan of these parts of principal, each so many days after the one before, with interest on all that is lent."""
    left, day, instalments = sum(minor for minor, _ in parts), CONTRACT, []
    for number, (minor, days) in enumerate(parts, start=1):
        day += timedelta(days=days)
        interest = left * days * annual_percent // 36_500
        instalments.append(owed(day.isoformat(), _decimal(minor), _decimal(interest), "0.00", number))
        left -= minor
    return registration(instalments=tuple(instalments))


def _decimal(minor: int) -> str:
    return f"{Decimal(minor).scaleb(-2):f}"


def beyond_cap(loan: Registration) -> bool:
    return contract_cost_minor(loan) > most_contract_cost_minor(loan, CONTRACT, CAP)


PARTS = st.lists(st.tuples(st.integers(10_000, 10_000_000), st.integers(1, 92)), min_size=1, max_size=36)


@given(PARTS, st.integers(0, 24), st.data())
def test_a_contract_within_the_cap_is_taken_however_much_of_it_was_paid_before(
    parts: list[tuple[int, int]], annual_percent: int, data: st.DataObject
) -> None:
    loan = lent(parts, annual_percent)
    paid = data.draw(st.integers(0, len(parts) - 1))
    left = loan.model_copy(update={"instalments": loan.instalments[paid:]})
    assert not beyond_cap(loan)
    assert not beyond_cap(left)


@given(PARTS.filter(lambda parts: sum(days for _, days in parts) > 30), st.integers(26, 60))
def test_a_contract_beyond_the_cap_is_turned_away(parts: list[tuple[int, int]], annual_percent: int) -> None:
    assert beyond_cap(lent(parts, annual_percent))


def test_the_last_cent_within_the_cap_counts() -> None:
    within, beyond = (
        registration(instalments=(owed("2027-01-01", "1000.00", i, "40.00"),)) for i in ("200.00", "200.01")
    )
    assert (beyond_cap(within), beyond_cap(beyond)) == (False, True)
