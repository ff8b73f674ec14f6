"""Receipts and last words in the records: one a day, folded, and never more than the policy asks for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from domain.next_step import StepKind, next_step
from domain.policy import Policy
from domain.terms import Channel
from providers.outbox import Outbox
from storage import schema
from storage.database import Database
from storage.registration import register
from tests.config.policy_files_for_tests import fenfu_document
from tests.records.lone_case import MORNING, House, Open
from tests.registrations import owed, registration


def receipting() -> Policy:
    """The shipped policy for China, with receipts by text or email."""
    return Policy.model_validate({**fenfu_document(), "receipts": {"channels": ["sms", "email"]}})


@pytest.fixture
def open_receipting(url: str, library: Library, composer: Composer, tmp_path: Path) -> Callable[[], House]:
    """Opens a plain account whose policy gives receipts."""

    def opened() -> House:
        database = Database(url)
        schema.migrate(database)
        person = registration(instalments=(owed("2027-01-04"), owed("2027-06-04", number=2)))
        with database.writing() as session:
            register(session, person, "fenfu-cn", MORNING)
        ours = replace(library, policies={**library.policies, "fenfu-cn": receipting()}, _kept={})
        carriers = dict.fromkeys(Channel, Outbox(tmp_path / "outbox"))
        return House(database, ours, Contacts(database, ours, composer, carriers))

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
    (last,) = house.sent()
    assert (last.occasion, "已全部结清" in last.words, "多付了¥30.88" in last.words) == ("closure", True, True)
    house.pass_time(timedelta(seconds=1))
    assert next_step(house.case, house.now).kind is StepKind.CLOSE


def test_a_case_that_is_cured_says_that_the_rest_is_paid_as_usual(open_receipting: Callable[[], House]) -> None:
    house = open_receipting()
    house.pay("1234.56")
    house.contact()
    assert "已经没有逾期" in house.sent()[0].words


def test_without_receipts_in_the_policy_there_are_none(open_house: Open) -> None:
    house = open_house(registration())
    house.pay("100.00")
    assert house.case.owed_messages == ()
    house.now += timedelta(hours=1)
    house.pay("1134.56")
    assert next_step(house.case, house.now).kind is StepKind.CLOSE
