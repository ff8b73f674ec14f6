"""The rule of a referral on disputes: of each the debt was verified to the person, or what was wrong was corrected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.checklist import ChecklistItem, Proof, ProofKind
from domain.findings import Finding, Says, finding
from domain.requests import ComplaintOutcome


@dataclass(frozen=True, slots=True)
class DisputeOnRecord:
    """A dispute of the debt that was decided."""

    complaint_id: str
    outcome: str
    must_verify: bool
    """Whether the jurisdiction knows the verification of a disputed debt."""
    verification: str = ""
    """The notice by which the debt was verified since it was disputed; empty without one."""
    verified_at: datetime | None = None
    """When that was given."""
    arrived_at: datetime | None = None
    """By proof; none without one."""
    correction: str = ""
    """The entry of the ledger that mends what was disputed; empty without one."""
    corrected_at: datetime | None = None


def judge_disputes(name: str, disputes: Sequence[DisputeOnRecord]) -> ChecklistItem:
    """Every dispute that was upheld has been corrected, and every other one verified or corrected."""
    found = [_judged(each) for each in disputes]
    settled = all(fulfilled for fulfilled, _ in found)
    findings = tuple(each for _, each in found) or (finding(Says.NO_DISPUTE),)
    return ChecklistItem(name, settled, findings, tuple(proof for each in disputes for proof in _proofs(each)))


def _judged(dispute: DisputeOnRecord) -> tuple[bool, Finding]:
    reference = dispute.complaint_id
    if dispute.correction:
        return True, finding(Says.DISPUTE_CORRECTED, reference=reference, entry=dispute.correction)
    if dispute.outcome == ComplaintOutcome.UPHELD:
        return False, finding(Says.DISPUTE_UNCORRECTED, reference=reference)
    if not dispute.must_verify:
        return True, finding(Says.DISPUTE_DECIDED, reference=reference, outcome=dispute.outcome)
    if not dispute.verification:
        return False, finding(Says.DISPUTE_UNVERIFIED, reference=reference)
    if dispute.arrived_at is None:
        return False, finding(Says.DISPUTE_UNPROVED, reference=reference, by=dispute.verification)
    return True, finding(Says.DISPUTE_VERIFIED, reference=reference, by=dispute.verification)


def _proofs(dispute: DisputeOnRecord) -> Iterator[Proof]:
    if dispute.corrected_at is not None:
        yield Proof(ProofKind.ENTRY, dispute.correction, _moment(dispute.corrected_at))
    elif dispute.outcome != ComplaintOutcome.UPHELD and dispute.verified_at is not None:
        yield Proof(ProofKind.VERIFICATION, dispute.verification, _moment(dispute.verified_at))
        if dispute.arrived_at is not None:
            yield Proof(ProofKind.ARRIVAL, dispute.verification, _moment(dispute.arrived_at))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
