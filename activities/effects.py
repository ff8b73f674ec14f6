"""What a booked message does: to the case, to its caller, and to the person's other cases."""

from dataclasses import dataclass, field
from typing import Any

from activities.desk import Desk
from domain.events import CaseEvent, DebtChanged
from domain.ledger import Statement
from domain.money import format_minor


@dataclass(frozen=True)
class Effect:
    """The outcome of a booking that was not refused."""

    events: tuple[CaseEvent, ...] = ()
    answer: dict[str, Any] = field(default_factory=lambda: {"status": "applied"})
    tell: tuple[str, dict[str, Any]] | None = None
    """The name and body of a fact that the person's other cases must hear."""
    others: int = 0
    """The person's other cases that must hear of something else."""
    trail: dict[str, Any] = field(default_factory=dict)
    """What the audit trail keeps beside the message itself."""
    statement: Statement | None = None
    """The account after it, where it was reckoned, so that nobody reckons it again."""


def debt_effect(desk: Desk, statement: Statement, *events: CaseEvent, **answer: Any) -> Effect:
    """The effect of a booking that moved the ledger: what is owed now, for the case, the caller and the trail."""
    currency = desk.account.currency
    owed = {
        "outstanding": format_minor(statement.arrears(desk.now).total_minor, currency),
        "balance": format_minor(statement.balance.total_minor, currency),
        "credit": format_minor(statement.credit_minor, currency),
    }
    trail = {name: value for name, value in owed.items() if value}
    return Effect(
        (DebtChanged(statement.debt()), *events),
        {"status": "applied", **owed, **answer},
        trail=trail,
        statement=statement,
    )
