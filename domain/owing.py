"""Which owed message of a case has its turn, when, and by which channel; and when a person must see to one."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from domain.case import Case
from domain.owed_messages import OwedMessage
from domain.progress import with_milestone
from domain.terms import Channel, MessageClass


@dataclass(frozen=True, slots=True)
class Sending:
    """An owed message and how it goes next."""

    message: OwedMessage
    channel: Channel
    at: datetime
    """It may be in the past: then it goes at once."""


def next_sending(
    case: Case, now: datetime, classes: Collection[MessageClass] = frozenset(MessageClass)
) -> Sending | None:
    """The owed message of these classes that goes next: of those whose time has come, first what the law demands."""
    found = (_sending(case, each, now) for each in case.owed_messages if each.message_class in classes)
    return min((each for each in found if each is not None), key=lambda each: _turn(each, now), default=None)


def asked_about_from(case: Case, message: OwedMessage) -> datetime | None:
    """From when a person must see to a message that the law demands: before its deadline, or when no channel is left.

    None for other messages, which are given up instead.
    """
    if message.message_class is not MessageClass.STATUTORY:
        return None
    return message.due_at if message.channel(case.unusable) is None else message.warn_at


def next_question(case: Case) -> tuple[datetime, OwedMessage] | None:
    """When a person is asked about an owed message next, and about which."""
    found = []
    for message in case.owed_messages:
        first = asked_about_from(case, message)
        if first is not None:
            found.append((max(first, case.asked.get(message.subject, first)), message))
    return min(found, key=lambda each: each[0], default=None)


def give_up_messages(case: Case, now: datetime) -> Case:
    """The case without messages that no law demands and that nobody owes, no channel can carry, or came too late."""
    holds, case = {hold.hold_id for hold in case.open_holds(now)}, without_overtaken(case, now)
    for message in case.owed_messages:
        if message.owed_by and message.owed_by not in holds:
            case = without_message(case, message.message_id)
            continue
        if message.message_class is MessageClass.STATUTORY:
            continue
        too_late = message.deadline is not None and message.deadline <= now
        if too_late or message.channel(case.unusable) is None:
            case = with_milestone(untold(case, message), "message_given_up", now, message.occasion)
    return case


def without_overtaken(case: Case, now: datetime) -> Case:
    """The case without messages that say what is overdue, once nothing is; they may be owed anew if something is."""
    if case.debt.arrears_minor(now):
        return case
    return replace(case, owed_messages=tuple(each for each in case.owed_messages if not each.only_while_overdue))


def untold(case: Case, message: OwedMessage) -> Case:
    """The case without a message that did not go, or of which nobody knows whether it did."""
    case = without_message(case, message.message_id)
    return replace(case, untold=(*case.untold, message.message_id)) if message.by_person else case


def with_message(case: Case, message: OwedMessage) -> Case:
    """The case owing a message. Told again of one it takes the new times and channels; a settled one stays settled."""
    if message.message_id in case.settled_messages:
        return case
    known = case.owed_message(message.message_id)
    case = replace(case, answers_after_end=case.answers_after_end or message.outlives_case)
    if known is None:
        numbered = replace(message, contact_number=case.contact_number)
        owed = (*case.owed_messages, numbered)
        return replace(case, owed_messages=owed, contact_number=case.contact_number + 1)
    return changed(case, replace(message, failed=known.failed, contact_number=known.contact_number))


def without_message(case: Case, message_id: str) -> Case:
    """The case that does not owe a message any more, and never will again."""
    if message_id in case.settled_messages:
        return case
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject != f"duty:{message_id}"}
    owed = tuple(each for each in case.owed_messages if each.message_id != message_id)
    return replace(case, owed_messages=owed, asked=asked, settled_messages=(*case.settled_messages, message_id))


def changed(case: Case, message: OwedMessage) -> Case:
    """The case with a message it owes in another state."""
    owed = tuple(message if each.message_id == message.message_id else each for each in case.owed_messages)
    return replace(case, owed_messages=owed)


def _turn(sending: Sending, now: datetime) -> tuple[datetime, bool, datetime, str]:
    message = sending.message
    others = message.message_class is not MessageClass.STATUTORY
    return max(sending.at, now), others, message.due_at, message.message_id


def _sending(case: Case, message: OwedMessage, now: datetime) -> Sending | None:
    """How a message goes, or none while no channel is left or a hold without a known end forbids it."""
    channel = message.channel(case.unusable)
    ends = [hold.ends_at for hold in case.open_holds(now) if hold.kind not in message.allowed_in]
    known = [each for each in ends if each is not None]
    if channel is None or len(known) < len(ends):
        return None
    return Sending(message, channel, max([message.due_at, *known]))
