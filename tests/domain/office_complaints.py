"""Who decides on complaints, as the records would have it: remedies carried out, the answer owed, agents retrained."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.case import Case, Complaint
from domain.complaints import answer_id, message_to_tell, told_of
from domain.contact_facts import ReplyOccasion
from domain.events import (
    CaseEvent,
    ComplaintExtended,
    ComplaintFiled,
    ComplaintResolved,
    ComplaintTold,
    HoldPlaced,
    PersonAsked,
    StageRestarted,
    TaskCompleted,
)
from domain.facts import FileComplaint
from domain.holds import Hold
from domain.ledger import Entry, EntryKind, Sums
from domain.money import parse_minor
from domain.orders import Booking, Refusal
from domain.remedies import Remedy, RemedyKind
from domain.requests import CompleteTask, ExtendComplaint, ResolveComplaint
from domain.terms import HoldKind, Stage
from tests.domain.office_ledger import Books
from tests.domain.office_messages import reply

NO_WORDS = "no-words"
"""Under which no reasons are stored, so that a person has to tell the outcome."""

_DECIDE_WITHIN = timedelta(days=15)
_REMIND_BEFORE = timedelta(days=3)
_CHOOSE_WITHIN = timedelta(days=7)
_STAGES = tuple(Stage)


@dataclass
class ComplaintDesk:
    """Takes complaints in and decides them."""

    books: Books
    told_at: dict[str, datetime] = field(default_factory=dict)
    """When the person knew the outcome of each, or somebody was asked to see to it."""
    suspended: dict[str, datetime] = field(default_factory=dict)
    """Agents who call nobody until retrained, and since when."""

    def file(self, message: FileComplaint, now: datetime) -> Booking:
        """Stop contact and owe the acknowledgement."""
        decide_by = now + _DECIDE_WITHIN
        complaint = Complaint(
            message.complaint_id,
            message.category,
            decide_by,
            message.agent_id,
            remind_at=decide_by - _REMIND_BEFORE,
        )
        owed = reply(ReplyOccasion.COMPLAINT_ACKNOWLEDGEMENT, message.complaint_id, now)
        return Booking((ComplaintFiled(complaint, now), owed))

    def extend(self, message: ExtendComplaint, case: Case, now: datetime) -> Booking:
        """Once, and not when its time has passed."""
        complaint = case.open_complaint(message.complaint_id)
        if complaint is None or complaint.extensions or complaint.decide_by <= now:
            return Booking(refusal=Refusal("no_extension", "it is late, decided, or was extended before"))
        decide_by = complaint.decide_by + _DECIDE_WITHIN
        told = reply(ReplyOccasion.COMPLAINT_EXTENSION, f"{message.complaint_id}.1", now)
        return Booking((ComplaintExtended(message.complaint_id, decide_by, decide_by - _REMIND_BEFORE), told))

    def resolve(self, message: ResolveComplaint, case: Case, now: datetime) -> Booking:
        """Decide, carry every remedy out or none, and owe the answer."""
        refusal = next(self._refused(message, case, now), None)
        if refusal is not None:
            return Booking(refusal=refusal)
        done = [event for number, each in enumerate(message.remedies) for event in self._do(message, number, each, now)]
        written = case.closed is None and message.explanation_ref != NO_WORDS
        if not written:
            self.told_at[message.complaint_id] = now
        owed = (reply(ReplyOccasion.COMPLAINT_OUTCOME, message.complaint_id, now),) if written else ()
        resolved = ComplaintResolved(message.complaint_id, message.outcome, now, to_tell=written)
        return Booking((resolved, *done, *owed))

    def complete(self, message: CompleteTask, case: Case, now: datetime) -> Booking:
        """A person told what no message could."""
        message_id = message_to_tell(message.subject)
        complaint_id = told_of(message_id) if message_id is not None else None
        if message.subject not in case.asked:
            return Booking(refusal=Refusal("unknown_task", "nobody was asked about it"))
        if complaint_id is not None:
            self.told_at.setdefault(complaint_id, now)
        return Booking((TaskCompleted(message.subject, now),))

    def note_sent(self, message_id: str, now: datetime) -> tuple[CaseEvent, ...]:
        """What follows from a message that left: who has read the outcome knows it."""
        complaint_id = told_of(message_id)
        if complaint_id is None:
            return ()
        self.told_at.setdefault(complaint_id, now)
        return (ComplaintTold(complaint_id, now),)

    def note_asked(self, subject: str, now: datetime) -> None:
        """What follows from asking a person: they see to it that the outcome is known."""
        message_id = message_to_tell(subject)
        complaint_id = told_of(message_id) if message_id is not None else None
        if complaint_id is not None and message_id == answer_id(complaint_id):
            self.told_at.setdefault(complaint_id, now)

    def _refused(self, message: ResolveComplaint, case: Case, now: datetime) -> Iterator[Refusal]:
        left = self.books.statement(now).balance
        for each in message.remedies:
            if each.stage is not None and not _gentler(each.stage, case):
                yield Refusal(
                    "not_gentler", "a case is restarted in its stage or an earlier one, before counsel has it"
                )
            if each.amount is not None and parse_minor(each.amount, case.currency) > _may_go(each, left):
                yield Refusal("remedy_exceeds", "less of that is left")

    def _do(self, message: ResolveComplaint, number: int, remedy: Remedy, now: datetime) -> tuple[CaseEvent, ...]:
        match remedy.kind:
            case RemedyKind.CORRECT_BALANCE | RemedyKind.WAIVE:
                return self.books.book(_entry_of(message, number, remedy), now)
            case RemedyKind.RESTART_GENTLER if remedy.stage is not None:
                return (StageRestarted(remedy.stage, now),)
            case RemedyKind.CEASE_CONTACT:
                hold = Hold(HoldKind.CEASE_CONTACT, ceased_by(message), now, reason="complaint_remedy")
                return HoldPlaced(hold), PersonAsked(f"hold:{hold.hold_id}", now + _CHOOSE_WITHIN)
            case RemedyKind.RETRAIN_AGENT if remedy.agent_id is not None:
                self.suspended.setdefault(remedy.agent_id, now)
        return ()


def ceased_by(message: ResolveComplaint) -> str:
    """The id of the hold that a remedy places."""
    return f"ceased-{message.request_id}"


def remedy_id(message: ResolveComplaint, number: int) -> str:
    """The id of the ledger entry that a remedy books."""
    return f"remedy-{message.complaint_id}-{number}"


def _entry_of(message: ResolveComplaint, number: int, remedy: Remedy) -> Entry:
    kind = EntryKind.WAIVER if remedy.kind is RemedyKind.WAIVE else EntryKind.CORRECTION
    amount = parse_minor(remedy.amount or "", "CNY")
    return Entry(remedy_id(message, number), kind, amount, component=remedy.component)


def _gentler(stage: Stage, case: Case) -> bool:
    approved = case.referral is not None and case.referral.approved_by is not None
    return not approved and _STAGES.index(stage) <= _STAGES.index(case.stage) < _STAGES.index(Stage.LEGAL)


def _may_go(remedy: Remedy, left: Sums) -> int:
    if remedy.component is None:
        return left.interest_minor + left.fees_minor
    return int(getattr(left, "fees_minor" if remedy.component == "fees" else f"{remedy.component}_minor"))
