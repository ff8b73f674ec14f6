"""Which notices an account owes, by when, how often, and until when something has to wait for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendars import HolidayCalendar
from domain.duties import (
    DutyFacts,
    DutyRecord,
    DutyState,
    Payment,
    bars_of,
    duties_owed,
    period_ends,
    triggered_at,
)
from domain.jurisdiction_duties import Duty, Proof, Trigger
from domain.owed_messages import Barred
from domain.terms import Channel, CreditKind, Stage
from tests.domain.builders import day, days

SOURCED = {"source": "A law.", "verified": True, "rule": "XX-01", "consequence": "Something."}
VALIDATION = Duty.model_validate(
    {
        "id": "validation_notice",
        "trigger": "first_communication",
        "within": "5d",
        "warn_before": "2d",
        "channels": ["letter", "email"],
        "proof": "sent",
        "arrives_after_working_days": 5,
        "waits_days": 30,
        "blocks": ["pre_legal", "referral"],
        **SOURCED,
    }
)
ARREARS = Duty.model_validate(
    {
        "id": "arrears_notice",
        "trigger": "two_payments_missed",
        "within": "14d",
        "warn_before": "5d",
        "repeats_every": "181d",
        "channels": ["letter"],
        "proof": "sent",
        "blocks": ["referral"],
        **SOURCED,
    }
)
MISSED = Duty.model_validate(
    {
        "id": "missed_payment_notice",
        "credit_kinds": ["deferred_payment"],
        "effective_from": "2026-01-20",
        "trigger": "payment_missed",
        "within": "5d",
        "warn_before": "2d",
        "channels": ["email", "letter"],
        "proof": "sent",
        **SOURCED,
    }
)
CLAIM = Duty.model_validate(
    {
        "id": "letter_of_claim",
        "trigger": "pre_legal",
        "channels": ["letter"],
        "proof": "delivered",
        "waits_days": 30,
        "blocks": ["referral"],
        **SOURCED,
    }
)


def facts(now: float = 10, **changes: object) -> DutyFacts:
    """Three payments of 100, due on days 0, 30 and 60, nothing of them paid, and nothing told yet."""
    plain = DutyFacts(
        now=day(now),
        opened_at=day(0),
        stage=Stage.FIRST_REMINDER,
        payments=tuple(Payment(day(due), 100, 100) for due in (0, 30, 60)),
        first_communication_at=None,
        time_zone="America/New_York",
        calendar=HolidayCalendar("US"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def left(*amounts: int) -> tuple[Payment, ...]:
    """The three payments with so much left of each."""
    return tuple(Payment(day(30 * number), 100, amount) for number, amount in enumerate(amounts))


def given_on(sent: float, number: int = 1, duty: Duty = ARREARS, arrived: float | None = None) -> DutyRecord:
    arrived_at = None if arrived is None else day(arrived)
    return DutyRecord(duty.id, number, DutyState.GIVEN, day(sent), Channel.LETTER, day(sent), arrived_at)


def test_the_validation_notice_is_owed_from_the_first_communication_for_five_days() -> None:
    assert duties_owed([VALIDATION], facts()) == ()
    (owed,) = duties_owed([VALIDATION], facts(first_communication_at=day(2)))
    assert (owed.message_id, owed.since, owed.deadline, owed.warn_at) == ("validation_notice.1", day(2), day(7), day(5))


def test_a_notice_that_was_given_is_not_owed_again_unless_it_repeats() -> None:
    told = facts(first_communication_at=day(2), records=(given_on(3, duty=VALIDATION),))
    assert duties_owed([VALIDATION], told) == ()


def test_nothing_is_owed_when_nothing_is_overdue() -> None:
    assert duties_owed([VALIDATION, CLAIM], facts(first_communication_at=day(2), payments=left(0, 0, 0))) == ()


def test_a_notice_that_is_not_needed_any_more_is_another_one_when_it_is_needed_again() -> None:
    dropped = DutyRecord("validation_notice", 1, DutyState.NOT_NEEDED, day(2))
    (owed,) = duties_owed([VALIDATION], facts(first_communication_at=day(2), records=(dropped,)))
    assert owed.number == 2


@pytest.mark.parametrize(
    ("payments", "since"),
    [
        (left(100, 100, 100), 30),
        (left(50, 100, 100), 60),
        (left(0, 100, 100), 60),
        (left(0, 50, 100), None),
        (left(0, 0, 100), None),
        ((Payment(day(0), 100, 100),), None),
    ],
)
def test_two_payments_are_missed_once_the_shortfall_reaches_the_last_two(
    payments: tuple[Payment, ...], since: float | None
) -> None:
    expected = None if since is None else day(since)
    assert triggered_at(Trigger.TWO_PAYMENTS_MISSED, facts(payments=payments)) == expected


def test_what_was_missed_before_the_account_came_to_us_counts_from_then() -> None:
    late = facts(now=200, opened_at=day(150))
    (owed,) = duties_owed([ARREARS], late)
    assert (owed.since, owed.deadline) == (day(150), day(164))


def test_the_arrears_notice_repeats_so_that_no_two_are_further_apart_than_six_months() -> None:
    (owed,) = duties_owed([ARREARS], facts(now=50, records=(given_on(40),)))
    assert (owed.number, owed.deadline) == (2, day(40 + 181))
    assert owed.since == day(40 + 181 - 14)


def test_arrears_that_were_made_good_and_missed_anew_are_told_within_fourteen_days_again() -> None:
    records = (given_on(40), DutyRecord("arrears_notice", 2, DutyState.NOT_NEEDED, day(207)))
    (owed,) = duties_owed([ARREARS], facts(now=50, payments=left(0, 100, 100), records=records))
    assert (owed.number, owed.since) == (3, day(60))


def test_each_missed_payment_is_told_unless_the_last_notice_told_of_it() -> None:
    told = facts(now=50, records=(given_on(40, duty=MISSED),))
    (owed,) = duties_owed([MISSED], told)
    assert (owed.number, owed.since, owed.deadline) == (2, day(60), day(65))
    assert duties_owed([MISSED], replace(told, payments=left(100, 100, 0))) == ()


def test_a_notice_whose_rule_begins_later_is_owed_from_that_day() -> None:
    begins = datetime(2026, 1, 20, tzinfo=ZoneInfo("America/New_York"))
    (owed,) = duties_owed([MISSED], facts())
    assert (owed.since, owed.warn_at) == (begins, begins + days(3))
    (later,) = duties_owed([MISSED], facts(payments=left(0, 100, 100)))
    assert later.since == day(30)


def test_only_accounts_of_its_kind_owe_a_notice_that_names_one() -> None:
    assert [MISSED.binds(each) for each in CreditKind] == [False, True]
    assert all(ARREARS.binds(each) for each in CreditKind)


def test_a_channel_that_lost_a_notice_is_not_used_for_it_again_until_it_was_given() -> None:
    lost = DutyRecord("validation_notice", 1, DutyState.LOST, day(2), Channel.LETTER, day(3))
    (owed,) = duties_owed([VALIDATION], facts(first_communication_at=day(2), records=(lost,)))
    assert (owed.number, owed.channels) == (2, (Channel.EMAIL,))
    both = (lost, DutyRecord("validation_notice", 2, DutyState.LOST, day(2), Channel.EMAIL, day(4)))
    (owed,) = duties_owed([VALIDATION], facts(first_communication_at=day(2), records=both))
    assert owed.channels == ()


@pytest.mark.parametrize("stage", list(Stage))
def test_the_letter_of_claim_is_owed_from_the_stage_before_legal_on(stage: Stage) -> None:
    owed = duties_owed([CLAIM], facts(stage=stage))
    assert bool(owed) is (stage in (Stage.PRE_LEGAL, Stage.LEGAL))


def test_a_notice_by_stage_stays_owed_since_it_was_first() -> None:
    pending = DutyRecord("letter_of_claim", 1, DutyState.OWED, day(5))
    (owed,) = duties_owed([CLAIM], facts(stage=Stage.PRE_LEGAL, records=(pending,)))
    assert (owed.number, owed.since) == (1, day(5))


def test_the_validation_period_is_thirty_days_from_the_fifth_working_day_after_sending() -> None:
    """By hand: sent on Thursday 2 July 2026; Friday 3 July is a holiday, so that 10 July is the fifth working day."""
    sent = datetime(2026, 7, 2, 15, tzinfo=UTC)
    ends = period_ends(VALIDATION, sent, None, facts())
    assert ends == datetime(2026, 8, 10, tzinfo=ZoneInfo("America/New_York"))


def test_a_later_arrival_makes_the_period_later_and_an_earlier_one_does_not_make_it_shorter() -> None:
    sent = datetime(2026, 7, 2, 15, tzinfo=UTC)
    assumed = period_ends(VALIDATION, sent, None, facts())
    assert period_ends(VALIDATION, sent, sent + days(1), facts()) == assumed
    late = period_ends(VALIDATION, sent, sent + days(20), facts())
    assert late == datetime(2026, 8, 22, tzinfo=ZoneInfo("America/New_York"))


def test_a_period_that_needs_a_receipt_begins_with_it() -> None:
    assert period_ends(CLAIM, day(5), None, facts()) is None
    arrived = period_ends(CLAIM, day(5), day(7), facts())
    assert arrived is not None
    assert arrived.astimezone(ZoneInfo("America/New_York")).date() == date(2026, 2, 11)


def test_what_waits_is_barred_from_the_trigger_until_the_period_is_over() -> None:
    before = facts(first_communication_at=day(2))
    bars = bars_of([VALIDATION], before, duties_owed([VALIDATION], before))
    assert [(each.what, each.since, each.until) for each in bars] == [
        (Barred.PRE_LEGAL, day(2), None),
        (Barred.REFERRAL, day(2), None),
    ]
    after = replace(before, records=(given_on(3, duty=VALIDATION),))
    until = {each.until for each in bars_of([VALIDATION], after, ())}
    assert until == {period_ends(VALIDATION, day(3), None, after)}
    over = replace(after, now=day(60))
    assert bars_of([VALIDATION], over, ()) == ()


def test_a_notice_that_will_be_owed_bars_nothing_before_then() -> None:
    coming = facts(now=10)
    (bar,) = bars_of([ARREARS], coming, duties_owed([ARREARS], coming))
    assert not bar.stands_at(day(29))
    assert bar.stands_at(day(30))


def test_a_notice_without_the_proof_that_the_law_wants_still_bars() -> None:
    unproved = facts(now=90, stage=Stage.PRE_LEGAL, records=(given_on(5, duty=CLAIM),))
    (bar,) = bars_of([CLAIM], unproved, duties_owed([CLAIM], unproved))
    assert bar.until is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": ["call"]},
        {"warn_before": None},
        {"warn_before": "20d"},
        {"within": None, "warn_before": None},
        {"within": "200d"},
    ],
)
def test_a_duty_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Duty.model_validate({**ARREARS.model_dump(mode="json"), **wrong})


PAYMENTS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 500), st.integers(0, 500)), max_size=6).map(
    lambda each: tuple(Payment(day(due), total, min(total, rest)) for due, total, rest in sorted(each))
)
STATES = st.lists(st.sampled_from([DutyState.GIVEN, DutyState.LOST, DutyState.NOT_NEEDED]), max_size=4)


@given(PAYMENTS, STATES, st.integers(0, 400), st.none() | st.integers(0, 300), st.sampled_from(list(Stage)))
def test_whatever_happened_each_duty_is_owed_at_most_once_and_what_is_not_given_bars(
    payments: tuple[Payment, ...], states: list[DutyState], now: int, first: int | None, stage: Stage
) -> None:
    duties = [VALIDATION, ARREARS, MISSED, CLAIM]
    records = tuple(
        DutyRecord(each.id, number, state, day(number), each.channels[0], day(number))
        for each in duties
        for number, state in enumerate(states, start=1)
    )
    told = None if first is None else day(first)
    known = facts(now=now, payments=payments, records=records, first_communication_at=told, stage=stage)
    owed = duties_owed(duties, known)
    assert len({each.duty.id for each in owed}) == len(owed)
    used = {(each.duty_id, each.number) for each in records}
    for each in owed:
        assert (each.duty.id, each.number) not in used, "a number is never used twice"
        assert each.deadline is None or each.since <= each.deadline
        assert each.warn_at is None or each.since <= each.warn_at <= (each.deadline or each.warn_at)
    barred = {(bar.bar_id, bar.what) for bar in bars_of(duties, known, owed)}
    assert {(each.message_id, what) for each in owed for what in each.duty.blocks} <= barred
    assert all(duty.proof is Proof.DELIVERED or bar.until for duty in [CLAIM] for bar in bars_of([duty], known, ()))


@given(st.integers(0, 10 * 365 * 24), st.none() | st.integers(0, 60))
def test_a_validation_period_is_never_shorter_than_thirty_days_after_five_working_days(
    hours: int, arrived: int | None
) -> None:
    """Five working days are five days at least: from a Sunday to the next Friday."""
    sent = day(0) + timedelta(hours=hours)
    arrived_at = None if arrived is None else sent + days(arrived)
    ends = period_ends(VALIDATION, sent, arrived_at, facts())
    assert ends is not None
    clock_change = timedelta(hours=1)
    assert ends > sent + days(30 + 5) - clock_change
    assert arrived_at is None or ends > arrived_at + days(30) - clock_change
