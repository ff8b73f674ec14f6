"""The rules of a referral to legal: each judges one item of the checklist by the records. Pure; gathers nothing.

No finding tells the time or what accrues with it: the same facts give the same checklist on another day, so that
only a change of the facts voids an approval.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.case import Case
from domain.checklist import ChecklistItem, Proof, ProofKind
from domain.findings import Finding, Says, finding
from domain.holds import Hold, add_time_off_hold
from domain.ledger import Statement
from domain.money import format_minor
from domain.progress import exhausted
from domain.referral_disputes import DisputeOnRecord, judge_disputes
from domain.requests import NoticeWay
from domain.terms import Channel, HoldKind, Stage

_IN_WRITING = frozenset({Channel.LETTER, Channel.EMAIL})


@dataclass(frozen=True, slots=True)
class DemandOnRecord:
    """A contact that asked for payment and really left."""

    contact_id: str
    channel: Channel | NoticeWay
    """A notice that a person gave may have gone in another way, such as by hand."""
    stage: Stage
    at: datetime
    digest: str
    """SHA-256 of its words."""
    arrived_at: datetime | None = None
    """By proof; none without one."""
    simulated: bool = False
    """Kept in the outbox for want of a provider: it reached nobody."""


@dataclass(frozen=True, slots=True)
class LastNotice:
    """The law's final notice to somebody who has stopped all contact, which also tells of ways out."""

    notice: DemandOnRecord
    period_ends_at: datetime


@dataclass(frozen=True, slots=True)
class OfferOnRecord:
    """A way out that was offered: a call that a person made or was asked to make, or a plan."""

    kind: ProofKind
    """A call or a plan."""
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusalOnRecord:
    """A referral of the account that counsel did not take."""

    referral_id: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """A notice of the law that keeps the referral from beginning."""

    notice: str
    given: bool
    until: datetime | None = None
    """When the period of one that was given is over; none until it is proved to have arrived."""


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
    duties_standing: tuple[DutyStanding, ...]
    """What the law still wants before a referral."""
    duties_given: tuple[str, ...]
    """The notices of the law that were given, by their ids."""
    disputes: tuple[DisputeOnRecord, ...] = ()
    """Those that were decided."""
    refused_by_counsel: tuple[RefusalOnRecord, ...] = ()
    simulated_counts: bool = False
    """Whether messages that reached nobody count, as they do on a developer's machine only."""

    last_notices: tuple[LastNotice, ...] = ()
    """The law's final notices to somebody who has stopped all contact."""

    @property
    def final_notices(self) -> tuple[DemandOnRecord, ...]:
        """The demands of the last stage that are in writing, or the law's own where a stopped case is reviewed."""
        own = tuple(each for each in self.demands if each.stage is Stage.PRE_LEGAL and each.channel in _IN_WRITING)
        notices = (*own, *(each.notice for each in self.under_review))
        return tuple(each for each in notices if self.simulated_counts or not each.simulated)

    @property
    def under_review(self) -> tuple[LastNotice, ...]:
        """The law's final notices, while a review goes on that was chosen for somebody who has stopped all contact."""
        return self.last_notices if self.case.under_chosen_review(self.now) else ()


Rule = Callable[[ReferralFacts], ChecklistItem]


def evaluate(facts: ReferralFacts) -> tuple[ChecklistItem, ...]:
    """Every item, in the order in which a person reads them."""
    return (*(rule(facts) for rule in RULES), *_earlier_referrals(facts))


def stages_exhausted(facts: ReferralFacts) -> ChecklistItem:
    """Every stage has had its contacts, on enough channels, with enough proof of delivery."""
    case, demands, timetable = facts.case, facts.demands, facts.case.timetable
    by_stage = Counter(each.stage for each in demands)
    arrived = sum(1 for each in demands if each.arrived_at is not None)
    channels = ",".join(sorted({each.channel for each in demands}))
    found = [
        *(
            finding(Says.STAGE_CONTACTED, stage=each.stage, count=by_stage[each.stage], wanted=each.attempts)
            for each in timetable.stages
        ),
        finding(Says.CHANNELS_USED, channels=channels, wanted=timetable.channels_for_exhaustion),
        finding(Says.ARRIVALS_PROVED, count=arrived, wanted=timetable.deliveries_for_exhaustion),
    ]
    chosen = case.chosen_review if case.under_chosen_review(facts.now) else None
    if chosen is not None:
        found.append(finding(Says.REVIEW_CHOSEN, by=chosen.chosen_by))
    fulfilled = exhausted(case) or chosen is not None
    return ChecklistItem("stages_exhausted", fulfilled, tuple(found), tuple(_contact(each) for each in demands))


def really_sent(facts: ReferralFacts) -> ChecklistItem:
    """What was kept in the outbox reached nobody and is no contact: without it the stages must be exhausted too."""
    kept: dict[str, list[str]] = defaultdict(list)
    for each in (*facts.demands, *(last.notice for last in facts.under_review)):
        if each.simulated:
            kept[each.channel].append(each.contact_id)
    found = [finding(Says.KEPT_IN_OUTBOX, channel=each, references=",".join(kept[each])) for each in sorted(kept)]
    if not kept or facts.simulated_counts:
        return ChecklistItem("really_sent", True, tuple(found) or (finding(Says.ALL_CARRIED),))
    short = tuple(_short(facts))
    return ChecklistItem("really_sent", not short, (*found, *(short or (finding(Says.ENOUGH_CARRIED),))))


def _short(facts: ReferralFacts) -> Iterator[Finding]:
    """What the contacts that really left lack; one may stand for one of a later stage, never of an earlier one."""
    if facts.case.under_chosen_review(facts.now):
        return
    timetable, left = facts.case.timetable, [each for each in facts.demands if not each.simulated]
    by_stage, spare = Counter(each.stage for each in left), 0
    for each in timetable.stages:
        spare += by_stage[each.stage] - each.attempts
        if spare < 0:
            yield finding(Says.STAGE_SHORT, stage=each.stage, count=by_stage[each.stage], wanted=each.attempts)
            spare = 0
    channels, arrived = {each.channel for each in left}, sum(1 for each in left if each.arrived_at is not None)
    if len(channels) < timetable.channels_for_exhaustion:
        yield finding(Says.CHANNELS_USED, channels=",".join(sorted(channels)), wanted=timetable.channels_for_exhaustion)
    if arrived < timetable.deliveries_for_exhaustion:
        yield finding(Says.ARRIVALS_PROVED, count=arrived, wanted=timetable.deliveries_for_exhaustion)


def no_open_hold(facts: ReferralFacts) -> ChecklistItem:
    """No complaint, dispute, hardship, plan, promise or other stop is open."""
    chosen = facts.case.under_chosen_review(facts.now)
    holds = [hold for hold in facts.holds if not (chosen and hold.kind is HoldKind.CEASE_CONTACT)]
    found = tuple(finding(Says.HOLD_OPEN, hold=each.kind, reference=each.hold_id) for each in holds)
    nothing = finding(Says.NO_HOLD_BUT_CEASE if chosen else Says.NO_HOLD)
    return ChecklistItem("no_open_hold", not holds, found or (nothing,))


def complaints_decided(facts: ReferralFacts) -> ChecklistItem:
    """Every complaint and dispute that the case was told of has an outcome."""
    complaints = facts.case.complaints
    found = tuple(
        finding(Says.COMPLAINT_UNDECIDED, reference=each.complaint_id)
        if each.outcome is None
        else finding(Says.COMPLAINT_DECIDED, reference=each.complaint_id, outcome=each.outcome)
        for each in complaints
    )
    decided = all(each.outcome is not None for each in complaints)
    return ChecklistItem("complaints_decided", decided, found or (finding(Says.NO_COMPLAINT),))


def disputes_settled(facts: ReferralFacts) -> ChecklistItem:
    """Of every dispute the debt was verified to the person, or what was wrong was corrected in the ledger."""
    return judge_disputes("disputes_settled", facts.disputes)


def arrears_verified(facts: ReferralFacts) -> ChecklistItem:
    """Something is overdue by the ledger, which is told without what accrues from day to day."""
    statement, currency = facts.statement, facts.case.currency
    oldest = statement.oldest_unpaid(facts.now)
    if oldest is None:
        return ChecklistItem("arrears_verified", False, (finding(Says.NOTHING_OVERDUE),))
    principal = format_minor(statement.arrears(facts.now).principal_minor, currency)
    paid, waived = format_minor(statement.paid_minor, currency), format_minor(statement.waived.total_minor, currency)
    overdue = finding(Says.OVERDUE, amount=principal, currency=currency, day=_moment(oldest.overdue_from))
    lowered = finding(Says.PAID_AND_WAIVED, paid=paid, waived=waived, currency=currency)
    return ChecklistItem("arrears_verified", True, (overdue, lowered))


def final_notice_sent(facts: ReferralFacts) -> ChecklistItem:
    """The final notice left in writing."""
    notices = facts.final_notices
    found = tuple(finding(Says.NOTICE_LEFT, channel=each.channel, reference=each.contact_id) for each in notices)
    proofs = tuple(_contact(each) for each in notices)
    return ChecklistItem("final_notice_sent", bool(notices), found or (finding(Says.NO_NOTICE),), proofs)


def final_notice_delivered(facts: ReferralFacts) -> ChecklistItem:
    """There is proof that it arrived."""
    arrived = [(each, each.arrived_at) for each in facts.final_notices if each.arrived_at is not None]
    found = tuple(finding(Says.NOTICE_ARRIVED, channel=each.channel, reference=each.contact_id) for each, _ in arrived)
    proofs = tuple(Proof(ProofKind.ARRIVAL, each.contact_id, _moment(at), each.digest) for each, at in arrived)
    return ChecklistItem("final_notice_delivered", bool(arrived), found or (finding(Says.NO_ARRIVAL),), proofs)


def waiting_period_over(facts: ReferralFacts) -> ChecklistItem:
    """The policy's wait has passed since the last contact, holds not counted; in a stopped case the law's own."""
    ends = _wait_ends(facts)
    if ends is None:
        return ChecklistItem("waiting_period_over", False, (finding(Says.WAIT_NOT_BEGUN),))
    over = ends <= facts.now
    found = finding(Says.WAIT_OVER if over else Says.WAIT_RUNS, moment=_moment(ends))
    return ChecklistItem("waiting_period_over", over, (found,))


def _wait_ends(facts: ReferralFacts) -> datetime | None:
    case = facts.case
    if facts.under_review:
        return max(each.period_ends_at for each in facts.under_review)
    if case.last_touch_at is None or not facts.final_notices:
        return None
    return add_time_off_hold(case.holds, case.last_touch_at, case.timetable.final_notice_wait)


def way_out_offered(facts: ReferralFacts) -> ChecklistItem:
    """A call was asked for, in which a person learns the reason and offers a way out; or a plan was proposed.

    Who has stopped all contact is told of the ways out by the last notice.
    """
    notices = tuple(each.notice for each in facts.under_review)
    kinds = Counter(each.kind for each in facts.offers)
    counted = {"calls": kinds[ProofKind.CALL], "plans": kinds[ProofKind.PLAN], "notices_sent": len(notices)}
    proofs = (
        *(Proof(each.kind, each.reference, _moment(each.at)) for each in facts.offers),
        *map(_contact, notices),
    )
    found = finding(Says.WAYS_OUT, **counted) if proofs else finding(Says.NO_WAY_OUT)
    return ChecklistItem("way_out_offered", bool(proofs), (found,), proofs)


def within_limitation(facts: ReferralFacts) -> ChecklistItem:
    """The debt is not time-barred, with nothing assumed in the lender's favour."""
    runs = facts.now < facts.limitation_ends_at
    says = Says.LIMITATION_RUNS if runs else Says.TIME_BARRED
    return ChecklistItem("within_limitation", runs, (finding(says, day=_moment(facts.limitation_ends_at)),))


def duties_done(facts: ReferralFacts) -> ChecklistItem:
    """Every notice that must come before a referral was given, and its period is over."""
    given = ",".join(facts.duties_given)
    nothing = finding(Says.LAW_NOTICES_GIVEN, notices=given) if given else finding(Says.NO_LAW_NOTICE)
    found = tuple(map(_standing, facts.duties_standing))
    return ChecklistItem("duties_done", not found, found or (nothing,))


RULES: tuple[Rule, ...] = (
    stages_exhausted,
    really_sent,
    no_open_hold,
    complaints_decided,
    disputes_settled,
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
        found = tuple(finding(Says.REFUSED_BY_COUNSEL, reference=each.referral_id, code=each.code) for each in refused)
        proofs = tuple(Proof(ProofKind.REFERRAL, each.referral_id, _moment(each.at)) for each in refused)
        yield ChecklistItem(_EARLIER, True, found, proofs)


def _standing(duty: DutyStanding) -> Finding:
    if not duty.given:
        return finding(Says.LAW_NOTICE_OWED, notice=duty.notice)
    if duty.until is None:
        return finding(Says.LAW_NOTICE_UNPROVED, notice=duty.notice)
    return finding(Says.LAW_NOTICE_RUNS, notice=duty.notice, moment=_moment(duty.until))


def _contact(demand: DemandOnRecord) -> Proof:
    return Proof(ProofKind.CONTACT, demand.contact_id, _moment(demand.at), demand.digest)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
