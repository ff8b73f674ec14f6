"""What a lived life must have looked like, judged from what was told to the case, not from what the case made of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from domain.events import PlanAgreed
from domain.facts import (
    AgreePlan,
    FileComplaint,
    LiftHold,
    Message,
    OptIn,
    OptOut,
    PleadLimitation,
    RecordCallOutcome,
    RecordPromise,
    ReportCircumstance,
    ReportHardship,
)
from domain.ledger import Entry, EntryKind
from domain.money import parse_minor
from domain.remedies import RemedyKind
from domain.requests import (
    DecideLegalReferral,
    DecideStoppedCase,
    EndCircumstance,
    GrantGrace,
    HoldCase,
    ResolveComplaint,
    ResumeCase,
    StoppedChoice,
)
from domain.terms import Channel, HoldKind
from tests.domain.office import HARDSHIP_GRACE, channels_of, end_of, kind_of
from tests.domain.office_complaints import ceased_by
from tests.domain.simulator import Booked, Life

_ENDED_BY_OTHER_MEANS = frozenset({HoldKind.COMPLAINT, HoldKind.DISPUTE, HoldKind.MANUAL})

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Stop:
    """A span in which the person must be left alone, half-open."""

    reason: str
    since: datetime
    until: datetime | None

    def covers(self, moment: datetime) -> bool:
        """Whether it forbids contact at that moment."""
        return self.since <= moment and (self.until is None or moment < self.until)


def stops(life: Life) -> list[Stop]:
    """Everything that stopped contact in a life."""
    return [*_holds(life), *_promises(life), *_plans(life), *_opt_outs(life)]


def in_force(known: Iterable[Stop], moment: datetime) -> list[Stop]:
    """What stopped contact at that moment."""
    return [stop for stop in known if stop.covers(moment)]


def kinds_in_force(known: Iterable[Stop], moment: datetime) -> set[str]:
    """The kinds of what stopped contact at that moment."""
    return {stop.reason.partition(" ")[0] for stop in in_force(known, moment)}


def money_in(entries: Sequence[Entry]) -> int:
    """What was paid, neither taken back nor paid back, in minor units."""
    taken_back = {each.reverses for each in entries if each.kind is EntryKind.REVERSAL}
    paid = sum(
        each.amount_minor for each in entries if each.kind is EntryKind.PAYMENT and each.entry_id not in taken_back
    )
    return max(0, paid - sum(each.amount_minor for each in entries if each.kind is EntryKind.REFUND))


def covered(spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> timedelta:
    """How much of a span is covered by others, measured piece by piece between all their ends."""
    known = list(spans)
    ends = sorted({start, end, *(each for span in known for each in span if start < each < end)})
    return sum(
        (after - before for before, after in pairwise(ends) if any(since <= before < until for since, until in known)),
        timedelta(0),
    )


def _holds(life: Life) -> Iterator[Stop]:
    for booked in life.booked:
        found = _hold(booked)
        if found is None:
            continue
        kind, hold_id, until = found
        ended = _ended(life, kind, hold_id, booked.at)
        ends = [each for each in (until, ended) if each is not None]
        yield Stop(f"{kind} {hold_id}", booked.at, min(ends, default=None))


def _hold(booked: Booked) -> tuple[HoldKind, str, datetime | None] | None:
    message = booked.message
    match message:
        case FileComplaint():
            kind = HoldKind.DISPUTE if message.category == "dispute" else HoldKind.COMPLAINT
            return kind, message.complaint_id, None
        case ReportHardship():
            return HoldKind.HARDSHIP, message.hardship_id, _end(message.until) or booked.at + HARDSHIP_GRACE
        case ReportCircumstance():
            return kind_of(message), message.circumstance_id, _end(message.until)
        case PleadLimitation():
            return HoldKind.MANUAL, message.event_id, None
        case ResolveComplaint() if any(each.kind is RemedyKind.CEASE_CONTACT for each in message.remedies):
            return HoldKind.CEASE_CONTACT, ceased_by(message), None
        case HoldCase():
            return HoldKind.MANUAL, message.hold_id, _end(message.until)
        case DecideStoppedCase(until=until) if until is not None:
            return HoldKind.MANUAL, f"wait-{message.request_id}", end_of(until)
        case GrantGrace():
            return HoldKind.GRACE, message.request_id, end_of(message.until)
    return None


def _ended(life: Life, kind: HoldKind, hold_id: str, since: datetime) -> datetime | None:
    """When somebody ended a hold, as its kind asks for; that of a complaint when the person knew its outcome."""
    if kind in (HoldKind.COMPLAINT, HoldKind.DISPUTE):
        return life.office.complaints.told_at.get(hold_id)
    for booked in life.booked:
        match booked.message:
            case LiftHold(hold_kind=ended_kind, hold_id=ended):
                named = (ended_kind, ended) == (kind, hold_id)
            case EndCircumstance(circumstance_id=ended) if kind not in _ENDED_BY_OTHER_MEANS:
                named = ended == hold_id
            case ResumeCase(hold_id=ended) if kind is HoldKind.MANUAL:
                named = ended == hold_id
            case _:
                named = False
        if named and booked.at >= since:
            return booked.at
    return None


def _opt_outs(life: Life) -> Iterator[Stop]:
    """Spans in which every channel of the timetable was stopped by the person, until somebody ended that by hand."""
    stopped: set[Channel] = set()
    since: tuple[datetime, str] | None = None
    for booked in life.booked:
        message = booked.message
        match message:
            case OptOut():
                stopped.add(message.channel)
                if since is None and not channels_of(life.case) - stopped:
                    since = booked.at, f"stop-{message.event_id}"
            case OptIn():
                stopped.discard(message.channel)
        if since is not None and (_names(message, since[1]) or channels_of(life.case) - stopped):
            yield Stop(f"{HoldKind.CEASE_CONTACT} {since[1]}", since[0], booked.at)
            since = None
    if since is not None:
        yield Stop(f"{HoldKind.CEASE_CONTACT} {since[1]}", since[0], None)


def _names(message: Message, hold_id: str) -> bool:
    """Whether somebody ends that stop by hand."""
    match message:
        case EndCircumstance(circumstance_id=named) | LiftHold(hold_id=named):
            return named == hold_id
    return False


def review_was_chosen(life: Life, moment: datetime) -> bool:
    """Whether a person had chosen a review for a stopped case, and nobody has refused the referral since."""
    chosen = False
    for booked in life.booked:
        match booked.message:
            case DecideStoppedCase(choice=StoppedChoice.LEGAL_REVIEW) if booked.at <= moment:
                chosen = True
            case DecideLegalReferral(approve=False) if booked.at <= moment:
                chosen = False
    return chosen


def _promises(life: Life) -> Iterator[Stop]:
    """Each promise until it was kept or its time was over; what was promised before it must be paid first."""
    taken: list[tuple[datetime, int]] = []
    for booked in life.booked:
        promised = _promised(booked.message)
        if promised is None:
            continue
        promise_id, amount, day = promised
        before = money_in(life.office.entries[: booked.entries])
        base = max([before, *(total for check_at, total in taken if check_at >= booked.at and total > before)])
        total = base + parse_minor(amount, life.case.currency)
        check_at = end_of(day) + life.case.timetable.promise_grace
        paid = [at for at, received in _received_since(life, booked) if before + received >= total]
        taken.append((check_at, total))
        yield Stop(f"promise {promise_id}", booked.at, min([check_at, *paid]))


def _promised(message: Message) -> tuple[str, str, datetime | date] | None:
    match message:
        case RecordPromise():
            return message.promise_id, message.amount, message.date
        case RecordCallOutcome(promise=promise) if promise is not None:
            return message.event_id, promise.amount, promise.date
    return None


def _plans(life: Life) -> Iterator[Stop]:
    """Each plan until it was kept or broken by itself, or another took its place."""
    agreed = [(each, each.message) for each in life.booked if isinstance(each.message, AgreePlan)]
    ends: datetime | None = None
    for number, (booked, message) in enumerate(agreed):
        renews = number > 0 and (ends is None or ends > booked.at)
        ends = _plan_end(life, booked, message, renews)
        following = [each.at for each, _ in agreed[number + 1 : number + 2]]
        yield Stop(
            f"plan {message.plan_id}", booked.at, min([*following, *([] if ends is None else [ends])], default=None)
        )


def _plan_end(life: Life, booked: Booked, message: AgreePlan, renews: bool) -> datetime | None:
    """When a plan was paid in full, or an instalment stayed unpaid beyond the cure and the time for another plan."""
    total, due = 0, []
    for due_at, amount in _schedule(life, message):
        total += amount
        due.append((_off_hold(life, due_at, life.case.timetable.plan_cure), total))
    received = _received_since(life, booked)
    moments = sorted({booked.at, *(at for at, _ in received), *(at for at, _ in due if at > booked.at)})
    within, patient_until = life.case.timetable.plan_renegotiate_within, booked.at if renews else None
    while moments:
        moment = moments.pop(0)
        came_in = next((amount for at, amount in reversed(received) if at <= moment), 0)
        if came_in >= total:
            return moment
        if not any(at <= moment and came_in < expected for at, expected in due):
            continue
        if _off_hold(life, moment, timedelta(0)) > moment:
            moments = sorted({*moments, _off_hold(life, moment, timedelta(0))})
            continue
        if patient_until is None:
            patient_until = _off_hold(life, moment, within)
            moments = sorted({*moments, patient_until})
        if moment >= patient_until:
            return moment
    return None


def _off_hold(life: Life, start: datetime, length: timedelta) -> datetime:
    """When so much time has passed in which nothing but the plan, promises and stops of contact held the case."""
    known = [each for each in _holds(life) if not each.reason.startswith(HoldKind.CEASE_CONTACT)]
    if not life.case.timetable.plan_waits_in_holds:
        return start + length
    while True:
        ends = [each.until or _NEVER for each in known if each.covers(start)]
        start = max([start, *ends])
        if start == _NEVER:
            return _NEVER
        if any(each.covers(start) for each in known):
            continue
        begins = min((each.since for each in known if each.since > start), default=_NEVER)
        if length <= begins - start:
            return start + length
        start, length = begins, length - (begins - start)


def _schedule(life: Life, message: AgreePlan) -> list[tuple[datetime, int]]:
    """What was to be paid by when: as it was named, or as it had been proposed."""
    if message.instalments:
        return [(end_of(each.due_date), parse_minor(each.amount, life.case.currency)) for each in message.instalments]
    agreed = (each.event for each in life.changes if isinstance(each.event, PlanAgreed))
    plan = next(each for each in agreed if each.plan_id == message.plan_id)
    return [(each.due_at, each.amount_minor) for each in plan.instalments]


def _received_since(life: Life, booked: Booked) -> list[tuple[datetime, int]]:
    """How much had come in since a message, at each moment at which something was booked later."""
    office = life.office
    before = money_in(office.entries[: booked.entries])
    received = {
        office.booked_at[index]: money_in(office.entries[: index + 1]) - before
        for index in range(booked.entries, len(office.entries))
    }
    return list(received.items())


def _end(until: datetime | date | None) -> datetime | None:
    return None if until is None else end_of(until)
