"""Contacts in whose middle something dies: the connection, the provider, the worker. None is ever sent twice.

The providers' clients are the real ones, and reach a stand-in that keeps what it took.
"""

import asyncio
import multiprocessing
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities import contacts
from activities.desk import Library
from client.duecourse import Duecourse
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from domain.registration import Registration
from domain.terms import Channel
from providers.counsel import CounselFolder
from providers.port import ContactIntent, LookupResult, Provider, SendResult
from storage.database import Database
from storage.tables import Contact
from tests.engine import time_skipping_engine
from tests.registrations import owed
from tests.standins.fault_proxy import Fault, FaultProxy
from tests.standins.provider_standin import ProviderStandIn
from tests.workflows.house import BEIJING, POLICIES, ROOT, House, open_house, open_workers, real_providers
from workflows.codec import data_converter
from workflows.options import RemoteOptions, contact_options

DEMO_PACKS = ROOT / "examples" / "demo" / "jurisdictions"
IMPATIENT_SECONDS = 0.7
"""Less than the time that the fault proxy lets a slow answer take."""
TWELVE_TIMES_FASTER = 12
ANOTHER_NUMBER = "+8613800138001"
BY_EMAIL_ONLY = {"phone": "", "postal_address": ""}

TAKEN_WITHOUT_AN_ANSWER = (Fault.ACCEPTED_THEN_CUT, Fault.ACCEPTED_THEN_500, Fault.ACCEPTED_THEN_SLOW)


class Gate(FaultProxy):
    """Holds what is sent to some numbers, before or after the provider took it, until it is let through or dropped."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.hold_before: set[str] = set()
        self.hold_after: set[str] = set()
        self.held: set[str] = set()
        self._dropping = False
        self._open = threading.Event()

    def let_through(self) -> None:
        """Let go on whatever waits, and hold nothing any more."""
        self.hold_before.clear()
        self.hold_after.clear()
        self._open.set()

    def drop(self) -> None:
        """Lose what the provider has not taken yet, as a connection does whose client has died."""
        self._dropping = True
        self.let_through()

    async def until_held(self, *numbers: str) -> None:
        """Wait until something to each of the numbers is held."""
        async with asyncio.timeout(30):
            while not self.held.issuperset(numbers):
                await asyncio.sleep(0.02)

    def _forward(self, client: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        number = dict(parse_qsl(body.decode())).get("To", "")
        if number in self.hold_before:
            self._hold(number)
            if self._dropping:
                return 503, {}, b""
        answer = super()._forward(client, body)
        if number in self.hold_after:
            self._hold(number)
        return answer

    def _hold(self, number: str) -> None:
        self.held.add(number)
        self._open.wait(60)


@dataclass
class DiesOnce:
    """A provider in the middle of whose first hand-off the activity dies."""

    provider: Provider
    after_it_was_taken: bool
    died: bool = False

    @property
    def name(self) -> str:
        return self.provider.name

    def send(self, intent: ContactIntent) -> SendResult:
        if self.died:
            return self.provider.send(intent)
        self.died = True
        if self.after_it_was_taken:
            self.provider.send(intent)
        raise SystemError("the activity dies here")

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        return self.provider.lookup(intent, since)


@dataclass
class Switchboard:
    """A provider that tests exchange for another between lives."""

    provider: Provider

    @property
    def name(self) -> str:
        return self.provider.name

    def send(self, intent: ContactIntent) -> SendResult:
        return self.provider.send(intent)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        return self.provider.lookup(intent, since)


@pytest.fixture(scope="module")
def running_standin() -> Iterator[ProviderStandIn]:
    with ProviderStandIn() as running:
        yield running


@pytest.fixture
def standin(running_standin: ProviderStandIn) -> ProviderStandIn:
    running_standin.forget()
    return running_standin


@pytest_asyncio.fixture(scope="module")
async def time_skipping_house(
    tmp_path_factory: pytest.TempPathFactory, running_standin: ProviderStandIn
) -> AsyncIterator[House]:
    """A house whose messages end at the providers' stand-in."""
    folder = tmp_path_factory.mktemp("house")
    switchboards = {
        channel: Switchboard(provider)
        for channel, provider in real_providers(running_standin.base_url, folder / "outbox").items()
    }
    async with time_skipping_engine() as engine, open_house(engine, folder, providers=switchboards) as house:
        yield house


@contextmanager
def providers_in_place(house: House, providers: Mapping[Channel, Provider]) -> Iterator[None]:
    """Exchange some of the house's providers for a while."""
    switchboards = {channel: house.providers[channel] for channel in providers}
    before = {channel: board.provider for channel, board in switchboards.items() if isinstance(board, Switchboard)}
    try:
        _connect(switchboards, providers)
        yield
    finally:
        _connect(switchboards, before)


def _connect(switchboards: Mapping[Channel, Provider], providers: Mapping[Channel, Provider]) -> None:
    for channel, board in switchboards.items():
        assert isinstance(board, Switchboard)
        board.provider = providers[channel]


@contextmanager
def gate_before(standin: ProviderStandIn) -> Iterator[Gate]:
    gate = Gate(standin.direct_url)
    gate.start()
    try:
        yield gate
    finally:
        gate.let_through()
        gate.stop()


def texts_of(standin: ProviderStandIn, contact_id: str) -> list[str]:
    """The texts that Twilio took for one contact, known by the link in them."""
    names_it = re.compile(rf"{re.escape(contact_id)}(?!\d)")
    return [message["body"] for message in standin.messages if names_it.search(message["body"])]


@pytest.mark.parametrize("fault", TAKEN_WITHOUT_AN_ANSWER)
async def test_a_text_that_twilio_took_without_an_answer_is_found_again_and_not_sent_again(
    house: House, standin: ProviderStandIn, fault: Fault
) -> None:
    account = await house.collect()
    standin.fail_next(fault)
    impatient = real_providers(standin.base_url, house.folder / "outbox", timeout_seconds=IMPATIENT_SECONDS)
    with providers_in_place(house, {Channel.SMS: impatient[Channel.SMS]}):
        await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.status, contact.provider_ref) == ("sent", standin.messages[0]["sid"])
    assert len(standin.messages) == 1


async def test_a_text_is_sent_once_when_twilio_asks_for_a_pause(house: House, standin: ProviderStandIn) -> None:
    account = await house.collect()
    standin.fail_next(Fault.TOO_MANY, Fault.TOO_MANY)
    await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.status, len(standin.messages)) == ("sent", 1)
    statuses = [record.kind for record in house.audit(account) if record.subject == contact.contact_id]
    assert statuses == ["contact_released", "contact_released", "contact_sent"]
    pauses = house.audit(account, "contact_released")
    assert pauses[1].at - pauses[0].at >= timedelta(seconds=standin.proxy.retry_after_seconds)


async def test_a_text_whose_fate_cannot_be_known_counts_as_sent_and_is_not_sent_again(
    house: House, standin: ProviderStandIn
) -> None:
    account = await house.collect()
    standin.fail_next(Fault.CUT_BEFORE)
    await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.status, contact.code, contact.lookups) == ("unknown", "not_listed", 3)
    assert standin.messages == []
    assert (await house.status(account))["next_step"]["kind"] == "contact"

    await house.until_day(16)
    assert house.diary(account) == [
        "day 1 sms first_reminder",
        "day 8 voice first_reminder",
        "day 15 sms first_reminder",
    ]
    assert len(standin.messages) == 1


async def test_a_text_that_was_taken_is_sent_once_even_if_twilio_never_tells(
    house: House, standin: ProviderStandIn
) -> None:
    account = await house.collect()
    standin.fail_next(Fault.ACCEPTED_THEN_CUT, Fault.CUT_BEFORE, Fault.CUT_BEFORE, Fault.CUT_BEFORE)
    await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.status, len(standin.messages)) == ("unknown", 1)


@pytest.mark.parametrize("fault", TAKEN_WITHOUT_AN_ANSWER)
async def test_an_email_that_sendgrid_took_without_an_answer_stays_unknown_and_is_not_sent_again(
    house: House, standin: ProviderStandIn, fault: Fault
) -> None:
    account = await house.collect(house.overdue(**BY_EMAIL_ONLY))
    standin.fail_next(fault)
    impatient = real_providers(standin.base_url, house.folder / "outbox", timeout_seconds=IMPATIENT_SECONDS)
    with providers_in_place(house, {Channel.EMAIL: impatient[Channel.EMAIL]}):
        await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.channel, contact.status, contact.code) == ("email", "unknown", "no_lookup")
    assert len(standin.emails) == 1


async def test_an_email_is_sent_once_when_sendgrid_asks_for_a_pause(house: House, standin: ProviderStandIn) -> None:
    account = await house.collect(house.overdue(**BY_EMAIL_ONLY))
    standin.fail_next(Fault.TOO_MANY)
    await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.status, len(standin.emails)) == ("sent", 1)


@pytest.mark.parametrize(("after_it_was_taken", "fate"), [(True, "sent"), (False, "unknown")])
async def test_an_activity_that_dies_in_the_hand_off_leaves_a_text_that_is_looked_up_and_not_sent_again(
    house: House, standin: ProviderStandIn, after_it_was_taken: bool, fate: str
) -> None:
    account = await house.collect()
    twilio = real_providers(standin.base_url, house.folder / "outbox")[Channel.SMS]
    with providers_in_place(house, {Channel.SMS: DiesOnce(twilio, after_it_was_taken)}):
        await house.until_day(7)
    (contact,) = house.contacts(account)
    assert contact.status == fate
    assert len(standin.messages) == int(after_it_was_taken)


@pytest.mark.parametrize("after_it_was_taken", [True, False])
async def test_an_activity_that_dies_in_the_hand_off_leaves_an_email_whose_fate_is_unknown(
    house: House, standin: ProviderStandIn, after_it_was_taken: bool
) -> None:
    account = await house.collect(house.overdue(**BY_EMAIL_ONLY))
    sendgrid = real_providers(standin.base_url, house.folder / "outbox")[Channel.EMAIL]
    with providers_in_place(house, {Channel.EMAIL: DiesOnce(sendgrid, after_it_was_taken)}):
        await house.until_day(7)
    (contact,) = house.contacts(account)
    assert (contact.status, len(standin.emails)) == ("unknown", int(after_it_was_taken))


async def test_a_payment_is_answered_at_once_while_a_text_is_at_the_provider_and_nothing_follows_it(
    house: House, standin: ProviderStandIn
) -> None:
    account = house.overdue()
    with gate_before(standin) as gate:
        gate.hold_after.add(account.phone)
        behind_the_gate = real_providers(gate.base_url, house.folder / "outbox")
        with providers_in_place(house, {Channel.SMS: behind_the_gate[Channel.SMS]}):
            await house.collect(account)
            passing = asyncio.create_task(house.until_day(2))
            await gate.until_held(account.phone)
            async with asyncio.timeout(3):
                answer = await house.pay(account.account_id, "1234.56")
            assert answer["outstanding"] == "0.00"
            assert (await house.status(account.account_id))["outstanding"] == "0.00"
            assert [contact.status for contact in house.contacts(account.account_id)] == ["sending"]
            gate.let_through()
            await passing
    assert await house.ended(account.account_id)
    await house.until_day(40)
    assert [contact.status for contact in house.contacts(account.account_id)] == ["sent"]
    assert len(standin.messages) == 1


async def test_nothing_is_doubled_when_a_second_set_of_workers_joins_and_leaves(
    house: House, standin: ProviderStandIn
) -> None:
    accounts = [await house.collect() for _ in range(3)]
    payment = house.payment("1.00")
    async with open_workers(replace(house, client=await another_client(house))):
        await house.until_day(9)
        for account in accounts:
            await house.workflow(account).signal("record_payment", payment)
        for account in accounts:
            await house.duecourse.tell(account, "record_payment", payment)
        await house.until_day(16)
    await house.until_day(29)
    for account in accounts:
        assert house.days_of_demands(account) == [1, 8, 15, 22]
        assert (await house.status(account))["outstanding"] == "1233.56"
        texts = [contact for contact in house.contacts(account) if contact.channel == "sms"]
        assert [len(texts_of(standin, each.contact_id)) for each in texts] == [1] * len(texts)
    made = [contact for account in accounts for contact in house.contacts(account)]
    assert len(standin.messages) + len(standin.calls) == len(made)


async def another_client(house: House) -> Client:
    """A connection of its own, without which one process cannot have two workers for a queue."""
    address = house.client.service_client.config.target_host
    return await Client.connect(address, data_converter=data_converter())


def first_contacts(house: House, *accounts: Registration) -> list[Contact]:
    """The first contact of each account."""
    return [house.contacts(account.account_id)[0] for account in accounts]


@dataclass(frozen=True)
class Post:
    """What a worker in a process of its own needs to find its house."""

    temporal_address: str
    folder: Path
    provider_url: str
    due_date: str


@pytest_asyncio.fixture
async def demo_house(
    dev_server: WorkflowEnvironment, standin: ProviderStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A house on the real server whose demonstration policy runs in seconds, with crashes noticed in seconds too."""
    hurry(monkeypatch)
    yesterday = datetime.now(BEIJING).date() - timedelta(days=1)
    providers = real_providers(standin.direct_url, tmp_path / "outbox")
    async with open_house(
        dev_server, tmp_path, providers=providers, packs=DEMO_PACKS, due_date=yesterday, staffed=False
    ) as house:
        yield house


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Let a crash be noticed and its contact be looked up sooner, all waits shortened alike; for this process only."""
    for name in ("_HAND_OFF_WITHIN", "_UNDER_WAY", "_LOOKUP_AFTER"):
        patch.setattr(contacts, name, getattr(contacts, name) / TWELVE_TIMES_FASTER)
    patch.setattr("workflows.account.contact_options", _hurried_options)


def _hurried_options(channel: Channel) -> RemoteOptions:
    usual = contact_options(channel)
    retry = usual["retry_policy"]
    return {
        "task_queue": usual["task_queue"],
        "start_to_close_timeout": usual["start_to_close_timeout"] / TWELVE_TIMES_FASTER,
        "retry_policy": replace(retry, initial_interval=retry.initial_interval / TWELVE_TIMES_FASTER),
    }


def work_until_killed(post: Post, ready: Event) -> None:
    """Be a worker for all queues, in this process; somebody else ends it."""
    hurry(pytest.MonkeyPatch())
    asyncio.run(_work(post, ready))


async def _work(post: Post, ready: Event) -> None:
    client = await Client.connect(post.temporal_address, data_converter=data_converter())
    database = Database(f"sqlite:///{post.folder / 'records.db'}")
    library = Library(load_policies(POLICIES), load_packs(DEMO_PACKS))
    house = House(
        client=client,
        database=database,
        library=library,
        duecourse=Duecourse(client, database, library),
        providers=real_providers(post.provider_url, post.folder / "outbox"),
        folder=post.folder,
        counsel=CounselFolder(post.folder / "legal"),
        now=datetime.now(UTC),
        due_date=datetime.fromisoformat(post.due_date).date(),
        _sleep=_never,
    )
    async with open_workers(house, sticky_queue_schedule_to_start_timeout=timedelta(seconds=1)):
        ready.set()
        await asyncio.Event().wait()


async def _never(length: timedelta) -> datetime:
    raise NotImplementedError("real time cannot be skipped")


@contextmanager
def doomed_worker(house: House, provider_url: str) -> Iterator[Any]:
    """A worker in a process of its own, that will not outlive the test."""
    address = house.client.service_client.config.target_host
    post = Post(address, house.folder, provider_url, house.due_date.isoformat())
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    process = spawn.Process(target=work_until_killed, args=(post, ready))
    process.start()
    try:
        assert ready.wait(90), "the worker did not come up"
        yield process
    finally:
        process.kill()
        process.join(10)


async def test_a_worker_killed_in_the_middle_of_contacts_sends_none_of_them_twice(
    demo_house: House, standin: ProviderStandIn
) -> None:
    house = demo_house
    taken, lost = (
        house.overdue(policy="demo", phone=phone, instalments=(owed(house.day(0)),), email="", postal_address="")
        for phone in ("+8613800138000", ANOTHER_NUMBER)
    )
    with gate_before(standin) as gate:
        gate.hold_after.add(taken.phone)
        gate.hold_before.add(lost.phone)
        with doomed_worker(house, gate.base_url) as worker:
            await house.collect(taken)
            await house.collect(lost)
            await gate.until_held(taken.phone, lost.phone)
            worker.kill()
            worker.join()
        gate.drop()
    assert {contact.status for contact in first_contacts(house, taken, lost)} == {"sending"}

    async with open_workers(house), asyncio.timeout(60):
        while "sending" in {contact.status for contact in first_contacts(house, taken, lost)}:
            await asyncio.sleep(0.1)
        of_taken, of_lost = first_contacts(house, taken, lost)
        assert (of_taken.status, of_lost.status) == ("sent", "unknown")
        for account in (taken, lost):
            while len(house.contacts(account.account_id)) < 2:
                await asyncio.sleep(0.1)
        assert len(texts_of(standin, of_taken.contact_id)) == 1
        assert texts_of(standin, of_lost.contact_id) == []
        await house.clear()
