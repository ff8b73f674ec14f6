"""Service messages and replies: by which channels each goes, what it says, and whether it is still wanted.

Whoever owes one calls :func:`owe` and puts the answer into a ``MessagesOwed`` event. When its time has come the contact
asks :func:`told` in its own transaction, so that a message which facts have overtaken never leaves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.complaint_messages import acknowledged, decided, extended
from activities.desk import Desk
from activities.guard import Guard
from activities.hardship_messages import grace_that_ends, plan_to_offer
from activities.plan_messages import agreed_plan, coming_instalment, missed_instalment
from activities.promise_messages import coming_promise
from activities.receipt_messages import over, received, received_after_end, refunded
from activities.track_messages import found
from activities.track_offers import supportive_offer
from domain.contact_facts import ReplyOccasion, ServiceOccasion
from domain.messages import OccasionFacts
from domain.owed_messages import OwedMessage
from domain.terms import Channel, MessageClass
from domain.track_offers import OFFER_CHANNELS
from storage.tables import PlannedMessage
from storage.turns import plan_service

_SOON = (Channel.SMS, Channel.EMAIL, Channel.LETTER)
"""For what is short and wanted soon."""
_IN_FULL = (Channel.EMAIL, Channel.LETTER)
"""For what is kept and read again."""

MessageOccasion = ServiceOccasion | ReplyOccasion


@dataclass(frozen=True)
class Occasion:
    """What is known of a service message or reply."""

    channels: tuple[Channel, ...]
    """In the order in which they are tried."""
    facts: Callable[[Desk, str], OccasionFacts | None]
    """What it says about its subject by the records, or none when nothing asks for it any more."""


OCCASIONS: Mapping[MessageOccasion, Occasion] = {
    ReplyOccasion.COMPLAINT_ACKNOWLEDGEMENT: Occasion((Channel.EMAIL, Channel.SMS, Channel.LETTER), acknowledged),
    ReplyOccasion.COMPLAINT_EXTENSION: Occasion((Channel.EMAIL, Channel.SMS, Channel.LETTER), extended),
    ReplyOccasion.COMPLAINT_OUTCOME: Occasion((Channel.EMAIL, Channel.LETTER, Channel.SMS), decided),
    ReplyOccasion.RECEIPT: Occasion(_SOON, received),
    ReplyOccasion.CLOSURE: Occasion(_SOON, over),
    ReplyOccasion.PAYMENT_AFTER_END: Occasion(_SOON, received_after_end),
    ReplyOccasion.REFUND: Occasion(_SOON, refunded),
    ReplyOccasion.TRACK_FINDING: Occasion(_IN_FULL, found),
    ServiceOccasion.PLAN_REMINDER: Occasion(_SOON, coming_instalment),
    ServiceOccasion.PLAN_AGREEMENT: Occasion(_IN_FULL, agreed_plan),
    ServiceOccasion.PLAN_MISSED: Occasion(_SOON, missed_instalment),
    ServiceOccasion.PROMISE_REMINDER: Occasion(_SOON, coming_promise),
    ServiceOccasion.CHECK_IN: Occasion(_SOON, grace_that_ends),
    ServiceOccasion.OFFER: Occasion(_SOON, plan_to_offer),
    ServiceOccasion.SUPPORTIVE_OFFER: Occasion(OFFER_CHANNELS, supportive_offer),
}
"""Every service message and reply that can be owed. Each has its templates, and its lists in ``messages.yaml``."""


def class_of(occasion: MessageOccasion) -> MessageClass:
    """The class whose rules a message of that occasion obeys."""
    return MessageClass.SERVICE if isinstance(occasion, ServiceOccasion) else MessageClass.REPLY


def owe(
    desk: Desk,
    occasion: MessageOccasion,
    subject: str,
    not_before: datetime,
    deadline: datetime,
    *,
    owed_by: str = "",
    channels: Sequence[Channel] = (),
) -> OwedMessage:
    """A message that the case owes from now on; owed again under the same subject it is the same message.

    Args:
        desk: the account.
        occasion: which message.
        subject: what it is about, such as a plan and the number of an instalment; ids and dots only.
        not_before: from when it is wanted; it goes at the first lawful moment from then on.
        deadline: when it is no longer of use, so that it is given up.
        owed_by: the id of the hold with which it falls away, if it does.
        channels: those to try, in order, some of the occasion's own; none: all of these.
    """
    message_class, channels = class_of(occasion), tuple(channels) or OCCASIONS[occasion].channels
    guard, message_id = Guard(desk), f"{occasion}.{subject}"
    first = next((each for each in channels if guard.reach.address(each) is not None), channels[0])
    due_at = guard.moment(first, max(not_before, desk.now), message_class, occasion).at
    if message_class is MessageClass.SERVICE:
        account_id = desk.account.account_id
        planned = PlannedMessage(
            account_id=account_id, message_id=message_id, occasion=occasion, channel=first, due_at=due_at
        )
        plan_service(desk.session, planned)
    return OwedMessage(
        message_id=message_id,
        message_class=message_class,
        occasion=occasion,
        channels=channels,
        due_at=due_at,
        deadline=deadline,
        allowed_in=desk.pack.holds_allowing(occasion, message_class),
        owed_by=owed_by,
        outlives_case=message_class is MessageClass.REPLY and occasion is not ReplyOccasion.TRACK_FINDING,
    )


def told(desk: Desk, occasion: str, message_id: str) -> OccasionFacts | None:
    """What a message says now, or none when nothing asks for it any more."""
    known = next((each for each in OCCASIONS if each == occasion), None)
    if known is None:
        return None
    return OCCASIONS[known].facts(desk, message_id.removeprefix(f"{occasion}."))
