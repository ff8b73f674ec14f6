"""A plain account, its timetable and its case, for tests that name only what matters to them.

Time is counted in days since the account's first instalment became overdue: ``day(0)`` is that instant.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.case import Case
from domain.holds import Hold
from domain.ledger import Entry, EntryKind, Instalment
from domain.statements import statement
from domain.terms import Channel, HoldKind, Stage, Track
from domain.timetable import StagePlan, Timetable, Touch

OVERDUE_FROM = datetime(2026, 1, 5, tzinfo=UTC)
"""When the plain account's only instalment became overdue."""

ACCOUNT = "acc-1"
CURRENCY = "CNY"


def days(number: float) -> timedelta:
    """A length of time."""
    return timedelta(days=number)


def day(number: float) -> datetime:
    """The instant that lies so many days after the first instalment became overdue."""
    return OVERDUE_FROM + days(number)


def instalment(overdue_on: float = 0, principal: int = 9_000, interest: int = 800, fees: int = 200) -> Instalment:
    """An instalment that became overdue on that day; 100.00 unless told otherwise."""
    overdue_from = day(overdue_on)
    due_date = (overdue_from - timedelta(microseconds=1)).date()
    return Instalment(round(overdue_on * 1_000), due_date, overdue_from, principal, interest, fees)


def payment(amount: int, entry_id: str = "p1") -> Entry:
    """Money received, in minor units."""
    return Entry(entry_id, EntryKind.PAYMENT, amount)


def reversal(of: str) -> Entry:
    """A payment taken back."""
    return Entry(f"r-{of}", EntryKind.REVERSAL, 0, reverses=of)


def waiver(amount: int, entry_id: str = "w1") -> Entry:
    """Interest or fees given up, in minor units."""
    return Entry(entry_id, EntryKind.WAIVER, amount)


def touch(*channels: Channel) -> Touch:
    """A contact by the first channel, with the others to fall back to."""
    return Touch(channels[0], channels[1:])


def stage_plan(stage: Stage, starts_after: float, *touches: Touch, **changes: Any) -> StagePlan:
    """A stage of weekly text messages that asks for one contact and has no least time, unless told otherwise."""
    plan = StagePlan(
        stage=stage,
        starts_after=days(starts_after),
        minimum=days(0),
        cadence=days(7),
        touches=touches or (touch(Channel.SMS),),
        attempts=1,
    )
    return replace(plan, **changes)


def timetable(*stages: StagePlan, **changes: Any) -> Timetable:
    """Four stages that start on days 1, 15, 30 and 60, unless told otherwise."""
    table = Timetable(
        policy="plain",
        version="v1",
        stages=stages or _STAGES,
        track_pace={Track.SUPPORTIVE: 1.5, Track.STANDARD: 1.0, Track.FIRM: 0.75},
        call_within=days(2),
        resume_after=days(3),
        plan_cure=days(5),
        promise_grace=days(2),
        review_within=days(5),
        final_notice_wait=days(14),
        asks_again_to_tell=True,
        plan_waits_in_holds=True,
    )
    return replace(table, **changes)


def case(*instalments: Instalment, **changes: Any) -> Case:
    """A case opened when its first instalment became overdue."""
    owed = instalments or (instalment(),)
    opened_at = min(each.overdue_from for each in owed)
    fresh = Case(
        account_id=ACCOUNT,
        debtor_ref="debtor-1",
        jurisdiction="CN",
        currency=CURRENCY,
        timetable=timetable(),
        opened_at=opened_at,
        debt=statement(owed, ()).debt(),
        stage_entered_at=opened_at,
        collect_from=opened_at,
    )
    return replace(fresh, **changes)


def hold(since: float, until: float | None = None, hold_id: str = "h1", kind: HoldKind = HoldKind.MANUAL) -> Hold:
    """A hold from one day to another; without an end, a person must end it."""
    return Hold(kind, hold_id, day(since), None if until is None else day(until))


_STAGES = (
    stage_plan(
        Stage.FIRST_REMINDER,
        1,
        touch(Channel.SMS, Channel.VOICE, Channel.EMAIL),
        touch(Channel.VOICE, Channel.SMS, Channel.EMAIL),
        minimum=days(10),
        attempts=2,
    ),
    stage_plan(Stage.GENTLE_REMINDER, 15, touch(Channel.SMS, Channel.EMAIL), minimum=days(10), attempts=2),
    stage_plan(
        Stage.ESCALATION,
        30,
        touch(Channel.CALL, Channel.VOICE, Channel.SMS),
        touch(Channel.EMAIL, Channel.LETTER),
        minimum=days(20),
        cadence=days(10),
        attempts=2,
    ),
    stage_plan(
        Stage.PRE_LEGAL,
        60,
        touch(Channel.LETTER, Channel.EMAIL),
        touch(Channel.EMAIL, Channel.LETTER),
        minimum=days(20),
        cadence=days(14),
        attempts=2,
    ),
)
