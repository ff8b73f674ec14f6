"""Payments, reversals and refunds as careless callers tell them: ids that clash, clocks that differ, coarse dates."""

from datetime import timedelta

import pytest

from domain.orders import Booking
from tests.records.lone_case import House, Open
from tests.records.test_late_charges import statement_of
from tests.registrations import registration


@pytest.fixture
def house(open_house: Open) -> House:
    """Somebody in China who owes 1,234.56."""
    return open_house(registration())


def pay(house: House, payment_id: str, amount: str) -> Booking:
    body = {"payment_id": payment_id, "currency": "CNY", "received_at": house.now.isoformat()}
    return house.tell("record_payment", event_id=f"pay-{payment_id}", amount=amount, **body)


def reverse(house: House, payment_id: str) -> Booking:
    return house.tell("reverse_payment", event_id=f"back-{payment_id}", payment_id=payment_id, reason_code="bounced")


def refund(house: House, refund_id: str, amount: str) -> Booking:
    return house.tell("record_refund", event_id=f"refund-{refund_id}", refund_id=refund_id, amount=amount)


def code_of(booking: Booking) -> str | None:
    return booking.refusal.code if booking.refusal is not None else None


def test_a_payment_under_the_id_of_a_refund_is_refused_and_never_lost_in_silence(house: House) -> None:
    pay(house, "p1", "1300.00")
    refund(house, "r1", "10.00")
    assert code_of(pay(house, "r1", "10.00")) == "payment_reused"
    assert code_of(refund(house, "p1", "1300.00")) == "refund_reused"


def test_only_a_payment_can_be_reversed(house: House) -> None:
    pay(house, "p1", "1300.00")
    refund(house, "r1", "10.00")
    assert code_of(reverse(house, "r1")) == "not_a_payment"
    assert statement_of(house)["credit"] == "55.44"


@pytest.mark.parametrize("entry_id", ["reversal:p1", "waiver-r1", "offer:r1.1"])
def test_an_id_that_an_entry_of_ours_may_get_is_refused(house: House, entry_id: str) -> None:
    assert code_of(pay(house, entry_id, "10.00")) == "id_reserved"
    assert code_of(reverse(house, entry_id)) == "id_reserved"
    assert code_of(refund(house, entry_id, "10.00")) == "id_reserved"


def test_a_statement_can_be_read_although_the_clock_of_who_took_a_payment_back_is_behind(house: House) -> None:
    pay(house, "p1", "100.00")
    house.now -= timedelta(seconds=2)
    reverse(house, "p1")
    assert statement_of(house)["paid"] == "0.00"
    house.now += timedelta(seconds=2)
    assert statement_of(house)["closing"]["total"] == "1234.56"


def test_a_payment_dated_by_its_day_meets_the_condition_of_an_offer_made_that_day(house: House) -> None:
    condition = {"pay_amount": "1214.56", "by": "2027-03-20"}
    house.ask("request_waiver", amount="20.00", reason_code="goodwill", requested_by="agent-1", condition=condition)
    house.pass_time(timedelta(minutes=1))
    day = house.now.replace(hour=0, minute=0)
    body = {"payment_id": "p1", "amount": "1214.56", "currency": "CNY", "received_at": day.isoformat()}
    house.tell("record_payment", **body)
    assert (house.case.waivers[0].outcome, house.case.debt.balance_minor) == ("booked", 0)


def test_what_was_paid_before_an_offer_does_not_meet_its_condition(house: House) -> None:
    pay(house, "p1", "100.00")
    condition = {"pay_amount": "100.00", "by": "2027-03-20"}
    house.ask("request_waiver", amount="20.00", reason_code="goodwill", requested_by="agent-1", condition=condition)
    house.pass_time(timedelta(minutes=1))
    pay(house, "p2", "99.99")
    assert (house.case.waivers[0].outcome, house.case.debt.balance_minor) == ("", 103_457)
