"""The real activities, over records in a folder of their own, with a carrier that leaves the network out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client

from activities.assembly import Assembly, activities_of, binder_of
from activities.composer import Composer
from activities.desk import Library
from activities.records import Records
from bench.announcements import Done, announce
from bench.policies import bench_policies
from bench.records import records_of
from config.jurisdiction_files import load_packs
from domain.orders import CONTACT_QUEUES, ActivityName, Booking, CaseToClose, MessageToBook, OpenCase, Opening
from providers.counsel import CounselFolder
from providers.outbox import Outbox
from providers.port import ContactIntent, LookupResult, Provider, SendResult
from providers.signing import SigningKeys

ROOT = Path(__file__).parents[1]
PACKS = ROOT / "examples" / "demo" / "jurisdictions"
TEMPLATES = ROOT / "config" / "templates"

_ANNOUNCED = (ActivityName.OPEN_CASE, ActivityName.BOOK_MESSAGE, ActivityName.CLOSE_CASE)


class AnnouncedCarrier:
    """A carrier whose every hand-over is announced, so that the same contact handed over twice shows."""

    def __init__(self, carrier: Provider) -> None:
        """Take who really carries."""
        self._carrier = carrier
        self.name = carrier.name

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the message over."""
        answer = self._carrier.send(intent)
        announce(Done.CONTACTED, intent.contact_id)
        return answer

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """What became of it."""
        return self._carrier.lookup(intent, since)


class AnnouncedRecords:
    """The activities over the records that the bench waits for."""

    def __init__(self, records: Records) -> None:
        """Take the real ones."""
        self._records = records

    @activity.defn(name=ActivityName.OPEN_CASE)
    def open_case(self, order: OpenCase) -> Opening:
        """Open the case."""
        opening = self._records.open_case(order)
        announce(Done.OPENED, order.account_id)
        return opening

    @activity.defn(name=ActivityName.BOOK_MESSAGE)
    def book_message(self, order: MessageToBook) -> Booking:
        """Book a message."""
        booking = self._records.book_message(order)
        announce(Done.BOOKED, order.account_id)
        return booking

    @activity.defn(name=ActivityName.CLOSE_CASE)
    def close_case(self, order: CaseToClose) -> None:
        """Store the closed case."""
        self._records.close_case(order)
        announce(Done.CLOSED, order.case.account_id)


def bench_library() -> Library:
    """The policies of the bench, under the demonstration's rules: the product's work, without its nights and caps."""
    return Library(bench_policies(), load_packs(PACKS))


def product_activities(client: Client, folder: Path) -> tuple[list[Callable[..., Any]], Assembly]:
    """The office's activities, announced, and the assembly that has those of the contacts."""
    library, database = bench_library(), records_of(folder)
    carrier = AnnouncedCarrier(Outbox(folder / "outbox"))
    providers: dict[Any, Provider] = dict.fromkeys(CONTACT_QUEUES, carrier)
    counsel = CounselFolder(folder / "legal")
    composer = Composer(TEMPLATES)
    binder = binder_of(TEMPLATES, composer, library, SigningKeys())
    assembly = activities_of(database, client, library, composer, providers, counsel, binder)
    announced = AnnouncedRecords(Records(database, library))
    others = [each for each in assembly.office if each.__name__ not in _ANNOUNCED]
    return [announced.open_case, announced.book_message, announced.close_case, *others], assembly
