"""Tracks: the policy's table reads the facts, a person's choice stands, and nothing but a person makes a case firm."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.case import Case, Milestone, PlannedContact, Promise
from domain.events import (
    CaseEvent,
    DebtChanged,
    HoldPlaced,
    PaymentRefused,
    PersonAsked,
    PromiseTaken,
    TaskCompleted,
    TimePassed,
    TrackSet,
    apply,
)
from domain.next_step import StepKind, needs_person, next_step, wanted_at
from domain.owed_messages import Bar, Barred
from domain.policy import Policy
from domain.progress import stage_may_end
from domain.statements import statement
from domain.terms import HoldKind, Stage, Track
from domain.tracks import ALWAYS_FIRST, FIRM_REVIEW, FIRM_SUBJECT, Behaviour, TrackFacts, TrackRule, rule_for
from tests.config.policy_files_for_tests import fenfu_document, fenfu_policy_with
from tests.domain.builders import case, day, hold, instalment, payment, timetable

HARDSHIP = TrackRule(Track.SUPPORTIVE, "hardship_reported", hardship=True)
REFUSES = TrackRule(Track.FIRM, "refuses_to_pay", hardship=False, refusals=2)
TABLE = (HARDSHIP, REFUSES)
PLAIN = TrackFacts(hardship=False, vulnerable=False, days_overdue=30, paid_percent=40, behaviour=Behaviour())


def tabled(**changes: Any) -> Case:
    """A case whose policy has a table of tracks."""
    return case(timetable=timetable(track_rules=TABLE, **changes))


def lived(the_case: Case, *happenings: tuple[float, CaseEvent]) -> Case:
    """The case after events on days."""
    for on, event in happenings:
        the_case = apply(apply(the_case, TimePassed(day(on))), event)
        the_case = apply(the_case, TimePassed(day(on)))
    return the_case


def told(the_case: Case) -> list[str]:
    """What the case writes into the trail about its track."""
    about: Sequence[Milestone] = [each for each in the_case.milestones if each.kind.startswith(("track", "firm"))]
    return [f"{each.kind} {each.detail}" for each in about]


def refused_twice(the_case: Case) -> Case:
    return lived(the_case, (2, PaymentRefused("call-1")), (3, PaymentRefused("call-2")))


def made_firm(the_case: Case, on: float = 4) -> Case:
    return lived(the_case, (on, TrackSet(Track.FIRM, "finding", day(on) + FIRM_REVIEW)))


def test_the_first_rule_that_holds_counts() -> None:
    both = replace(PLAIN, hardship=True, behaviour=Behaviour(refusals=2))
    assert rule_for(TABLE, both) is HARDSHIP
    assert rule_for(TABLE, PLAIN) is None


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ({"hardship": True}, replace(PLAIN, hardship=True)),
        ({"hardship": False}, PLAIN),
        ({"vulnerable": True}, replace(PLAIN, vulnerable=True)),
        ({"days_overdue": 30}, PLAIN),
        ({"promises_kept": 1}, replace(PLAIN, behaviour=Behaviour(promises_kept=1))),
        ({"promises_broken": 2}, replace(PLAIN, behaviour=Behaviour(promises_broken=2))),
        ({"plans_broken": 1}, replace(PLAIN, behaviour=Behaviour(plans_broken=1))),
        ({"refusals": 1}, replace(PLAIN, behaviour=Behaviour(refusals=1))),
        ({"paid_percent": 40}, PLAIN),
        ({"paid_percent_below": 41}, PLAIN),
    ],
)
def test_every_condition_decides(condition: dict[str, Any], facts: TrackFacts) -> None:
    opposite = TrackFacts(
        hardship="hardship" in condition and not condition["hardship"],
        vulnerable=False,
        days_overdue=29,
        paid_percent=39 if "paid_percent" in condition else 41,
        behaviour=Behaviour(),
    )
    rule = TrackRule(Track.SUPPORTIVE, "any", **condition)
    assert rule.holds(facts)
    assert not rule.holds(opposite)


def test_a_reported_hardship_makes_the_case_gentler_and_the_trail_names_the_rule() -> None:
    gentler = lived(tabled(), (2, HoldPlaced(hold(2, 32, kind=HoldKind.HARDSHIP))))
    assert (gentler.track, gentler.track_reason) == (Track.SUPPORTIVE, "hardship_reported")
    assert told(gentler) == ["track_changed supportive:hardship_reported"]
    later = replace(gentler, last_touch_at=day(40))
    assert wanted_at(later, day(40)) - day(40) == timedelta(days=7) * 1.5


def test_a_case_without_a_table_stays_as_it_is() -> None:
    left = lived(case(), (2, HoldPlaced(hold(2, 32, kind=HoldKind.HARDSHIP))), (3, PaymentRefused("call-1")))
    assert (left.track, told(left), needs_person(left, day(40))) == (Track.STANDARD, [], ())


def test_refusals_only_propose_firm_and_a_person_is_asked() -> None:
    proposed = refused_twice(tabled())
    assert (proposed.track, told(proposed)) == (Track.STANDARD, ["firm_proposed refuses_to_pay"])
    assert needs_person(proposed, day(3)) == (FIRM_SUBJECT,)
    step = next_step(proposed, day(3))
    assert (step.kind, step.subject) == (StepKind.ASK_PERSON, FIRM_SUBJECT)


def test_what_a_person_has_declined_is_not_asked_again() -> None:
    declined = lived(refused_twice(tabled()), (4, TrackSet(Track.STANDARD, "cannot_pay")))
    refused_again = lived(declined, (9, PaymentRefused("call-3")))
    assert (refused_again.track, needs_person(refused_again, day(9))) == (Track.STANDARD, ())


def test_a_firm_case_is_asked_about_again_and_lapses_when_nobody_confirms() -> None:
    firm = made_firm(refused_twice(tabled()))
    assert (firm.track, needs_person(firm, day(5))) == (Track.FIRM, ())
    asked_from = day(4) + FIRM_REVIEW - firm.timetable.review_within
    assert needs_person(firm, asked_from) == (FIRM_SUBJECT,)
    assert apply(firm, TimePassed(day(94) - timedelta(seconds=1))).track is Track.FIRM
    lapsed = apply(firm, TimePassed(day(94)))
    assert (lapsed.track, told(lapsed)[-1]) == (Track.STANDARD, "track_changed standard:firm_not_confirmed")


def test_a_confirmed_firm_case_goes_on_for_another_ninety_days() -> None:
    confirmed = made_firm(made_firm(refused_twice(tabled())), on=91)
    assert apply(confirmed, TimePassed(day(180))).track is Track.FIRM
    assert apply(confirmed, TimePassed(day(182))).track is Track.STANDARD


def test_the_case_wakes_to_ask_about_firm_before_it_lapses() -> None:
    firm = replace(made_firm(tabled(), on=0), last_touch_at=day(0))
    held = lived(firm, (1, HoldPlaced(hold(1, 200))))
    step = next_step(held, day(2))
    assert (step.kind, step.due_at) == (StepKind.ASK_PERSON, day(90) - firm.timetable.review_within)


def test_a_hardship_ends_a_firm_track_at_once() -> None:
    gentler = lived(made_firm(refused_twice(tabled())), (10, HoldPlaced(hold(10, 40, kind=HoldKind.HARDSHIP))))
    assert (gentler.track, gentler.firm_until, needs_person(gentler, day(50))) == (Track.SUPPORTIVE, None, ())


def test_a_persons_choice_of_supportive_stands_whatever_the_table_says() -> None:
    promise = Promise("p-1", 1_000, day(6), 0)
    rules = (TrackRule(Track.SUPPORTIVE, "breaks_promises", promises_broken=1, paid_percent_below=50),)
    chosen = lived(case(timetable=timetable(track_rules=rules)), (1, TrackSet(Track.SUPPORTIVE, "struggles")))
    broken = lived(chosen, (2, PromiseTaken(promise, day(2))), (7, TimePassed(day(7))))
    paid = DebtChanged(statement((instalment(),), (payment(6_000),)).debt())
    assert lived(broken, (8, paid)).track is Track.STANDARD
    chosen_after = lived(broken, (8, TrackSet(Track.SUPPORTIVE, "struggles")), (9, paid))
    assert chosen_after.track is Track.SUPPORTIVE


def test_a_track_bends_the_least_time_in_a_stage() -> None:
    bent = {Track.SUPPORTIVE: 1.5, Track.FIRM: 0.5}
    plain = replace(case(timetable=timetable(track_minimum=bent)), attempts=2)
    ends = {
        track: next(on for on in range(30) if stage_may_end(replace(plain, track=track), day(on))) for track in Track
    }
    assert ends == {Track.SUPPORTIVE: 15, Track.STANDARD: 10, Track.FIRM: 5}


@given(st.lists(st.sampled_from(["hardship", "refusal", "promise", "paid", "time"]), max_size=12))
def test_no_history_makes_a_case_firm_by_itself(happenings: list[str]) -> None:
    the_case = tabled()
    for number, each in enumerate(happenings):
        on = 2.0 + 5 * number
        events: dict[str, CaseEvent] = {
            "hardship": HoldPlaced(hold(on, on + 3, f"h{number}", HoldKind.HARDSHIP)),
            "refusal": PaymentRefused(f"call-{number}"),
            "promise": PromiseTaken(Promise(f"p{number}", 1_000, day(on + 2), 0), day(on)),
            "paid": DebtChanged(statement((instalment(),), (payment(500 + number),)).debt()),
            "time": TimePassed(day(on)),
        }
        the_case = lived(the_case, (on, events[each]))
        assert the_case.track is not Track.FIRM


def test_the_shipped_table_travels_with_the_case() -> None:
    rules = Policy.model_validate(fenfu_document()).timetable().track_rules
    assert [each.track for each in rules].count(Track.FIRM) == 2
    assert rules[1] == HARDSHIP


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"when": {}, "track": "supportive"}, "asks for nothing"),
        ({"when": {"refusals": 2}, "track": "firm"}, "for who cannot pay"),
        ({"when": {"hardship": False, "vulnerable": False, "days_overdue": 60}, "track": "firm"}, "without a sign"),
        ({"when": {"opted_out": True}, "track": "supportive"}, "opted_out"),
        ({"when": {"refusals": 0}, "track": "supportive"}, "refusals"),
    ],
)
def test_a_table_that_is_unfair_or_says_nothing_is_refused(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        fenfu_policy_with("tracks.rules", [{**rule, "reason": "any"}])


def test_two_rules_of_one_reason_are_refused() -> None:
    rule = {"when": {"hardship": True}, "track": "supportive", "reason": "any"}
    with pytest.raises(ValidationError, match="names an earlier rule too"):
        fenfu_policy_with("tracks.rules", [rule, rule])


def test_a_firm_track_that_hurries_through_a_stage_in_less_than_a_day_is_refused() -> None:
    with pytest.raises(ValidationError, match="hurries a person through first_reminder"):
        fenfu_policy_with("tracks.stages", {"supportive": 1.0, "firm": 0.04})


def vulnerable(the_case: Case, on: float = 2, until: float | None = 12) -> Case:
    return lived(the_case, (on, HoldPlaced(hold(on, until, "v1", HoldKind.VULNERABLE))))


def bound(*rules: TrackRule) -> Case:
    """A case as policies make it: the vulnerable come first."""
    table = timetable(track_rules=(ALWAYS_FIRST, *rules), person_for_vulnerable=True)
    return case(timetable=table)


def test_who_is_vulnerable_is_supportive_until_the_report_is_over_whatever_the_table_says() -> None:
    gentler = vulnerable(bound())
    assert (gentler.track, told(gentler)) == (Track.SUPPORTIVE, ["track_changed supportive:vulnerable"])
    assert apply(gentler, TimePassed(day(12) - timedelta(seconds=1))).track is Track.SUPPORTIVE
    over = apply(gentler, TimePassed(day(12)))
    assert (over.track, told(over)[-1]) == (Track.STANDARD, "track_changed standard:no_rule")


def test_a_report_of_vulnerability_goes_before_what_a_person_has_chosen() -> None:
    hardship = (2, HoldPlaced(hold(2, 4, kind=HoldKind.HARDSHIP)))
    chosen = lived(bound(HARDSHIP), hardship, (5, TrackSet(Track.STANDARD, "back_at_work")))
    assert chosen.track is Track.STANDARD
    assert vulnerable(chosen, on=6).track is Track.SUPPORTIVE
    assert vulnerable(made_firm(chosen), on=6).track is Track.SUPPORTIVE


def test_after_the_report_the_table_is_read_anew() -> None:
    over = apply(vulnerable(bound(TrackRule(Track.SUPPORTIVE, "late", days_overdue=8))), TimePassed(day(12)))
    assert over.track is Track.SUPPORTIVE


@pytest.mark.parametrize("until", [None, 12])
def test_every_report_of_vulnerability_asks_a_person(until: float | None) -> None:
    held = vulnerable(bound(), until=until)
    assert needs_person(held, day(2)) == (("vulnerable:v1",) if until else ("hold:v1",))
    assert next_step(held, day(2)).kind is StepKind.ASK_PERSON


def test_who_has_seen_to_the_person_is_not_asked_again_and_who_has_not_is() -> None:
    asked = lived(vulnerable(bound()), (2, PersonAsked("vulnerable:v1", day(7), day(2))))
    assert (next_step(asked, day(3)).kind, next_step(asked, day(3)).due_at) == (StepKind.AWAIT_PERSON, day(7))
    assert next_step(apply(asked, TimePassed(day(7))), day(7)).kind is StepKind.ASK_PERSON
    seen = lived(asked, (4, TaskCompleted("vulnerable:v1", day(4))))
    assert (next_step(seen, day(7)).kind, next_step(seen, day(7)).due_at) == (StepKind.WAIT, day(12))


def test_the_question_about_a_vulnerable_person_ends_with_the_report() -> None:
    asked = lived(vulnerable(bound()), (2, PersonAsked("vulnerable:v1", day(7), day(2))))
    over = apply(asked, TimePassed(day(12)))
    assert ("vulnerable:v1" in over.asked, [each.kind for each in over.milestones]) == (
        False,
        ["track_changed", "track_changed", "vulnerable_over"],
    )


def test_a_case_of_an_older_release_asks_nobody_about_a_report_with_an_end() -> None:
    assert needs_person(vulnerable(case()), day(2)) == ()


def started_early(the_case: Case) -> float:
    """The day from which a case that has had its contacts and its time may go on to the next stage."""
    ready = replace(the_case, attempts=2, stage_entered_at=day(-30))
    due = (on / 4 for on in range(200))
    return next(
        on
        for on in due
        if apply(replace(ready, planned=PlannedContact(day(on), "")), TimePassed(day(on))).stage is not ready.stage
    )


def test_a_firm_track_may_begin_stages_sooner_but_never_past_a_bar() -> None:
    early = case(timetable=timetable(track_start={Track.FIRM: 0.8}))
    assert {track: started_early(replace(early, track=track)) for track in Track} == {
        Track.SUPPORTIVE: 15,
        Track.STANDARD: 15,
        Track.FIRM: 12,
    }
    firm = replace(early, track=Track.FIRM, stage=Stage.ESCALATION)
    assert started_early(firm) == 48
    notice = Bar("default_notice.1", Barred.PRE_LEGAL, day(0), day(49.5))
    assert started_early(replace(firm, bars=(notice,))) == 49.5


def test_a_firm_track_that_lapses_gives_the_present_stage_its_own_time_back() -> None:
    firm = replace(case(timetable=timetable(track_start={Track.FIRM: 0.8})), stage=Stage.GENTLE_REMINDER)
    starts = {track: wanted_at(replace(firm, track=track), day(1)) for track in (Track.FIRM, Track.STANDARD)}
    assert starts == {Track.FIRM: day(12), Track.STANDARD: day(15)}


def test_a_firm_track_that_lets_a_stage_begin_within_a_day_of_the_one_before_is_refused() -> None:
    with pytest.raises(ValidationError, match="lets gentle_reminder begin less than a day after"):
        fenfu_policy_with("tracks.starts_after", {"firm": 0.04})
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        fenfu_policy_with("tracks.starts_after", {"firm": 1.2})
