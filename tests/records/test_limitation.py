"""The limitation period as the records prove it: what arrived, what was paid, what was agreed."""

from datetime import timedelta

from activities.desk import Desk
from activities.limitation import limitation_of
from domain.jurisdiction import RestartedBy
from domain.limitation import Expiry
from domain.next_step import StepKind, next_step
from domain.terms import ClosedReason
from tests.records.lone_case import House, Open, british
from tests.registrations import owed, registration


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
    assert restarted.expires_at == house.now + timedelta(days=3 * 365)
    house.tell("reverse_payment", payment_id="p1", reason_code="bounced")
    assert found(house) == before


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


def test_in_scotland_the_case_closes_when_the_debt_has_ended(open_house: Open) -> None:
    house = open_house(british(jurisdiction="UK-SCT", instalments=(owed("2021-01-04"),)))
    assert house.case.limitation is not None
    assert house.case.limitation.extinguishes
    step = next_step(house.case, house.now)
    assert (step.kind, step.closing) == (StepKind.CLOSE, ClosedReason.EXTINGUISHED)
