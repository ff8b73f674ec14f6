"""One message tells of several accounts of a person, and each account's case hears of it once."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import Session, col, select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.booking import Books
from activities.calls import Calls
from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.case import Case
from domain.contact_orders import events_after
from domain.events import DeliveryFailed, DeliveryProved, apply
from domain.holds import Hold
from domain.ledger import Entry, EntryKind
from domain.orders import ContactOrder, ContactOutcome, ContactResult, MessageToBook, OpenCase
from domain.policy import Policy
from domain.terms import Channel, HoldKind, Stage
from providers.port import Accepted, Busy, ContactIntent, LookupResult, Rejected, RejectionKind, SendResult, Unknown
from storage import schema
from storage.arrangement_tables import OfferedWaiver
from storage.audit import every_record, verify
from storage.database import Database
from storage.disclosure import disclose
from storage.explanation import explain
from storage.ledgers import book_entry
from storage.people import end_hold, record_hold
from storage.registration import register
from storage.tables import Account, Contact, ContactStatus
from tests.records.conftest import NOON, order
from tests.records.lone_case import contact_at
from tests.registrations import owed, registration

DAY = timedelta(days=1)


class Carrier:
    """Takes messages, or answers what a test tells it to; remembers all that it was asked to send."""

    name = "carrier"

    def __init__(self) -> None:
        self.sent: list[ContactIntent] = []
        self.answers: list[SendResult] = []
        self.found: LookupResult = Accepted("carrier", "1")

    def send(self, intent: ContactIntent) -> SendResult:
        """Answer as told, else take the message."""
        self.sent.append(intent)
        return self.answers.pop(0) if self.answers else Accepted(self.name, str(len(self.sent)))

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """What became of a message."""
        return self.found


class Household:
    """The records of one person with accounts, and the contacts made for them."""

    def __init__(self, database: Database, library: Library, composer: Composer) -> None:
        self.database, self.library, self.carrier = database, library, Carrier()
        self.contacts = Contacts(database, library, composer, dict.fromkeys(Channel, self.carrier))
        self.calls = Calls(database, library, composer)

    def open(self, account_id: str, due: str = "2027-01-04", policy: str = "fenfu-cn", **changes: Any) -> Case:
        """Register and open an account whose first demand is due at noon."""
        with self.database.writing() as session:
            plain: dict[str, Any] = {"instalments": (owed(due),), "policy": policy, **changes}
            register(session, registration(account_id, **plain), policy, NOON - DAY)
            return open_account(session, self.library, OpenCase(account_id, NOON)).case

    def change(self, change: Callable[[Session], object]) -> None:
        """Change the records."""
        with self.database.writing() as session:
            change(session)

    def account(self, session: Session, account_id: str) -> Account:
        """The account in a session."""
        return session.get_one(Account, account_id)

    def contact(self, the_order: ContactOrder, moment: datetime = NOON) -> ContactOutcome:
        """Make a contact."""
        return contact_at(self.contacts, the_order, moment)

    def request_call(self, the_order: ContactOrder, moment: datetime) -> ContactOutcome:
        """Ask agents for a call."""
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, started_time=moment)
        return environment.run(self.calls.request_call, the_order)

    def report(self, account_id: str, contact_id: str, status: str, at: datetime) -> None:
        """A receipt comes for a contact."""
        body = {"event_id": f"receipt-{contact_id}-{status}", "occurred_at": at.isoformat(), "contact_id": contact_id}
        body |= {"status": status, "at": at.isoformat()}
        with self.database.writing() as session:
            told = MessageToBook(account_id, "report_delivery", body["event_id"], body, at)
            assert Books(self.library).book(session, told).refusal is None

    def left_at(self, contact_id: str) -> datetime:
        """When a contact left."""
        with self.database.reading() as session:
            return session.get_one(Contact, contact_id).attempted_at

    def rows(self, account_id: str) -> Sequence[Contact]:
        """The account's rows of the log."""
        with self.database.reading() as session:
            return session.exec(select(Contact).where(col(Contact.account_id) == account_id)).all()


@pytest.fixture
def household(url: str, library: Library, composer: Composer) -> Iterator[Household]:
    """A person with two accounts, both due."""
    database = Database(url)
    schema.migrate(database)
    household = Household(database, library, composer)
    household.open("acc-1", "2027-01-04")
    household.open("acc-2", "2027-01-05", product="循环额度")
    yield household
    database.dispose()


def test_one_message_tells_of_both_accounts_and_of_what_they_come_to(household: Household) -> None:
    household.contact(order("acc-1"))
    (sent,) = household.carrier.sent
    assert "尾号cc-1" in sent.words.text
    assert "尾号cc-2" in sent.words.text
    assert "循环额度" in sent.words.text
    assert "2个账户共逾期应还¥2,469.12" in sent.words.text


def test_the_other_accounts_order_is_fulfilled_without_another_message(household: Household) -> None:
    household.contact(order("acc-1"))
    outcome = household.contact(order("acc-2"), NOON + 2 * DAY)
    assert len(household.carrier.sent) == 1
    left_at = household.left_at("acc-1.1")
    assert (outcome.result, outcome.left_by, outcome.left_at) == (ContactResult.SENT, Channel.SMS, left_at)
    assert outcome.reason == "told with contact acc-1.1"
    cadence = order("acc-2").next_due - (NOON + 2 * DAY)
    assert outcome.next is not None
    assert (outcome.next.at - (NOON + cadence)).days == 0, "its cadence counts from the message"


def test_an_order_that_is_fulfilled_so_is_answered_the_same_when_it_is_tried_again(household: Household) -> None:
    household.contact(order("acc-1"))
    first = household.contact(order("acc-2"), NOON + DAY)
    again = household.contact(order("acc-2"), NOON + DAY)
    assert (again.result, again.left_at, again.reason) == (first.result, first.left_at, first.reason)
    assert len(household.carrier.sent) == 1


def test_after_it_the_other_account_is_asked_by_itself_again(household: Household) -> None:
    household.contact(order("acc-1"))
    household.contact(order("acc-2"), NOON + DAY)
    outcome = household.contact(order("acc-2", 2), NOON + 8 * DAY)
    assert (outcome.result, outcome.left_at) == (ContactResult.SENT, None)
    assert len(household.carrier.sent) == 2


def test_the_case_counts_the_message_as_a_contact_of_its_own(household: Household) -> None:
    case = household.open("acc-3")
    household.contact(order("acc-1"))
    turn, the_order = NOON + DAY, order("acc-3")
    for event in events_after(household.contact(the_order, turn), the_order, turn):
        case = apply(case, event)
    assert (case.attempts, case.touches, case.contacts) == (1, 1, {Channel.SMS: 1})
    assert case.last_touch_at == household.left_at("acc-1.1")
    assert case.contact_number == 2


def hold_the_other(household: Household, session: Session) -> None:
    hold = Hold(HoldKind.MANUAL, "hold-1", NOON - DAY)
    record_hold(session, "deb-1", "acc-2", hold)


def end_a_hold_of_the_other(household: Household, session: Session) -> None:
    hold_the_other(household, session)
    end_hold(session, "deb-1", "acc-2", HoldKind.MANUAL, "hold-1", NOON - timedelta(hours=2))


def pay_the_other(household: Household, session: Session) -> None:
    book_entry(session, "acc-2", Entry("payment-1", EntryKind.PAYMENT, 123456), NOON, NOON)


def plan_the_other_in_four_days(household: Household, session: Session) -> None:
    household.account(session, "acc-2").demand_at = NOON + 4 * DAY


def plan_the_other_by_voice(household: Household, session: Session) -> None:
    household.account(session, "acc-2").demand_channel = Channel.VOICE


def let_the_other_go_on(household: Household, session: Session) -> None:
    household.account(session, "acc-2").stage = Stage.GENTLE_REMINDER


def _offer_a_waiver(session: Session, account_id: str) -> None:
    offer = OfferedWaiver(
        account_id=account_id,
        waiver_id="waiver-1",
        amount_minor=20_000,
        principal_minor=0,
        pay_minor=103_456,
        pay_by=NOON + 9 * DAY,
        offered_at=NOON - DAY,
    )
    session.add(offer)


def offer_the_other_a_waiver(household: Household, session: Session) -> None:
    _offer_a_waiver(session, "acc-2")


def offer_a_waiver_on_its_own_account(household: Household, session: Session) -> None:
    _offer_a_waiver(session, "acc-1")


@pytest.mark.parametrize(
    "change",
    [
        offer_the_other_a_waiver,
        offer_a_waiver_on_its_own_account,
        hold_the_other,
        end_a_hold_of_the_other,
        pay_the_other,
        plan_the_other_in_four_days,
        plan_the_other_by_voice,
        let_the_other_go_on,
    ],
)
def test_an_account_that_may_not_be_told_of_now_is_left_out(
    household: Household, change: Callable[[Household, Session], None]
) -> None:
    household.change(lambda session: change(household, session))
    household.contact(order("acc-1"))
    (sent,) = household.carrier.sent
    assert "循环额度" not in sent.words.text
    assert household.rows("acc-2") == []


def test_an_account_of_another_lender_is_left_out(url: str, library: Library, composer: Composer) -> None:
    database = Database(url)
    schema.migrate(database)
    both = replace(library, policies={**library.policies, "other-cn": _of_another_lender(library.policies["fenfu-cn"])})
    household = Household(database, both, composer)
    household.open("acc-1")
    household.open("acc-2", policy="other-cn", product="循环额度")
    household.contact(order("acc-1"))
    assert "循环额度" not in household.carrier.sent[0].words.text
    database.dispose()


def _of_another_lender(policy: Policy) -> Policy:
    lenders = {name: card.model_copy(update={"name": "另一家"}) for name, card in policy.lenders.items()}
    return Policy.model_validate(policy.model_dump() | {"name": "other-cn", "lenders": lenders})


def test_a_final_notice_tells_of_one_account_only(household: Household) -> None:
    def both_before_legal(session: Session) -> None:
        for account_id in ("acc-1", "acc-2"):
            account = household.account(session, account_id)
            account.stage, account.demand_channel = Stage.PRE_LEGAL, Channel.LETTER

    household.change(both_before_legal)
    household.contact(replace(order("acc-1", channel=Channel.LETTER), stage=Stage.PRE_LEGAL))
    assert "循环额度" not in household.carrier.sent[0].words.text


@pytest.mark.parametrize("channel", [Channel.VOICE, Channel.EMAIL, Channel.LETTER])
def test_every_channel_can_carry_it(household: Household, channel: Channel) -> None:
    def by_channel(session: Session) -> None:
        household.account(session, "acc-2").demand_channel = channel

    household.change(by_channel)
    household.contact(order("acc-1", channel=channel))
    assert household.contact(order("acc-2", channel=channel), NOON + DAY).left_by is channel
    assert len(household.carrier.sent) == 1


def test_a_text_tells_of_as_many_accounts_as_fit(household: Household) -> None:
    for number in range(3, 9):
        household.open(f"acc-{number}", f"2027-01-{number + 3:02}", product=f"一种名字很长的分期产品{number}号")
    household.contact(order("acc-1"))
    told = [number for number in range(2, 9) if household.rows(f"acc-{number}")]
    assert told == list(range(2, 2 + len(told))), "those with the oldest arrears"
    assert 2 <= len(told) < 7
    assert f"{len(told) + 1}个账户" in household.carrier.sent[0].words.text


def test_while_the_message_is_under_way_the_other_account_waits_for_what_becomes_of_it(household: Household) -> None:
    household.carrier.answers = [Unknown("timeout")]
    with pytest.raises(ApplicationError, match="timeout"):
        household.contact(order("acc-1"))
    with pytest.raises(ApplicationError, match="a contact that tells of the account too is under way"):
        household.contact(order("acc-2"), NOON + timedelta(seconds=10))
    assert household.contact(order("acc-1"), NOON + timedelta(minutes=2)).result is ContactResult.SENT
    assert household.contact(order("acc-2"), NOON + timedelta(minutes=3)).left_at == household.left_at("acc-1.1")
    assert len(household.carrier.sent) == 1


def test_a_message_of_which_nobody_ever_says_what_became_of_it_counts_but_not_towards_the_stage(
    household: Household,
) -> None:
    household.carrier.answers = [Unknown("timeout")]
    with pytest.raises(ApplicationError):
        household.contact(order("acc-1"))
    assert household.contact(order("acc-2"), NOON + timedelta(hours=2)).result is ContactResult.UNKNOWN
    assert len(household.carrier.sent) == 1


@pytest.mark.parametrize("answer", [Rejected(RejectionKind.NOT_ALLOWED, "30006"), Busy("throttled")])
def test_a_message_that_did_not_leave_told_of_nobody(household: Household, answer: SendResult) -> None:
    household.carrier.answers = [answer]
    with suppress(ApplicationError):
        household.contact(order("acc-1"))
    outcome = household.contact(order("acc-2"), NOON + timedelta(minutes=5))
    assert (outcome.result, outcome.left_at) == (ContactResult.SENT, None)
    assert len(household.carrier.sent) == 2


def test_tried_again_the_message_tells_of_what_is_true_then(household: Household) -> None:
    household.carrier.answers = [Busy("throttled")]
    with pytest.raises(ApplicationError):
        household.contact(order("acc-1"))
    household.change(lambda session: pay_the_other(household, session))
    household.contact(order("acc-1"), NOON + timedelta(minutes=5))
    assert "循环额度" in household.carrier.sent[0].words.text
    assert "循环额度" not in household.carrier.sent[1].words.text
    assert household.rows("acc-2") == []


def test_a_proof_of_arrival_counts_for_each_account(household: Household) -> None:
    household.carrier.answers = [Accepted("carrier", "1", delivered=True)]
    household.contact(order("acc-1"))
    outcome = household.contact(order("acc-2"), NOON + DAY)
    assert outcome.events == (DeliveryProved("acc-1.1.with.1"),)


def test_a_receipt_that_comes_later_is_told_with_the_next_order_and_once(household: Household) -> None:
    household.contact(order("acc-1"))
    assert household.contact(order("acc-2"), NOON + DAY).events == ()
    household.report("acc-1", "acc-1.1", "delivered", NOON + 2 * DAY)
    second = household.contact(order("acc-2", 2), NOON + 8 * DAY)
    assert second.events == (DeliveryProved("acc-1.1.with.1"),)
    again = household.contact(order("acc-2", 2), NOON + 8 * DAY)
    assert [each for each in again.events if isinstance(each, DeliveryProved)] == list(second.events)
    assert household.contact(order("acc-2", 3), NOON + 15 * DAY).events == ()


def test_a_loss_that_is_known_only_later_gives_the_attempt_back(household: Household) -> None:
    household.contact(order("acc-1"))
    household.contact(order("acc-2"), NOON + DAY)
    household.report("acc-1", "acc-1.1", "failed", NOON + 2 * DAY)
    lost = DeliveryFailed("acc-1.1.with.1", Channel.SMS, Stage.FIRST_REMINDER, unusable=False)
    assert household.contact(order("acc-2", 2), NOON + 8 * DAY).events == (lost,)


def test_a_message_that_was_lost_before_the_other_accounts_turn_told_of_nobody(household: Household) -> None:
    household.contact(order("acc-1"))
    household.report("acc-1", "acc-1.1", "failed", NOON + timedelta(hours=1))
    assert household.contact(order("acc-2"), NOON + 2 * DAY).left_at is None
    assert len(household.carrier.sent) == 2


def test_a_call_waits_until_three_days_after_a_message_that_told_of_the_account(household: Household) -> None:
    household.contact(order("acc-1"))
    outcome = household.request_call(order("acc-2", channel=Channel.CALL), NOON + DAY)
    assert outcome.result is ContactResult.DEFERRED
    assert outcome.next is not None
    assert outcome.next.at >= NOON + 3 * DAY


def test_a_case_whose_workflow_was_lost_remembers_the_message(household: Household) -> None:
    household.contact(order("acc-1"))
    household.contact(order("acc-2"), NOON + timedelta(hours=1))
    with household.database.writing() as session:
        case = open_account(session, household.library, OpenCase("acc-2", NOON + DAY)).case
    assert (case.attempts, case.last_touch_at, case.contact_number) == (1, household.left_at("acc-1.1"), 2)


def test_the_trail_tells_that_a_contact_told_of_several_accounts(household: Household) -> None:
    household.contact(order("acc-1"))
    household.contact(order("acc-2"), NOON + DAY)
    with household.database.reading() as session:
        own, other = explain(session, "acc-1.1"), explain(session, "acc-1.1.with.1")
        disclosed = disclose(session, "deb-1", lambda _account: {})["contacts"]
        assert verify(every_record(session)) == []
    assert own["accounts"] == other["accounts"] == ["acc-1", "acc-2"]
    assert own["words"] == other["words"]
    assert (other["told_with"], other["counted_as"]) == ("acc-1.1", "acc-2.1")
    assert all(verdict["allowed"] for verdict in other["rules"])
    assert {(each["account_id"], each["told_with"]) for each in disclosed} == {("acc-1", None), ("acc-2", "acc-1.1")}


def test_four_workers_and_five_accounts_send_one_message_that_tells_of_all(
    url: str, library: Library, composer: Composer, tmp_path: Path
) -> None:
    database = Database(url)
    schema.migrate(database)
    accounts = [f"acc-{number}" for number in range(1, 4)]
    household = Household(database, library, composer)
    for account_id in accounts:
        household.open(account_id)
    start = Barrier(4)

    def work(_worker: int) -> list[ContactOutcome]:
        start.wait()
        return [outcome for each in accounts for outcome in _until_answered(household, order(each))]

    with ThreadPoolExecutor(4) as threads:
        outcomes = [each for some in threads.map(work, range(4)) for each in some]
    with database.reading() as session:
        assert verify(every_record(session)) == []
    database.dispose()
    assert len(household.carrier.sent) == 1
    assert {each.result for each in outcomes} == {ContactResult.SENT}
    assert len(outcomes) == 12


def _until_answered(household: Household, the_order: ContactOrder) -> Iterator[ContactOutcome]:
    for minute in range(10):
        with suppress(ApplicationError):
            yield household.contact(the_order, NOON + timedelta(minutes=2 * minute))
            return


def test_the_log_of_the_person_counts_it_once(household: Household) -> None:
    household.contact(order("acc-1"))
    household.contact(order("acc-2"), NOON + timedelta(hours=1))
    left = [row for account in ("acc-1", "acc-2") for row in household.rows(account)]
    assert [row.status for row in left] == [ContactStatus.SENT, ContactStatus.SENT]
    household.open("acc-3")
    assert household.contact(order("acc-3"), NOON + DAY).result is ContactResult.SENT
    household.open("acc-4")
    assert household.contact(order("acc-4"), NOON + 2 * DAY).result is ContactResult.SENT, "three a week, not four"
