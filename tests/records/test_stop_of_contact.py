"""A person who stops all contact, in the records: a named person is asked to choose, and the choice is carried out."""

from datetime import UTC, datetime, timedelta

from activities.opening import open_account
from domain.next_step import StepKind, next_step
from domain.orders import OpenCase
from domain.registration import Registration
from domain.terms import CaseState, Channel, HoldKind, Stage
from storage.people import open_holds
from storage.person_tasks import open_tasks
from storage.tables import Account
from tests.records.lone_case import MORNING, House, Open, american, british
from tests.registrations import owed

IN_BRITAIN = (Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER, Channel.CALL)


def one_payment() -> Registration:
    """Somebody in London who owes one payment, so that no arrears notice is owed."""
    return british(instalments=(owed("2027-01-04", "90.00", "8.00", "2.00"),))


def stop_every_channel(house: House) -> None:
    for number, channel in enumerate(IN_BRITAIN):
        house.tell("opt_out", event_id=f"out-{number}", channel=channel)


def tasks(house: House) -> dict[str, datetime]:
    with house.reading() as session:
        return {each.subject: each.deadline for each in open_tasks(session, "acc-1")}


def kinds_of_holds(house: House) -> list[HoldKind]:
    return [each.kind for each in house.case.open_holds(house.now)]


def test_who_asks_that_contact_cease_is_left_alone_and_a_person_has_five_working_days_to_choose(
    open_house: Open,
) -> None:
    house = open_house(one_payment())
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    assert kinds_of_holds(house) == [HoldKind.CEASE_CONTACT]
    assert tasks(house) == {"hold:c1": datetime(2027, 3, 9, tzinfo=UTC)}, "from Monday 1 March to the end of the 8th"
    step = next_step(house.case, house.now)
    assert (step.kind, step.due_at) == (StepKind.AWAIT_PERSON, datetime(2027, 3, 9, tzinfo=UTC))
    late = next_step(house.case, step.due_at)
    assert (late.kind, late.subject) == (StepKind.ASK_PERSON, "hold:c1")


def test_a_public_holiday_is_no_working_day(open_house: Open) -> None:
    house = open_house(british())
    house.now = datetime(2027, 3, 24, 10, tzinfo=UTC)
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    assert tasks(house)["hold:c1"] == datetime(2027, 4, 2, 23, tzinfo=UTC), "Good Friday and Easter Monday are none"


def test_an_opt_out_of_every_channel_is_a_stop_and_no_refusal(open_house: Open) -> None:
    house = open_house(british(phone="+442071838750", email="zephyr@example.com"))
    track = house.case.track
    stop_every_channel(house)
    (hold,) = house.case.open_holds(house.now)
    assert (hold.kind, hold.reason) == (HoldKind.CEASE_CONTACT, "every_channel_stopped")
    assert list(tasks(house)) == [f"hold:{hold.hold_id}"]
    assert house.case.track is track


def test_an_opt_out_of_some_channels_stops_nothing(open_house: Open) -> None:
    house = open_house(british(phone="+442071838750", email="zephyr@example.com"))
    house.tell("opt_out", channel="sms")
    house.tell("opt_out", event_id="out-2", channel="letter")
    assert kinds_of_holds(house) == []


def test_without_any_address_nothing_was_stopped_by_choice(open_house: Open) -> None:
    house = open_house(british(postal_address=""))
    house.tell("opt_out", channel="sms")
    assert kinds_of_holds(house) == []


def test_a_channel_that_needs_a_consent_which_was_never_given_is_not_left(open_house: Open) -> None:
    house = open_house(american(phone="+12125550123"))
    for number, channel in enumerate((Channel.EMAIL, Channel.LETTER, Channel.CALL)):
        house.tell("opt_out", event_id=f"out-{number}", channel=channel)
    assert kinds_of_holds(house) == [HoldKind.CEASE_CONTACT]


def test_allowing_a_channel_again_ends_the_stop_that_came_from_opt_outs(open_house: Open) -> None:
    house = open_house(british(phone="+442071838750", email="zephyr@example.com"))
    stop_every_channel(house)
    house.now += timedelta(days=1)
    house.tell("opt_in", channel="letter")
    assert kinds_of_holds(house) == []
    assert tasks(house) == {}
    with house.reading() as session:
        assert open_holds(session, house.case.debtor_ref, "acc-1", house.now) == []


def test_allowing_a_channel_again_does_not_end_a_stop_in_writing(open_house: Open) -> None:
    house = open_house(british())
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    house.tell("opt_in", channel="sms")
    assert kinds_of_holds(house) == [HoldKind.CEASE_CONTACT]


def test_an_account_of_somebody_who_had_stopped_everything_before_is_opened_stopped(open_house: Open) -> None:
    house = open_house(british(phone="+442071838750", email="zephyr@example.com"))
    stop_every_channel(house)
    with house.database.writing() as session:
        account = session.get_one(Account, "acc-1")
        account.case, account.policy_version = None, None
    with house.database.writing() as session:
        opened = open_account(session, house.library, OpenCase("acc-1", MORNING + timedelta(hours=1))).case
    assert [each.kind for each in opened.open_holds(house.now)] == [HoldKind.CEASE_CONTACT]


def test_a_refusal_in_writing_is_a_stop_in_the_united_states_and_only_on_record_elsewhere(open_house: Open) -> None:
    refusal = {"circumstance_id": "c1", "kind": "refuses_in_writing", "reported_by": "agent-1"}
    there = open_house(american())
    there.tell("report_circumstance", **refusal)
    assert kinds_of_holds(there) == [HoldKind.CEASE_CONTACT]


def test_a_refusal_in_writing_stops_nothing_in_britain_and_makes_nobody_firm(open_house: Open) -> None:
    house = open_house(british())
    track = house.case.track
    booking = house.tell("report_circumstance", circumstance_id="c1", kind="refuses_in_writing", reported_by="agent-1")
    assert booking.answer == {"status": "recorded"}
    assert (kinds_of_holds(house), house.case.track) == ([], track)


def stopped(open_house: Open) -> House:
    house = open_house(one_payment())
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    return house


def test_closing_a_stopped_case_ends_it(open_house: Open) -> None:
    house = stopped(open_house)
    house.ask("decide_stopped_case", choice="close", reason_code="asked_to_cease", decided_by="lead-1")
    assert house.case.closed is not None
    assert tasks(house) == {}


def test_a_case_that_waits_stays_stopped_and_asks_again_on_its_date(open_house: Open) -> None:
    house = stopped(open_house)
    booking = house.ask(
        "decide_stopped_case", choice="wait", until="2027-03-31", reason_code="illness", decided_by="lead-1"
    )
    assert booking.refusal is None
    until = datetime(2027, 3, 31, 23, tzinfo=UTC)
    assert sorted(kinds_of_holds(house)) == [HoldKind.CEASE_CONTACT, HoldKind.MANUAL]
    assert tasks(house) == {"hold:c1": until}
    assert next_step(house.case, house.now).due_at == until
    assert next_step(house.case, until).kind is StepKind.ASK_PERSON


def test_a_review_owes_the_notices_of_the_law_one_after_the_other_and_nothing_else_goes(open_house: Open) -> None:
    house = stopped(open_house)
    house.ask("decide_stopped_case", choice="legal_review", reason_code="asked_to_cease", decided_by="lead-1")
    assert tasks(house) == {}
    assert house.case.state(house.now) is CaseState.LEGAL_REVIEW
    assert [each.occasion for each in house.case.owed_messages] == ["default_notice"]
    house.contact()
    (claim,) = house.case.owed_messages
    assert claim.occasion == "letter_of_claim"
    assert claim.due_at >= house.now + timedelta(days=14), "not before the default notice's period is over"
    house.send()
    assert house.case.owed_messages == ()
    step = next_step(house.case, house.now)
    assert (step.kind, step.due_at >= house.now + timedelta(days=29)) == (StepKind.WAIT, True)
    review = next_step(house.case, step.due_at)
    assert (review.kind, house.case.stage) == (StepKind.OPEN_REVIEW, Stage.FIRST_REMINDER)


def test_a_review_ends_with_the_stop_and_its_notices_are_owed_no_more(open_house: Open) -> None:
    house = stopped(open_house)
    house.ask("decide_stopped_case", choice="legal_review", reason_code="asked_to_cease", decided_by="lead-1")
    house.ask("end_circumstance", circumstance_id="c1", reason_code="withdrawn", ended_by="lead-1")
    assert house.case.chosen_review is None
    assert (house.case.owed_messages, house.case.bars) == ((), ())


def test_the_notices_that_a_stop_allows_still_go(open_house: Open) -> None:
    house = open_house(british())
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    house.contact()
    assert house.states()[0] == ("arrears_notice", 1, "given")
