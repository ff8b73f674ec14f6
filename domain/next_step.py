"""What comes next for a case, when, and why. Reads the case, changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.after_the_end import next_answer, untold_and_unasked
from domain.case import Case, Referral
from domain.complaints import COMPLAINT_HOLDS, asked_about, complaint_wakes, is_decided, tell_subject
from domain.holds import Hold, add_time_off_hold
from domain.limitation_watch import limitation_asked_at
from domain.owed_messages import Bar, Barred
from domain.owing import Sending, asked_about_from, next_question, next_sending
from domain.progress import earliest_contact_at, exhausted, may_be_renegotiated, plan_judged_at
from domain.terms import Channel, ClosedReason, HoldKind, MessageClass, Stage
from domain.track_of_case import firm_asked_at
from domain.tracks import FIRM_SUBJECT
from domain.vulnerability import vulnerable_asked

_EXTINGUISHED = "the limitation period is over, and the debt with it"


class StepKind(StrEnum):
    """What the next step is."""

    CONTACT = "contact"
    """Send a message."""
    REQUEST_CALL = "request_call"
    """Put a call on the agents' list."""
    AWAIT_CALL = "await_call"
    """An agent has the call; go on when nobody reports in time."""
    FIND_MOMENT = "find_moment"
    """Find the lawful moment for the next contact."""
    WAIT = "wait"
    """Nothing may happen before then."""
    ASK_PERSON = "ask_person"
    """Ask a named person for a decision."""
    AWAIT_PERSON = "await_person"
    """A person was asked; ask again when the deadline has passed."""
    OPEN_REVIEW = "open_review"
    """Draw up the checklist for the legal referral."""
    REFER = "refer"
    """Hand the approved referral over."""
    CLOSE = "close"
    """End the case."""
    ENDED = "ended"
    """The case is closed."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of a case. ``due_at`` is a UTC instant; a step is taken when it has come."""

    kind: StepKind
    due_at: datetime
    reason: str
    """In an operator's words, without personal data."""
    channel: Channel | None = None
    subject: str | None = None
    """What a person is asked about."""
    closing: ClosedReason | None = None
    message_id: str = ""
    """Of the owed message to send; empty for the stage's own contact."""


def next_step(case: Case, now: datetime) -> Step:
    """What comes next. There always is something with a time and a reason, a named person's turn, or the end."""
    return _ended(case, now) or _closing(case, now) or _asking(case, now) or _soonest(case, now)


def needs_person(case: Case, now: datetime) -> tuple[str, ...]:
    """What only a person can decide now, by subject."""
    subjects = [
        subject
        for hold in case.stops(now)
        if _needs_person(hold)
        for subject in (asked_about(case, hold) if hold.kind in COMPLAINT_HOLDS else (f"hold:{hold.hold_id}",))
    ]
    subjects += vulnerable_asked(case, now)
    subjects += map(tell_subject, case.untold)
    asked_of_referral = _asked_of(case.referral)
    if asked_of_referral is not None:
        subjects.append(asked_of_referral)
    if case.referral is None and case.channel is None and not case.open_holds(now):
        subjects.append("address")
    if case.plan is not None and may_be_renegotiated(case, now):
        subjects.append(case.plan.subject)
    for message in case.owed_messages:
        first = asked_about_from(case, message)
        if first is not None and first <= now:
            subjects.append(message.subject)
    subjects += (each.subject for each in case.waivers if each.undecided and each.subject in case.asked)
    firm = firm_asked_at(case)
    if firm is not None and firm <= now:
        subjects.append(FIRM_SUBJECT)
    bar = _stands_in_the_way(case, now)
    if bar is not None and bar.until is None and case.owed_message(bar.bar_id) is None:
        subjects.append(f"bar:{bar.bar_id}")
    return tuple(subjects)


def wanted_at(case: Case, now: datetime) -> datetime:
    """When the timetable asks for the next contact.

    That is the cadence since the last one, holds not counted, but not before the stage may ask for anything.
    """
    earliest = max(earliest_contact_at(case, now), now)
    if case.last_touch_at is None or case.failed:
        return earliest
    cadence = case.stage_plan.cadence * case.timetable.track_pace[case.track]
    return max(earliest, add_time_off_hold(case.holds, case.last_touch_at, cadence))


def after_contact_channel(case: Case) -> Channel | None:
    """The channel of the contact after the present one, as far as the present stage says."""
    return replace(case, touches=case.turn + 1, failed=()).channel


def after_contact_at(case: Case, now: datetime) -> datetime:
    """When the contact after the present one is wanted, if the present one leaves now."""
    return now + case.stage_plan.cadence * case.timetable.track_pace[case.track]


def _soonest(case: Case, now: datetime) -> Step:
    """The case's own next step, or what it owes beside, whichever comes first; of two that are due, what is owed."""
    own = (
        _holding(case, now)
        or _at_legal(case, now)
        or _awaiting_call(case)
        or _reviewing_stopped(case, now)
        or _reviewing(case, now)
        or _contacting(case, now)
    )
    owed = min(_owing(case, now), key=lambda each: max(each.due_at, now), default=own)
    return owed if owed.due_at <= now or owed.due_at < own.due_at else own


def _owing(case: Case, now: datetime) -> Iterator[Step]:
    sending, question = next_sending(case, now), next_question(case)
    if sending is not None:
        yield _carrying(sending)
    if question is not None:
        due_at, message = question
        yield Step(StepKind.ASK_PERSON, due_at, f"{message.occasion} has not gone yet", subject=message.subject)
    yield from _telling(case)
    for waiver in case.waivers:
        if waiver.undecided and waiver.subject in case.asked:
            yield Step(StepKind.ASK_PERSON, case.asked[waiver.subject], "a waiver waits", subject=waiver.subject)
        if waiver.lapses_at is not None:
            yield Step(StepKind.WAIT, waiver.lapses_at, "a waiver is offered until then")
    if case.plan is not None and case.plan.agreed_at is None and case.plan.stands_until is not None:
        yield Step(StepKind.WAIT, case.plan.stands_until, "a plan is offered until then")
    firm = firm_asked_at(case)
    if firm is not None:
        due_at = max(firm, case.asked.get(FIRM_SUBJECT, firm))
        yield Step(StepKind.ASK_PERSON, due_at, "whether the case is firm", subject=FIRM_SUBJECT)
    watch, running_out = case.limitation, limitation_asked_at(case, now)
    if running_out is not None:
        yield Step(StepKind.ASK_PERSON, running_out[0], "the limitation period runs out", subject=running_out[1])
    if watch is not None and watch.extinguishes:
        yield Step(StepKind.CLOSE, watch.expires_at, _EXTINGUISHED, closing=ClosedReason.EXTINGUISHED)


def _telling(case: Case) -> Iterator[Step]:
    """What a person was asked to tell is asked again at its deadline."""
    for subject in map(tell_subject, case.untold):
        if case.timetable.asks_again_to_tell and subject in case.asked:
            yield Step(StepKind.ASK_PERSON, case.asked[subject], "somebody has not been told yet", subject=subject)


def _carrying(sending: Sending) -> Step:
    message = sending.message
    reason = f"owed: {message.occasion}"
    return Step(StepKind.CONTACT, sending.at, reason, sending.channel, message_id=message.message_id)


def _stands_in_the_way(case: Case, now: datetime) -> Bar | None:
    """What keeps a case that has come to its last stage, or to a review chosen before, from going on in it."""
    if case.under_chosen_review(now):
        return case.bar_on(Barred.PRE_LEGAL, Barred.REFERRAL, now=now)
    if case.stage is not Stage.PRE_LEGAL:
        return None
    if exhausted(case):
        return case.bar_on(Barred.PRE_LEGAL, Barred.REFERRAL, now=now)
    return case.bar_on(Barred.PRE_LEGAL, now=now)


def _waiting_for_bar(case: Case, bar: Bar, now: datetime) -> Step:
    if bar.until is not None:
        return Step(StepKind.WAIT, bar.until, bar.reason)
    due_at = case.asked.get(f"bar:{bar.bar_id}", now + case.timetable.review_within)
    return Step(StepKind.AWAIT_PERSON, due_at, bar.reason, subject=f"bar:{bar.bar_id}")


def _ended(case: Case, now: datetime) -> Step | None:
    """The end, after the answers that outlive the case."""
    if case.closed is None:
        return None
    subject, answer = untold_and_unasked(case), next_answer(case, now)
    if subject is not None:
        return Step(StepKind.ASK_PERSON, now, f"a person must decide: {subject}", subject=subject)
    if answer is not None:
        return _carrying(answer)
    return Step(StepKind.ENDED, case.closed.at, f"closed: {case.closed.reason}")


def _closing(case: Case, now: datetime) -> Step | None:
    if case.limitation is not None and case.limitation.extinguishes and case.limitation.expires_at <= now:
        return Step(StepKind.CLOSE, now, _EXTINGUISHED, closing=ClosedReason.EXTINGUISHED)
    disputed = any(hold.kind in (HoldKind.COMPLAINT, HoldKind.DISPUTE) for hold in case.open_holds(now))
    if disputed or case.debt.arrears_minor(now):
        return None
    if case.debt.balance_minor and now < case.collect_from:
        return Step(StepKind.WAIT, case.collect_from, "nothing is overdue yet")
    reply = next_sending(case, now, frozenset({MessageClass.REPLY}))
    if reply is not None:
        return _carrying(reply)
    if case.debt.balance_minor:
        return Step(StepKind.CLOSE, now, "nothing is overdue any more", closing=ClosedReason.CURED)
    return Step(StepKind.CLOSE, now, "everything is paid", closing=ClosedReason.SETTLED)


def _asking(case: Case, now: datetime) -> Step | None:
    for subject in needs_person(case, now):
        deadline = case.asked.get(subject)
        if deadline is None or deadline <= now:
            return Step(StepKind.ASK_PERSON, now, f"a person must decide: {subject}", subject=subject)
    return None


def _holding(case: Case, now: datetime) -> Step | None:
    holds = case.stops(now)
    if not holds:
        return None
    wakes = [hold.ends_at for hold in holds if hold.ends_at is not None]
    wakes += complaint_wakes(case, now)
    wakes += [case.asked[subject] for subject in needs_person(case, now) if subject in case.asked]
    if case.plan is not None and case.plan.agreed_at is not None:
        judged_at = plan_judged_at(case, case.plan, now)
        wakes += [judged_at] if judged_at is not None else []
    kinds = ", ".join(sorted({hold.kind for hold in holds}))
    undecided = any(_needs_person(hold) and not is_decided(case, hold) for hold in holds)
    asked = undecided or may_be_renegotiated(case, now) or vulnerable_asked(case, now)
    kind = StepKind.AWAIT_PERSON if asked else StepKind.WAIT
    return Step(kind, min(wakes, default=now + case.timetable.review_within), f"on hold: {kinds}")


def _needs_person(hold: Hold) -> bool:
    """Whether only a person can end it; a plan ends by being kept or broken."""
    return hold.ends_at is None and hold.kind is not HoldKind.PLAN


def _at_legal(case: Case, now: datetime) -> Step | None:
    referral = case.referral
    if referral is None:
        return None
    bar = case.bar_on(Barred.REFERRAL, Barred.PRE_LEGAL, now=now)
    if referral.approved_by is not None and referral.referred_at is None:
        if bar is not None:
            return _waiting_for_bar(case, bar, now)
        return Step(StepKind.REFER, now, f"approved by {referral.approved_by}")
    due_at = case.asked.get(_asked_of(referral) or "", now + case.timetable.review_within)
    waiting_for = "counsel's report" if case.stage is Stage.LEGAL else "the decision on the referral"
    return Step(StepKind.AWAIT_PERSON, due_at, f"waiting for {waiting_for}", subject=referral.referral_id)


def _asked_of(referral: Referral | None) -> str | None:
    """What a person is asked about a referral: to decide on it, and once it is handed over, what counsel reports."""
    if referral is None:
        return None
    if referral.referred_at is not None:
        return f"counsel:{referral.referral_id}"
    return f"referral:{referral.referral_id}" if referral.approved_by is None else None


def _awaiting_call(case: Case) -> Step | None:
    if case.call is None:
        return None
    due_at = max(case.call.deadline, case.call.permit_until or case.call.deadline)
    return Step(StepKind.AWAIT_CALL, due_at, "an agent is to call", Channel.CALL, subject=case.call.call_id)


def _reviewing_stopped(case: Case, now: datetime) -> Step | None:
    """A review chosen because the person has stopped all contact: at once, but for what has to come before any."""
    if not case.under_chosen_review(now):
        return None
    bar = _stands_in_the_way(case, now)
    if bar is not None:
        return _waiting_for_bar(case, bar, now)
    return Step(StepKind.OPEN_REVIEW, now, "a person chose the review, because contact was stopped")


def _reviewing(case: Case, now: datetime) -> Step | None:
    if not exhausted(case) or case.last_touch_at is None:
        return None
    due_at = max(
        add_time_off_hold(case.holds, case.last_touch_at, case.timetable.final_notice_wait),
        add_time_off_hold(case.holds, case.stage_entered_at, case.stage_minimum),
        (case.debt.overdue_since(now) or now) + case.starts_after(case.stage_plan),
        case.review_not_before or case.last_touch_at,
    )
    bar = _stands_in_the_way(case, now)
    if due_at <= now and bar is not None:
        return _waiting_for_bar(case, bar, now)
    if due_at <= now:
        return Step(StepKind.OPEN_REVIEW, now, "the final notice's waiting period is over")
    return Step(StepKind.WAIT, due_at, "waiting period after the final notice")


def _contacting(case: Case, now: datetime) -> Step:
    channel = case.channel
    if channel is None:
        due_at = case.asked.get("address", now + case.timetable.review_within)
        return Step(StepKind.AWAIT_PERSON, due_at, "no channel reaches the person", subject="address")
    bar = _stands_in_the_way(case, now)
    if bar is not None:
        return _waiting_for_bar(case, bar, now)
    if case.planned is None or case.planned.at < earliest_contact_at(case, now):
        return Step(StepKind.FIND_MOMENT, now, "the next contact has no moment yet", channel)
    kind = StepKind.REQUEST_CALL if channel is Channel.CALL else StepKind.CONTACT
    return Step(kind, case.planned.at, case.planned.reason, channel)
