"""The supportive track's own offer: owed once when a case comes to the track, as soon as nothing stands against it.

What it offers is reckoned when it is sent. Nothing binds anybody until the person agrees.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.case import Case
from domain.contact_facts import ServiceOccasion
from domain.owed_messages import OwedMessage
from domain.owing import with_message, without_message
from domain.progress import with_milestone
from domain.terms import Channel, MessageClass, Stage, Track

OFFER_CHANNELS = (Channel.SMS, Channel.EMAIL, Channel.LETTER)
"""By which the offer goes, in the order in which they are tried."""

_TRIED_FOR = timedelta(days=14)


def judge_track_offer(case: Case, now: datetime) -> Case:
    """The case owing the offer, or not any more: what stands against it meanwhile puts it off."""
    if not case.timetable.track_offers:
        return case
    case = _without_lapsed(case, now)
    wanted = case.track is Track.SUPPORTIVE and not _stands_against(case, now)
    for message in case.owed_messages:
        if message.occasion == ServiceOccasion.SUPPORTIVE_OFFER and not wanted:
            case = replace(without_message(case, message.message_id), track_offered=False)
    if case.track is not Track.SUPPORTIVE:
        return replace(case, track_offered=False) if case.track_offered else case
    return _owing(case, now) if wanted and not case.track_offered else case


def _stands_against(case: Case, now: datetime) -> bool:
    """A stop, an arrangement or another offer, counsel, or that nothing is overdue."""
    return (
        bool(case.open_holds(now))
        or case.plan is not None
        or case.referral is not None
        or case.stage is Stage.LEGAL
        or not case.debt.arrears_minor(now)
        or any(each.occasion == ServiceOccasion.OFFER for each in case.owed_messages)
    )


def _owing(case: Case, now: datetime) -> Case:
    message = OwedMessage(
        message_id=f"{ServiceOccasion.SUPPORTIVE_OFFER}.{case.contact_number}",
        message_class=MessageClass.SERVICE,
        occasion=ServiceOccasion.SUPPORTIVE_OFFER,
        channels=OFFER_CHANNELS,
        due_at=now,
        deadline=now + _TRIED_FOR,
    )
    return with_message(replace(case, track_offered=True), message)


def _without_lapsed(case: Case, now: datetime) -> Case:
    """The case without an offered plan that nobody has agreed to in its time."""
    plan = case.plan
    if plan is None or plan.agreed_at is not None or plan.stands_until is None or now < plan.stands_until:
        return case
    return with_milestone(replace(case, plan=None), "offer_lapsed", now, plan.plan_id)
