"""The activities of a case, answered at once from memory: what is left is the cost of the workflow itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio import activity

from bench.announcements import Done, announce
from bench.subjects import CURRENCY, OWED_MINOR, POLICY
from domain.case import Case, PlannedContact
from domain.events import DebtChanged
from domain.ledger import Debt, OpenInstalment
from domain.money import parse_minor
from domain.orders import (
    ActivityName,
    Booking,
    CaseToClose,
    ContactOrder,
    ContactOutcome,
    ContactResult,
    MessageToBook,
    MomentWanted,
    OpenCase,
    Opening,
)
from domain.policy import Policy
from domain.timetable import Timetable

_REASON = "as the timetable asks"
_DUE = "due"


def write_due(folder: Path, at: datetime | None) -> None:
    """Let the instalments of cases that are opened from now on be overdue from that moment, or at once."""
    (folder / _DUE).write_text(at.isoformat() if at is not None else "")


def read_due(folder: Path) -> datetime | None:
    """When instalments fall overdue; none for at once."""
    written = (folder / _DUE).read_text() if (folder / _DUE).exists() else ""
    return datetime.fromisoformat(written) if written else None


class FromMemory:
    """Answers for accounts that nobody registered: each owes one instalment, and no rule stands in the way."""

    def __init__(self, policies: dict[str, Policy], folder: Path) -> None:
        """Take the policies, and the folder where the bench says when instalments fall overdue."""
        self._timetables: dict[str, Timetable] = {name: policy.timetable() for name, policy in policies.items()}
        self._folder = folder
        self._debts: dict[str, Debt] = {}

    @property
    def office(self) -> list[Callable[..., Any]]:
        """The activities of the collections queue."""
        return [self.open_case, self.find_moment, self.book_message, self.close_case]

    @property
    def contacts(self) -> list[Callable[..., Any]]:
        """The activities of every channel's queue."""
        return [self.contact]

    @activity.defn(name=ActivityName.OPEN_CASE)
    def open_case(self, order: OpenCase) -> Opening:
        """A fresh case, with the moment of its first contact if it is overdue."""
        overdue_from = read_due(self._folder) or order.as_of
        debt = self._debts[order.account_id] = Debt((OpenInstalment(overdue_from, OWED_MINOR),))
        case = Case(
            account_id=order.account_id,
            debtor_ref=f"d-{order.account_id}",
            jurisdiction="CN",
            currency=CURRENCY,
            timetable=self._timetables[order.policy or POLICY],
            opened_at=order.as_of,
            debt=debt,
            stage_entered_at=overdue_from,
            collect_from=overdue_from,
            planned=PlannedContact(order.as_of, _REASON) if overdue_from <= order.as_of else None,
        )
        announce(Done.OPENED, order.account_id)
        return Opening(case, {})

    @activity.defn(name=ActivityName.FIND_MOMENT)
    def find_moment(self, wanted: MomentWanted) -> PlannedContact:
        """Just when the timetable asks for it."""
        announce(Done.PLANNED, wanted.account_id)
        return PlannedContact(wanted.not_before, _REASON)

    @activity.defn(name=ActivityName.CONTACT)
    def contact(self, order: ContactOrder) -> ContactOutcome:
        """It left, and the next one is due when the timetable asks for it."""
        announce(Done.CONTACTED, order.contact_id)
        return ContactOutcome(ContactResult.SENT, next=PlannedContact(order.next_due, _REASON))

    @activity.defn(name=ActivityName.BOOK_MESSAGE)
    def book_message(self, order: MessageToBook) -> Booking:
        """A payment, taken off the one instalment."""
        debt = self._paid(self._debts[order.account_id], parse_minor(order.body["amount"], CURRENCY))
        self._debts[order.account_id] = debt
        announce(Done.BOOKED, order.account_id)
        return Booking((DebtChanged(debt),), {"status": "applied"})

    @activity.defn(name=ActivityName.CLOSE_CASE)
    def close_case(self, order: CaseToClose) -> None:
        """Nothing is kept."""
        self._debts.pop(order.case.account_id, None)
        announce(Done.CLOSED, order.case.account_id)

    def _paid(self, debt: Debt, amount_minor: int) -> Debt:
        left = tuple(replace(each, left_minor=each.left_minor - amount_minor) for each in debt.open)
        owing = tuple(each for each in left if each.left_minor > 0)
        return replace(debt, open=owing, paid_minor=debt.paid_minor + amount_minor, bookings=debt.bookings + 1)
