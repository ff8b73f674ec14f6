"""Accounts of one person that no message tells of at once take turns: what matters most goes first, and all come."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from activities.booking import Books
from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.case import Case
from domain.holds import Hold
from domain.ledger import Entry, EntryKind
from domain.orders import ContactOutcome, ContactResult, MessageToBook, OpenCase
from domain.terms import Channel, HoldKind
from providers.outbox import Outbox
from storage import schema
from storage.audit import trail
from storage.database import Database
from storage.ledgers import book_entry
from storage.people import record_hold
from storage.registration import register
from storage.tables import Account, PlannedMessage
from tests.records.conftest import NOON, order
from tests.records.lone_case import contact_at
from tests.registrations import owed, registration

LATER_TODAY = NOON + timedelta(hours=3)


class Household:
    """A younger and an older debt of one person in two regions, the older one due three hours later."""

    def __init__(self, database: Database, library: Library, contacts: Contacts) -> None:
        self.database, self.library, self.contacts = database, library, contacts
        self._open("younger", "2027-02-04", "CN")
        self.older = self._open("older", "2027-01-04", "CN-44")
        self.change(lambda session: setattr(session.get_one(Account, "older"), "demand_at", LATER_TODAY))

    def contact(self, account_id: str, at: datetime = NOON, number: int = 1) -> ContactOutcome:
        """Make a contact."""
        return contact_at(self.contacts, order(account_id, number), at)

    def change(self, change: Callable[[Session], object]) -> None:
        """Change the records."""
        with self.database.writing() as session:
            change(session)

    def account(self, account_id: str) -> Account:
        """The account as the records have it."""
        with self.database.reading() as session:
            return session.get_one(Account, account_id)

    def agree_plan(self) -> None:
        """A plan is agreed on the older debt, whose first reminder is due later today."""
        plan = {
            "plan_id": "p-1",
            "agreed_by": "the-person",
            "instalments": [{"due_date": "2027-03-04", "amount": "1234.56"}],
        }
        body = {"event_id": "e-1", "occurred_at": NOON.isoformat(), **plan}

        def work(session: Session) -> None:
            told = MessageToBook("older", "agree_plan", "e-1", body, NOON, self.older)
            assert Books(self.library).book(session, told).refusal is None
            [reminder] = session.exec(select(PlannedMessage).where(PlannedMessage.occasion == "plan_reminder"))
            reminder.due_at = LATER_TODAY

        self.change(work)

    def _open(self, account_id: str, due: str, jurisdiction: str) -> Case:
        with self.database.writing() as session:
            account = registration(account_id, instalments=(owed(due),), jurisdiction=jurisdiction)
            register(session, account, "fenfu-cn", NOON)
            return open_account(session, self.library, OpenCase(account_id, NOON)).case


@pytest.fixture
def household(
    url: str, library: Library, composer: Composer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Household]:
    """The two debts."""
    database = Database(url)
    schema.migrate(database)
    carriers = dict.fromkeys(Channel, Outbox(tmp_path_factory.mktemp("outbox")))
    yield Household(database, library, Contacts(database, library, composer, carriers))
    database.dispose()


def test_the_younger_debt_gives_way_and_comes_the_next_day(household: Household) -> None:
    outcome = household.contact("younger")
    words = "the room that the caps leave goes first to account older, whose arrears are older"
    assert (outcome.result, outcome.reason) == (ContactResult.DEFERRED, f"PERSON-TURNS: {words}")
    assert outcome.next is not None
    assert (outcome.next.at.date() - NOON.date()).days == 1
    assert household.contact("older", LATER_TODAY).result is ContactResult.SENT
    assert household.contact("younger", outcome.next.at).result is ContactResult.SENT


def test_the_trail_tells_by_which_rule_it_gave_way(household: Household) -> None:
    household.contact("younger")
    with household.database.reading() as session:
        [record] = [each for each in trail(session, "younger") if each.kind == "contact_turned_away"]
    assert [verdict["rule"] for verdict in record.detail["verdicts"]] == ["PERSON-TURNS"]


def hold_the_older(session: Session) -> None:
    record_hold(session, "deb-1", "older", Hold(HoldKind.MANUAL, "h", NOON))


def pay_the_older(session: Session) -> None:
    book_entry(session, "older", Entry("payment-1", EntryKind.PAYMENT, 123456), NOON, NOON)


def plan_the_older_tomorrow(session: Session) -> None:
    session.get_one(Account, "older").demand_at = LATER_TODAY + timedelta(days=1)


def leave_the_older_late(session: Session) -> None:
    session.get_one(Account, "older").demand_at = NOON - timedelta(hours=2)


@pytest.mark.parametrize(
    "change",
    [hold_the_older, pay_the_older, plan_the_older_tomorrow, leave_the_older_late],
    ids=lambda each: each.__name__,
)
def test_it_gives_way_to_nothing_that_may_not_come_today(
    household: Household, change: Callable[[Session], None]
) -> None:
    household.change(change)
    assert household.contact("younger").result is ContactResult.SENT


def test_how_long_it_waits_is_kept_and_after_a_week_it_goes_first(household: Household) -> None:
    household.contact("younger")
    waits_since = household.account("younger").demand_waits_since
    assert waits_since is not None
    household.contact("younger", NOON + timedelta(minutes=1))
    assert household.account("younger").demand_waits_since == waits_since
    household.change(
        lambda session: setattr(session.get_one(Account, "younger"), "demand_waits_since", NOON - timedelta(days=7))
    )
    assert household.contact("younger").result is ContactResult.SENT
    assert household.account("younger").demand_waits_since is None


def test_the_older_debt_gives_way_to_one_that_has_waited_for_a_week(household: Household) -> None:
    def let_the_younger_wait(session: Session) -> None:
        younger = session.get_one(Account, "younger")
        younger.demand_at, younger.demand_waits_since = LATER_TODAY, NOON - timedelta(days=8)

    household.change(let_the_younger_wait)
    outcome = household.contact("older")
    assert outcome.reason.endswith("goes first to account younger, which has waited longer")


def test_a_demand_gives_way_to_the_reminder_of_a_plan(household: Household) -> None:
    household.agree_plan()
    outcome = household.contact("younger")
    assert outcome.reason.endswith("goes first to a reminder of a plan or promise on account older")


def test_a_reminder_that_nothing_asks_for_any_more_holds_nobody_up(household: Household) -> None:
    household.agree_plan()
    household.change(pay_the_older)
    assert household.contact("younger").result is ContactResult.SENT


def test_accounts_of_another_person_never_hold_anybody_up(household: Household) -> None:
    def of_somebody_else(session: Session) -> None:
        account = registration("theirs", "deb-2", instalments=(owed("2027-01-01"),))
        register(session, account, "fenfu-cn", NOON)
        open_account(session, household.library, OpenCase("theirs", NOON))
        session.get_one(Account, "older").demand_at = None

    household.change(of_somebody_else)
    assert household.contact("younger").result is ContactResult.SENT
