"""What tracks do to a case: the table read anew whenever something happens, a person's choice, and firm's review.

A person's choice stands until the table says something else than when it was made, and one for ``supportive`` until a
person ends it; none stands against a report that the person is vulnerable. ``firm`` lapses unless a person confirms it.
"""

from dataclasses import replace
from datetime import datetime

from domain.case import Case
from domain.progress import with_milestone
from domain.terms import HoldKind, Stage, Track
from domain.tracks import ALWAYS_FIRST, FIRM_SUBJECT, TrackFacts, rule_for


def judge_track(case: Case, now: datetime) -> Case:
    """The case on the track that the table, a person's choice and the calendar give it now."""
    if case.timetable.track_rules:
        case = _as_the_table_says(case, now)
    if case.track is Track.FIRM and case.firm_until is not None and now >= case.firm_until:
        case = _on_track(replace(case, track_chosen=None), case.table_track, "firm_not_confirmed", now)
    return case


def facts_of(case: Case, now: datetime) -> TrackFacts:
    """What the table may ask about the case."""
    known = {hold.kind for hold in case.holds if hold.since <= now}
    overdue_since = case.debt.overdue_since(now)
    fallen_due = case.debt.paid_minor + case.debt.arrears_minor(now)
    return TrackFacts(
        hardship=HoldKind.HARDSHIP in known,
        vulnerable=HoldKind.VULNERABLE in known,
        vulnerable_now=any(hold.kind is HoldKind.VULNERABLE for hold in case.open_holds(now)),
        days_overdue=(now - overdue_since).days if overdue_since is not None else 0,
        paid_percent=case.debt.paid_minor * 100 // fallen_due if fallen_due else 100,
        behaviour=case.behaviour,
    )


def chosen_by_person(case: Case, track: Track, reason: str, firm_until: datetime | None) -> Case:
    """The case on the track that a person chose, which answers what the table proposed."""
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject != FIRM_SUBJECT}
    case = replace(case, track_chosen=track, track_reason=reason, firm_answered=case.firm_proposal, asked=asked)
    case = replace(case, firm_until=firm_until if track is Track.FIRM else None)
    return case if track is case.track else replace(case, track=track, planned=None)


def firm_asked_at(case: Case) -> datetime | None:
    """From when a person is asked whether the case is firm, or still is; none while there is nothing to ask."""
    if case.stage is Stage.LEGAL:
        return None
    if case.track is Track.FIRM:
        return case.firm_until - case.timetable.review_within if case.firm_until is not None else None
    return case.firm_proposed_at if case.firm_proposal != case.firm_answered else None


def _as_the_table_says(case: Case, now: datetime) -> Case:
    rule = rule_for(case.timetable.track_rules, facts_of(case, now))
    proposal = rule.reason if rule is not None and rule.track is Track.FIRM else ""
    if proposal != case.firm_proposal:
        case = _with_proposal(case, proposal, now)
    said = rule.track if rule is not None and not proposal else Track.STANDARD
    if said is case.table_track and (rule != ALWAYS_FIRST or case.track is said):
        return case
    case = replace(case, table_track=said)
    if said is not Track.SUPPORTIVE and case.track_chosen is Track.SUPPORTIVE:
        return case
    reason = rule.reason if rule is not None and not proposal else "no_rule"
    return _on_track(replace(case, track_chosen=None), said, reason, now)


def _with_proposal(case: Case, proposal: str, now: datetime) -> Case:
    kind, reason = ("firm_proposed", proposal) if proposal else ("firm_not_proposed", case.firm_proposal)
    case = with_milestone(case, kind, now, reason)
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject != FIRM_SUBJECT}
    return replace(case, firm_proposal=proposal, firm_proposed_at=now, firm_answered="", asked=asked)


def _on_track(case: Case, track: Track, reason: str, now: datetime) -> Case:
    case = replace(case, firm_until=None, track_reason=reason)
    if track is case.track:
        return case
    return with_milestone(replace(case, track=track, planned=None), "track_changed", now, f"{track}:{reason}")
