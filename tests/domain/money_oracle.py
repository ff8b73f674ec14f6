"""What an account must come to, lived through day by day from what its ledger was told: shares nothing with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from domain.late_charges import Accrual, RateLimit, Terms
from domain.ledger import Component, Entry, EntryKind
from domain.terms import HoldKind
from tests.domain.chronicle import closed_spans
from tests.domain.late_charges_oracle import live_through
from tests.domain.oracle import Stop, money_in
from tests.domain.simulator import Life


@dataclass(frozen=True)
class Account:
    """What must be left, and what must have been charged, by component, in minor units."""

    left: dict[Component, int]
    charged: dict[Component, int]
    paid_minor: int


def account_of(life: Life, known: list[Stop]) -> Account:
    """The account at the end of a life that was stopped by these."""
    charging = life.office.charging
    costs_nothing = Terms(Fraction(0), min(each.due_date for each in life.instalments))
    accrual = Accrual(
        charging.terms or costs_nothing, life.now.date(), "UTC", tuple(_limits(life, known)), charging.cap_percent
    )
    lived = live_through(life.instalments, _standing(life), charging.order, accrual)
    left = {component: sum(one.left[component] for one in lived) for component in Component}
    charged = {component: sum(one.charged[component] for one in lived) for component in Component}
    return Account(left, charged, money_in(life.office.entries))


def contract_of(life: Life) -> dict[Component, int]:
    """What the contract itself asks for."""
    return {
        Component.PRINCIPAL: sum(each.principal_minor for each in life.instalments),
        Component.INTEREST: sum(each.interest_minor for each in life.instalments),
        Component.FEES: sum(each.fees_minor for each in life.instalments),
    }


def _standing(life: Life) -> list[tuple[date, Entry]]:
    """The entries that stand, by day; a waiver that a payment earned counts just before it."""
    entries = life.office.entries
    days = dict(zip((each.entry_id for each in entries), (at.date() for at in life.office.booked_at), strict=True))
    taken_back = {each.reverses for each in entries if each.kind is EntryKind.REVERSAL}
    ordered: list[Entry] = []
    for each in entries:
        if each.entry_id in taken_back or each.kind is EntryKind.REVERSAL:
            continue
        earned_by = next((number for number, one in enumerate(ordered) if one.entry_id == each.before), len(ordered))
        ordered.insert(earned_by, each)
        if earned_by < len(ordered) - 1:
            days[each.entry_id] = days[each.before or ""]
    return [(days[each.entry_id], each) for each in ordered]


def _limits(life: Life, known: list[Stop]) -> Iterator[RateLimit]:
    charging = life.office.charging
    by_policy = {"plan": charging.in_plan, "hardship": charging.in_hardship, "grace": charging.in_hardship}
    for stop in known:
        kind, last = stop.reason.partition(" ")[0], _last_day(_judged(life, stop))
        if kind == "breathing_space":
            yield RateLimit(stop.since.date(), last)
        percent = by_policy.get(kind)
        if percent is not None:
            yield RateLimit(stop.since.date() + timedelta(days=1), last, percent)


def _judged(life: Life, stop: Stop) -> datetime | None:
    """When it was over: a plan a little later where an action was under way, or once its case is opened again."""
    if stop.until is None or not stop.reason.startswith("plan"):
        return stop.until
    ended_at = life.office.books.holds[HoldKind.PLAN, stop.reason.removeprefix("plan ")].ended_at
    if ended_at is not None and stop.until <= ended_at <= stop.until + max(life.habits.takes):
        return ended_at
    closed = [end for since, end in closed_spans(life) if since < stop.until <= end]
    return None if life.now in closed else max([stop.until, *closed])


def _last_day(until: datetime | None) -> date | None:
    return None if until is None else (until - timedelta(microseconds=1)).date()
