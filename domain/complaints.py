"""What complaints do to a case: reminders before the decision's day, escalation after it, and the end of their hold.

The hold of a complaint ends when it is decided and the person has been told: the answer has left, somebody told them
in another way, or nothing is left by which to tell them and a person has been asked to find a way.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain.case import Case, Complaint
from domain.contact_facts import ReplyOccasion
from domain.holds import Hold
from domain.progress import with_milestone
from domain.terms import HoldKind

COMPLAINT_HOLDS = frozenset({HoldKind.COMPLAINT, HoldKind.DISPUTE})

_TELL = "tell:"


def hold_kind_of(category: str) -> HoldKind:
    """Which hold a complaint of that category places: a dispute binds its account, everything else the person."""
    return HoldKind.DISPUTE if category == "dispute" else HoldKind.COMPLAINT


def answer_id(complaint_id: str) -> str:
    """The id of the message by which the person is told the outcome."""
    return f"{ReplyOccasion.COMPLAINT_OUTCOME}.{complaint_id}"


def tell_subject(message_id: str) -> str:
    """Under which a person is asked to tell what no message could."""
    return f"{_TELL}{message_id}"


def message_to_tell(subject: str) -> str | None:
    """The message that a person is to tell in another way, if that is what a subject is about."""
    return subject.removeprefix(_TELL) if subject.startswith(_TELL) else None


def told_of(message_id: str) -> str | None:
    """The complaint whose outcome a message tells, or none if it tells something else."""
    occasion, _, complaint_id = message_id.partition(".")
    return complaint_id if occasion == ReplyOccasion.COMPLAINT_OUTCOME else None


def overdue_subject(complaint_id: str) -> str:
    """Under which the next level is asked about a complaint whose time has passed."""
    return f"complaint_overdue:{complaint_id}"


def judge_complaints(case: Case, now: datetime) -> Case:
    """The case with every complaint overdue whose time has passed undecided; contact does not resume by that."""
    for complaint in case.complaints:
        reminded = complaint.outcome is None and complaint.remind_at is not None
        if reminded and not complaint.overdue and complaint.decide_by <= now:
            case = _with(case, replace(complaint, overdue=True))
            case = with_milestone(case, "complaint_overdue", now, complaint.complaint_id)
    return case


def asked_about(case: Case, hold: Hold) -> Iterator[str]:
    """What people are asked while the hold of a complaint is open."""
    complaint = next((each for each in case.complaints if each.complaint_id == hold.hold_id), None)
    if complaint is None or (complaint.outcome is None and not complaint.overdue):
        yield f"hold:{hold.hold_id}"
    elif complaint.outcome is None:
        yield overdue_subject(complaint.complaint_id)


def is_decided(case: Case, hold: Hold) -> bool:
    """Whether a hold is a complaint's that is decided, so that it only waits until the person has been told."""
    return any(each.complaint_id == hold.hold_id and each.outcome is not None for each in case.complaints)


def complaint_wakes(case: Case, now: datetime) -> Iterator[datetime]:
    """When the time of an undecided complaint passes."""
    for complaint in case.complaints:
        if complaint.outcome is None and complaint.remind_at is not None and complaint.decide_by > now:
            yield complaint.decide_by


def filed(case: Case, complaint: Complaint) -> Case:
    """The case with a new complaint, whose owner is asked in time."""
    asked = case.asked | {f"hold:{complaint.complaint_id}": complaint.remind_at or complaint.decide_by}
    return replace(case, complaints=(*case.complaints, complaint), asked=asked)


def extended(case: Case, complaint_id: str, decide_by: datetime, remind_at: datetime) -> Case:
    """The case with more time for an undecided complaint."""
    complaint = case.open_complaint(complaint_id)
    if complaint is None or decide_by <= complaint.decide_by:
        return case
    later = replace(
        complaint, decide_by=decide_by, remind_at=remind_at, overdue=False, extensions=complaint.extensions + 1
    )
    case = _with(case, later)
    return replace(case, asked=case.asked | {f"hold:{complaint_id}": remind_at})


def decided(case: Case, complaint_id: str, outcome: str) -> Case:
    """The case with the outcome of a complaint, the first one that it hears of."""
    subjects = {f"hold:{complaint_id}", overdue_subject(complaint_id)}
    asked = {subject: deadline for subject, deadline in case.asked.items() if subject not in subjects}
    complaints = tuple(
        replace(each, outcome=each.outcome or outcome) if each.complaint_id == complaint_id else each
        for each in case.complaints
    )
    return replace(case, complaints=complaints, asked=asked)


def _with(case: Case, complaint: Complaint) -> Case:
    complaints = tuple(complaint if each.complaint_id == complaint.complaint_id else each for each in case.complaints)
    return replace(case, complaints=complaints)
