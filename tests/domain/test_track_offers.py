"""The supportive track's own offer: owed once for each move, when nothing stands against it, and lapsing by itself."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from domain.case import Case, Plan, PlanInstalment
from domain.events import (
    CaseEvent,
    ContactSent,
    DebtChanged,
    HoldPlaced,
    PlanAgreed,
    PlanProposed,
    TimePassed,
    TrackSet,
    apply,
)
from domain.next_step import StepKind, next_step
from domain.owed_messages import OwedMessage
from domain.statements import statement
from domain.terms import Channel, HoldKind, MessageClass, Track
from domain.tracks import TrackOffer
from tests.config.policy_files_for_tests import fenfu_policy_with
from tests.domain.builders import case, day, hold, instalment, payment, timetable

INSTALMENTS = (PlanInstalment(day(40), 5_000), PlanInstalment(day(70), 5_000))
OFFERED = Plan("offer-2", INSTALMENTS, stands_until=day(20))


def offering(**changes: Any) -> Case:
    """A case whose policy lets the supportive track offer a plan."""
    return case(timetable=timetable(track_offers=(TrackOffer.PLAN,)), **changes)


def lived(the_case: Case, *happenings: tuple[float, CaseEvent]) -> Case:
    for on, event in happenings:
        the_case = apply(apply(apply(the_case, TimePassed(day(on))), event), TimePassed(day(on)))
    return the_case


def supportive(the_case: Case, on: float = 2) -> Case:
    return lived(the_case, (on, TrackSet(Track.SUPPORTIVE, "struggles")))


def owed(the_case: Case) -> list[str]:
    return [each.occasion for each in the_case.owed_messages]


def sent(the_case: Case, on: float) -> Case:
    (message,) = the_case.owed_messages
    return lived(the_case, (on, ContactSent(Channel.SMS, day(on), message_id=message.message_id)))


def test_a_case_that_comes_to_the_supportive_track_owes_an_offer_at_once() -> None:
    moved = supportive(offering())
    step = next_step(moved, day(2))
    assert (step.kind, step.due_at, step.reason) == (StepKind.CONTACT, day(2), "owed: supportive_offer")


def test_the_offer_is_made_once_for_each_move() -> None:
    made = lived(sent(supportive(offering()), 2), (9, TrackSet(Track.SUPPORTIVE, "still_struggles")))
    assert owed(made) == []
    again = supportive(lived(made, (10, TrackSet(Track.STANDARD, "back_at_work"))), on=11)
    assert owed(again) == ["supportive_offer"]


@pytest.mark.parametrize("kind", [HoldKind.COMPLAINT, HoldKind.HARDSHIP, HoldKind.PROMISE, HoldKind.CEASE_CONTACT])
def test_what_stops_contact_puts_the_offer_off_until_it_is_over(kind: HoldKind) -> None:
    held = supportive(lived(offering(), (1, HoldPlaced(hold(1, 30, kind=kind)))))
    assert owed(apply(held, TimePassed(day(29)))) == []
    assert owed(apply(held, TimePassed(day(30)))) == ["supportive_offer"]
    stopped_later = lived(supportive(offering()), (3, HoldPlaced(hold(3, 30, kind=kind))))
    assert (owed(stopped_later), owed(apply(stopped_later, TimePassed(day(30))))) == ([], ["supportive_offer"])


def test_nothing_is_offered_to_who_has_an_arrangement_or_owes_nothing() -> None:
    proposed = PlanProposed(Plan("plan-1", INSTALMENTS))
    assert owed(supportive(lived(offering(), (1, proposed)))) == []
    assert owed(lived(supportive(offering()), (3, proposed))) == []
    assert owed(lived(supportive(offering()), (3, PlanAgreed("plan-1", INSTALMENTS, day(3))))) == []
    paid = DebtChanged(statement((instalment(),), (payment(10_000),)).debt())
    assert owed(lived(supportive(offering()), (3, paid))) == []


def test_the_offer_after_a_time_of_grace_goes_before_it() -> None:
    after_grace = OwedMessage("offer.h1", MessageClass.SERVICE, "offer", (Channel.SMS,), day(4), day(18))
    waiting = supportive(replace(offering(), owed_messages=(after_grace,)))
    assert owed(waiting) == ["offer"]


def test_a_case_that_leaves_the_track_owes_no_offer() -> None:
    assert owed(lived(supportive(offering()), (3, TrackSet(Track.STANDARD, "back_at_work")))) == []


def test_without_offers_in_its_policy_a_case_owes_none() -> None:
    assert owed(supportive(case())) == []


def test_an_offered_plan_stands_as_a_proposal_and_lapses_by_itself() -> None:
    made = lived(sent(supportive(offering()), 2), (2, PlanProposed(OFFERED)))
    waits = replace(made, last_touch_at=day(2), timetable=replace(made.timetable, resume_after=day(60) - day(0)))
    held = lived(waits, (3, HoldPlaced(hold(3, 90))))
    step = next_step(held, day(3))
    assert (step.kind, step.due_at, step.reason) == (StepKind.WAIT, day(20), "a plan is offered until then")
    lapsed = apply(held, TimePassed(day(20)))
    assert (lapsed.plan, lapsed.milestones[-1].kind, lapsed.milestones[-1].detail) == (None, "offer_lapsed", "offer-2")


def test_an_offer_never_takes_the_place_of_what_a_person_has_proposed_or_agreed() -> None:
    proposed = lived(offering(), (1, PlanProposed(Plan("plan-1", INSTALMENTS))))
    assert lived(proposed, (2, PlanProposed(OFFERED))).plan == proposed.plan
    agreed = lived(offering(), (1, PlanAgreed("plan-1", INSTALMENTS, day(1))))
    both = lived(agreed, (2, PlanProposed(OFFERED)))
    assert (both.plan, both.new_plan) == (agreed.plan, None)


def test_a_plan_that_was_offered_and_agreed_does_not_lapse() -> None:
    agreed = lived(offering(), (2, PlanProposed(OFFERED)), (3, PlanAgreed("offer-2", INSTALMENTS, day(3))))
    later = apply(agreed, TimePassed(day(25)))
    assert later.plan is not None
    assert later.plan.plan_id == "offer-2"


@pytest.mark.parametrize(
    ("offers", "words"),
    [
        ({"supportive": ["plan", "plan"]}, "names an offer twice"),
        ({"supportive": ["a_car"]}, "plan"),
        ({"supportive": ["plan"], "answer_within": "6h"}, "leaves the person no day to answer in"),
        ({"firm": ["plan"]}, "firm"),
    ],
)
def test_offers_that_make_no_sense_are_refused_in_words(offers: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        fenfu_policy_with("tracks.offers", offers)
