"""The messages that a way out owes the person, as the records would owe them: when, by what, and in which holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from domain.case import PlanInstalment
from domain.contact_facts import ReplyOccasion, ServiceOccasion
from domain.events import MessagesOwed
from domain.holds import Hold
from domain.owed_messages import OwedMessage
from domain.terms import Channel, HoldKind, MessageClass

TOLD_WITHIN = timedelta(days=30)
"""An answer that has not left by then is told by a person."""

_CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
_ALLOWED_IN: dict[str, tuple[HoldKind, ...]] = {
    ServiceOccasion.CHECK_IN: (HoldKind.HARDSHIP, HoldKind.GRACE),
    ServiceOccasion.OFFER: (),
    ServiceOccasion.PLAN_AGREEMENT: (HoldKind.PLAN,),
    ServiceOccasion.PLAN_REMINDER: (HoldKind.PLAN,),
    ServiceOccasion.PROMISE_REMINDER: (HoldKind.PROMISE,),
}


def of_hold(hold: Hold, now: datetime) -> MessagesOwed:
    """How the person is doing, asked before a time of grace ends, and what is offered after it."""
    until = hold.until or now
    check_in = _message(ServiceOccasion.CHECK_IN, hold.hold_id, now + (until - now) * 0.75, until, hold.hold_id)
    return MessagesOwed((check_in, offer(hold.hold_id, until)))


def offer(hold_id: str, at: datetime) -> OwedMessage:
    """A plan, once the time of grace is over."""
    return _message(ServiceOccasion.OFFER, hold_id, at, at + timedelta(days=14))


def of_plan(plan_id: str, instalments: tuple[PlanInstalment, ...], now: datetime) -> MessagesOwed:
    """The agreement in writing, and a reminder before each date."""
    agreement = _message(ServiceOccasion.PLAN_AGREEMENT, plan_id, now, now + timedelta(days=14), plan_id)
    return MessagesOwed((agreement, *_reminders(plan_id, instalments, now)))


def of_promise(promise_id: str, due_at: datetime, now: datetime) -> tuple[MessagesOwed, ...]:
    """A reminder on the day before, unless that is today already."""
    remind_at = due_at - timedelta(days=2)
    if remind_at <= now:
        return ()
    return (MessagesOwed((_message(ServiceOccasion.PROMISE_REMINDER, promise_id, remind_at, due_at, promise_id),)),)


def reply(occasion: ReplyOccasion, subject: str, now: datetime) -> MessagesOwed:
    """An answer that a person gives in another way if it cannot go."""
    message = _message(occasion, subject, now, now + TOLD_WITHIN)
    return MessagesOwed((replace(message, by_person=True),))


def _reminders(plan_id: str, instalments: tuple[PlanInstalment, ...], now: datetime) -> Iterator[OwedMessage]:
    for number, instalment in enumerate(instalments, start=1):
        remind_at = instalment.due_at - timedelta(days=3)
        if remind_at > now:
            subject = f"{plan_id}.{number}"
            yield _message(ServiceOccasion.PLAN_REMINDER, subject, remind_at, instalment.due_at, plan_id)


def _message(
    occasion: ServiceOccasion | ReplyOccasion, subject: str, due_at: datetime, deadline: datetime, owed_by: str = ""
) -> OwedMessage:
    service = isinstance(occasion, ServiceOccasion)
    return OwedMessage(
        message_id=f"{occasion}.{subject}",
        message_class=MessageClass.SERVICE if service else MessageClass.REPLY,
        occasion=occasion,
        channels=_CHANNELS,
        due_at=due_at,
        deadline=deadline,
        allowed_in=_ALLOWED_IN.get(occasion, tuple(HoldKind)),
        owed_by=owed_by,
    )
