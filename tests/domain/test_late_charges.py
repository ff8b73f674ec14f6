"""Late charges: by the contract, to any day, exact, within the cap, and not while something stops them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.late_charges import Accrual, DayCount, RateLimit, Terms
from domain.ledger import DEFAULT_ORDER, Component, Entry, EntryKind, Instalment, PostingKind, Statement, Sums
from domain.statements import statement
from tests.domain.builders import OVERDUE_FROM, day, instalment
from tests.domain.late_charges_oracle import cost, live_through

FIRST_DAY = OVERDUE_FROM.date()
"""The first day on which the plain instalment is overdue."""


def terms(percent: str = "18", **changes: object) -> Terms:
    """Eighteen percent a year on a loan made 100 days before its first instalment was overdue, without a fee."""
    plain = Terms(Fraction(percent), FIRST_DAY - timedelta(days=100))
    return replace(plain, **changes)  # type: ignore[arg-type]


def accrual(days_late: int, percent: str = "18", **changes: object) -> Accrual:
    """Up to the day on which the plain instalment is so many days late."""
    of_accrual = {name: changes.pop(name) for name in ("limits", "cap_percent") if name in changes}
    until = FIRST_DAY + timedelta(days=days_late - 1)
    return Accrual(terms(percent, **changes), until, "UTC", **of_accrual)  # type: ignore[arg-type]


def loan(principal: int = 365_000, interest: int = 0, overdue_on: float = 0) -> Instalment:
    """3,650.00, on which eighteen percent a year are 1.80 a day."""
    return instalment(overdue_on, principal=principal, interest=interest, fees=0)


def paid(amount: int, days_late: float, entry_id: str = "p1") -> Entry:
    """Money received at noon of the day on which the plain instalment is so many days late."""
    return Entry(entry_id, EntryKind.PAYMENT, amount, effective_at=day(days_late - 0.5))


def stopped(first: int, last: int | None, percent: str = "0") -> RateLimit:
    """From one day late to another, interest runs at no more than that."""
    ends = None if last is None else FIRST_DAY + timedelta(days=last - 1)
    return RateLimit(FIRST_DAY + timedelta(days=first - 1), ends, Fraction(percent))


def late_interest(days_late: int, percent: str = "18", **changes: object) -> int:
    """What lateness has cost in interest by then, if nobody pays."""
    return statement([loan()], (), accrual=accrual(days_late, percent, **changes)).charged.interest_minor


def test_interest_runs_from_the_day_after_the_due_date_through_the_day_that_is_asked_about() -> None:
    assert [late_interest(days) for days in (0, 1, 2, 10)] == [0, 180, 360, 1_800]


def test_a_year_of_360_days_costs_more() -> None:
    assert late_interest(36, day_count=DayCount.ACTUAL_360) == 6_570
    assert late_interest(36, day_count=DayCount.ACTUAL_365) == 6_480


def test_fractions_are_kept_and_rounded_down_once_however_often_it_is_read() -> None:
    owed = [loan(principal=10_000)]
    each_day = [statement(owed, (), accrual=accrual(days)).charged.interest_minor for days in range(1, 31)]
    assert each_day == [days * 10_000 * 18 // 36_500 for days in range(1, 31)]
    paid_in_cents = [paid(1, days, f"p{days}") for days in range(1, 31)]
    assert statement(owed, paid_in_cents, accrual=accrual(30)).charged.interest_minor == each_day[-1]


def test_only_overdue_principal_bears_interest_and_never_interest_upon_interest() -> None:
    with_interest = statement([loan(interest=50_000)], (), accrual=accrual(10)).charged
    not_yet_due = statement([loan(), loan(overdue_on=30)], (), accrual=accrual(10)).charged
    assert with_interest == not_yet_due == Sums(interest_minor=1_800)


def test_a_payment_fills_the_interest_of_its_own_day_first_and_lowers_what_bears_interest_from_the_next() -> None:
    after = statement([loan()], [paid(1_800 + 182_500, 10)], accrual=accrual(20))
    assert after.balance == Sums(182_500, 900, 0)


def test_who_pays_what_is_owed_on_that_day_owes_nothing_more_on_any_later_one() -> None:
    for days in (10, 11, 400):
        assert statement([loan()], [paid(365_000 + 1_800, 10)], accrual=accrual(days)).balance.total_minor == 0


def test_a_payment_told_late_counts_from_the_day_on_which_it_came() -> None:
    in_order = [paid(100_000, 5), paid(50_000, 15, "p2")]
    assert statement([loan()], in_order, accrual=accrual(30)) == replace(
        statement([loan()], in_order[::-1], accrual=accrual(30))
    )


def test_a_payment_that_did_not_hold_never_stopped_interest() -> None:
    taken_back = Entry("r1", EntryKind.REVERSAL, 0, reverses="p1", effective_at=day(20))
    after = statement([loan()], [paid(365_000, 5), taken_back], accrual=accrual(30))
    assert (after.balance, after.credit_minor) == (Sums(365_000, 5_400, 0), 0)


def test_a_waiver_keeps_its_worth_when_an_earlier_payment_comes_to_light() -> None:
    waived = Entry("w1", EntryKind.WAIVER, 1_800, effective_at=day(9.5))
    told_later = paid(10_000, 8)
    after = statement([loan()], [waived, told_later], accrual=accrual(12))
    assert after.waived == Sums(interest_minor=1_800)
    assert after.balance.total_minor == 365_000 + after.charged.total_minor - 1_800 - 10_000


@pytest.mark.parametrize(("days_late", "fee"), [(5, 0), (6, 1_000), (50, 1_000)])
def test_the_fee_is_charged_once_after_its_days(days_late: int, fee: int) -> None:
    by_contract = accrual(days_late, "0", fee_minor=1_000, fee_after_days=5)
    assert statement([loan()], (), accrual=by_contract).charged == Sums(fees_minor=fee)


def test_who_pays_within_the_days_without_a_fee_owes_none() -> None:
    by_contract = accrual(50, "0", fee_minor=1_000, fee_after_days=5)
    assert statement([loan()], [paid(365_000, 5)], accrual=by_contract).balance.total_minor == 0


def test_nothing_accrues_while_the_law_stops_it_and_no_fee_that_falls_into_that_time_is_ever_charged() -> None:
    by_contract = accrual(30, limits=(stopped(11, 20),), fee_minor=1_000, fee_after_days=14)
    assert statement([loan()], (), accrual=by_contract).charged == Sums(interest_minor=20 * 180)


def test_a_reduced_rate_holds_for_its_days_and_never_raises_one() -> None:
    assert late_interest(30, limits=(stopped(11, None, "9"),)) == 10 * 180 + 20 * 90
    assert late_interest(30, "6", limits=(stopped(11, None, "9"),)) == late_interest(30, "6")


def test_overlapping_stops_count_as_one_and_the_lower_rate_wins() -> None:
    limits = (stopped(5, 15, "9"), stopped(11, 20), stopped(12, 14))
    assert late_interest(30, limits=limits) == (4 + 10) * 180 + 6 * 90


def test_the_cap_binds_interest_and_fee_together_in_every_period() -> None:
    capped = accrual(10, "36", cap_percent=Fraction(24), fee_minor=1_000)
    assert statement([loan()], (), accrual=capped).charged == Sums(interest_minor=2_400)
    with_fee = accrual(10, "18", cap_percent=Fraction(24), fee_minor=1_000)
    assert statement([loan()], (), accrual=with_fee).charged == Sums(interest_minor=1_800, fees_minor=600)
    in_full = accrual(100, "18", cap_percent=Fraction(24), fee_minor=1_000)
    assert statement([loan()], (), accrual=in_full).charged.fees_minor == 1_000


def test_what_the_contract_costs_counts_for_the_cap_and_is_never_cut() -> None:
    dear = loan(interest=25_000)
    after = statement([dear], (), accrual=accrual(10, cap_percent=Fraction(24)))
    assert (after.charged, after.balance) == (Sums(interest_minor=110 * 240 - 240 - 25_000), Sums(365_000, 26_160, 0))
    dearer = loan(interest=40_000)
    assert statement([dearer], (), accrual=accrual(10, cap_percent=Fraction(24))).charged == Sums()


def test_the_lines_of_a_statement_lead_from_the_contract_to_what_is_owed() -> None:
    entries = [paid(100_000, 5), paid(400_000, 15, "p2")]
    after = statement([loan()], entries, accrual=accrual(30, fee_minor=500))
    assert [(each.kind, each.total_minor) for each in after.postings] == [
        (PostingKind.LATE_INTEREST, 900),
        (PostingKind.LATE_FEE, 500),
        (PostingKind.PAYMENT, -100_000),
        (PostingKind.LATE_INTEREST, 1_313),
        (PostingKind.PAYMENT, -400_000),
    ]
    assert (after.postings[3].since, after.postings[3].until) == (date(2026, 1, 10), date(2026, 1, 19))
    assert 365_000 + sum(each.total_minor for each in after.postings) == -after.credit_minor


@dataclass(frozen=True)
class Lent:
    """An account with late charges and what was booked on it."""

    instalments: list[Instalment]
    entries: list[Entry]
    order: Sequence[Component]
    accrual: Accrual

    def statement(self, until: date | None = None) -> Statement:
        """The account as its ledger has it on a day."""
        by_then = replace(self.accrual, until=until or self.accrual.until)
        return statement(self.instalments, self.entries, self.order, by_then)


_PERCENT = st.fractions(0, 60, max_denominator=100)
_LATE = st.integers(-20, 200)


@st.composite
def _limits(draw: st.DrawFn) -> RateLimit:
    first, length = draw(_LATE), draw(st.none() | st.integers(0, 60))
    return stopped(first, None if length is None else first + length, str(draw(st.sampled_from([0, 0, 6, 30]))))


@st.composite
def accounts(draw: st.DrawFn) -> Lent:
    """Any account: rates, fees, stops and caps; payments, waivers, reversals and refunds, told in any order."""
    amounts = st.integers(0, 400_000)
    one = st.builds(instalment, st.sampled_from([0, 30, 60]), amounts, st.integers(0, 20_000), st.integers(0, 2_000))
    until = FIRST_DAY + timedelta(days=draw(st.integers(0, 240)))
    of_contract = terms(
        str(draw(_PERCENT)),
        day_count=draw(st.sampled_from(DayCount)),
        fee_minor=draw(st.sampled_from([0, 500, 5_000])),
        fee_after_days=draw(st.integers(0, 40)),
        contract_date=FIRST_DAY - timedelta(days=draw(st.integers(0, 400))),
    )
    by = Accrual(of_contract, until, "UTC", tuple(draw(st.lists(_limits(), max_size=3))), draw(st.none() | _PERCENT))
    owed = draw(st.lists(one, min_size=1, max_size=3, unique_by=lambda each: each.number))
    return Lent(owed, draw(_entries()), draw(st.permutations(list(Component))), by)


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(draw(st.integers(0, 6))):
        at, amount = day(draw(_LATE) + 0.5), draw(st.integers(1, 300_000))
        payments = [each for each in entries if each.kind is EntryKind.PAYMENT]
        match draw(st.sampled_from(list(EntryKind))):
            case EntryKind.REVERSAL if payments:
                entries.append(_reversal(draw(st.sampled_from(payments)), number, at))
            case EntryKind.WAIVER:
                earned_by = draw(st.sampled_from([None, *(each.entry_id for each in payments)]))
                entries.append(Entry(f"w{number}", EntryKind.WAIVER, amount // 20 + 1, None, at, earned_by))
            case EntryKind.REFUND if payments:
                entries.append(Entry(f"f{number}", EntryKind.REFUND, amount // 10 + 1, effective_at=at))
            case _:
                entries.append(Entry(f"p{number}", EntryKind.PAYMENT, amount, effective_at=at))
    return entries


def _reversal(of: Entry, number: int, at: datetime) -> Entry:
    return Entry(f"r{number}", EntryKind.REVERSAL, 0, of.entry_id, at)


@given(accounts())
def test_money_is_conserved_for_every_component_whatever_happened(account: Lent) -> None:
    after = account.statement()
    contract = sum(
        (Sums(each.principal_minor, each.interest_minor, each.fees_minor) for each in account.instalments), Sums()
    )
    owed = contract + after.charged
    by_component = {
        name: getattr(owed, name) - getattr(after.waived, name) - getattr(after.balance, name)
        for name in ("principal_minor", "interest_minor", "fees_minor")
    }
    assert min(by_component.values()) >= 0
    assert sum(by_component.values()) + max(0, after.credit_minor) == after.paid_minor
    assert contract.total_minor + sum(each.total_minor for each in after.postings) == (
        after.balance.total_minor - after.credit_minor
    )


@given(accounts())
def test_the_statement_is_what_living_through_every_day_comes_to(account: Lent) -> None:
    standing = [each for each in account.entries if each.kind in (EntryKind.PAYMENT, EntryKind.WAIVER)]
    in_order = sorted(standing, key=lambda each: each.effective_at or day(0))
    entries = [replace(each, before=None) for each in in_order]
    known = [(_day_of(each, account.accrual), each) for each in entries]
    lived = live_through(account.instalments, known, account.order, account.accrual)
    after = statement(account.instalments, entries, account.order, account.accrual)
    assert [each.left for each in after.instalments] == [
        Sums(*(one.left[component] for component in Component)) for one in lived
    ]
    assert [each.charged for each in after.instalments] == [
        Sums(*(one.charged[component] for component in Component)) for one in lived
    ]


@given(accounts())
def test_nothing_is_charged_on_a_day_on_which_the_loan_would_then_cost_more_than_the_cap(account: Lent) -> None:
    if account.accrual.cap_percent is None:
        return
    untouched, until = replace(account, entries=[]), account.accrual.until
    lived = live_through(account.instalments, [], account.order, account.accrual)
    the_day_before = untouched.statement(until - timedelta(days=1)).charged.total_minor
    if untouched.statement().charged.total_minor > the_day_before:
        assert cost(lived, until) <= sum(one.lawful for one in lived)
    assert all(sum(one.charged.values()) <= one.lawful_late for one in lived)


def _costs(account: Lent) -> int:
    """What the contract asks for by itself."""
    return sum(each.interest_minor + each.fees_minor for each in account.instalments)


def _lawful(account: Lent, until: date) -> Fraction:
    """What a cap of 24 percent a year lets the loan cost until a day, or until the due dates that are later."""
    lent_on = account.accrual.terms.contract_date
    days = (each.principal_minor * (max(until, each.due_date) - lent_on).days for each in account.instalments)
    return sum(days) * Fraction(24, 36_500)


@given(accounts())
def test_whatever_happens_a_contract_within_the_cap_never_costs_more_than_it(account: Lent) -> None:
    account = replace(account, accrual=replace(account.accrual, cap_percent=Fraction(24)))
    if _costs(account) > _lawful(account, date.min):
        free = [replace(each, interest_minor=0, fees_minor=0) for each in account.instalments]
        account = replace(account, instalments=free)
    cost = _costs(account) + account.statement().charged.total_minor
    assert cost <= _lawful(account, account.accrual.until)


@given(accounts(), st.integers(0, 120))
def test_what_accrues_only_grows_as_days_pass(account: Lent, earlier: int) -> None:
    untouched = replace(account, entries=[])
    by_then = untouched.statement(account.accrual.until - timedelta(days=earlier)).charged
    assert by_then.total_minor <= untouched.statement().charged.total_minor


def test_an_account_without_terms_accrues_nothing() -> None:
    assert statement([loan()], [paid(100, 400)], DEFAULT_ORDER).charged == Sums()


def _day_of(entry: Entry, by: Accrual) -> date:
    return min((entry.effective_at or day(0)).date(), by.until)
