"""From a step to the order for its contact, and from the contact's outcome to what it does to the case."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from domain.case import Case
from domain.events import CaseEvent, ContactDeferred, ContactFailed, ContactSent, DebtChanged, MessageSettled
from domain.next_step import Step, after_contact_at, after_contact_channel
from domain.orders import ContactOrder, ContactOutcome, ContactResult
from domain.owed_messages import OwedMessage
from domain.terms import Channel


def order_of(case: Case, step: Step, channel: Channel, at: datetime) -> ContactOrder:
    """The order for the contact that a step asks for, at the moment at which it is given."""
    message = case.owed_message(step.message_id)
    if message is not None:
        return _order_for_message(case, message, channel, at)
    return ContactOrder(
        contact_id=case.contact_id,
        account_id=case.account_id,
        channel=channel,
        stage=case.stage,
        next_due=after_contact_at(case, at),
        next_channel=after_contact_channel(case) or channel,
        owed=(case.debt.arrears_minor(at), case.debt.balance_minor),
        milestones=case.milestones,
    )


def events_after(outcome: ContactOutcome, order: ContactOrder, ordered_at: datetime) -> Sequence[CaseEvent]:
    """What a contact's outcome does to the case."""
    return (*events_of_debt(outcome), *_events_of_result(outcome, order, ordered_at), *outcome.events)


def events_of_debt(outcome: ContactOutcome) -> Sequence[CaseEvent]:
    """What the ledger told with the outcome, if it was news."""
    return () if outcome.debt is None else (DebtChanged(outcome.debt),)


def _order_for_message(case: Case, message: OwedMessage, channel: Channel, at: datetime) -> ContactOrder:
    """The stage's own contact keeps its moment, unless the rules want it later for this message's sake."""
    planned = case.planned
    return ContactOrder(
        contact_id=f"{case.account_id}.{message.contact_number}",
        account_id=case.account_id,
        channel=channel,
        stage=case.stage,
        next_due=planned.at if planned is not None else at,
        next_channel=case.channel or channel,
        owed=(case.debt.arrears_minor(at), case.debt.balance_minor),
        milestones=case.milestones,
        message_class=message.message_class,
        occasion=message.occasion,
        message_id=message.message_id,
    )


def _events_of_result(outcome: ContactOutcome, order: ContactOrder, ordered_at: datetime) -> Sequence[CaseEvent]:
    channel, message_id = order.channel, order.message_id
    left_by, left_at = outcome.left_by or channel, outcome.left_at or ordered_at
    match outcome.result:
        case ContactResult.SENT:
            return (ContactSent(left_by, left_at, outcome.next, message_id=message_id),)
        case ContactResult.UNKNOWN:
            return (ContactSent(left_by, left_at, outcome.next, certain=False, message_id=message_id),)
        case ContactResult.DEFERRED if outcome.next is not None:
            return (ContactDeferred(outcome.next, message_id),)
        case ContactResult.REFUSED | ContactResult.FAILED | ContactResult.DEFERRED:
            return (ContactFailed(channel, ordered_at, outcome.unusable, message_id),)
        case ContactResult.NOT_NEEDED:
            return (MessageSettled(message_id),)
        case _:
            assert_never(outcome.result)
