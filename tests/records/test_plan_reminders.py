"""Reminders of a plan's instalments, in the records: owed with the agreement, sent once, dropped when overtaken."""

from datetime import timedelta

from domain.ledger import Entry, EntryKind
from domain.orders import ContactResult
from domain.terms import HoldKind, MessageClass
from storage.ledgers import book_entry
from storage.tables import Contact
from tests.records.lone_case import House, Open
from tests.registrations import registration


def in_plan(house: House) -> House:
    """A plan of three monthly instalments of 411.52, the first due on 2027-03-11, agreed in writing."""
    proposal = house.ask("propose_plan", instalment_count=3, first_due_date="2027-03-11", proposed_by="agent-1")
    assert proposal.answer is not None
    agreed = house.tell("agree_plan", plan_id=proposal.answer["plan_id"], agreed_by="the-person")
    assert agreed.refusal is None
    house.contact()
    return house


def reminded(house: House) -> Contact:
    """Send what is owed, such as a receipt, until the next reminder has gone."""
    for _ in range(3):
        assert house.contact().result is ContactResult.SENT
        if house.sent()[-1].occasion == "plan_reminder":
            return house.sent()[-1]
    raise AssertionError("no reminder has gone")


def test_each_instalment_is_reminded_of_once_before_its_date(open_house: Open) -> None:
    house = in_plan(open_house(registration()))
    assert [each.occasion for each in house.case.owed_messages] == ["plan_reminder"] * 3
    assert {HoldKind.PLAN} <= set(house.case.owed_messages[0].allowed_in)
    for _ in range(3):
        reminded(house)
        house.pay("411.52")
    reminders = [each for each in house.sent() if each.occasion == "plan_reminder"]
    assert [each.attempted_at.date().isoformat() for each in reminders] == ["2027-03-09", "2027-04-09", "2027-05-09"]
    assert {(each.message_class, each.occasion) for each in reminders} == {(MessageClass.SERVICE, "plan_reminder")}
    assert "请在2027年3月11日之前（含当天）还¥411.52" in reminders[0].words
    assert "plan_reminder" not in {each.occasion for each in house.case.owed_messages}


def test_an_instalment_paid_early_needs_no_reminder_although_the_case_has_not_heard(open_house: Open) -> None:
    house = in_plan(open_house(registration()))
    with house.database.writing() as session:
        book_entry(session, "acc-1", Entry("p1", EntryKind.PAYMENT, 41_152), house.now, house.now)
    assert house.contact().result is ContactResult.NOT_NEEDED
    assert house.contact().result is ContactResult.SENT
    assert "2027年4月11日" in house.sent()[1].words


def test_a_part_payment_is_taken_off_the_next_reminder(open_house: Open) -> None:
    house = in_plan(open_house(registration()))
    house.pay("11.52")
    assert "还¥400.00" in reminded(house).words


def test_the_reminders_of_a_broken_plan_fall_away(open_house: Open) -> None:
    house = in_plan(open_house(registration()))
    house.contact()
    house.pass_time(timedelta(days=20))
    house.pass_time(timedelta(days=7))
    assert not house.case.owed_messages


def test_a_reminder_goes_by_another_way_where_texts_are_stopped(open_house: Open) -> None:
    house = in_plan(open_house(registration()))
    house.tell("opt_out", channel="sms")
    house.contact()
    assert house.sent()[1].channel == "email"


def test_what_was_sent_says_which_owed_message_it_carried(open_house: Open) -> None:
    house = in_plan(open_house(registration()))
    message = house.case.owed_messages[0]
    house.contact()
    assert house.sent()[1].message_id == message.message_id
