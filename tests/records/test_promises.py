"""Promises in the records: taken side by side, reminded of, judged by the ledger, and counted by who saw them kept."""

from datetime import timedelta

import pytest

from activities.desk import Desk
from activities.referral_history import promises
from domain.orders import Booking, ContactResult
from storage.promises import SharedBy, ShareKept, find_promise, shares_kept
from tests.records.lone_case import House, Open
from tests.records.test_late_charges import lent
from tests.registrations import registration


@pytest.fixture
def house(open_house: Open) -> House:
    """Somebody in China who owes 1,234.56; it is the second of March there."""
    return open_house(registration())


def promise(
    house: House, amount: str, date: str, promise_id: str = "p1", channel: str = "sms", by: str = ""
) -> Booking:
    taken = {"taken_by": by} if by else {}
    body = {"promise_id": promise_id, "amount": amount, "date": date, "channel": channel, **taken}
    return house.tell("record_promise", event_id=promise_id, **body)


def code_of(booking: Booking) -> str | None:
    return booking.refusal.code if booking.refusal is not None else None


def test_the_person_is_reminded_the_day_before(house: House) -> None:
    promise(house, "500.00", "2027-03-20")
    assert house.contact().result is ContactResult.SENT
    reminder = house.sent()[0]
    assert (reminder.occasion, f"{reminder.attempted_at:%Y-%m-%d}") == ("promise_reminder", "2027-03-19")
    assert "您说过在2027年3月20日之前（含当天）还¥500.00" in reminder.words


def test_a_promise_for_tomorrow_needs_no_reminder(house: House) -> None:
    promise(house, "500.00", "2027-03-03")
    assert not house.case.owed_messages


def test_a_promise_that_is_kept_early_is_not_reminded_of(house: House) -> None:
    promise(house, "500.00", "2027-03-20")
    house.pay("500.00")
    house.pass_time(timedelta(0))
    assert [each.occasion for each in house.case.owed_messages] == ["receipt"]


def test_two_promises_may_be_open_and_a_third_is_refused_in_words(house: House) -> None:
    assert code_of(promise(house, "500.00", "2027-03-20")) is None
    assert code_of(promise(house, "500.00", "2027-03-27", "p2")) is None
    third = promise(house, "100.00", "2027-04-03", "p3")
    assert code_of(third) == "promises_open"
    assert third.refusal is not None
    assert "2 promises are open already" in third.refusal.words


@pytest.mark.parametrize(
    ("amount", "date", "code"),
    [
        ("100.00", "2027-03-20", "promise_conflict"),
        ("100.00", "2027-03-19", "promise_conflict"),
        ("734.57", "2027-03-27", "promise_conflict"),
        ("734.56", "2027-03-27", None),
        ("100.00", "2027-03-01", "date_in_past"),
    ],
)
def test_a_promise_must_stand_beside_the_one_that_is_open(
    house: House, amount: str, date: str, code: str | None
) -> None:
    promise(house, "500.00", "2027-03-20")
    assert code_of(promise(house, amount, date, "p2")) == code


@pytest.mark.parametrize(
    ("amount", "date", "code"),
    [
        ("1234.56", "2027-05-01", None),
        ("1234.57", "2027-05-01", "promise_exceeds"),
        ("100.00", "2027-05-02", "promise_too_far"),
    ],
)
def test_a_promise_is_for_what_is_owed_and_not_too_far_away(
    house: House, amount: str, date: str, code: str | None
) -> None:
    assert code_of(promise(house, amount, date)) == code


def test_a_promise_may_cover_what_the_debt_will_have_grown_to(open_house: Open) -> None:
    house = open_house(lent())
    too_much = promise(house, "3686.01", "2027-03-20").refusal
    assert too_much is not None
    assert too_much.words == "this is more than the 3686.00 USD still owed by then; lower its amount"
    assert code_of(promise(house, "3686.00", "2027-03-20", "p2")) is None


def test_a_promise_id_is_used_once(house: House) -> None:
    promise(house, "500.00", "2027-03-20")
    again = house.tell(
        "record_promise", event_id="e2", promise_id="p1", amount="100.00", date="2027-03-27", channel="sms"
    )
    assert code_of(again) == "promise_reused"


def test_a_promise_that_was_kept_makes_room_for_another(house: House) -> None:
    promise(house, "500.00", "2027-03-20")
    house.pay("500.00")
    assert code_of(promise(house, "100.00", "2027-03-10", "p2")) is None


def test_promises_are_counted_by_agent_debtor_and_channel(house: House) -> None:
    promise(house, "400.00", "2027-03-10", "p1", by="agent-1")
    house.pay("400.00")
    settle(house)
    promise(house, "200.00", "2027-03-20", "p2", channel="web")
    house.pay("50.00")
    settle(house)
    promise(house, "100.00", "2027-04-10", "p3", by="agent-1")
    settle(house)
    with house.reading() as session:
        half = find_promise(session, "acc-1", "p2")
        assert half is not None
        assert (half.outcome, half.paid_minor) == ("partly_kept", 5_000)
        by_agent = shares_kept(session, SharedBy.AGENT)
        by_channel = {each.key: each.share for each in shares_kept(session, SharedBy.CHANNEL)}
        (by_debtor,) = shares_kept(session, SharedBy.DEBTOR)
        assert shares_kept(session, SharedBy.DEBTOR, until=half.judged_at)[0].kept == 1
        assert shares_kept(session, SharedBy.DEBTOR, since=house.now + timedelta(days=1)) == []
    assert by_agent == [ShareKept("agent-1", kept=1, partly_kept=0, broken=1, paid=0.5)]
    assert by_channel == {"sms": 0.5, "web": 0.0}
    assert (by_debtor.key, by_debtor.kept, by_debtor.partly_kept, by_debtor.broken) == ("deb-1", 1, 1, 1)
    assert by_debtor.paid == pytest.approx((1 + 0.25 + 0) / 3)


def test_a_referral_file_tells_of_every_promise_what_became_of_it(house: House) -> None:
    promise(house, "400.00", "2027-03-10", "p1")
    house.pay("400.00")
    settle(house)
    promise(house, "200.00", "2027-03-20", "p2")
    house.pay("50.00")
    settle(house)
    promise(house, "100.00", "2027-04-10", "p3")
    settle(house)
    with house.database.writing() as session:
        told = promises(Desk.open(session, house.library, "acc-1", lambda: house.now))
        outcomes = [each.outcome for each in told]
    assert outcomes == ["promise_kept", "promise_partly_kept", "promise_broken"]


def settle(house: House) -> None:
    """Let the open promise's time pass, and what was decided be written down."""
    house.pass_time(timedelta(hours=1))
    if house.case.promise is not None:
        house.pass_time(timedelta(days=25))
    house.tell("opt_in", channel="email")
