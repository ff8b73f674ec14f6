"""Money is conserved for every component: owed = paid + waived + still owed, to the last minor unit."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import DEFAULT_ORDER, Component, Entry, EntryKind, Instalment, Statement, Sums
from domain.statements import statement
from tests.domain.builders import day, instalment, payment, reversal, waiver
from tests.domain.oracle import money_in

ORDERS = st.permutations(list(Component))


@dataclass(frozen=True)
class Account:
    """Instalments with the entries that were booked on them and the order in which payments fill them."""

    instalments: list[Instalment]
    entries: list[Entry]
    order: Sequence[Component]

    def statement(self) -> Statement:
        """The account as its ledger has it."""
        return statement(self.instalments, self.entries, self.order)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Any account: payments of any size, reversals of some of them, waivers of what was left when they were booked."""
    owed, order, entries = draw(_instalments()), draw(ORDERS), list[Entry]()
    for number in range(draw(st.integers(0, 8))):
        known = statement(owed, entries, order)
        balance, credit = known.balance, known.credit_minor
        waivable = balance.interest_minor + balance.fees_minor
        standing = _standing(entries)
        match draw(st.sampled_from(list(EntryKind))):
            case EntryKind.WAIVER if waivable:
                entries.append(waiver(draw(st.integers(1, waivable)), f"w{number}"))
            case EntryKind.REVERSAL if standing:
                entries.append(reversal(draw(st.sampled_from(standing))))
            case EntryKind.REFUND if credit > 0:
                entries.append(Entry(f"f{number}", EntryKind.REFUND, draw(st.integers(1, credit))))
            case _:
                entries.append(payment(draw(st.integers(1, 5_000)), f"p{number}"))
    return Account(owed, entries, order)


@given(accounts())
def test_money_is_conserved_for_every_component(account: Account) -> None:
    after = account.statement()
    owed = sum((_sums(each) for each in account.instalments), Sums())
    paid = {
        component: _of(owed, component) - _of(after.waived, component) - _of(after.balance, component)
        for component in Component
    }
    assert min(paid.values()) >= 0
    assert sum(paid.values()) + max(0, after.credit_minor) == after.paid_minor


@given(accounts())
def test_what_is_paid_is_what_came_in_and_was_not_taken_back(account: Account) -> None:
    assert account.statement().paid_minor == money_in(account.entries)


@given(accounts())
def test_nothing_left_is_ever_negative_and_credit_means_that_all_is_paid(account: Account) -> None:
    after = account.statement()
    assert all(_of(each.left, component) >= 0 for each in after.instalments for component in Component)
    assert not (after.credit_minor > 0 and after.balance.total_minor)


@given(accounts())
def test_what_is_waived_is_never_principal_and_adds_up(account: Account) -> None:
    after = account.statement()
    assert after.waived.principal_minor == 0
    assert after.waived.total_minor == sum(
        each.amount_minor for each in account.entries if each.kind is EntryKind.WAIVER
    )


@given(accounts())
def test_a_payment_taken_back_leaves_the_account_as_if_it_had_never_come(account: Account) -> None:
    taken_back = {each.reverses for each in account.entries}
    kept = [each for each in account.entries if each.entry_id not in taken_back and each.kind is not EntryKind.REVERSAL]
    as_if = Account(account.instalments, kept, account.order).statement()
    assert (as_if.instalments, as_if.credit_minor) == (
        account.statement().instalments,
        account.statement().credit_minor,
    )


@given(accounts())
def test_what_a_case_carries_is_what_the_statement_says(account: Account) -> None:
    after = account.statement()
    debt = after.debt()
    assert debt.balance_minor == after.balance.total_minor
    for number in (0, 15, 30, 45, 60, 90):
        assert debt.arrears_minor(day(number)) == after.arrears(day(number)).total_minor
        oldest = after.oldest_unpaid(day(number))
        assert debt.overdue_since(day(number)) == (oldest.overdue_from if oldest is not None else None)


@given(accounts())
def test_the_oldest_instalment_is_filled_first(account: Account) -> None:
    without_waivers = [each for each in account.entries if each.kind is not EntryKind.WAIVER]
    left = Account(account.instalments, without_waivers, account.order).statement().instalments
    touched = [each for each in left if each.left != _sums(each.instalment)]
    assert all(each.left.total_minor == 0 for each in touched[:-1])


def test_costs_are_paid_before_interest_and_interest_before_principal() -> None:
    owed = instalment(principal=1_000, interest=100, fees=10)
    assert statement([owed], [payment(60)]).balance == Sums(1_000, 50, 0)
    assert statement([owed], [payment(610)]).balance == Sums(500, 0, 0)


def test_the_policy_may_have_principal_paid_first() -> None:
    owed = instalment(principal=1_000, interest=100, fees=10)
    order = (Component.PRINCIPAL, Component.INTEREST, Component.FEES)
    assert statement([owed], [payment(1_050)], order).balance == Sums(0, 50, 10)


def test_a_part_payment_is_not_taken_for_a_full_one() -> None:
    after = statement([instalment()], [payment(9_999)])
    assert after.arrears(day(1)).total_minor == 1
    assert after.oldest_unpaid(day(1)) is not None


def test_an_overpayment_is_credit_owed_back_and_pays_what_a_reversal_opens_again() -> None:
    owed = [instalment(principal=100, interest=0, fees=0)]
    assert statement(owed, [payment(100), payment(30, "p2")]).credit_minor == 30
    assert statement(owed, [payment(100), payment(30, "p2"), reversal("p1")]).balance == Sums(70, 0, 0)


def test_an_instalment_is_arrears_from_the_instant_at_which_its_date_has_passed() -> None:
    after = statement([instalment(5)], [])
    assert after.arrears(day(4.999)).total_minor == 0
    assert after.arrears(day(5)).total_minor == 10_000


def test_a_payment_is_taken_back_once_however_often_that_is_told() -> None:
    again = Entry("r2", EntryKind.REVERSAL, 0, reverses="p1")
    assert statement([instalment()], [payment(500), reversal("p1"), again]).balance.total_minor == 10_000


def test_a_reversal_of_a_payment_that_was_never_booked_is_refused() -> None:
    with pytest.raises(ValueError, match=r"never booked: \['p9'\]"):
        statement([instalment()], [reversal("p9")])


def test_a_waiver_beyond_the_interest_and_fees_left_never_gives_up_principal() -> None:
    after = statement([instalment(principal=1_000, interest=100, fees=10)], [waiver(111)])
    assert (after.balance, after.waived) == (Sums(1_000, 0, 0), Sums(0, 100, 10))


def test_a_waiver_may_give_up_principal_where_it_says_so() -> None:
    with_principal = Entry("w1", EntryKind.WAIVER, 310, principal_minor=200)
    after = statement([instalment(principal=1_000, interest=100, fees=10)], [with_principal])
    assert (after.balance, after.waived) == (Sums(800, 0, 0), Sums(200, 100, 10))


def test_a_waiver_that_a_payment_earned_counts_before_it_and_goes_when_it_goes() -> None:
    owed = [instalment(principal=1_000, interest=100, fees=0)]
    earned = Entry("w1", EntryKind.WAIVER, 100, before="p1")
    assert statement(owed, [payment(1_000), earned]).balance.total_minor == 0
    taken_back = [payment(1_000), earned, reversal("p1"), reversal("w1")]
    assert statement(owed, taken_back).balance == Sums(1_000, 100, 0)


def test_what_is_paid_back_is_credit_no_more() -> None:
    owed = [instalment(principal=100, interest=0, fees=0)]
    entries = [payment(100), payment(30, "p2"), Entry("f1", EntryKind.REFUND, 30)]
    after = statement(owed, entries)
    assert (after.credit_minor, after.paid_minor) == (0, 100)
    assert statement(owed, [*entries, reversal("p1")]).balance.total_minor == 100


def test_the_order_in_which_instalments_are_given_plays_no_part() -> None:
    owed = [instalment(30), instalment(0), instalment(60)]
    assert statement(owed, [payment(15_000)]) == statement(owed[::-1], [payment(15_000)])
    assert DEFAULT_ORDER == (Component.FEES, Component.INTEREST, Component.PRINCIPAL)


def _instalments() -> st.SearchStrategy[list[Instalment]]:
    amounts = st.integers(0, 2_000)
    one = st.builds(instalment, st.sampled_from([0, 15, 30, 45, 60]), amounts, amounts, amounts)
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda each: each.number)


def _standing(entries: list[Entry]) -> list[str]:
    taken_back = {each.reverses for each in entries}
    return [each.entry_id for each in entries if each.kind is EntryKind.PAYMENT and each.entry_id not in taken_back]


def _sums(owed: Instalment) -> Sums:
    return Sums(owed.principal_minor, owed.interest_minor, owed.fees_minor)


def _of(sums: Sums, component: Component) -> int:
    by_component = {
        Component.PRINCIPAL: sums.principal_minor,
        Component.INTEREST: sums.interest_minor,
        Component.FEES: sums.fees_minor,
    }
    return by_component[component]
