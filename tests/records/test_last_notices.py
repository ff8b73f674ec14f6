"""A review chosen for somebody who has stopped all contact: the one notice that may still go, and what it proves."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from activities.desk import Desk
from activities.legal_checklist import draw_up
from domain.checklist import ChecklistItem
from domain.next_step import StepKind, next_step
from domain.registration import Registration
from tests.records.lone_case import House, Open, american, british
from tests.registrations import owed, registration

LATER = timedelta(days=40)


def chinese(**changes: str) -> Registration:
    return registration(policy="fenfu-cn", instalments=(owed("2027-01-04"),), **changes)


def one_payment() -> Registration:
    """Somebody in London who owes one payment, so that no arrears notice is owed."""
    return british(instalments=(owed("2027-01-04", "90.00", "8.00", "2.00"),))


def under_review(house: House) -> None:
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    house.ask("decide_stopped_case", choice="legal_review", reason_code="asked_to_cease", decided_by="lead-1")


def checklist(house: House) -> dict[str, ChecklistItem]:
    with house.database.writing() as session:
        desk = Desk.open(session, house.library, "acc-1", lambda: house.now)
        return {each.name: each for each in draw_up(desk, house.case, simulated_counts=True)}


def missing(house: House) -> set[str]:
    return {name for name, each in checklist(house).items() if not each.fulfilled}


def arrive(house: House, contact_id: str) -> None:
    house.tell("report_delivery", contact_id=contact_id, status="delivered", at=house.now.isoformat())


def give_otherwise(house: House, message_id: str) -> None:
    given = {"by_channel": "by_hand", "evidence_ref": "signed-slip-1", "done_by": "lead-1"}
    house.pass_time(timedelta(hours=1))
    booking = house.ask("record_duty_done", message_id=message_id, done_at=house.now.isoformat(), **given)
    assert booking.refusal is None


@pytest.mark.parametrize(
    ("person", "notice", "beside"),
    [
        (chinese, "remedy_may_be_used", ()),
        (american, "remedy_may_be_used", ("validation_notice.1",)),
        (one_payment, "letter_of_claim", ()),
    ],
)
def test_one_formal_letter_goes_in_spite_of_the_stop_and_when_it_is_proved_nothing_is_missing(
    open_house: Open, person: Callable[[], Registration], notice: str, beside: tuple[str, ...]
) -> None:
    house = open_house(person())
    under_review(house)
    assert {"final_notice_sent", "final_notice_delivered", "waiting_period_over", "way_out_offered"} < missing(house)
    for _ in range(4):
        if any(each.occasion == notice for each in house.sent()):
            break
        house.send()
    (letter,) = [each for each in house.sent() if each.occasion == notice]
    assert (letter.channel, letter.message_class) == ("letter", "statutory")
    assert {each.message_class for each in house.sent()} == {"statutory"}, "nothing asks for payment any more"
    assert {"final_notice_delivered", "waiting_period_over", "duties_done"} == missing(house)
    for message_id in beside:
        give_otherwise(house, message_id)
    house.pass_time(LATER)
    assert missing(house) == {"final_notice_delivered"}
    assert next_step(house.case, house.now).kind is StepKind.OPEN_REVIEW
    arrive(house, letter.contact_id)
    house.pass_time(LATER)
    assert missing(house) == set()
    assert [each.reference for each in checklist(house)["final_notice_delivered"].proofs] == [letter.contact_id]
    assert letter.contact_id in [each.reference for each in checklist(house)["way_out_offered"].proofs]


def test_where_no_letter_can_go_a_person_is_asked_who_gives_it_otherwise_and_has_the_proof(open_house: Open) -> None:
    house = open_house(chinese(postal_address=""))
    under_review(house)
    step = next_step(house.case, house.now)
    assert (step.kind, step.subject) == (StepKind.ASK_PERSON, "duty:remedy_may_be_used.1")
    give_otherwise(house, "remedy_may_be_used.1")
    assert missing(house) == {"waiting_period_over", "duties_done"}
    house.pass_time(LATER)
    assert missing(house) == set()
    assert next_step(house.case, house.now).kind is StepKind.OPEN_REVIEW


def test_a_review_that_is_not_chosen_owes_no_such_letter_and_does_not_count_one(open_house: Open) -> None:
    house = open_house(chinese())
    house.tell("report_circumstance", circumstance_id="c1", kind="cease_contact", reported_by="agent-1")
    assert house.states() == []
    house.ask("decide_stopped_case", choice="legal_review", reason_code="asked_to_cease", decided_by="lead-1")
    assert ("remedy_may_be_used", 1, "owed") in house.states()
    house.send()
    house.ask("end_circumstance", circumstance_id="c1", reason_code="told_in_error", ended_by="lead-1")
    assert "final_notice_sent" in missing(house), "who is contacted again gets the policy's own final notice"
