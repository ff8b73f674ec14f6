"""Plans in the records: held against the policy's limits, countered, agreed in writing, missed, replaced and ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from activities.records import Records
from domain.agents import AgentCard
from domain.events import MessagesOwed
from domain.orders import Booking, ContactResult, PersonToAsk
from domain.terms import HoldKind
from storage.agents import register_agent
from storage.arrangement_tables import AgreedPlan
from storage.people import recorded_holds
from tests.records.lone_case import House, Open
from tests.registrations import owed, registration


def wish(house: House, *instalments: tuple[str, str], **more: Any) -> Booking:
    """The person's own wish; everything is asked by the same agent."""
    given = [{"due_date": day, "amount": amount} for day, amount in instalments]
    return house.ask("counter_plan", instalments=given, proposed_by="agent-1", **more)


def propose(house: House, number: int = 3, **more: Any) -> Booking:
    body = {"instalment_count": number, "first_due_date": "2027-03-11", "proposed_by": "agent-1"}
    return house.ask("propose_plan", **{**body, **more})


def agree(house: House, booking: Booking) -> Booking:
    assert booking.answer is not None, booking.refusal
    return house.tell("agree_plan", plan_id=booking.answer["plan_id"], agreed_by="the-person")


def code_of(booking: Booking) -> str | None:
    return booking.refusal.code if booking.refusal is not None else None


@pytest.fixture
def house(open_house: Open) -> House:
    """Somebody in China who owes 1,234.56."""
    return open_house(registration())


def test_a_wish_within_the_limits_becomes_the_plan(house: House) -> None:
    answered = wish(house, ("2027-03-20", "500.00"), ("2027-04-20", "734.56"))
    assert answered.answer is not None
    assert answered.answer["status"] == "accepted"
    assert agree(house, answered).refusal is None
    assert house.case.plan is not None
    assert [each.amount_minor for each in house.case.plan.instalments] == [50_000, 73_456]


def test_a_wish_beyond_the_limits_is_answered_with_the_nearest_plan_and_the_reasons(house: House) -> None:
    answered = wish(house, ("2027-03-20", "1224.56"), ("2027-04-20", "10.00"))
    assert answered.answer is not None
    assert answered.answer["status"] == "counter_offer"
    assert answered.answer["instalments"] == [
        {"due_date": "2027-03-20", "amount": "617.28"},
        {"due_date": "2027-04-20", "amount": "617.28"},
    ]
    assert answered.answer["reasons"] == ["no instalment may be below 50.00 CNY; propose fewer"]


def test_a_wish_that_no_plan_within_the_limits_can_meet_is_refused_in_words(house: House) -> None:
    answered = wish(house, ("2027-03-20", "1234.56"), disposable_income="150.00")
    assert code_of(answered) == "plan_beyond_income"
    assert answered.refusal is not None
    assert "the stated income allows at most 75.00 CNY a month" in answered.refusal.words


def test_a_proposal_keeps_to_the_share_of_the_stated_income(house: House) -> None:
    assert code_of(propose(house, 3, disposable_income="800.00")) == "plan_beyond_income"
    assert code_of(propose(house, 4, disposable_income="800.00")) is None


@pytest.mark.parametrize(
    ("approved_by", "refused"),
    [(None, "plan_beyond_income"), ("agent-1", "conflict_of_interest"), ("lead-1", "no_authority"), ("lead-2", None)],
)
def test_a_plan_beyond_the_limits_needs_somebody_else_with_authority(
    house: House, approved_by: str | None, refused: str | None
) -> None:
    with house.database.writing() as session:
        for agent_id, authority in (("lead-1", 1), ("lead-2", 2)):
            register_agent(session, agent(agent_id, authority), house.now)
    assert code_of(propose(house, 3, disposable_income="800.00", approved_by=approved_by)) == refused


def test_a_plan_is_not_proposed_over_nothing_and_the_refusal_names_the_way(open_house: Open) -> None:
    house = open_house(registration(instalments=(owed("2027-06-01"),)))
    refused = propose(house).refusal
    assert refused is not None
    assert (refused.code, "asked for by counter_plan" in refused.words) == ("nothing_overdue", True)
    assert code_of(wish(house, ("2027-06-20", "1234.56"))) is None


def test_a_plan_that_was_made_elsewhere_keeps_to_the_limits_too(house: House) -> None:
    written = [{"due_date": "2027-03-20", "amount": "1224.56"}, {"due_date": "2027-04-20", "amount": "10.00"}]
    booking = house.tell("agree_plan", plan_id="p1", agreed_by="the-person", instalments=written)
    assert code_of(booking) == "plan_too_small"


def test_what_was_agreed_goes_out_in_writing_at_once(house: House) -> None:
    agree(house, propose(house))
    assert house.contact().result is ContactResult.SENT
    letter = house.sent()[0]
    assert (letter.channel, letter.occasion) == ("email", "plan_agreement")
    assert "2027年3月11日 | ¥411.52" in letter.words
    assert "整个计划合计 | ¥1,234.56" in letter.words


def test_a_missed_instalment_asks_a_person_and_offers_another_plan(house: House) -> None:
    agree(house, propose(house))
    missed(house)
    assert ask_person(house) == ["plan_missed"]
    assert ask_person(house) == ["plan_missed"], "asked again the case owes the same message"
    while not any(each.occasion == "plan_missed" for each in house.sent()):
        house.contact()
    offer = house.sent()[-1]
    assert "还差¥411.52没有还到" in offer.words
    assert "到2027年3月23日为止" in offer.words
    assert {each.kind for each in house.case.open_holds(house.now)} == {HoldKind.PLAN}


def test_a_new_plan_ends_the_missed_one_and_covers_what_is_left(house: House) -> None:
    agree(house, propose(house))
    house.pay("111.52")
    missed(house)
    house.now += timedelta(days=1)
    renewed = agree(house, propose(house, 4, first_due_date="2027-04-11"))
    assert renewed.refusal is None
    assert house.case.plan is not None
    assert house.case.plan.total_minor == 123_456 - 11_152
    with house.reading() as session:
        holds = recorded_holds(session, "deb-1", "acc-1")
        first, second = session.exec(select(AgreedPlan).order_by(col(AgreedPlan.agreed_at))).all()
    assert [each.hold_id for each in holds] == [house.case.plan.plan_id]
    assert (first.outcome, second.outcome) == ("replaced", None)
    assert house.case.milestones[-1].kind == "plan_replaced"


def test_a_plan_that_the_person_could_catch_up_with_needs_no_offer(house: House) -> None:
    agree(house, propose(house))
    missed(house)
    ask_person(house)
    house.pay("411.52")
    house.contact()
    assert [each.occasion for each in house.sent()] == ["plan_agreement"]
    house.contact()
    house.contact()
    assert [each.occasion for each in house.sent()] == ["plan_agreement", "receipt", "plan_reminder"]


def agent(agent_id: str, authority: int) -> AgentCard:
    return AgentCard(agent_id=agent_id, name="Somebody", languages=("zh-CN",), authority=authority)


def missed(house: House) -> None:
    """Let the first instalment's date and cure pass; the written agreement has gone."""
    house.contact()
    house.now = datetime.fromisoformat("2027-03-16T16:00:00+00:00")
    house.pass_time(timedelta(0))


def ask_person(house: House) -> list[str]:
    """Ask what the case wants asked, as the workflow does; answers which messages it owes for it."""
    assert house.case.plan is not None
    deadline = house.now + timedelta(days=5)
    order = PersonToAsk("acc-1", house.case.plan.subject, deadline, house.now, house.case.milestones)
    asked = Records(house.database, house.library).ask_person(order)
    house.hear(*asked.events)
    owed = (each for each in asked.events if isinstance(each, MessagesOwed))
    return [message.occasion for event in owed for message in event.messages]
