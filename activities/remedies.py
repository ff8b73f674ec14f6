"""Carries out what was decided about a complaint, each remedy within its limits and with its effect on the case."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from activities.amounts import minor
from activities.booking_waivers import require_leave_to_waive
from activities.desk import Desk, RefusedError
from activities.others import spread
from activities.stop_of_contact import ask_how_to_go_on
from domain.case import Case, Complaint
from domain.events import CaseEvent, DebtChanged, HoldPlaced, StageRestarted
from domain.holds import Hold
from domain.ledger import Component, Entry, EntryKind, Sums
from domain.money import format_minor
from domain.remedies import Remedy, RemedyKind, entry_prefix
from domain.requests import ComplaintOutcome, ResolveComplaint
from domain.terms import HoldKind, Stage
from storage import audit, person_tasks
from storage.agents import is_registered, suspend
from storage.ledgers import book_entry
from storage.people import EVERY_ACCOUNT, record_hold

_STAGES = tuple(Stage)


@dataclass
class Done:
    """What the remedies did."""

    events: list[CaseEvent] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    others: int = 0
    """The person's other cases that must hear of it."""
    trail: dict[str, Any] = field(default_factory=dict)


def carry_out(desk: Desk, request: ResolveComplaint, complaint: Complaint, case: Case) -> Done:
    """Carry out every remedy of a decision, or none.

    Raises:
        RefusedError: if one is beyond its limits, is named twice, or has no ground.
    """
    _require_ground(request)
    done = Done()
    for number, remedy in enumerate(request.remedies, start=1):
        match remedy.kind:
            case RemedyKind.CORRECT_BALANCE | RemedyKind.WAIVE:
                _take_off(desk, remedy, f"{entry_prefix(complaint.complaint_id)}{number}", request.resolved_by)
            case RemedyKind.RESTART_GENTLER if remedy.stage is not None:
                done.events.append(_restarted(desk, remedy.stage, case))
            case RemedyKind.CEASE_CONTACT:
                done.events += _ceased(desk, request, done)
            case RemedyKind.RETRAIN_AGENT:
                _retrain(desk, remedy.agent_id or complaint.agent_id, complaint, request.resolved_by, case)
            case RemedyKind.APOLOGISE | RemedyKind.RESTART_GENTLER:
                pass
    _tell_what_is_owed(desk, request, done)
    return done


def _require_ground(request: ResolveComplaint) -> None:
    kinds = [(each.kind, each.component) for each in request.remedies]
    if len(set(kinds)) < len(kinds):
        raise RefusedError("remedy_twice", "a remedy is named twice; put its amounts together")
    if request.outcome is ComplaintOutcome.REJECTED and {kind for kind, _ in kinds} - {RemedyKind.APOLOGISE}:
        words = "a complaint that was rejected has no remedy but an apology; uphold it, wholly or in part"
        raise RefusedError("remedy_without_ground", words)


def _take_off(desk: Desk, remedy: Remedy, entry_id: str, by: str) -> None:
    currency, balance = desk.account.currency, desk.statement().balance
    amount = minor(remedy.amount or "", desk)
    left, what = _left(balance, remedy)
    if amount > left:
        words = (
            f"only {format_minor(left, currency)} {currency} of {what} is left to be taken off; lower the amount, and "
            "pay back what was paid already on the lender's own way"
        )
        raise RefusedError("remedy_exceeds", words)
    if remedy.kind is RemedyKind.WAIVE:
        require_leave_to_waive(desk, by, amount)
    kind = EntryKind.WAIVER if remedy.kind is RemedyKind.WAIVE else EntryKind.CORRECTION
    entry = Entry(entry_id[:110], kind, amount, component=remedy.component)
    book_entry(desk.session, desk.account.account_id, entry, desk.now, desk.now)


def _left(balance: Sums, remedy: Remedy) -> tuple[int, str]:
    match remedy.component:
        case None:
            return balance.interest_minor + balance.fees_minor, "interest and fees"
        case Component.PRINCIPAL:
            return balance.principal_minor, "principal"
        case Component.INTEREST:
            return balance.interest_minor, "interest"
        case Component.FEES:
            return balance.fees_minor, "fees"


def _restarted(desk: Desk, stage: Stage, case: Case) -> StageRestarted:
    with_counsel = case.stage is Stage.LEGAL or (case.referral is not None and case.referral.approved_by is not None)
    if with_counsel:
        raise RefusedError("referred", "the account is with counsel; withdraw the referral instead")
    if _STAGES.index(stage) > _STAGES.index(case.stage):
        words = f"the case is in {case.stage}; restart it there or in an earlier stage, not in {stage}"
        raise RefusedError("not_gentler", words)
    desk.account.stage = stage
    desk.session.add(desk.account)
    return StageRestarted(stage, desk.now)


def _ceased(desk: Desk, request: ResolveComplaint, done: Done) -> tuple[CaseEvent, ...]:
    hold = Hold(HoldKind.CEASE_CONTACT, f"ceased-{_short(request.request_id)}", desk.now, reason="complaint_remedy")
    record_hold(desk.session, desk.account.debtor_id, EVERY_ACCOUNT, hold)
    ids = {"event_id": hold.hold_id, "occurred_at": desk.now.isoformat(), "circumstance_id": hold.hold_id}
    body = {**ids, "kind": HoldKind.CEASE_CONTACT, "reported_by": request.resolved_by}
    done.others = spread(desk, hold.hold_id, "report_circumstance", body)
    return HoldPlaced(hold), ask_how_to_go_on(desk, hold)


def _short(message_id: str) -> str:
    """A digest that is as unique as the id and leaves room before it."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]


def _retrain(desk: Desk, agent_id: str | None, complaint: Complaint, by: str, case: Case) -> None:
    if agent_id is None:
        raise RefusedError("no_agent", "the complaint names no agent; say who is retrained with agent_id")
    if agent_id != complaint.agent_id and not is_registered(desk.session, agent_id):
        words = f"no agent {agent_id} is registered, so that nobody would be retrained; name them as they are listed"
        raise RefusedError("unknown_agent", words)
    reference = complaint.complaint_id
    suspend(desk.session, agent_id, desk.now, reason_code="complaint_upheld", reference=reference, by=by)
    deadline = desk.now + case.timetable.review_within
    person_tasks.ask(desk.session, desk.account.account_id, f"retrain:{agent_id}", desk.now, deadline)
    audit.append(desk.session, desk.account.account_id, desk.now, "retrain_agent", agent_id, complaint_id=reference)


def _tell_what_is_owed(desk: Desk, request: ResolveComplaint, done: Done) -> None:
    done.answer = {"remedies": [each.kind.value for each in request.remedies]} if request.remedies else {}
    if all(each.amount is None for each in request.remedies):
        return
    statement, currency = desk.statement(), desk.account.currency
    done.events.append(DebtChanged(statement.debt()))
    done.trail = {
        "outstanding": format_minor(statement.arrears(desk.now).total_minor, currency),
        "balance": format_minor(statement.balance.total_minor, currency),
    }
    done.answer |= done.trail
