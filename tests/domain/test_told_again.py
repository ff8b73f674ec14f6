"""What is told a second time changes nothing, and what is told anew of a hold can only make it last longer."""

from dataclasses import replace

import pytest

from domain.case import Plan, PlanInstalment, Promise, Referral, Waiver
from domain.events import (
    ComplaintResolved,
    DebtChanged,
    HoldPlaced,
    PlanAgreed,
    PlanProposed,
    PromiseTaken,
    ReferralDecided,
    ReferralVoided,
    TimePassed,
    WaiverDecided,
    WaiverRequested,
    apply,
)
from domain.ledger import Debt
from domain.terms import HoldKind, Stage
from tests.domain.builders import case, day, hold
from tests.domain.test_races import after

_AGREED = PlanAgreed("plan-1", (PlanInstalment(day(10), 10_000),), day(2))
_PROMISE = PromiseTaken(Promise("promise-1", 10_000, day(9), 0), day(2))


def test_a_plan_agreed_twice_does_not_forget_what_was_paid_in_between() -> None:
    paid = after(case(), _AGREED, DebtChanged(Debt((), 10_000, bookings=1)))
    assert apply(paid, _AGREED) == paid


def test_a_plan_that_was_broken_is_not_in_force_again_because_it_is_told_again() -> None:
    broken = after(case(), _AGREED, TimePassed(day(15)))
    assert broken.plan is None
    assert apply(broken, _AGREED) == broken


def test_a_promise_that_was_broken_is_not_open_again_because_it_is_told_again() -> None:
    broken = after(case(), _PROMISE, TimePassed(day(9)))
    assert broken.promise is None
    assert apply(broken, _PROMISE) == broken


def test_a_proposal_does_not_replace_a_plan_in_force() -> None:
    agreed = apply(case(), _AGREED)
    offered = apply(agreed, PlanProposed(Plan("plan-2", ())))
    assert (offered.plan, offered.holds) == (agreed.plan, agreed.holds)


def test_a_waiver_is_requested_once_and_decided_once() -> None:
    asked = WaiverRequested(Waiver("w1", 100, "agent-1"))
    decided = after(case(), asked, WaiverDecided("w1", approved=True))
    assert after(decided, asked, WaiverDecided("w1", approved=False)) == decided


def test_a_referral_is_decided_once() -> None:
    approved = replace(case(), referral=Referral("ref-1", "digest", approved_by="counsel-1"))
    assert apply(approved, ReferralDecided(False, "counsel-2", day(90))) == approved


def test_a_referral_with_counsel_is_not_voided_any_more() -> None:
    referral = Referral("ref-1", "digest", approved_by="counsel-1", referred_at=day(80))
    referred = replace(case(), stage=Stage.LEGAL, referral=referral)
    assert apply(referred, ReferralVoided()) == referred


def test_a_complaint_decided_on_another_account_keeps_its_first_outcome() -> None:
    first = apply(case(), ComplaintResolved("c1", "upheld", day(3)))
    assert apply(first, ComplaintResolved("c1", "rejected", day(4))) == first


@pytest.mark.parametrize(
    ("told", "told_again", "ends"), [(10, 20, 20), (20, 10, 20), (10, None, None), (None, 10, None), (10, 10, 10)]
)
def test_a_hold_told_again_may_last_longer_but_never_shorter(
    told: float | None, told_again: float | None, ends: float | None
) -> None:
    held = after(case(), HoldPlaced(hold(2, told)), HoldPlaced(hold(5, told_again)))
    assert held.holds == (hold(2, ends),)


def test_a_hold_that_a_person_ended_stays_ended_when_it_is_told_again() -> None:
    ended = replace(case(), holds=(hold(2, 20).ended(day(5)),))
    assert apply(ended, HoldPlaced(hold(2, 30))) == ended


def test_holds_of_different_kinds_may_have_the_same_id() -> None:
    held = after(case(), HoldPlaced(hold(2)), HoldPlaced(hold(2, kind=HoldKind.HARDSHIP)))
    assert len(held.open_holds(day(3))) == 2
