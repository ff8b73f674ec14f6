"""Which notices of a pack an account owes, by when, and what they keep from beginning, from plain facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.calendars import HolidayCalendar
from domain.jurisdiction_duties import Duty, Proof, Trigger
from domain.owed_messages import Bar, Barred
from domain.registration import end_of_day, start_of_day
from domain.terms import Channel, Stage

_ORDER = tuple(Stage)
_EACH_TIME = frozenset({Trigger.PAYMENT_MISSED, Trigger.DEBT_VERIFIED, Trigger.CREDIT_REPORT_ANNOUNCED})
"""Triggers that ask each time for a notice of its own."""


class DutyState(StrEnum):
    """What became of one notice."""

    OWED = "owed"
    """It has not gone yet."""
    GIVEN = "given"
    """It left."""
    LOST = "lost"
    """It left and did not arrive, or nobody knows whether it left."""
    NOT_NEEDED = "not_needed"
    """What asked for it went away first."""


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """One notice as the records have it; the first of its duty has the number 1."""

    duty_id: str
    number: int
    state: DutyState
    since: datetime
    """From when it was owed."""
    channel: Channel | None = None
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    """By receipt."""
    deadline: datetime | None = None
    settled_at: datetime | None = None
    """When nothing asked for it any more, of one that was never given."""
    stops_interest: bool = False
    """Whether no interest runs while it is late."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the contract asks for it: from when it is overdue, how much it is, and how much of it is left."""

    overdue_from: datetime
    total_minor: int
    left_minor: int


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """What duties follow from."""

    now: datetime
    opened_at: datetime
    """What was owed before the account came to us is owed from then."""
    stage: Stage
    payments: Sequence[Payment]
    """Oldest first."""
    first_communication_at: datetime | None
    time_zone: str
    """The person's own."""
    calendar: HolidayCalendar
    """By which working days are counted."""
    records: Sequence[DutyRecord] = ()
    debt_verified_at: datetime | None = None
    """When a named person found the debt to be owed that is disputed now."""
    credit_report_announced_at: datetime | None = None
    review_chosen_at: datetime | None = None
    """When a named person decided on the review of somebody who has stopped all contact."""

    @property
    def arrears_minor(self) -> int:
        """What is due and unpaid."""
        return sum(each.left_minor for each in self.payments if each.overdue_from <= self.now)


@dataclass(frozen=True, slots=True)
class DutyOwed:
    """One notice that is owed, now or from a later moment on."""

    duty: Duty
    number: int
    since: datetime
    deadline: datetime | None
    channels: tuple[Channel, ...]
    """Those that have not lost it yet."""

    @property
    def message_id(self) -> str:
        """The id of its message."""
        return message_id_of(self.duty.id, self.number)

    @property
    def warn_at(self) -> datetime | None:
        """When a person is asked to see to it."""
        if self.deadline is None or self.duty.warn_before is None:
            return None
        return max(self.since, self.deadline - self.duty.warn_before)


def message_id_of(duty_id: str, number: int) -> str:
    """The id of a notice's message, such as ``validation_notice.1``."""
    return f"{duty_id}.{number}"


def duties_owed(duties: Sequence[Duty], facts: DutyFacts) -> tuple[DutyOwed, ...]:
    """Every notice that is owed now, or will be if nothing else is paid.

    One of the stage before legal begins only when no other notice keeps that stage from beginning.
    """
    before = [owed for duty in duties if duty.trigger is not Trigger.PRE_LEGAL and (owed := _owed(duty, facts))]
    begins = _pre_legal_begins(bars_of(duties, facts, before), facts.now)
    last = [owed for duty in duties if duty.trigger is Trigger.PRE_LEGAL and (owed := _owed(duty, facts, begins))]
    return (*before, *last)


def bars_of(duties: Sequence[Duty], facts: DutyFacts, owed: Sequence[DutyOwed]) -> tuple[Bar, ...]:
    """What may not begin: until an owed notice is given, and until the period of one that was given is over."""
    return tuple(bar for duty in duties for bar in _bars(duty, facts, owed))


def triggered_at(trigger: Trigger, facts: DutyFacts, told_at: datetime | None = None) -> datetime | None:
    """From when a trigger holds by what is known now; none if it does not and will not by time alone.

    Of missed payments only those count that were missed since ``told_at``, when the person was last told.
    """
    match trigger:
        case Trigger.PAYMENT_MISSED:
            since = _payment_missed_at(facts, told_at)
            return None if since is None else max(since, facts.opened_at)
        case Trigger.TWO_PAYMENTS_MISSED:
            since = _two_payments_missed_at(facts)
            return None if since is None else max(since, facts.opened_at)
        case Trigger.FIRST_COMMUNICATION:
            since = facts.first_communication_at
        case Trigger.DEBT_VERIFIED:
            since = facts.debt_verified_at
        case Trigger.REVIEW_CHOSEN:
            since = facts.review_chosen_at
        case Trigger.CREDIT_REPORT_ANNOUNCED:
            since = facts.credit_report_announced_at
        case Trigger.ESCALATION | Trigger.PRE_LEGAL:
            since = facts.now if _ORDER.index(facts.stage) >= _ORDER.index(Stage(trigger.value)) else None
        case _:
            assert_never(trigger)
    return since if facts.arrears_minor > 0 else None


def period_ends(duty: Duty, sent_at: datetime, arrived_at: datetime | None, facts: DutyFacts) -> datetime | None:
    """When the period of a notice is over: the end of its last day where the person lives; none until it has begun.

    It begins with the arrival, taken to be that of the pack at the earliest; where the law asks for a receipt, with it.
    """
    zone = ZoneInfo(facts.time_zone)
    arrived = arrived_at.astimezone(zone).date() if arrived_at is not None else None
    if duty.proof is Proof.DELIVERED and arrived is None:
        return None
    if duty.waits_days is None:
        return sent_at
    assumed = facts.calendar.add_working_days(sent_at.astimezone(zone).date(), duty.arrives_after_working_days)
    begins = max(assumed, arrived) if arrived is not None else assumed
    return end_of_day(begins + timedelta(days=duty.waits_days), facts.time_zone)


def _pre_legal_begins(bars: Sequence[Bar], now: datetime) -> datetime | None:
    """When the stage before legal may begin; none while that is not known."""
    ends = [each.until for each in bars if each.what is Barred.PRE_LEGAL]
    known = [each for each in ends if each is not None]
    return max([now, *known]) if len(known) == len(ends) else None


def _owed(duty: Duty, facts: DutyFacts, begins: datetime | None = None) -> DutyOwed | None:
    records = [each for each in facts.records if each.duty_id == duty.id]
    pending = next((each for each in records if each.state is DutyState.OWED), None)
    given_at = _given_at(records)
    since = triggered_at(duty.trigger, facts, given_at)
    if since is None and duty.or_trigger is not None:
        since, begins = triggered_at(duty.or_trigger, facts, given_at), facts.now
    if since is None:
        return None
    if given_at is not None and (duty.trigger not in _EACH_TIME or given_at >= since):
        if duty.repeats_every is None or duty.within is None:
            return None
        since = given_at + duty.repeats_every - duty.within
    elif pending is not None and duty.trigger in (Trigger.ESCALATION, Trigger.PRE_LEGAL):
        since = pending.since
    elif duty.trigger is Trigger.PRE_LEGAL:
        if begins is None:
            return None
        since = begins
    if duty.effective_from is not None:
        since = max(since, start_of_day(duty.effective_from, facts.time_zone))
    deadline = since + duty.within if duty.within is not None else None
    number = pending.number if pending is not None else max((each.number for each in records), default=0) + 1
    return DutyOwed(duty, number, since, deadline, _channels_left(duty, records))


def _given_at(records: Sequence[DutyRecord]) -> datetime | None:
    """When the notice was last given, unless what asks for it has gone away since and begun anew."""
    last = max((each.number for each in records if each.state is DutyState.GIVEN), default=0)
    if any(each.state is DutyState.NOT_NEEDED and each.number > last for each in records):
        return None
    return next((each.sent_at for each in records if each.number == last), None)


def _channels_left(duty: Duty, records: Sequence[DutyRecord]) -> tuple[Channel, ...]:
    """A channel that has lost the notice is not used for it again, until one of them has given it."""
    last = max((each.number for each in records if each.state is DutyState.GIVEN), default=0)
    lost = {each.channel for each in records if each.state is DutyState.LOST and each.number > last}
    return tuple(each for each in duty.channels if each not in lost)


def _bars(duty: Duty, facts: DutyFacts, owed: Sequence[DutyOwed]) -> Iterator[Bar]:
    for each in owed:
        if each.duty is duty:
            reason = f"{duty.id} has not been given yet"
            yield from (Bar(each.message_id, what, each.since, None, reason) for what in duty.blocks)
    for record in facts.records:
        if record.duty_id != duty.id or record.state is not DutyState.GIVEN or record.sent_at is None:
            continue
        ends = period_ends(duty, record.sent_at, record.arrived_at, facts)
        if ends is None or ends > facts.now:
            reason = f"the period of {duty.id} runs" if ends is not None else f"{duty.id} has not been proved to arrive"
            bar_id = message_id_of(duty.id, record.number)
            yield from (Bar(bar_id, what, record.since, ends, reason) for what in duty.blocks)


def _payment_missed_at(facts: DutyFacts, told_at: datetime | None) -> datetime | None:
    """When the first payment fell due, or will, that is not paid in full and that the person was not told of."""
    missed = (each.overdue_from for each in facts.payments if each.left_minor)
    return next((each for each in missed if told_at is None or each > told_at), None)


def _two_payments_missed_at(facts: DutyFacts) -> datetime | None:
    """The first due moment at which the shortfall reaches the last two payments, if no more is paid than is now."""
    left = 0
    for number, payment in enumerate(facts.payments):
        left += payment.left_minor
        before = facts.payments[number - 1] if number else None
        if before is not None and left >= before.total_minor + payment.total_minor:
            return payment.overdue_from
    return None
