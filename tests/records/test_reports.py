"""Reports read from the records of both databases: what a life left behind, as it was known at a moment."""

from datetime import datetime, timedelta

from activities.opening import open_account
from domain.account_history import AccountHistory, ComplaintMade
from domain.orders import OpenCase
from domain.requests import ComplaintOutcome
from domain.terms import Channel, ClosedReason, PromiseOutcome, Stage, Track
from storage.accounts import lock_account, write_milestones
from storage.registration import register
from storage.reports import read_histories
from tests.records.lone_case import MORNING, House, Open, american, british
from tests.registrations import owed

DAY = timedelta(days=1)


def histories(house: House, as_of: datetime | None = None, policy: str | None = None) -> list[AccountHistory]:
    """As known at a moment; a contact is attempted a moment after its time."""
    with house.reading() as session:
        return list(read_histories(session, as_of or house.now + timedelta(minutes=1), policy))


def history(house: House, as_of: datetime | None = None) -> AccountHistory:
    [only] = histories(house, as_of)
    return only


def write_down_milestones(house: House) -> None:
    """As the next activity of the case would."""
    with house.database.writing() as session:
        account, _ = lock_account(session, "acc-1")
        write_milestones(session, account, house.case.milestones)


def promise(house: House, amount: str, day: str, call_id: str) -> None:
    house.tell(
        "record_call_outcome",
        event_id=call_id,
        call_id=call_id,
        outcome="promised",
        agent_id="agent-7",
        direction="inbound",
        number_ref="number-1",
        dialled_at=house.now.isoformat(),
        connected=True,
        right_party=True,
        promise={"amount": amount, "date": day},
    )


def another_account(house: House, account_id: str, **changes: object) -> None:
    """A second account of the same person, which is collected too."""
    other = american(account_id=account_id, **changes)
    with house.database.writing() as session:
        register(session, other, str(other.policy), house.now)
        open_account(session, house.library, OpenCase(account_id, house.now))


def test_an_account_is_told_with_its_goal_ledger_and_contacts(open_house: Open) -> None:
    house = open_house()
    house.send()
    house.pass_time(DAY)
    house.pay("34.56")
    found = history(house)
    assert (found.policy, found.currency, found.cohort) == ("consumer-us", "USD", "2027-01")
    assert (found.goal.recover_percent, found.goal.within, found.opened_at) == (75, timedelta(days=180), MORNING)
    assert [each.total_minor for each in found.instalments] == [123_456, 123_456]
    assert [(each.amount_minor, each.effective_at) for each in found.entries] == [(3_456, house.now)]
    assert [each.channel for each in found.contacts] == [each.channel for each in house.sent()]
    assert (found.stage, found.track, found.closed) == (Stage.FIRST_REMINDER, Track.STANDARD, None)


def test_a_report_of_an_earlier_day_knows_nothing_of_what_came_later(open_house: Open) -> None:
    house = open_house()
    house.pass_time(DAY)
    house.send()
    house.pay("34.56")
    house.tell("file_complaint", complaint_id="c-1", category="conduct")
    before = history(house, MORNING)
    assert (before.entries, before.contacts, before.complaints) == ((), (), ())
    assert histories(house, MORNING - timedelta(seconds=1)) == []


def test_stages_track_and_end_are_those_of_the_trail(open_house: Open) -> None:
    house = open_house(british(instalments=(owed("2027-01-04", "90.00", "8.00", "2.00"),)))
    house.ask("set_track", track="supportive", reason_code="asked_for_time", set_by="agent-1")
    while house.case.stage is Stage.FIRST_REMINDER:
        house.contact()
    write_down_milestones(house)
    moved = history(house)
    assert moved.track is Track.SUPPORTIVE
    assert [each.stage for each in moved.stages] == [Stage.GENTLE_REMINDER]
    assert moved.closed is None
    house.pass_time(DAY)
    house.ask("close_case", reason_code="too_small", closed_by="agent-1")
    write_down_milestones(house)
    assert history(house).closed is ClosedReason.WRITTEN_OFF
    assert history(house, moved.stages[0].at).closed is None


def test_promises_are_told_with_what_became_of_them(open_house: Open) -> None:
    house = open_house()
    promise(house, "50.00", "2027-03-03", "call-1")
    assert history(house).promises == (None,)
    house.pass_time(DAY)
    house.pay("50.00")
    house.pass_time(DAY)
    promise(house, "70.00", "2027-03-05", "call-2")
    house.pay("20.00")
    house.pass_time(20 * DAY)
    promise(house, "30.00", "2027-03-25", "call-3")
    house.pass_time(20 * DAY)
    write_down_milestones(house)
    assert history(house).promises == (PromiseOutcome.KEPT, PromiseOutcome.PARTLY_KEPT, PromiseOutcome.BROKEN)
    assert history(house, MORNING + 3 * DAY).promises == (PromiseOutcome.KEPT, None)


def test_a_complaint_counts_once_however_many_accounts_hear_of_it(open_house: Open) -> None:
    house = open_house()
    another_account(house, "acc-0")
    house.tell("file_complaint", event_id="e-1", complaint_id="c-1", category="conduct")
    found = histories(house)
    assert [each.complaints for each in found] == [(), (ComplaintMade("conduct", None),)]
    house.pass_time(DAY)
    decision = {"complaint_id": "c-1", "outcome": "partly_upheld", "resolved_by": "agent-9", "explanation_ref": "t-1"}
    house.ask("resolve_complaint", **decision)
    assert histories(house)[1].complaints == (ComplaintMade("conduct", ComplaintOutcome.PARTLY_UPHELD),)


def test_only_accounts_of_the_policy_that_is_asked_for_are_read(open_house: Open) -> None:
    house = open_house()
    assert len(histories(house, policy="consumer-us")) == 1
    assert histories(house, policy="fenfu-cn") == []


def test_accounts_that_were_never_started_or_are_not_overdue_yet_are_left_out(open_house: Open) -> None:
    house = open_house()
    another_account(house, "acc-2", instalments=(owed("2027-09-01"),))
    with house.database.writing() as session:
        register(session, american(account_id="acc-3"), "consumer-us", house.now)
    assert len(histories(house)) == 1


def test_a_message_that_told_of_two_accounts_is_one_contact(open_house: Open) -> None:
    house = open_house()
    house.send()
    with house.database.writing() as session:
        told = house.sent()[0]
        another = told.model_copy(update={"contact_id": "acc-1.along", "told_with": told.contact_id})
        session.add(type(told)(**another.model_dump()))
    assert len(history(house).contacts) == 1


def test_a_delivered_message_and_a_talk_have_arrived(open_house: Open) -> None:
    house = open_house()
    house.send()
    [made] = house.sent()
    assert [each.arrived for each in history(house).contacts] == [False]
    house.pass_time(DAY)
    house.tell("report_delivery", contact_id=made.contact_id, status="delivered", at=house.now.isoformat())
    assert [(each.channel, each.arrived) for each in history(house).contacts] == [(Channel(made.channel), True)]
    assert [each.arrived for each in history(house, made.attempted_at).contacts] == [False]
