"""The goal in an account's status: what its policy asks for, until when, and how much of it was recovered."""

from datetime import UTC, datetime, timedelta

from client.statuses import Statuses
from domain.terms import ClosedReason
from storage.accounts import lock_account, store_case
from storage.registration import register
from tests.records.lone_case import MORNING, House, Open, american, british
from tests.registrations import owed

HALF_A_YEAR = timedelta(days=180)


def goal(house: House, after: timedelta = timedelta(0)) -> object:
    """The goal as the status of an account tells it that no workflow collects."""
    return Statuses(house.database, house.library).from_records("acc-1", house.now + after)["goal"]


def test_a_case_knows_its_goal_its_deadline_and_how_much_was_recovered(open_house: Open) -> None:
    house = open_house(american(instalments=(owed("2027-01-04", "1000.00", "0.00", "0.00"),)))
    deadline = f"{MORNING + HALF_A_YEAR:%Y-%m-%dT%H:%M:%SZ}"
    assert goal(house) == {"recover_percent": 75, "within_until": deadline, "recovered_percent": 0.0}
    house.pass_time(timedelta(days=1))
    house.pay("400.00")
    assert goal(house) == {"recover_percent": 75, "within_until": deadline, "recovered_percent": 40.0}


def test_what_is_paid_after_the_deadline_does_not_reach_the_goal(open_house: Open) -> None:
    house = open_house(american(instalments=(owed("2027-01-04", "1000.00", "0.00", "0.00"),)))
    house.pass_time(HALF_A_YEAR + timedelta(days=1))
    house.pay("1000.00")
    assert goal(house)["recovered_percent"] == 0.0  # type: ignore[index]


def test_the_time_of_an_account_that_is_not_overdue_yet_begins_when_it_is(open_house: Open) -> None:
    house = open_house(british(instalments=(owed("2027-04-30", "90.00", "8.00", "2.00"),)))
    overdue_from = datetime(2027, 4, 30, 23, tzinfo=UTC)
    within = house.library.policies["consumer-uk"].goal.within
    told = {"recover_percent": 75, "within_until": f"{overdue_from + within:%Y-%m-%dT%H:%M:%SZ}"}
    assert goal(house) == {**told, "recovered_percent": None}


def test_a_running_and_a_closed_case_tell_the_same_goal(open_house: Open) -> None:
    house = open_house(american(instalments=(owed("2027-01-04", "1000.00", "0.00", "0.00"),)))
    house.pass_time(timedelta(days=1))
    house.pay("400.00")
    running = Statuses(house.database, house.library).as_seen_now("acc-1", {"stage": "escalation"}, house.now)
    house.ask("close_case", reason_code="too_small", closed_by="agent-1")
    assert house.case.closed is not None
    assert house.case.closed.reason is ClosedReason.WRITTEN_OFF
    with house.database.writing() as session:
        store_case(session, lock_account(session, "acc-1")[0], house.case)
    assert (running["stage"], running["goal"]) == ("escalation", goal(house))


def test_an_account_whose_case_never_opened_has_no_goal(open_house: Open) -> None:
    house = open_house()
    with house.database.writing() as session:
        register(session, american(account_id="acc-2"), "consumer-us", house.now)
    assert "goal" not in Statuses(house.database, house.library).from_records("acc-2", house.now)
