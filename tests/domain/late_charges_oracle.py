"""Late charges a second time, by the plainest means: day by day, instalment by instalment, in fractions.

It shares no code with what it judges, and knows nothing of stretches and postings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from domain.late_charges import Accrual
from domain.ledger import Component, Entry, EntryKind, Instalment

PRINCIPAL, INTEREST, FEES = Component


@dataclass
class OneInstalment:
    """What is left of an instalment, and what its lateness has cost so far."""

    contract: Instalment
    left: dict[Component, int]
    interest: Fraction = Fraction(0)
    fee: int = 0
    lawful_late: Fraction = Fraction(0)
    lawful: Fraction = Fraction(0)
    charged: dict[Component, int] = field(default_factory=lambda: dict.fromkeys(Component, 0))


def live_through(
    instalments: Sequence[Instalment],
    entries: Sequence[tuple[date, Entry]],
    order: Sequence[Component],
    accrual: Accrual,
) -> list[OneInstalment]:
    """The instalments as they stand at the end of the last day. The entries stand, and come by their day."""
    account = [
        OneInstalment(each, {PRINCIPAL: each.principal_minor, INTEREST: each.interest_minor, FEES: each.fees_minor})
        for each in sorted(instalments, key=lambda each: each.overdue_from)
    ]
    waiting, to_waive = list(entries), 0
    day = min([accrual.terms.contract_date, *(on for on, _ in waiting)])
    while day <= accrual.until:
        if day > accrual.terms.contract_date:
            for one in account:
                _age(one, day, accrual)
            _charge(account, day, accrual)
        to_waive = _fill(account, to_waive, (FEES, INTEREST))
        while waiting and waiting[0][0] == day:
            entry = waiting.pop(0)[1]
            if entry.kind is EntryKind.PAYMENT:
                _fill(account, entry.amount_minor, order)
            elif entry.kind is EntryKind.CORRECTION:
                _fill(account, entry.amount_minor, [entry.component] if entry.component is not None else [])
            else:
                to_waive = _fill(account, to_waive + entry.amount_minor, (FEES, INTEREST))
        day += timedelta(days=1)
    return account


def _age(one: OneInstalment, day: date, accrual: Accrual) -> None:
    terms, principal = accrual.terms, one.left[PRINCIPAL]
    limits = [
        each.annual_percent
        for each in accrual.limits
        if each.first_day <= day and (each.last_day is None or day <= each.last_day)
    ]
    rate = min([terms.annual_percent, *limits])
    if accrual.cap_percent is not None:
        one.lawful += principal * min([accrual.cap_percent, *limits]) / 36_500
    days_late = (day - one.contract.due_date).days
    if days_late <= 0:
        return
    one.interest += principal * rate / (36_000 if terms.day_count == "actual/360" else 36_500)
    if accrual.cap_percent is not None:
        one.lawful_late += principal * min([accrual.cap_percent, *limits]) / 36_500
    if days_late == terms.fee_after_days + 1 and sum(one.left.values()) > 0 and not limits:
        one.fee += terms.fee_minor


def _charge(account: Sequence[OneInstalment], day: date, accrual: Accrual) -> None:
    """What the day made whole is added, and never more than the law lets the whole loan cost."""
    for one in account:
        interest, fee = one.interest, Fraction(one.fee)
        if accrual.cap_percent is not None:
            interest = min(interest, one.lawful_late)
            fee = min(fee, one.lawful_late - interest)
        for component, whole in ((INTEREST, floor(interest)), (FEES, floor(fee))):
            more = max(0, whole - one.charged[component])
            if accrual.cap_percent is not None:
                more = min(more, max(0, floor(sum(each.lawful for each in account)) - cost(account, day)))
            one.charged[component] += more
            one.left[component] += more


def cost(account: Sequence[OneInstalment], day: date) -> int:
    """Everything that the loan has cost beside its principal by that day."""
    late = sum(sum(one.charged.values()) for one in account)
    due = [one.contract for one in account if one.contract.due_date < day]
    return late + sum(each.interest_minor + each.fees_minor for each in due)


def _fill(account: Sequence[OneInstalment], amount: int, order: Sequence[Component]) -> int:
    """Lower what is left, oldest first; answers what remains of the amount."""
    for one in account:
        for component in order:
            used = min(amount, one.left[component])
            one.left[component] -= used
            amount -= used
    return amount
