"""What shows that an item of the checklist is true, or what is missing: named sentences with what they speak of.

The words stand in each language's ``referral.yaml``. An approval is of the findings, whatever the language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Says(StrEnum):
    """What one finding says."""

    STAGE_CONTACTED = "stage_contacted"
    """How many contacts of a stage were made, and how many the policy asks for."""
    CHANNELS_USED = "channels_used"
    """By which channels, and how many the policy asks for."""
    ARRIVALS_PROVED = "arrivals_proved"
    """How many are proved to have arrived, and how many the policy asks for."""
    REVIEW_CHOSEN = "review_chosen"
    """The person stopped all contact, and a named person chose the review."""
    ALL_CARRIED = "all_carried"
    """Every contact was handed to somebody who carries it."""
    KEPT_IN_OUTBOX = "kept_in_outbox"
    """Messages reached nobody, for want of a provider."""
    ENOUGH_CARRIED = "enough_carried"
    """Those that were carried are enough without them."""
    STAGE_SHORT = "stage_short"
    """Too few contacts of a stage really left."""
    HOLD_OPEN = "hold_open"
    """Something stops the case."""
    NO_HOLD = "no_hold"
    """Nothing does."""
    NO_HOLD_BUT_CEASE = "no_hold_but_cease"
    """Nothing does but the person's word that contact cease."""
    COMPLAINT_UNDECIDED = "complaint_undecided"
    """A complaint or dispute has no outcome."""
    COMPLAINT_DECIDED = "complaint_decided"
    """One has."""
    NO_COMPLAINT = "no_complaint"
    """None was filed."""
    NO_DISPUTE = "no_dispute"
    """The debt was never disputed."""
    DISPUTE_VERIFIED = "dispute_verified"
    """The debt was verified to the person, which is proved to have arrived."""
    DISPUTE_CORRECTED = "dispute_corrected"
    """What was wrong is corrected in the ledger."""
    DISPUTE_DECIDED = "dispute_decided"
    """It was decided, where the jurisdiction knows no verification."""
    DISPUTE_UNVERIFIED = "dispute_unverified"
    """The debt was not verified to the person since they disputed it."""
    DISPUTE_UNPROVED = "dispute_unproved"
    """It was, and nothing shows that the verification arrived."""
    DISPUTE_UNCORRECTED = "dispute_uncorrected"
    """The person was right, and nothing has been corrected."""
    OVERDUE = "overdue"
    """How much principal is overdue by the ledger, and since when."""
    PAID_AND_WAIVED = "paid_and_waived"
    """What was paid and waived of the account."""
    NOTHING_OVERDUE = "nothing_overdue"
    """Nothing is overdue by the ledger."""
    NOTICE_LEFT = "notice_left"
    """A final notice left in writing."""
    NO_NOTICE = "no_notice"
    """None did."""
    NOTICE_ARRIVED = "notice_arrived"
    """A final notice is proved to have arrived."""
    NO_ARRIVAL = "no_arrival"
    """None is."""
    WAIT_OVER = "wait_over"
    """Since when the waiting period is over."""
    WAIT_RUNS = "wait_runs"
    """When it ends."""
    WAIT_NOT_BEGUN = "wait_not_begun"
    """No final notice has left with which it could begin."""
    WAYS_OUT = "ways_out"
    """How many calls with an offer were asked for, and how many plans were proposed or agreed."""
    NO_WAY_OUT = "no_way_out"
    """None."""
    LIMITATION_RUNS = "limitation_runs"
    """When the limitation period ends at the earliest."""
    TIME_BARRED = "time_barred"
    """It may be over."""
    LAW_NOTICE_OWED = "law_notice_owed"
    """A notice of the law has not been given."""
    LAW_NOTICE_RUNS = "law_notice_runs"
    """The period of one that was given is not over."""
    LAW_NOTICE_UNPROVED = "law_notice_unproved"
    """One left, and counts only once it is proved to have arrived."""
    LAW_NOTICES_GIVEN = "law_notices_given"
    """Which were given."""
    NO_LAW_NOTICE = "no_law_notice"
    """None was owed."""
    REFUSED_BY_COUNSEL = "refused_by_counsel"
    """Counsel did not take an earlier referral, and why."""


SPEAKS_OF: Mapping[Says, frozenset[str]] = {
    Says.STAGE_CONTACTED: frozenset({"stage", "count", "wanted"}),
    Says.CHANNELS_USED: frozenset({"channels", "wanted"}),
    Says.ARRIVALS_PROVED: frozenset({"count", "wanted"}),
    Says.REVIEW_CHOSEN: frozenset({"by"}),
    Says.ALL_CARRIED: frozenset(),
    Says.KEPT_IN_OUTBOX: frozenset({"channel", "references"}),
    Says.ENOUGH_CARRIED: frozenset(),
    Says.STAGE_SHORT: frozenset({"stage", "count", "wanted"}),
    Says.HOLD_OPEN: frozenset({"hold", "reference"}),
    Says.NO_HOLD: frozenset(),
    Says.NO_HOLD_BUT_CEASE: frozenset(),
    Says.COMPLAINT_UNDECIDED: frozenset({"reference"}),
    Says.COMPLAINT_DECIDED: frozenset({"reference", "outcome"}),
    Says.NO_COMPLAINT: frozenset(),
    Says.NO_DISPUTE: frozenset(),
    Says.DISPUTE_VERIFIED: frozenset({"reference", "by"}),
    Says.DISPUTE_CORRECTED: frozenset({"reference", "entry"}),
    Says.DISPUTE_DECIDED: frozenset({"reference", "outcome"}),
    Says.DISPUTE_UNVERIFIED: frozenset({"reference"}),
    Says.DISPUTE_UNPROVED: frozenset({"reference", "by"}),
    Says.DISPUTE_UNCORRECTED: frozenset({"reference"}),
    Says.OVERDUE: frozenset({"amount", "currency", "day"}),
    Says.PAID_AND_WAIVED: frozenset({"paid", "waived", "currency"}),
    Says.NOTHING_OVERDUE: frozenset(),
    Says.NOTICE_LEFT: frozenset({"channel", "reference"}),
    Says.NO_NOTICE: frozenset(),
    Says.NOTICE_ARRIVED: frozenset({"channel", "reference"}),
    Says.NO_ARRIVAL: frozenset(),
    Says.WAIT_OVER: frozenset({"moment"}),
    Says.WAIT_RUNS: frozenset({"moment"}),
    Says.WAIT_NOT_BEGUN: frozenset(),
    Says.WAYS_OUT: frozenset({"calls", "plans", "notices_sent"}),
    Says.NO_WAY_OUT: frozenset(),
    Says.LIMITATION_RUNS: frozenset({"day"}),
    Says.TIME_BARRED: frozenset({"day"}),
    Says.LAW_NOTICE_OWED: frozenset({"notice"}),
    Says.LAW_NOTICE_RUNS: frozenset({"notice", "moment"}),
    Says.LAW_NOTICE_UNPROVED: frozenset({"notice"}),
    Says.LAW_NOTICES_GIVEN: frozenset({"notices"}),
    Says.NO_LAW_NOTICE: frozenset(),
    Says.REFUSED_BY_COUNSEL: frozenset({"reference", "code"}),
}
"""What each speaks of. A ``day`` is the instant at which it begins; like a ``moment`` it is ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the evidence."""

    says: Says
    values: Mapping[str, str]
    """By name: references, codes, counts, amounts and moments; no personal data. Several codes stand with a comma."""


def finding(says: Says, **values: str | int) -> Finding:
    """A finding about these values.

    Raises:
        ValueError: if it speaks of others.
    """
    if values.keys() != SPEAKS_OF[says]:
        raise ValueError(f"{says} speaks of {sorted(SPEAKS_OF[says])}, not of {sorted(values)}")
    return Finding(says, {name: str(value) for name, value in values.items()})
