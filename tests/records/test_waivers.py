"""Waivers: within an agent's authority at once, above it by somebody with more, and on a condition; and credit."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from domain.admission import refusal_of
from domain.agents import AgentCard
from domain.orders import Booking
from domain.policy import Policy
from domain.registration import Registration
from domain.requests import DecideWaiver
from storage import person_tasks
from storage.agents import register_agent
from storage.audit import trail
from tests.records.lone_case import House, Open, american
from tests.records.test_late_charges import lent, outstanding, statement_of
from tests.registrations import owed

DAY = timedelta(days=1)
DECISION = {"request_id": "d1", "waiver_id": "waiver-r1", "approve": True, "decided_by": "lead-1"}


def indebted(**changes: Any) -> Any:
    """Somebody in Texas who owes 1,000.00 and 200.00 of interest since the 1st of March."""
    return american(instalments=(owed("2027-02-28", "1000.00", "200.00", "0.00"),), **changes)


def ask(house: House, amount: str, condition: dict[str, str] | None = None, number: int = 1) -> Booking:
    """An agent asks that some be waived."""
    body: dict[str, Any] = {"amount": amount, "reason_code": "goodwill", "requested_by": "agent-1"}
    return house.ask(
        "request_waiver", request_id=f"r{number}", **body, **({"condition": condition} if condition else {})
    )


def decide(house: House, number: int = 1, by: str = "head-1", *, approve: bool = True) -> Booking:
    """Somebody decides on it."""
    body = {"waiver_id": f"waiver-r{number}", "approve": approve, "decided_by": by}
    return house.ask("decide_waiver", request_id=f"d{number}-{by}", **body)


def status_of(booking: Booking) -> str:
    """What became of a request, or why it was refused."""
    return booking.refusal.code if booking.refusal is not None else str((booking.answer or {})["status"])


def tasks(house: House) -> list[str]:
    """What people owe the account."""
    with house.reading() as session:
        return [each.subject for each in person_tasks.open_tasks(session, "acc-1")]


def pass_days(house: House, days: float) -> None:
    house.pass_time(days * DAY)


def office(open_house: Open, person: Registration | None = None) -> House:
    """The account of somebody who owes interest, in an office with a lead of authority 2 and a head of authority 4."""
    house = open_house(person or indebted())
    with house.database.writing() as session:
        for agent_id, authority in (("lead-1", 2), ("head-1", 4)):
            card = AgentCard(agent_id=agent_id, name=agent_id, languages=("en",), authority=authority)
            register_agent(session, card, house.now)
    return house


def allow_principal(house: House, monkeypatch: pytest.MonkeyPatch, percent: int) -> None:
    """Let the policy give up some principal too."""

    def policy(self: object, session: Session, account: object) -> Policy:
        known: Policy = house.library.policy_named("consumer-us")
        changed = {"principal_percent": percent}
        return known.model_copy(update={"waivers": known.waivers.model_copy(update=changed)})

    monkeypatch.setattr(type(house.library), "policy", policy)


def test_small_waivers_one_by_one_do_not_add_up_to_more_than_an_agent_may(open_house: Open) -> None:
    house = office(open_house)
    percent = house.library.policy_named("consumer-us").waivers.at_once_percent
    assert status_of(ask(house, f"{percent * 2 - 1}.00")) == "waived"
    assert status_of(ask(house, "1.00", number=2)) == "waived"
    assert status_of(ask(house, "1.00", number=3)) == "awaiting_approval"


def test_a_waiver_that_waits_is_on_a_persons_list_until_it_is_decided(open_house: Open) -> None:
    house = office(open_house)
    assert status_of(ask(house, "150.00")) == "awaiting_approval"
    assert tasks(house) == ["waiver:waiver-r1"]
    assert house.case.asked["waiver:waiver-r1"] > house.now
    assert status_of(decide(house)) == "waived"
    assert (tasks(house), outstanding(house)) == ([], "1050.00")
    assert "waiver:waiver-r1" not in house.case.asked


def test_more_is_approved_only_by_somebody_with_more_authority(open_house: Open) -> None:
    house = office(open_house)
    ask(house, "150.00")
    for nobody in ("stranger-1", "lead-1"):
        refused = decide(house, by=nobody)
        assert status_of(refused) == "no_authority"
    assert refused.refusal is not None
    assert refused.refusal.words == ("lead-1 has authority 2 and may approve 120.00; somebody with more must decide")
    assert status_of(decide(house, by="head-1")) == "waived"


@pytest.mark.parametrize("name", ["fenfu-cn", "consumer-us", "consumer-uk", "demo"])
def test_every_shipped_policy_says_who_may_approve_how_much(open_house: Open, name: str) -> None:
    waivers = office(open_house).library.policy_named(name).waivers
    shares = [waivers.approval_percent(authority) for authority in (0, 1, 2, 4)]
    assert shares == [0, 0, 60, 100]
    assert waivers.at_once_percent < 60


def test_principal_is_waived_only_where_the_policy_says_so_and_by_approval(
    open_house: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = office(open_house)
    refused = ask(house, "200.01")
    assert refused.refusal is not None
    assert "only interest and fees can be waived, and 200.00 USD of them is left" in refused.refusal.words
    allow_principal(house, monkeypatch, 10)
    assert status_of(ask(house, "300.01", number=2)) == "waiver_exceeds"
    assert status_of(ask(house, "300.00", number=3)) == "awaiting_approval"
    assert status_of(decide(house, 3, "head-1")) == "waived"
    assert statement_of(house)["waived"] == {
        "principal": "100.00",
        "interest": "200.00",
        "fees": "0.00",
        "total": "300.00",
    }


SETTLE = {"pay_amount": "1000.00", "by": "2027-03-20"}


def offered(house: House) -> Booking:
    """An offer to waive all interest once the principal has come in."""
    ask(house, "200.00", SETTLE)
    return decide(house)


def test_an_offer_is_booked_when_its_condition_is_met_and_settles_the_debt(open_house: Open) -> None:
    house = office(open_house)
    assert status_of(offered(house)) == "offered"
    assert outstanding(house) == "1200.00"
    pass_days(house, 3)
    house.pay("400.00")
    assert outstanding(house) == "800.00"
    pass_days(house, 3)
    house.pay("600.00")
    assert (outstanding(house), house.case.waivers[0].outcome) == ("0.00", "booked")
    assert house.case.debt.balance_minor == 0


def demanded(house: House) -> str:
    """What the next demand says."""
    for _ in range(5):
        house.contact()
        latest = house.sent()[-1]
        if (latest.message_class, latest.status) == ("demand", "sent"):
            return latest.words
    raise AssertionError("nothing was demanded")


def test_a_demand_tells_of_an_offer_while_it_is_open_and_of_what_is_left_to_pay_for_it(open_house: Open) -> None:
    house = office(open_house)
    ask(house, "200.00", {"pay_amount": "1000.00", "by": "2027-04-20"})
    decide(house)
    first = demanded(house)
    assert "$1,000.00" in first
    assert "20 Apr 2027" in first
    house.pay("400.00")
    assert "$600.00" in demanded(house)
    pass_days(house, 60)
    assert "20 Apr 2027" not in demanded(house)


def test_an_offer_lapses_on_its_date_with_nobody_saving_anything(open_house: Open) -> None:
    house = office(open_house)
    offered(house)
    pass_days(house, 25)
    assert house.case.waivers[0].outcome == "lapsed"
    assert any(each.kind == "waiver_lapsed" for each in house.case.milestones)
    house.pay("1000.00")
    assert outstanding(house) == "200.00"


def test_a_waiver_that_nobody_decided_lapses_with_its_condition_and_frees_what_it_asked_for(open_house: Open) -> None:
    house = office(open_house)
    asked = ask(house, "200.00", {"pay_amount": "1000.00", "by": "2027-03-03"})
    assert (asked.answer or {})["decide_by"].startswith("2027-03-04T06:00"), "no later than its condition"
    assert status_of(ask(house, "20.00", number=2)) == "waiver_exceeds"
    pass_days(house, 4)
    assert refusal_of(house.case, DecideWaiver.model_validate(DECISION), house.now) is not None
    assert status_of(ask(house, "20.00", number=3)) == "waived"
    assert tasks(house) == []


def test_a_payment_that_came_in_time_counts_however_late_it_is_told(open_house: Open) -> None:
    house = office(open_house)
    offered(house)
    came = house.now + 3 * DAY
    pass_days(house, 25)
    body = {"payment_id": "p1", "amount": "1000.00", "currency": "USD", "received_at": came.isoformat()}
    house.tell("record_payment", **body)
    assert (outstanding(house), house.case.waivers[0].outcome) == ("0.00", "booked")


def test_an_offer_is_lost_again_when_the_payment_does_not_hold(open_house: Open) -> None:
    house = office(open_house)
    offered(house)
    pass_days(house, 3)
    body = {"payment_id": "p1", "amount": "1000.00", "currency": "USD", "received_at": house.now.isoformat()}
    house.tell("record_payment", **body)
    pass_days(house, 1)
    house.tell("reverse_payment", payment_id="p1", reason_code="bounced")
    assert (outstanding(house), house.case.waivers[0].offered) == ("1200.00", True)
    house.pay("1000.00")
    assert outstanding(house) == "0.00"


def test_an_offer_settles_to_the_cent_whatever_accrues_until_it_is_taken(open_house: Open) -> None:
    house = office(open_house, lent(instalments=(owed("2027-02-28", "3650.00", "100.00", "0.00"),)))
    ask(house, "101.80", {"pay_amount": "3650.00", "by": "2027-03-20"})
    decide(house)
    pass_days(house, 3)
    house.pay("2000.00")
    pass_days(house, 10)
    house.pay("1650.00")
    assert (outstanding(house), statement_of(house)["credit"]) == ("0.00", "0.00")


def test_an_offer_cannot_stand_for_ever_or_ask_for_more_than_is_owed(open_house: Open) -> None:
    house = office(open_house)
    assert status_of(ask(house, "200.00", {**SETTLE, "by": "2027-08-01"})) == "waiver_too_long"
    assert status_of(ask(house, "200.00", {**SETTLE, "pay_amount": "1200.01"}, 2)) == "waiver_exceeds"
    assert status_of(ask(house, "200.00", {**SETTLE, "by": "2027-02-01"}, 3)) == "date_in_past"


def test_credit_is_told_to_a_person_until_it_is_paid_back(open_house: Open) -> None:
    house = office(open_house)
    booking = house.pay("1250.00")
    assert (booking.answer or {})["credit"] == "50.00"
    assert tasks(house) == ["credit"]
    refused = house.tell("record_refund", event_id="e1", refund_id="f1", amount="50.01")
    assert refused.refusal is not None
    assert refused.refusal.words == "only 50.00 USD is owed back to the person"
    assert (house.tell("record_refund", event_id="e2", refund_id="f1", amount="50.00").answer or {})["credit"] == "0.00"
    assert tasks(house) == []
    again = house.tell("record_refund", event_id="e3", refund_id="f1", amount="50.00")
    assert (again.answer or {})["credit"] == "0.00"
    with house.reading() as session:
        assert "record_refund" in [each.kind for each in trail(session, "acc-1")]
