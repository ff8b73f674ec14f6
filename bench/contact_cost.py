"""What a contact costs beside the engine: CPU, queries and transactions of each activity, run alone in one thread."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from temporalio.testing import ActivityEnvironment

from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Desk
from activities.guard import Guard
from activities.records import Records
from bench.accounts import payment, register_accounts
from bench.product import TEMPLATES, bench_library
from bench.records import records_of
from bench.subjects import OWED_MINOR, POLICY
from domain.orders import CONTACT_QUEUES, ContactOrder, MessageToBook, OpenCase
from domain.terms import Channel, Stage
from providers.outbox import Outbox
from providers.port import ContactIntent, LookupResult, Provider, SendResult
from storage.database import Database

_APART = timedelta(minutes=5)
"""From one contact of a person to the next."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind of work, per time that it is done."""

    what: str
    cpu_ms: float
    queries: float
    queries_before_sending: float | None
    """Of a contact: before its provider is asked. The others come after."""
    transactions: float

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return asdict(self)


def measure_contacts(folder: Path, accounts: int) -> list[Cost]:
    """Open accounts, contact each by every channel, rule on one more, and book a payment."""
    account_ids = [f"alone-{number}" for number in range(accounts)]
    register_accounts(folder, account_ids, POLICY)
    database = records_of(folder)
    try:
        return list(_Activities(database, folder, account_ids).costs())
    finally:
        database.dispose()


class _Activities:
    """The activities, run in this very thread, one account after the other."""

    def __init__(self, database: Database, folder: Path, account_ids: Sequence[str]) -> None:
        self._database, self._account_ids = database, account_ids
        self._watch = _Watch(database)
        self._library = bench_library()
        self._records = Records(database, self._library)
        carrier = _WatchedCarrier(Outbox(folder / "outbox"), self._watch)
        providers: dict[Channel, Provider] = dict.fromkeys(CONTACT_QUEUES, carrier)
        self._contacts = Contacts(database, self._library, Composer(TEMPLATES), providers)
        self._environment = ActivityEnvironment()
        self._now = datetime.now(UTC)

    def costs(self) -> Iterator[Cost]:
        """Each kind of work, in the order in which a case needs it."""
        yield self._cost("open the case", self._open)
        for number, channel in enumerate(CONTACT_QUEUES, start=1):
            self._now += _APART
            yield self._cost(f"contact by {channel}", partial(self._contact, number, channel))
        yield self._cost("rule on a contact", self._rule)
        yield self._cost("find the next moment", self._find_moment)
        yield self._cost("book a payment", self._book)

    def _cost(self, what: str, work: Callable[[str], None]) -> Cost:
        self._watch.begin()
        began = time.thread_time()
        for account_id in self._account_ids:
            work(account_id)
        cpu = time.thread_time() - began
        count, watch = len(self._account_ids), self._watch
        before = watch.queries_before_sending / count if watch.queries_before_sending else None
        return Cost(what, 1000 * cpu / count, watch.queries / count, before, watch.transactions / count)

    def _open(self, account_id: str) -> None:
        self._environment.run(self._records.open_case, OpenCase(account_id, self._now, POLICY))

    def _contact(self, number: int, channel: Channel, account_id: str) -> None:
        self._environment.info = dataclasses.replace(self._environment.info, started_time=self._now)
        self._watch.begin_contact()
        order = ContactOrder(
            contact_id=f"{account_id}.{number}",
            account_id=account_id,
            channel=channel,
            stage=Stage.FIRST_REMINDER,
            next_due=self._now + _APART,
            next_channel=Channel.SMS,
            owed=(OWED_MINOR, OWED_MINOR),
        )
        self._environment.run(self._contacts.contact, order)

    def _rule(self, account_id: str) -> None:
        with self._guard(account_id) as guard:
            guard.rule(Channel.SMS, guard.reach.address(Channel.SMS))

    def _find_moment(self, account_id: str) -> None:
        with self._guard(account_id) as guard:
            guard.moment(Channel.SMS, self._now)

    @contextmanager
    def _guard(self, account_id: str) -> Iterator[Guard]:
        with self._database.writing() as session:
            yield Guard(Desk.open(session, self._library, account_id, lambda: self._now))

    def _book(self, account_id: str) -> None:
        body = payment(account_id, 1, "1.00")
        order = MessageToBook(account_id, "record_payment", body["event_id"], body, self._now)
        self._environment.run(self._records.book_message, order)


class _Watch:
    """Counts what goes to a database."""

    def __init__(self, database: Database) -> None:
        self.queries = self.transactions = self.queries_before_sending = 0
        self._began_contact_at = 0
        event.listen(database.engine, "before_cursor_execute", self._count_query)
        event.listen(database.engine, "begin", self._count_transaction)

    def begin(self) -> None:
        """Count anew."""
        self.queries = self.transactions = self.queries_before_sending = 0

    def begin_contact(self) -> None:
        """Note that a contact begins."""
        self._began_contact_at = self.queries

    def send(self) -> None:
        """Note that a contact is handed over."""
        self.queries_before_sending += self.queries - self._began_contact_at

    def _count_query(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.queries += not statement.startswith("BEGIN")

    def _count_transaction(self, _connection: Any) -> None:
        self.transactions += 1


class _WatchedCarrier:
    """A carrier whose hand-overs are noted."""

    def __init__(self, carrier: Provider, watch: _Watch) -> None:
        self._carrier, self._watch = carrier, watch
        self.name = carrier.name

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the message over."""
        self._watch.send()
        return self._carrier.send(intent)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """What became of it."""
        return self._carrier.lookup(intent, since)
