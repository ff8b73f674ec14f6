"""A disputed debt is verified before its collection resumes: somebody finds it owed, and the person is sent that."""

from activities.desk import Desk, RefusedError
from activities.disputes_on_record import verifications
from activities.effects import Effect
from domain.agents import same_person
from domain.case import Case
from domain.duties import DutyState
from domain.remedies import RemedyKind
from domain.requests import ComplaintOutcome, ResolveComplaint, VerifyDebt
from domain.terms import HoldKind
from storage.duties import recorded_duties
from storage.tables import AccountState

_CORRECTING = frozenset({RemedyKind.CORRECT_BALANCE, RemedyKind.WAIVE})
"""Remedies that change what is owed."""


def verify_debt(desk: Desk, request: VerifyDebt, case: Case) -> Effect:
    """Take in that a named person has looked into a dispute; the verification is owed to the person from now on.

    Looked into again it is owed once, and one that was sent is not sent again.

    Raises:
        RefusedError: if no such dispute is open, or whoever verifies is the agent whom it names.
    """
    complaint = case.open_complaint(request.complaint_id)
    if complaint is None or complaint.category != "dispute":
        raise RefusedError("unknown_complaint", f"no open dispute {request.complaint_id} on this account")
    if complaint.agent_id is not None and same_person(complaint.agent_id, request.verified_by):
        raise RefusedError("conflict_of_interest", "a debt is verified by somebody else than the agent whom it names")
    if not verifications(desk):
        words = f"the rules of {desk.pack.jurisdiction} name no verification of a disputed debt"
        raise RefusedError("no_verification", words)
    if desk.account.debt_verified_at is None:
        desk.account.debt_verified_at = desk.now
        desk.session.add(desk.account)
    status = "verification_sent" if _given(desk) else "verification_owed"
    return Effect(answer={"complaint_id": request.complaint_id, "status": status})


def require_verification(desk: Desk, kind: HoldKind, request: ResolveComplaint) -> None:
    """Refuse to end a dispute on which the debt stands as it was, before the verification has been given.

    Raises:
        RefusedError: naming what has to be done first.
    """
    if kind is not HoldKind.DISPUTE:
        return
    stands = not _corrected(request) and desk.account.state != AccountState.CLOSED
    if stands and verifications(desk) and not _given(desk):
        words = "the debt is disputed: verify it (verify_debt), and decide once the verification has been sent"
        raise RefusedError("verification_not_sent", words)
    desk.account.debt_verified_at = None
    desk.session.add(desk.account)


def _corrected(request: ResolveComplaint) -> bool:
    """Whether the person was right, or in part and what is owed is corrected for it."""
    if request.outcome is ComplaintOutcome.REJECTED:
        return False
    return request.outcome is ComplaintOutcome.UPHELD or any(each.kind in _CORRECTING for each in request.remedies)


def _given(desk: Desk) -> bool:
    since, names = desk.account.debt_verified_at, verifications(desk)
    return since is not None and any(
        each.duty_id in names and each.state == DutyState.GIVEN and each.sent_at is not None and each.sent_at >= since
        for each in recorded_duties(desk.session, desk.account.account_id)
    )
