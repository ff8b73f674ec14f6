"""A notice that the account owes, given in another way by a named person with the proof."""

from datetime import timedelta

from domain.orders import Booking
from storage.audit import trail
from storage.duties import recorded_duties
from tests.records.lone_case import House, Open, british

OWED = "arrears_notice.1"


def done(house: House, message_id: str = OWED, **changes: object) -> Booking:
    body = {"by_channel": "by_hand", "evidence_ref": "receipt-7", "done_by": "lead-1"}
    return house.ask("record_duty_done", message_id=message_id, **{"done_at": house.now.isoformat(), **body, **changes})


def test_a_notice_given_in_another_way_is_not_sent_and_its_bar_ends(open_house: Open) -> None:
    house = open_house(british())
    assert [each.message_id for each in house.case.owed_messages] == [OWED]
    assert [each.bar_id for each in house.case.bars] == [OWED]
    booking = done(house)
    assert booking.answer == {"message_id": OWED, "status": "given"}
    assert OWED in house.case.settled_messages
    assert not any(bar.stands_at(house.now) for bar in house.case.bars)
    assert house.states()[0] == ("arrears_notice", 1, "given")


def test_the_trail_tells_who_gave_it_how_and_where_the_proof_is(open_house: Open) -> None:
    house = open_house(british())
    done(house)
    with house.reading() as session:
        told = {each.kind: each.detail for each in trail(session, "acc-1")}
    assert "duty_done_otherwise" in told
    body = told["record_duty_done"]["body"]
    assert (body["done_by"], body["by_channel"], body["evidence_ref"]) == ("lead-1", "by_hand", "receipt-7")


def test_one_given_after_its_deadline_was_missed(open_house: Open) -> None:
    house = open_house(british())
    house.now += timedelta(days=20)
    done(house)
    with house.reading() as session:
        assert recorded_duties(session, "acc-1")[0].missed


def test_a_notice_that_is_not_owed_is_refused_with_what_is(open_house: Open) -> None:
    house = open_house(british())
    booking = done(house, "letter_of_claim.1")
    assert booking.refusal is not None
    assert booking.refusal.code == "not_owed"
    assert "it owes arrears_notice.1" in booking.refusal.words
    done(house)
    again = done(house, request_id="again")
    assert again.refusal is not None


def test_a_notice_cannot_have_been_given_in_the_future(open_house: Open) -> None:
    house = open_house(british())
    booking = done(house, done_at=(house.now + timedelta(hours=1)).isoformat())
    assert booking.refusal is not None
    assert booking.refusal.code == "date_in_future"


def test_where_the_law_wants_a_receipt_the_proof_shows_the_arrival(open_house: Open) -> None:
    house = open_house(british())
    done(house)
    with house.reading() as session:
        assert recorded_duties(session, "acc-1")[0].arrived_at is None, "the arrears notice needs none"
