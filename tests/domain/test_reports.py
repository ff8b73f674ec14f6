"""Reports reckoned by hand: recovery against the goal, rolls, promises, complaints, and contacts by channel."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.account_history import AccountHistory, ComplaintMade, ContactMade, StageEntered
from domain.ledger import Component, Entry, EntryKind
from domain.policy import Goal
from domain.recovery import GoalStanding, aim_of, recovery_of
from domain.report_figures import PortfolioReport
from domain.reports import report_on
from domain.requests import ComplaintOutcome
from domain.terms import Channel, ClosedReason, PromiseOutcome, Stage, Track
from tests.domain.builders import CURRENCY, day, instalment, payment, reversal, waiver

GOAL = Goal(recover_percent=60, within=timedelta(days=30))


def on(number: float, entry: Entry) -> Entry:
    """An entry whose money moved on that day."""
    return replace(entry, effective_at=day(number))


def refund(amount: int) -> Entry:
    return Entry("refund-1", EntryKind.REFUND, amount)


def account(*entries: Entry, **changes: Any) -> AccountHistory:
    """An account that owes 100.00 since day 0, collected from then on for a goal of 60% within 30 days."""
    plain = AccountHistory(
        policy="plain",
        currency=CURRENCY,
        goal=GOAL,
        opened_at=day(0),
        instalments=(instalment(),),
        entries=entries,
    )
    return replace(plain, **changes)


def portfolio(*histories: AccountHistory, as_of: float = 40) -> PortfolioReport:
    [only] = report_on(histories, day(as_of)).portfolios
    return only


def stages(*entered: tuple[Stage, float]) -> tuple[StageEntered, ...]:
    return tuple(StageEntered(stage, day(number)) for stage, number in entered)


def test_what_is_paid_within_the_goals_time_counts_for_it_and_the_rest_counts_as_later() -> None:
    found = portfolio(account(on(10, payment(4_000)), on(31, payment(1_500, "p2")))).whole
    assert (found.due_minor, found.recovered_minor, found.later_minor) == (10_000, 4_000, 1_500)
    assert (found.recovered_percent, found.goal_percent, found.goal_minor) == (40.0, 60.0, 6_000)
    assert found.standing(day(40)) is GoalStanding.MISSED


def test_a_goal_is_met_to_the_minor_unit_and_runs_until_its_time_is_over() -> None:
    met, short = account(on(30, payment(6_000))), account(on(30, payment(5_999)))
    assert portfolio(met).whole.standing(day(40)) is GoalStanding.MET
    assert portfolio(short).whole.standing(day(40)) is GoalStanding.MISSED
    assert portfolio(short, as_of=29).whole.standing(day(29)) is GoalStanding.RUNNING


def test_an_account_that_came_late_into_collection_has_its_whole_time_from_then() -> None:
    aim = aim_of(GOAL, (instalment(),), opened_at=day(100))
    assert (aim.since, aim.until) == (day(100), day(130))
    found = portfolio(account(on(120, payment(7_000)), opened_at=day(100)), as_of=140)
    assert found.whole.recovered_minor == 7_000


def test_only_what_falls_due_within_the_goals_time_is_to_be_recovered() -> None:
    """Two fall due in time and one after it; what is paid beyond the two counts for none of them."""
    history = account(on(20, payment(25_000)), instalments=(instalment(), instalment(29), instalment(35)))
    found = portfolio(history).whole
    assert (found.due_minor, found.recovered_minor, found.later_minor) == (20_000, 20_000, 0)


def test_while_the_goals_time_runs_only_what_has_fallen_due_counts() -> None:
    history = account(instalments=(instalment(), instalment(20)))
    assert portfolio(history, as_of=10).whole.due_minor == 10_000


def test_a_payment_that_did_not_hold_was_never_recovered_and_one_paid_back_is_not_either() -> None:
    bounced = account(on(5, payment(9_000)), on(15, reversal("p1")))
    assert portfolio(bounced).whole.recovered_minor == 0
    assert portfolio(bounced, as_of=10).whole.recovered_minor == 9_000
    paid_back = account(on(5, payment(9_000)), on(8, refund(2_000)))
    assert portfolio(paid_back).whole.recovered_minor == 7_000


def test_a_waiver_is_told_apart_and_is_no_recovery() -> None:
    found = portfolio(account(on(3, waiver(800)), on(4, waiver(200, "w2")), on(5, reversal("w2")))).whole
    assert (found.waived_minor, found.recovered_minor, found.due_minor) == (800, 0, 10_000)


def test_what_was_never_owed_is_not_to_be_recovered() -> None:
    correction = Entry("c1", EntryKind.CORRECTION, 5_000, component=Component.PRINCIPAL)
    found = portfolio(account(on(2, payment(3_000)), on(20, correction))).whole
    assert (found.due_minor, found.recovered_percent) == (5_000, 60.0)


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(1, 9_000)), max_size=6), st.floats(0, 60))
def test_recovery_never_exceeds_what_fell_due_and_only_grows_with_payments(
    payments: list[tuple[float, int]], as_of: float
) -> None:
    entries = [on(at, payment(amount, f"p{number}")) for number, (at, amount) in enumerate(payments)]
    aim = aim_of(GOAL, (instalment(),), day(0))
    found = recovery_of(aim, (instalment(),), entries, day(as_of))
    known = sum(amount for at, amount in payments if day(at) <= day(as_of))
    assert found.recovered_minor + found.later_minor == min(10_000, known)
    assert found.recovered_minor >= 0
    assert found.later_minor >= 0


def test_cohorts_are_the_months_in_which_accounts_became_overdue() -> None:
    first = account(on(10, payment(4_000)))
    second = account(on(10, payment(7_000)))
    later = account(instalments=(instalment(30),), opened_at=day(30))
    found = portfolio(first, second, later)
    shares = {each.key: (each.recovery.accounts, each.recovery.recovered_percent) for each in found.by_cohort}
    assert shares == {"2026-01": (2, 55.0), "2026-02": (1, 0.0)}
    assert found.whole.recovered_percent == 36.7


def test_an_account_due_on_the_last_day_of_a_month_is_overdue_in_the_next() -> None:
    assert account(instalments=(instalment(26), instalment(27))).cohort == "2026-01"
    assert account(instalments=(instalment(27), instalment(60))).cohort == "2026-02"


def test_recovery_by_stage_and_track_goes_by_where_accounts_stand() -> None:
    gentle = account(on(10, payment(2_000)), stages=stages((Stage.GENTLE_REMINDER, 5)), track=Track.SUPPORTIVE)
    found = portfolio(gentle, account(on(10, payment(5_000))))
    assert [(each.key, each.recovery.recovered_minor) for each in found.by_stage] == [
        ("first_reminder", 5_000),
        ("gentle_reminder", 2_000),
    ]
    assert [(each.key, each.recovery.recovered_minor) for each in found.by_track] == [
        ("supportive", 2_000),
        ("standard", 5_000),
    ]


def test_currencies_and_policies_are_never_added_up() -> None:
    histories = [account(), account(currency="USD"), account(policy="other")]
    found = report_on(histories, day(40)).portfolios
    assert [(each.policy, each.currency, each.whole.due_minor) for each in found] == [
        ("other", CURRENCY, 10_000),
        ("plain", CURRENCY, 10_000),
        ("plain", "USD", 10_000),
    ]


def test_no_accounts_make_an_empty_report() -> None:
    assert report_on([], day(40)).portfolios == ()


def test_different_goals_add_up_to_what_they_ask_for_together() -> None:
    stricter = account(goal=Goal(recover_percent=81, within=timedelta(days=30)))
    found = portfolio(account(), stricter).whole
    assert (found.goal_minor, found.goal_percent) == (14_100, 70.5)


def test_the_recovery_curve_rises_with_each_payment_and_counts_accounts_that_are_so_old() -> None:
    """Steps are days here. On day 20 the second account is only ten days old: from then on the first stands alone."""
    first = account(on(3, payment(4_000)), on(15, payment(6_000, "p2")))
    second = account(on(12, payment(2_000)), opened_at=day(10))
    [curve] = portfolio(first, second, as_of=20).curves
    assert curve.steps == 30
    assert curve.percents[:3] == (0.0, 0.0, 10.0)
    assert curve.percents[3:11] == (30.0,) * 8
    assert curve.percents[11:] == (40.0, 40.0, 40.0, 40.0) + (100.0,) * 6
    third = account(opened_at=day(15))
    [shorter] = portfolio(first, second, third, as_of=20).curves
    assert len(shorter.percents) == 11, "from the eleventh day on only one of three is so old"


def test_accounts_roll_by_the_furthest_stage_that_they_have_come_to() -> None:
    histories = [
        account(closed=ClosedReason.CURED),
        account(),
        account(stages=stages((Stage.GENTLE_REMINDER, 5)), closed=ClosedReason.SETTLED),
        account(stages=stages((Stage.GENTLE_REMINDER, 5), (Stage.ESCALATION, 9)), closed=ClosedReason.WRITTEN_OFF),
    ]
    first, gentle, escalation, pre_legal, legal = portfolio(*histories).rolls
    assert (first.reached, first.moved_on, first.cured, first.still_here) == (4, 2, 1, 1)
    assert (first.roll_percent, first.paid_percent) == (50.0, 25.0)
    assert (gentle.reached, gentle.moved_on, gentle.settled) == (2, 1, 1)
    assert (escalation.reached, escalation.moved_on, escalation.ended_unpaid) == (1, 0, 1)
    assert (pre_legal.reached, legal.reached, legal.roll_percent) == (0, 0, None)


def test_an_account_that_began_anew_more_gently_still_counts_for_where_it_had_come_to() -> None:
    restarted = account(stages=stages((Stage.GENTLE_REMINDER, 5), (Stage.ESCALATION, 9), (Stage.GENTLE_REMINDER, 12)))
    found = portfolio(restarted)
    assert [each.still_here for each in found.rolls] == [0, 0, 1, 0, 0]
    assert [each.key for each in found.by_stage] == ["gentle_reminder"]


_FATES = st.tuples(st.lists(st.sampled_from(Stage), max_size=5), st.one_of(st.none(), st.sampled_from(ClosedReason)))


@given(st.lists(_FATES, min_size=1, max_size=20))
def test_whatever_happens_the_fates_of_a_stage_add_up_to_the_accounts_that_reached_it(
    fates: list[tuple[list[Stage], ClosedReason | None]],
) -> None:
    histories = [
        account(stages=stages(*((stage, number) for number, stage in enumerate(way))), closed=closed)
        for way, closed in fates
    ]
    rolls = portfolio(*histories).rolls
    assert rolls[0].reached == len(histories)
    for roll in rolls:
        ended = roll.cured + roll.settled + roll.ended_unpaid
        assert roll.reached == roll.moved_on + ended + roll.still_here
    for before, after in pairwise(rolls):
        assert before.moved_on == after.reached


def test_a_payment_belongs_to_the_stage_in_which_it_arrived() -> None:
    history = account(
        on(4, payment(1_000)),
        on(5, payment(2_000, "p2")),
        on(12, payment(4_000, "p3")),
        on(13, refund(500)),
        stages=stages((Stage.GENTLE_REMINDER, 5), (Stage.ESCALATION, 10)),
    )
    found = portfolio(history)
    assert [each.received_minor for each in found.rolls] == [1_000, 2_000, 4_000, 0, 0]
    assert found.received_minor == 7_000


def test_the_share_of_promises_kept_is_of_those_whose_time_is_over() -> None:
    made = (PromiseOutcome.KEPT, PromiseOutcome.BROKEN, None)
    found = portfolio(account(promises=made), account(promises=(PromiseOutcome.PARTLY_KEPT,))).promises
    assert (found.taken, found.kept, found.partly_kept, found.broken, found.open) == (4, 1, 1, 1, 1)
    assert found.kept_percent == 33.3
    assert portfolio(account(promises=(None,))).promises.kept_percent is None


def test_complaint_rates_leave_disputes_and_the_share_upheld_leaves_open_ones_out() -> None:
    conduct = (
        ComplaintMade("conduct", ComplaintOutcome.UPHELD),
        ComplaintMade("conduct", ComplaintOutcome.REJECTED),
        ComplaintMade("privacy", ComplaintOutcome.PARTLY_UPHELD),
        ComplaintMade("privacy", None),
        ComplaintMade("dispute", ComplaintOutcome.UPHELD),
    )
    ten = tuple(ContactMade(Channel.SMS, day(number), arrived=True) for number in range(10))
    plain = [account(contacts=ten) for _ in range(9)]
    found = portfolio(account(complaints=conduct, contacts=ten), *plain).complaints
    filed = {each.category: (each.filed, each.upheld, each.rejected, each.open) for each in found.categories}
    assert filed == {"conduct": (2, 1, 1, 0), "dispute": (1, 1, 0, 0), "privacy": (2, 1, 0, 1)}
    assert (found.filed, found.per_100_accounts, found.per_1000_contacts) == (4, 40.0, 40.0)
    assert found.upheld_percent == 66.7


def test_money_counts_for_the_channel_of_the_last_contact_before_it() -> None:
    contacts = (
        ContactMade(Channel.SMS, day(2), arrived=True),
        ContactMade(Channel.SMS, day(4), arrived=False),
        ContactMade(Channel.CALL, day(6), arrived=True),
    )
    history = account(
        on(1, payment(1_000)), on(5, payment(2_000, "p2")), on(6, payment(3_000, "p3")), contacts=contacts
    )
    found = portfolio(history, account(on(1, payment(500)))).channels
    figures = [(each.channel, each.contacts, each.arrived, each.received_minor) for each in found]
    assert figures == [(Channel.SMS, 2, 1, 2_000), (Channel.CALL, 1, 1, 3_000)]
    assert found[0].contacts_per(100_000) == 100.0
    nothing = portfolio(account(contacts=contacts)).channels[0]
    assert nothing.contacts_per(100_000) is None


def test_an_entry_without_its_time_is_not_taken_for_paid_at_any_time() -> None:
    with pytest.raises(ValueError, match="says not when the money moved"):
        portfolio(account(payment(1_000)))
