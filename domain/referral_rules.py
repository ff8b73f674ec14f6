"""The rules of a referral to legal: each judges one item of the checklist by the records. Pure; gathers nothing.

No rule's words tell the time or what accrues with it: the same facts give the same checklist on another day, so that
only a change of the facts voids an approval.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.case import Case
from domain.checklist import ChecklistItem, Proof
from domain.holds import Hold, add_time_off_hold
from domain.ledger import Statement
from domain.money import format_minor
from domain.progress import exhausted
from domain.terms import Channel, HoldKind, Stage

_IN_WRITING = frozenset({Channel.LETTER, Channel.EMAIL})


@dataclass(frozen=True, slots=True)
class DemandOnRecord:
    """A contact that asked for payment and really left."""

    contact_id: str
    channel: Channel
    stage: Stage
    at: datetime
    digest: str
    """SHA-256 of its words."""
    arrived_at: datetime | None = None
    """By proof; none without one."""
    simulated: bool = False
    """Kept in the outbox for want of a provider: it reached nobody."""


@dataclass(frozen=True, slots=True)
class OfferOnRecord:
    """A way out that was offered: a call that a person made or was asked to make, or a plan."""

    kind: str
    """``call`` or ``plan``."""
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusalOnRecord:
    """A referral of the account that counsel did not take."""

    referral_id: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """What the rules judge: the case, and what the records hold of it at one moment."""

    case: Case
    now: datetime
    statement: Statement
    holds: tuple[Hold, ...]
    """What stops contact now."""
    demands: tuple[DemandOnRecord, ...]
    """In the order in which they were made."""
    offers: tuple[OfferOnRecord, ...]
    limitation_ends_at: datetime
    """The earliest moment at which a part of what is owed may be time-barred."""
    duties_standing: tuple[str, ...]
    """What the law still wants before a referral, in words."""
    duties_given: tuple[str, ...]
    refused_by_counsel: tuple[RefusalOnRecord, ...] = ()
    simulated_counts: bool = False
    """Whether messages that reached nobody count, as they do on a developer's machine only."""

    @property
    def final_notices(self) -> tuple[DemandOnRecord, ...]:
        """The demands of the last stage that are in writing."""
        return tuple(each for each in self.demands if each.stage is Stage.PRE_LEGAL and each.channel in _IN_WRITING)


Rule = Callable[[ReferralFacts], ChecklistItem]


def evaluate(facts: ReferralFacts) -> tuple[ChecklistItem, ...]:
    """Every item, in the order in which a person reads them."""
    return (*(rule(facts) for rule in RULES), *_earlier_referrals(facts))


def stages_exhausted(facts: ReferralFacts) -> ChecklistItem:
    """Every stage has had its contacts, on enough channels, with enough proof of delivery."""
    by_stage = Counter(each.stage for each in facts.demands)
    counts = ", ".join(f"{stage} {by_stage[stage]}" for stage in Stage if stage in by_stage) or "none"
    channels = ", ".join(sorted({each.channel for each in facts.demands})) or "none"
    words = f"contacts that left: {counts}; by {channels}"
    proofs = tuple(_contact(each) for each in facts.demands)
    chosen = facts.case.chosen_review if facts.case.under_chosen_review(facts.now) else None
    if chosen is not None:
        words += f"; the person stopped all contact, and {chosen.chosen_by} chose the review"
    return ChecklistItem("stages_exhausted", exhausted(facts.case) or chosen is not None, words, proofs)


def really_sent(facts: ReferralFacts) -> ChecklistItem:
    """Every contact that counts was handed to somebody who carries it."""
    kept = [each.contact_id for each in facts.demands if each.simulated]
    words = f"reached nobody, kept in the outbox: {', '.join(kept)}" if kept else "every contact was handed over"
    return ChecklistItem("really_sent", not kept or facts.simulated_counts, words)


def no_open_hold(facts: ReferralFacts) -> ChecklistItem:
    """No complaint, dispute, hardship, plan, promise or other stop is open."""
    chosen = facts.case.under_chosen_review(facts.now)
    holds = [hold for hold in facts.holds if not (chosen and hold.kind is HoldKind.CEASE_CONTACT)]
    kinds = ", ".join(sorted({hold.kind for hold in holds}))
    words = "none is open but the stop of contact" if chosen else "none is open"
    return ChecklistItem("no_open_hold", not holds, f"open: {kinds}" if kinds else words)


def complaints_decided(facts: ReferralFacts) -> ChecklistItem:
    """Every complaint and dispute that the case was told of has an outcome."""
    complaints = facts.case.complaints
    undecided = [each.complaint_id for each in complaints if each.outcome is None]
    decided = ", ".join(f"{each.complaint_id} {each.outcome}" for each in complaints) or "none was filed"
    words = f"without an outcome: {', '.join(undecided)}" if undecided else decided
    return ChecklistItem("complaints_decided", not undecided, words)


def arrears_verified(facts: ReferralFacts) -> ChecklistItem:
    """Something is overdue by the ledger, which is told without what accrues from day to day."""
    statement, currency = facts.statement, facts.case.currency
    oldest = statement.oldest_unpaid(facts.now)
    if oldest is None:
        return ChecklistItem("arrears_verified", False, "nothing is overdue by the ledger")
    principal = format_minor(statement.arrears(facts.now).principal_minor, currency)
    paid, waived = format_minor(statement.paid_minor, currency), format_minor(statement.waived.total_minor, currency)
    words = f"{principal} {currency} of principal overdue by the ledger, since {_day(oldest.overdue_from)}; "
    return ChecklistItem("arrears_verified", True, words + f"paid {paid}, waived {waived}")


def final_notice_sent(facts: ReferralFacts) -> ChecklistItem:
    """The final notice left in writing."""
    notices = facts.final_notices
    words = ", ".join(each.contact_id for each in notices) or "no final notice left in writing"
    return ChecklistItem("final_notice_sent", bool(notices), words, tuple(_contact(each) for each in notices))


def final_notice_delivered(facts: ReferralFacts) -> ChecklistItem:
    """There is proof that it arrived."""
    arrived = [each for each in facts.final_notices if each.arrived_at is not None]
    words = ", ".join(each.contact_id for each in arrived) or "no proof of delivery of a final notice"
    proofs = tuple(
        Proof("arrival", each.contact_id, _moment(each.arrived_at), each.digest)
        for each in arrived
        if each.arrived_at is not None
    )
    return ChecklistItem("final_notice_delivered", bool(arrived), words, proofs)


def waiting_period_over(facts: ReferralFacts) -> ChecklistItem:
    """The policy's wait has passed since the last contact, holds not counted."""
    case = facts.case
    if case.last_touch_at is None or not facts.final_notices:
        return ChecklistItem("waiting_period_over", False, "has not begun: no final notice left in writing")
    ends = add_time_off_hold(case.holds, case.last_touch_at, case.timetable.final_notice_wait)
    over = ends <= facts.now
    return ChecklistItem("waiting_period_over", over, f"{'over since' if over else 'ends'} {_moment(ends)}")


def way_out_offered(facts: ReferralFacts) -> ChecklistItem:
    """A call was asked for, in which a person learns the reason and offers a way out; or a plan was proposed."""
    kinds = Counter(each.kind for each in facts.offers)
    words = f"calls asked for: {kinds['call']}; plans proposed or agreed: {kinds['plan']}"
    proofs = tuple(Proof(each.kind, each.reference, _moment(each.at)) for each in facts.offers)
    return ChecklistItem("way_out_offered", bool(facts.offers), words, proofs)


def within_limitation(facts: ReferralFacts) -> ChecklistItem:
    """The debt is not time-barred, with nothing assumed in the lender's favour."""
    ends = facts.limitation_ends_at
    return ChecklistItem("within_limitation", facts.now < ends, f"{_day(ends)} at the earliest")


def duties_done(facts: ReferralFacts) -> ChecklistItem:
    """Every notice that must come before a referral was given, and its period is over."""
    words = "; ".join(facts.duties_standing) or f"given: {', '.join(facts.duties_given) or 'none was owed'}"
    return ChecklistItem("duties_done", not facts.duties_standing, words)


RULES: tuple[Rule, ...] = (
    stages_exhausted,
    really_sent,
    no_open_hold,
    complaints_decided,
    arrears_verified,
    final_notice_sent,
    final_notice_delivered,
    waiting_period_over,
    way_out_offered,
    within_limitation,
    duties_done,
)
"""Each named as its item is, in the order in which a person reads them."""

_EARLIER = "earlier_referrals"

ITEMS = (*(rule.__name__ for rule in RULES), _EARLIER)
"""The names of all items that a checklist may have."""


def _earlier_referrals(facts: ReferralFacts) -> Iterator[ChecklistItem]:
    """That counsel has refused the account before is no bar, but whoever approves again must have read it."""
    refused = facts.refused_by_counsel
    if refused:
        words = "; ".join(f"{each.referral_id} refused by counsel: {each.code}" for each in refused)
        proofs = tuple(Proof("referral", each.referral_id, _moment(each.at)) for each in refused)
        yield ChecklistItem(_EARLIER, True, words, proofs)


def _contact(demand: DemandOnRecord) -> Proof:
    return Proof("contact", demand.contact_id, _moment(demand.at), demand.digest)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"
