"""The supportive track's offer in the records: reckoned when it is sent, a proposal from then on, and our word kept."""

from datetime import timedelta
from typing import Any

import pytest

from activities.call_script import call_script
from activities.composer import Composer
from activities.desk import Desk
from activities.guard import Guard
from domain.orders import Booking, ContactResult
from domain.terms import Channel, Stage, Track
from tests.records.lone_case import House, Open
from tests.registrations import owed, registration


@pytest.fixture
def house(open_house: Open) -> House:
    """Somebody in China who owes 1,234.56; it is the second of March there."""
    return open_house(registration())


def choose(house: House, track: str = "supportive") -> Booking:
    return house.ask("set_track", track=track, reason_code="struggles", set_by="lead-1")


def agree(house: House) -> Booking:
    assert house.case.plan is not None
    return house.tell("agree_plan", plan_id=house.case.plan.plan_id, agreed_by="the-person")


def offered(house: House) -> None:
    """The offer is made: twelve instalments of 102.88, to be agreed by the sixteenth of March."""
    choose(house)
    house.send()
    assert house.sent()[-1].occasion == "supportive_offer"


def test_the_offer_is_a_plan_within_the_limits_with_how_to_take_it_and_until_when(house: House) -> None:
    offered(house)
    words = house.sent()[-1].words
    assert "¥1,234.56分12个月还，第一期¥102.88在2027年4月1日" in words
    assert "请在2027年3月16日之前（含当日）告诉我们" in words
    assert "您同意之前，什么都不算约定" in words
    plan = house.case.plan
    assert plan is not None
    assert (plan.plan_id, plan.agreed_at, len(plan.instalments), plan.total_minor) == ("offer-1", None, 12, 123_456)
    assert not house.case.open_holds(house.now), "nothing binds until the person agrees"


def test_the_offer_is_agreed_to_as_it_stands(house: House) -> None:
    offered(house)
    agreed = agree(house)
    assert agreed.refusal is None
    assert house.case.plan is not None
    assert house.case.plan.agreed_at is not None


def test_an_offer_whose_time_is_over_must_be_proposed_anew(house: House) -> None:
    offered(house)
    plan = house.case.plan
    house.pass_time(timedelta(days=16))
    assert (plan is not None, house.case.plan) == (True, None)


def test_the_offer_holds_although_another_instalment_falls_due_meanwhile(open_house: Open) -> None:
    dues = (owed("2027-02-25", "300.00", "0.00", "0.00"), owed("2027-03-08", "300.00", "0.00", "0.00", 2))
    house = open_house(registration(instalments=dues))
    offered(house)
    house.pass_time(timedelta(days=10))
    assert house.case.debt.arrears_minor(house.now) == 60_000
    assert agree(house).refusal is None
    assert house.case.plan is not None
    assert house.case.plan.total_minor == 30_000


def test_an_offer_that_a_payment_has_overtaken_is_refused_in_words(house: House) -> None:
    offered(house)
    house.pay("200.00")
    refused = agree(house)
    assert refused.refusal is not None
    assert refused.refusal.code == "plan_sum"
    assert "they must cover the arrears of 1034.56 CNY" in refused.refusal.words


def test_no_second_offer_is_made_a_short_while_after_the_first(house: House) -> None:
    offered(house)
    house.pass_time(timedelta(days=20))
    choose(house, "standard")
    house.pass_time(timedelta(hours=1))
    choose(house)
    results = [house.contact().result for _ in range(3)]
    assert ContactResult.NOT_NEEDED in results
    assert [each.occasion for each in house.sent()].count("supportive_offer") == 1


def test_nothing_is_offered_where_no_plan_is_within_the_limits(open_house: Open) -> None:
    house = open_house(registration(instalments=(owed("2027-02-25", "30.00", "0.00", "0.00"),)))
    choose(house)
    assert house.contact().result is ContactResult.NOT_NEEDED


def test_nothing_is_offered_on_a_debt_that_is_too_old(open_house: Open) -> None:
    house = open_house(registration(instalments=(owed("2021-02-25"),)))
    choose(house)
    assert house.contact().result is ContactResult.NOT_NEEDED


def test_each_demand_while_supportive_carries_the_plan_and_others_do_not(house: House) -> None:
    house.send()
    choose(house)
    for _ in range(6):
        house.contact()
    demands = [each for each in house.sent() if each.message_class == "demand" and each.channel != Channel.VOICE]
    line = "可以马上商定的计划：分12个月还，第一期¥102.88"
    assert [line in each.words for each in demands[:2]] == [False, True]


def script(house: House, composer: Composer) -> str:
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: house.now)
        return call_script(desk, Guard(desk), composer, Stage.ESCALATION, "acc-1.9")


def test_the_script_of_a_call_lists_the_plan_first(house: House, composer: Composer) -> None:
    line = "先提这个计划：分12个月还，第一期¥102.88在2027年4月1日"
    assert line not in script(house, composer)
    choose(house)
    assert line in script(house, composer)


def test_a_move_by_the_table_makes_the_offer_too(house: House) -> None:
    report: dict[str, Any] = {"circumstance_id": "v1", "kind": "vulnerable", "reported_by": "me"}
    house.tell("report_circumstance", **report)
    house.pass_time(timedelta(hours=1))
    assert (house.case.track, house.case.owed_messages) == (Track.SUPPORTIVE, ())
    house.tell("report_hardship", hardship_id="h1", reason_code="job_lost")
    house.ask("end_circumstance", circumstance_id="v1", reason_code="recovered", ended_by="me")
    for _ in range(4):
        house.contact()
    assert [each.occasion for each in house.sent()][:2] == ["check_in", "offer"], "the offer after grace stands for it"
