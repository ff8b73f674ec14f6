"""Promises and plans that were judged already, when money is told late or taken back: what the ledger shows counts."""

from datetime import datetime, timedelta

import pytest

from domain.case import Promise
from domain.orders import Booking
from domain.terms import HoldKind
from storage.people import recorded_holds
from storage.plans import plan_in_force
from storage.promises import find_promise
from tests.records.lone_case import House, Open
from tests.registrations import registration

IN_TIME = datetime.fromisoformat("2027-03-09T10:00:00+08:00")
TOO_LATE = datetime.fromisoformat("2027-03-13T00:00:00+08:00")
"""The promise is for the 10th of March, and the policy gives two days of grace."""


@pytest.fixture
def house(open_house: Open) -> House:
    """Somebody in China who owes 1,234.56 and has promised 500.00 of it."""
    house = open_house(registration())
    body = {"promise_id": "p1", "amount": "500.00", "date": "2027-03-10", "channel": "sms"}
    house.tell("record_promise", **body)
    return house


def pay(house: House, amount: str, received_at: datetime | None = None, payment_id: str = "pay-1") -> Booking:
    received = (received_at or house.now).isoformat()
    body = {"payment_id": payment_id, "amount": amount, "currency": "CNY", "received_at": received}
    return house.tell("record_payment", event_id=payment_id, **body)


def take_back(house: House) -> Booking:
    return house.tell("reverse_payment", payment_id="pay-1", reason_code="bounced")


def pass_days(house: House, days: int) -> None:
    """Let time pass, and what was decided be written down."""
    house.pass_time(timedelta(days=days))
    house.tell("opt_in", channel="email")


def became(house: House) -> tuple[str | None, int | None]:
    with house.reading() as session:
        promise = find_promise(session, "acc-1", "p1")
    assert promise is not None
    return promise.outcome, promise.paid_minor


def counted(house: House) -> tuple[int, int]:
    return house.case.behaviour.promises_kept, house.case.behaviour.promises_broken


def holds(house: House) -> set[HoldKind]:
    """What stops the case; the records say the same."""
    with house.reading() as session:
        recorded = {HoldKind(each.kind) for each in recorded_holds(session, "deb-1", "acc-1")}
    found = {each.kind for each in house.case.open_holds(house.now)}
    assert found == recorded
    return found


@pytest.mark.parametrize(
    ("amount", "received_at", "outcome", "counts"),
    [
        ("500.00", IN_TIME, ("kept", 50_000), (1, 0)),
        ("499.99", IN_TIME, ("partly_kept", 49_999), (0, 0)),
        ("500.00", TOO_LATE - timedelta(seconds=1), ("kept", 50_000), (1, 0)),
        ("500.00", TOO_LATE, ("broken", 0), (0, 1)),
    ],
)
def test_a_promise_counts_by_when_the_money_came_however_late_it_is_told(
    house: House, amount: str, received_at: datetime, outcome: tuple[str, int], counts: tuple[int, int]
) -> None:
    pass_days(house, 20)
    assert (became(house), counted(house)) == (("broken", 0), (0, 1))
    house.pass_time(timedelta(seconds=1))
    pay(house, amount, received_at)
    assert (became(house), counted(house)) == (outcome, counts)


def test_a_promise_whose_payment_does_not_hold_was_not_kept(house: House) -> None:
    pay(house, "500.00")
    pass_days(house, 20)
    assert (became(house), counted(house)) == (("kept", 50_000), (1, 0))
    take_back(house)
    assert (became(house), counted(house)) == (("broken", 0), (0, 1))


def test_a_promise_whose_payment_does_not_hold_is_open_again_while_its_time_lasts(house: House) -> None:
    pay(house, "500.00")
    pass_days(house, 1)
    assert (counted(house), holds(house)) == ((1, 0), set())
    take_back(house)
    assert (became(house), counted(house), holds(house)) == ((None, None), (0, 0), {HoldKind.PROMISE})
    assert house.case.promise == Promise("p1", 50_000, TOO_LATE, 0)
    pay(house, "500.00", payment_id="pay-2")
    pass_days(house, 1)
    assert (became(house), counted(house), holds(house)) == (("kept", 50_000), (1, 0), set())


def test_a_plan_whose_payment_does_not_hold_is_in_force_again_and_reminded_of(house: House) -> None:
    house.pass_time(timedelta(days=15))
    written = [{"due_date": "2027-03-25", "amount": "617.28"}, {"due_date": "2027-04-25", "amount": "617.28"}]
    house.tell("agree_plan", plan_id="plan-1", agreed_by="the-person", instalments=written)
    pay(house, "1234.56")
    pass_days(house, 1)
    assert (house.case.plan, holds(house)) == (None, set())
    take_back(house)
    assert house.case.plan is not None
    assert (house.case.plan.plan_id, holds(house)) == ("plan-1", {HoldKind.PLAN})
    with house.reading() as session:
        assert plan_in_force(session, "acc-1", "plan-1") is not None
    owed = [each.message_id for each in house.case.owed_messages]
    assert owed == ["plan_reminder.plan-1.1", "plan_reminder.plan-1.2"]


def test_a_plan_that_is_still_paid_stays_kept_when_another_payment_does_not_hold(house: House) -> None:
    house.pass_time(timedelta(days=15))
    written = [{"due_date": "2027-03-25", "amount": "1234.56"}]
    house.tell("agree_plan", plan_id="plan-1", agreed_by="the-person", instalments=written)
    pay(house, "100.00")
    pay(house, "1234.56", payment_id="pay-2")
    pass_days(house, 1)
    take_back(house)
    assert house.case.plan is None
