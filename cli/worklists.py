"""What waits for people, and what went out: read from the records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from domain.holds import LIMITATION_PLEADED
from domain.terms import Channel, HoldKind
from storage.complaints import decided_by, filing_of, resolved_before
from storage.people import unreachable_channels
from storage.person_tasks import OUTLIVING
from storage.tables import (
    Account,
    AccountState,
    Contact,
    LegalReferral,
    PersonTask,
    RecordedHold,
)

_WORDS = {
    "complaint_overdue": ("decide the complaint whose time has passed; for who is over its owner", "resolve"),
    "tell": ("tell the person what no message could", "complete"),
    "retrain": ("have the agent trained and examined anew", "complete"),
    "duty": (
        "see that a notice that the law demands is given: find an address, or give it otherwise and record the proof",
        "duty-done",
    ),
    "vulnerable": ("see to a person who is vulnerable: what helps them, and who speaks with them", "complete"),
    "track": ("whether the debt is left unpaid on purpose: firm, or not", "track"),
    "counsel_notice": ("see why counsel did not take a notice", "audit show"),
    "waiver": ("approve or refuse a waiver that somebody asked for", "decide-waiver"),
    "paid_after_end": (
        "what becomes of money that came after the case was given up",
        "complete",
    ),
    "credit": ("pay back to the person what was paid too much, and tell it", "refund"),
    "limitation": ("what to do before the limitation period is over; no hold is broken for it", "status"),
    "bar": ("end what keeps the case from going on", "status"),
}
"""What people are asked that no one command answers, by the kind of subject, and where to read more."""


@dataclass(frozen=True, slots=True)
class WaitingDecision:
    """What only a person can decide."""

    account_id: str
    subject: str
    question: str
    command: str
    """The command that answers it."""
    since: datetime
    deadline: datetime | None
    times_asked: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Which messages to list; fields that are none do not choose."""

    account_id: str | None = None
    debtor_id: str | None = None
    channel: str | None = None
    status: str | None = None


def waiting_decisions(session: Session, now: datetime) -> list[WaitingDecision]:
    """What people owe the cases: complaints from the first moment, everything else once it was asked."""
    complaints = list(_complaints(session))
    shown = {each.subject for each in complaints}
    asked = [each for each in _asked(session, now) if each.subject not in shown]
    return sorted([*complaints, *asked], key=lambda each: (each.deadline or each.since, each.account_id))


def messages(session: Session, chosen: Sent, limit: int, before: str | None = None) -> Sequence[Contact]:
    """What went out or was tried, the newest first; ``before`` is the id of the last one of the page before.

    A message that told of several accounts is one; those who ask for one of its accounts are shown it too.
    """
    query = select(Contact)
    if chosen.account_id is None:
        query = query.where(col(Contact.told_with).is_(None))
    for field in ("account_id", "debtor_id", "channel", "status"):
        wanted = getattr(chosen, field)
        if wanted is not None:
            query = query.where(getattr(Contact, field) == wanted)
    last = session.get(Contact, before) if before is not None else None
    if last is not None:
        at, contact_id = col(Contact.attempted_at), col(Contact.contact_id)
        query = query.where((at < last.attempted_at) | ((at == last.attempted_at) & (contact_id < last.contact_id)))
    newest = (col(Contact.attempted_at).desc(), col(Contact.contact_id).desc())
    return session.exec(query.order_by(*newest).limit(limit)).all()


def _complaints(session: Session) -> Iterator[WaitingDecision]:
    """Undecided complaints and disputes, each at the account that heard it first."""
    open_holds = select(RecordedHold).where(
        col(RecordedHold.kind).in_((HoldKind.COMPLAINT, HoldKind.DISPUTE)), col(RecordedHold.ended_at).is_(None)
    )
    for hold in session.exec(open_holds):
        filed = filing_of(session, hold.debtor_id, hold.hold_id)
        account = session.get(Account, filed.account_id) if filed is not None else None
        if filed is None or account is None or resolved_before(session, account, hold.hold_id) is not None:
            continue
        question = f"decide the {hold.kind} about {hold.reason}"
        deadline = decided_by(session, account, filed, hold.hold_id)
        yield WaitingDecision(
            filed.account_id, f"hold:{hold.hold_id}", question, "resolve", hold.since, deadline, times_asked=1
        )


def _asked(session: Session, now: datetime) -> Iterator[WaitingDecision]:
    chosen = select(PersonTask, Account).where(
        col(PersonTask.account_id) == col(Account.account_id), col(PersonTask.decided_at).is_(None)
    )
    for task, account in session.exec(chosen):
        if account.state != AccountState.OPEN and not task.subject.startswith(OUTLIVING):
            continue
        kind, _, reference = task.subject.partition(":")
        match kind:
            case "hold":
                what = _of_hold(session, account, reference, now)
            case "referral":
                what = _of_referral(session, reference)
            case "counsel":
                what = _of_counsel(session, reference)
            case "address":
                what = _of_address(session, account)
            case _:
                what = _WORDS.get(kind)
        if what is not None:
            yield WaitingDecision(
                account.account_id, task.subject, *what, task.asked_at, task.deadline, task.times_asked
            )


def _of_hold(session: Session, account: Account, hold_id: str, now: datetime) -> tuple[str, str] | None:
    holds = select(RecordedHold).where(
        col(RecordedHold.debtor_id) == account.debtor_id,
        col(RecordedHold.hold_id) == hold_id,
        col(RecordedHold.ended_at).is_(None),
    )
    hold = session.exec(holds).first()
    if hold is None or (hold.until is not None and hold.until <= now):
        return None
    if hold.kind == HoldKind.CEASE_CONTACT:
        return "close, wait or review for legal: the person has stopped all contact", "decide-stopped"
    if hold.reason == LIMITATION_PLEADED:
        return "how to end the case: the person has pleaded that the debt is too old", "close"
    command = "resume" if hold.kind == HoldKind.MANUAL else "end-circumstance"
    return f"how to go on while {hold.kind} has no end", command


def _of_referral(session: Session, referral_id: str) -> tuple[str, str] | None:
    referral = session.get(LegalReferral, referral_id)
    undecided = referral is not None and referral.outcome is None
    return ("refer to legal or not", "approve-legal") if undecided else None


def _of_counsel(session: Session, referral_id: str) -> tuple[str, str] | None:
    referral = session.get(LegalReferral, referral_id)
    awaited = referral is not None and referral.outcome is None
    return ("what counsel reports", "legal-outcome") if awaited else None


def _of_address(session: Session, account: Account) -> tuple[str, str] | None:
    if len(unreachable_channels(session, account.debtor_id)) < len(Channel):
        return None
    return "find an address: no channel reaches the person", "opt-in"
