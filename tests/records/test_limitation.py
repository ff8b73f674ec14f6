"""The limitation period as the records prove it: what arrived, what was paid, what was agreed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from activities.desk import Desk
from activities.legal_checklist import draw_up
from activities.limitation import limitation_of
from activities.message_facts import gather
from domain.admission import refusal_of
from domain.jurisdiction import RestartedBy
from domain.limitation import Expiry
from domain.messages import MessageKey, OccasionFacts
from domain.next_step import StepKind, next_step
from domain.registration import Registration, end_of_day
from domain.requests import ResumeCase
from domain.terms import CaseState, Channel, ClosedReason, Stage
from storage.people import read_reach
from tests.records.lone_case import House, Open, american, british
from tests.registrations import owed, registration

FIRST = Stage.FIRST_REMINDER
BEIJING = ZoneInfo("Asia/Shanghai")


def found(house: House) -> Expiry:
    with house.database.writing() as session:
        return limitation_of(Desk.open(session, house.library, "acc-1", lambda: house.now))


def in_china(open_house: Open) -> House:
    return open_house(registration(policy="fenfu-cn", instalments=(owed("2026-12-01"),)))


def test_a_demand_counts_only_once_it_is_shown_to_have_arrived(open_house: Open) -> None:
    house = in_china(open_house)
    before = found(house)
    assert before.restarted_by is None
    house.send()
    assert found(house) == before
    contact_id = f"acc-1.{house.case.contact_number - 1}"
    arrived = (house.now + timedelta(hours=1)).isoformat()
    house.tell("report_delivery", contact_id=contact_id, status="delivered", at=arrived)
    restarted = found(house).restarted_by
    assert restarted is not None
    assert (restarted.kind, restarted.evidence) == (RestartedBy.DELIVERED_DEMAND, contact_id)
    assert house.case.limitation is not None
    assert house.case.limitation.restarted_by == f"delivered_demand {contact_id}"


def test_a_part_payment_counts_until_it_is_taken_back(open_house: Open) -> None:
    house = in_china(open_house)
    before = found(house)
    received = house.now.isoformat()
    house.tell("record_payment", payment_id="p1", amount="10.00", currency="CNY", received_at=received)
    restarted = found(house)
    assert restarted.restarted_by is not None
    assert restarted.restarted_by.evidence == "p1"
    paid_on = house.now.astimezone(BEIJING).date()
    assert restarted.expires_at == end_of_day(paid_on.replace(year=paid_on.year + 3), "Asia/Shanghai")
    house.tell("reverse_payment", payment_id="p1", reason_code="bounced")
    assert found(house) == before


def called_too_old(house: House, account_id: str = "acc-1") -> bool:
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, account_id, lambda: house.now)
        reach, key = read_reach(session, desk.account.debtor_id), MessageKey.demand(FIRST, Channel.LETTER, "zh-CN")
        return gather(desk, desk.statement(), reach, key, f"{account_id}.1", OccasionFacts()).time_barred


def test_a_message_calls_a_debt_too_old_only_if_no_record_shows_that_its_period_ran_anew(open_house: Open) -> None:
    house = open_house(registration(policy="fenfu-cn", instalments=(owed("2024-01-04"),)))
    assert called_too_old(house)
    within = datetime(2026, 12, 1, tzinfo=UTC).isoformat()
    house.tell("record_payment", payment_id="p1", amount="10.00", currency="CNY", received_at=within)
    assert not called_too_old(house)
    house.tell("reverse_payment", payment_id="p1", reason_code="bounced")
    assert called_too_old(house)


def test_in_britain_nothing_is_known_to_restart_it_and_a_payment_does_not(open_house: Open) -> None:
    house = open_house(british())
    before = found(house)
    received = house.now.isoformat()
    house.tell("record_payment", payment_id="p1", amount="10.00", currency="GBP", received_at=received)
    assert found(house) == before


def test_a_case_knows_its_period_from_the_first_day(open_house: Open) -> None:
    house = in_china(open_house)
    assert house.case.limitation is not None
    assert house.case.limitation.expires_at == found(house).expires_at
    assert [found(house).expires_at - each for each in house.case.limitation.warn_at] == [
        timedelta(days=180),
        timedelta(days=60),
    ]


@pytest.mark.parametrize("person", [british(), american(), registration()], ids=["UK", "US", "CN"])
def test_a_plea_that_the_debt_is_too_old_stops_its_demands_for_good_and_asks_a_person(
    open_house: Open, person: Registration
) -> None:
    house = open_house(person)
    house.tell("plead_limitation", event_id="plea-1", reported_by="agent-1")
    asked = next_step(house.case, house.now)
    assert (asked.kind, asked.subject) == (StepKind.ASK_PERSON, "hold:plea-1")
    house.pass_time(timedelta(days=400))
    assert house.case.state(house.now) is CaseState.ON_HOLD
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: house.now)
        items = {each.name: each.fulfilled for each in draw_up(desk, house.case, simulated_counts=True)}
    assert not items["no_open_hold"]
    house.ask("close_case", reason_code="time_barred", closed_by="lead-1")
    assert house.case.closed is not None


def test_a_plea_is_taken_back_only_if_nobody_made_it(open_house: Open) -> None:
    house = open_house(british())
    house.tell("plead_limitation", event_id="plea-1", reported_by="agent-1")
    body = {"request_id": "r-1", "hold_id": "plea-1", "resumed_by": "lead-1"}
    changed_mind, in_error = (
        refusal_of(house.case, ResumeCase.model_validate({**body, "reason_code": reason}), house.now)
        for reason in ("asked_again", "reported_in_error")
    )
    assert changed_mind is not None
    assert (changed_mind.code, in_error) == ("limitation_pleaded", None)
    house.ask("resume_case", hold_id="plea-1", reason_code="reported_in_error", resumed_by="lead-1")
    assert house.case.open_holds(house.now) == ()


def test_in_scotland_the_case_closes_when_the_debt_has_ended(open_house: Open) -> None:
    house = open_house(british(jurisdiction="UK-SCT", instalments=(owed("2021-01-04"),)))
    assert house.case.limitation is not None
    assert house.case.limitation.extinguishes
    step = next_step(house.case, house.now)
    assert (step.kind, step.closing) == (StepKind.CLOSE, ClosedReason.EXTINGUISHED)


@pytest.mark.parametrize(("due", "ended"), [("2022-02-28", True), ("2022-03-01", False)])
def test_in_scotland_no_debt_ends_a_day_before_its_five_calendar_years(open_house: Open, due: str, ended: bool) -> None:
    house = open_house(british(jurisdiction="UK-SCT", instalments=(owed(due),)))
    assert house.now.date().isoformat() == "2027-03-01"
    assert (next_step(house.case, house.now).closing is ClosedReason.EXTINGUISHED) is ended
