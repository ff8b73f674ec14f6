"""What a case still does once it has ended: it sends the answers it owes, and has a person tell those that cannot go.

Only messages that say of themselves that they outlive the case are sent; everything else it owed ends with it.
"""

from dataclasses import replace
from datetime import datetime

from domain.case import Case
from domain.complaints import tell_subject
from domain.owed_messages import OwedMessage
from domain.owing import Sending, next_sending, untold, without_overtaken
from domain.progress import with_milestone
from domain.terms import MessageClass


def next_answer(case: Case, now: datetime) -> Sending | None:
    """The answer that goes next of those that outlive the case."""
    return next_sending(replace(case, owed_messages=_answers(case)), now)


def untold_and_unasked(case: Case) -> str | None:
    """Under which a person is yet to be asked to tell what could not go, or none."""
    subjects = map(tell_subject, case.untold) if case.answers_after_end else ()
    return next((each for each in subjects if each not in case.asked), None)


def give_up_answers(case: Case, now: datetime) -> Case:
    """The case without answers that nothing can carry any more, so that its end does not wait for them."""
    case = without_overtaken(case, now)
    for message in _answers(case):
        alone = replace(case, owed_messages=(message,))
        too_late = message.deadline is not None and message.deadline <= now
        if too_late or next_sending(alone, now) is None:
            demanded = message.message_class is MessageClass.STATUTORY
            given_up = untold(case, replace(message, by_person=message.by_person or demanded))
            case = with_milestone(given_up, "message_given_up", now, message.occasion)
    return case


def _answers(case: Case) -> tuple[OwedMessage, ...]:
    return tuple(each for each in case.owed_messages if each.outlives_case)
