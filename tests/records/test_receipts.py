"""Receipts and last words in the records: one a day, folded, and never more than the policy asks for."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from activities.desk import Library
from domain.next_step import StepKind, next_step
from domain.orders import ContactResult
from domain.policy import Policy
from tests.config.policy_files_for_tests import fenfu_document
from tests.records.lone_case import House, Open
from tests.registrations import owed, registration


@pytest.fixture
def open_receipting(open_house: Open) -> Callable[[], House]:
    """Opens an account with a later instalment, of which the person has heard."""

    def opened() -> House:
        house = open_house(registration(instalments=(owed("2027-01-04"), owed("2027-06-04", number=2))))
        house.send()
        house.now += timedelta(minutes=1)
        return house

    return opened


def let_receipts_go(house: House) -> None:
    """Make contacts until no receipt is owed any more."""
    while any(each.occasion == "receipt" for each in house.case.owed_messages):
        house.contact()


def occasions(house: House) -> list[str]:
    return [each.occasion for each in house.sent() if each.message_class == "reply"]


def test_the_payments_of_one_day_get_one_receipt_on_the_next(open_receipting: Callable[[], House]) -> None:
    house = open_receipting()
    house.pay("100.00")
    house.now += timedelta(hours=2)
    house.pay("50.00")
    let_receipts_go(house)
    (receipt,) = [each for each in house.sent() if each.occasion == "receipt"]
    assert (receipt.channel, "还款¥150.00" in receipt.words, "仍有¥1,084.56逾期" in receipt.words) == (
        "sms",
        True,
        True,
    )


def test_each_day_of_payments_has_its_own_receipt(open_receipting: Callable[[], House]) -> None:
    house = open_receipting()
    house.pay("100.00")
    let_receipts_go(house)
    house.now += timedelta(days=1)
    house.pay("50.00")
    let_receipts_go(house)
    assert occasions(house) == ["receipt", "receipt"]


def test_a_payment_that_was_taken_back_gets_no_receipt(open_receipting: Callable[[], House]) -> None:
    house = open_receipting()
    paid = {"payment_id": "p-1", "amount": "100.00", "currency": "CNY"}
    house.tell("record_payment", received_at=house.now.isoformat(), **paid)
    house.tell("reverse_payment", payment_id="p-1", reason_code="bounced")
    let_receipts_go(house)
    assert occasions(house) == []


def test_the_last_word_leaves_before_the_case_closes_and_says_what_is_owed_back(
    open_receipting: Callable[[], House],
) -> None:
    house = open_receipting()
    house.pay("2500.00")
    assert next_step(house.case, house.now).kind is StepKind.CONTACT
    house.contact()
    last = house.sent()[-1]
    assert (last.occasion, "已全部结清" in last.words, "多付了¥30.88" in last.words) == ("closure", True, True)
    house.pass_time(timedelta(seconds=1))
    assert next_step(house.case, house.now).kind is StepKind.CLOSE


def test_a_case_that_is_cured_says_that_the_rest_is_paid_as_usual(open_receipting: Callable[[], House]) -> None:
    house = open_receipting()
    house.pay("1234.56")
    house.contact()
    assert "已经没有逾期" in house.sent()[-1].words


def test_a_receipt_that_waits_falls_away_when_nothing_is_overdue_any_more(open_receipting: Callable[[], House]) -> None:
    house = open_receipting()
    house.pay("100.00")
    house.now += timedelta(minutes=1)
    house.pay("1134.56")
    house.pass_time(timedelta(0))
    assert [each.occasion for each in house.case.owed_messages] == ["closure"]


def test_who_has_heard_nothing_of_the_case_hears_nothing_of_its_end(open_house: Open) -> None:
    house = open_house(registration())
    house.pay("1234.56")
    assert house.case.owed_messages == ()
    assert next_step(house.case, house.now).kind is StepKind.CLOSE


def test_a_last_word_that_more_money_has_overtaken_gives_way_to_the_later_one(
    open_receipting: Callable[[], House],
) -> None:
    house = open_receipting()
    house.pay("2469.12")
    house.now += timedelta(seconds=1)
    house.pay("50.00")
    assert house.contact().result is ContactResult.NOT_NEEDED
    house.contact()
    assert occasions(house) == ["closure"]
    assert "多付了¥50.00" in house.sent()[-1].words


@pytest.mark.parametrize("kind", ["deceased", "represented"])
def test_no_thanks_go_past_who_speaks_for_the_person(open_receipting: Callable[[], House], kind: str) -> None:
    house = open_receipting()
    house.tell("report_circumstance", circumstance_id="c-1", kind=kind, reported_by="agent-1")
    house.pay("100.00")
    let_receipts_go(house)
    assert occasions(house) == []


def test_without_receipts_in_the_policy_there_are_none(
    open_house: Open, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = {name: each for name, each in fenfu_document().items() if name != "receipts"}
    monkeypatch.setitem(library.policies, "fenfu-cn", Policy.model_validate(silent))
    house = open_house(registration())
    house.send()
    house.pay("100.00")
    assert house.case.owed_messages == ()
    house.now += timedelta(hours=1)
    house.pay("1134.56")
    assert next_step(house.case, house.now).kind is StepKind.CLOSE
