"""What follows when a person stops all contact: the case stands still, and a named person is asked how it goes on."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from activities.desk import Desk, RefusedError
from activities.effects import Effect
from domain.events import CaseClosed, CaseEvent, HoldEnded, HoldPlaced, PersonAsked, ReferralDecided, ReviewChosen
from domain.holds import Hold
from domain.jurisdiction_rules import ConsentNeeded
from domain.local_days import local_day
from domain.registration import end_of_day
from domain.requests import DecideStoppedCase, StoppedChoice
from domain.terms import Channel, ClosedReason, HoldKind, Stage
from storage import audit, person_tasks
from storage.people import Reach, end_hold, open_holds, read_reach, record_hold

_EVERY_CHANNEL = "every_channel_stopped"
"""The reason of a stop that follows from opt-outs. It is no evidence that the person refuses to pay."""


def ask_how_to_go_on(desk: Desk, hold: Hold) -> PersonAsked:
    """Ask a named person, with the pack's working days to choose in."""
    subject = f"hold:{hold.hold_id}"
    _, _, region = desk.account.jurisdiction.partition("-")
    calendar = desk.pack.holidays.calendar(desk.pack.known_region(region))
    today = local_day(desk.now, desk.debtor.time_zone)
    last_day = calendar.add_working_days(today, desk.pack.stop_of_contact.decide_within_working_days)
    deadline = end_of_day(last_day, desk.debtor.time_zone)
    return _asked(desk, subject, deadline)


def stop_if_every_channel_is_stopped(desk: Desk, hold_id: str) -> tuple[CaseEvent, ...]:
    """Stop the case if the person has stopped every channel by which it could have reached them."""
    known = any(each.reason == _EVERY_CHANNEL for each in _stops(desk))
    if known or desk.account.stage == Stage.LEGAL or not _stopped_by_choice(desk):
        return ()
    hold = Hold(HoldKind.CEASE_CONTACT, hold_id, desk.now, reason=_EVERY_CHANNEL)
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold)
    return HoldPlaced(hold), ask_how_to_go_on(desk, hold)


def go_on_if_a_channel_is_allowed(desk: Desk) -> tuple[CaseEvent, ...]:
    """End the stop that followed from opt-outs, once the person allows a channel again."""
    if _stopped_by_choice(desk):
        return ()
    return tuple(_ended(desk, hold) for hold in _stops(desk) if hold.reason == _EVERY_CHANNEL)


def carry_out_choice(desk: Desk, request: DecideStoppedCase, until: Hold | None) -> Effect:
    """Carry out how a stopped case goes on. ``until`` is the hold of a case that waits."""
    answer = {"choice": request.choice.value}
    match request.choice:
        case StoppedChoice.CLOSE:
            return Effect((CaseClosed(ClosedReason.WRITTEN_OFF, desk.now, request.reason_code),), answer)
        case StoppedChoice.LEGAL_REVIEW:
            return _send_to_review(desk, request, answer)
    if until is None or until.until is None:
        raise RefusedError("malformed", "a case that waits needs a date until which it waits")
    record_hold(desk.session, desk.account.debtor_id, desk.account.account_id, until)
    asked = (_asked(desk, f"hold:{each.hold_id}", until.until) for each in _stops(desk))
    return Effect((HoldPlaced(until), *asked), {**answer, "hold_id": until.hold_id, "until": until.until.isoformat()})


def note_end_of_review(desk: Desk, events: Sequence[CaseEvent]) -> None:
    """A review chosen because of a stop is over when the stop is, or when the referral is refused."""
    if desk.account.review_chosen_at is None:
        return
    refused = any(isinstance(each, ReferralDecided) and not each.approve for each in events)
    if refused or not _stops(desk):
        desk.account.review_chosen_at = None
        desk.session.add(desk.account)


def _send_to_review(desk: Desk, request: DecideStoppedCase, answer: dict[str, str]) -> Effect:
    """The notices that the law wants before a referral are owed from now on, whatever the stage."""
    desk.account.review_chosen_at = desk.now
    desk.session.add(desk.account)
    subjects = [f"hold:{each.hold_id}" for each in _stops(desk)]
    person_tasks.close(desk.session, desk.account.account_id, subjects, desk.now, request.decided_by)
    return Effect((ReviewChosen(request.decided_by, desk.now),), answer)


def _asked(desk: Desk, subject: str, deadline: datetime) -> PersonAsked:
    if person_tasks.ask(desk.session, desk.account.account_id, subject, desk.now, deadline):
        words = f"{deadline:%Y-%m-%dT%H:%M:%SZ}"
        audit.append(desk.session, desk.account.account_id, desk.now, "person_asked", subject, deadline=words)
    return PersonAsked(subject, deadline)


def _ended(desk: Desk, hold: Hold) -> HoldEnded:
    end_hold(desk.session, desk.account.debtor_id, desk.account.account_id, hold.kind, hold.hold_id, desk.now)
    return HoldEnded(hold.kind, hold.hold_id, desk.now)


def _stops(desk: Desk) -> list[Hold]:
    """The stops of all contact that are in force for the account."""
    holds = open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)
    return [each for each in holds if each.kind is HoldKind.CEASE_CONTACT]


def _stopped_by_choice(desk: Desk) -> bool:
    """Whether no channel of the policy is left, and one would be if the person had stopped none."""
    reach = read_reach(desk.session, desk.account.debtor_id)
    allowed = tuple(each for each in reach.choices if each.allowed)
    return not any(_usable(desk, reach)) and any(_usable(desk, Reach(reach.addresses, allowed)))


def _usable(desk: Desk, reach: Reach) -> Iterator[Channel]:
    """The channels of the policy by which the person may be reached, as far as addresses and their choices go."""
    consented = {each.channel for each in reach.choices if each.allowed}
    needs_consent = {each for rule in desk.pack.rules if isinstance(rule, ConsentNeeded) for each in rule.channels}
    touches = (touch for stage in desk.policy.timetable().stages for touch in stage.touches)
    for channel in {channel for touch in touches for channel in touch.channels}:
        if reach.address(channel) is not None and (channel not in needs_consent or channel.value in consented):
            yield channel
