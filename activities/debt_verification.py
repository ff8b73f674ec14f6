"""A disputed debt is verified before its collection resumes: somebody finds it owed, and the person is sent that."""

from activities.desk import Desk, RefusedError
from activities.disputes_on_record import correction_since, verifications
from activities.effects import Effect
from domain.agents import same_person
from domain.case import Case
from domain.duties import DutyState
from domain.remedies import RemedyKind
from domain.requests import ComplaintOutcome, ResolveComplaint, VerifyDebt
from domain.terms import HoldKind
from storage.duties import recorded_duties
from storage.tables import AccountState, RecordedHold

_SETTLING = frozenset({RemedyKind.CORRECT_BALANCE, RemedyKind.WAIVE, RemedyKind.CEASE_CONTACT})
"""Remedies after which the debt is not collected as it was: they change what is owed, or end its collection by us."""


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


def require_verification(desk: Desk, hold: RecordedHold, request: ResolveComplaint, case: Case) -> None:
    """Refuse to end a dispute after which the debt would be collected as it was, before its verification was given.

    Raises:
        RefusedError: naming what has to be done first.
    """
    if hold.kind != HoldKind.DISPUTE:
        return
    stands = desk.account.state != AccountState.CLOSED and not _settled(desk, hold, request, case)
    if stands and verifications(desk) and not _given(desk):
        words = (
            "the debt is disputed and would be collected as it was: verify it (verify_debt) and decide once that was "
            "sent, or uphold the dispute with what settles it (correct_balance, waive, cease_contact)"
        )
        raise RefusedError("verification_not_sent", words)
    desk.account.debt_verified_at = None
    desk.session.add(desk.account)


def _settled(desk: Desk, hold: RecordedHold, request: ResolveComplaint, case: Case) -> bool:
    """Whether the person was right, at least in part, and what is wrong has been or is now put right."""
    if request.outcome is ComplaintOutcome.REJECTED:
        return False
    remedied = any(each.kind in _SETTLING for each in request.remedies)
    return remedied or correction_since(desk, case, hold) is not None


def _given(desk: Desk) -> bool:
    since, names = desk.account.debt_verified_at, verifications(desk)
    return since is not None and any(
        each.duty_id in names and each.state == DutyState.GIVEN and each.sent_at is not None and each.sent_at >= since
        for each in recorded_duties(desk.session, desk.account.account_id)
    )
