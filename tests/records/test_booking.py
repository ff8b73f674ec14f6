"""Facts and requests booked into the records, without an engine: each exactly once, in whatever order they come."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as database_event
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from activities.booking import Books
from activities.desk import Library
from activities.opening import open_account
from client.offline import Booked, Offline
from domain.agents import AgentCard
from domain.call_quality import review_draw
from domain.case import Case
from domain.events import (
    ChannelOpened,
    ChannelStopped,
    ComplaintFiled,
    DebtChanged,
    DeliveryFailed,
    DeliveryProved,
    HoldEnded,
    HoldPlaced,
    LimitationSet,
    PlanAgreed,
    PromiseTaken,
    apply,
)
from domain.orders import Booking, MessageToBook, OpenCase
from domain.requests import CloseCase
from domain.terms import Channel, HoldKind
from storage import audit, schema
from storage.accounts import find_account, store_case
from storage.agents import register_agent
from storage.database import Database
from storage.people import addresses, open_holds, usable_address
from storage.registration import register
from storage.tables import (
    Account,
    AuditRecord,
    BookedMessage,
    Contact,
    ContactStatus,
    FactDelivery,
    LedgerEntry,
    LegalReferral,
    StoredText,
)
from tests.records.conftest import NOON
from tests.records.lone_case import Open
from tests.registrations import owed, registration

PHONE = "deb-1.phone.1"


class Bookkeeping:
    """The records of a person with two accounts, and of somebody else with the same telephone number."""

    def __init__(self, database: Database, library: Library) -> None:
        self.database = database
        self.books = Books(library)
        self.cases: dict[str, Case] = {}
        self._ids = itertools.count(1)
        people = {"acc-1": "deb-1", "acc-2": "deb-1", "acc-3": "deb-2"}
        for account_id, debtor_id in people.items():
            with database.writing() as session:
                register(
                    session, registration(account_id, debtor_id, instalments=(owed("2027-02-01"),)), "fenfu-cn", NOON
                )
                self.cases[account_id] = open_account(session, library, OpenCase(account_id, NOON)).case

    def book(self, name: str, account_id: str = "acc-1", **body: Any) -> Booking:
        """Book a message under a fresh id unless the body names one."""
        key = "event_id" if "occurred_at" in body or name in _FACTS else "request_id"
        body = {key: f"id-{next(self._ids)}", **body}
        if key == "event_id":
            body.setdefault("occurred_at", NOON.isoformat())
        order = MessageToBook(account_id, name, body[key], body, NOON, self.cases[account_id])
        with self.database.writing() as session:
            booking = self.books.book(session, order)
        for event in booking.events:
            self.cases[account_id] = apply(self.cases[account_id], event)
        return booking

    def pay(self, amount: str = "100.00", **body: Any) -> Booking:
        """Book a payment."""
        paid = {"payment_id": f"pay-{next(self._ids)}", "amount": amount, "currency": "CNY"}
        return self.book("record_payment", **{**paid, "received_at": NOON.isoformat(), **body})

    def entries(self) -> list[tuple[str, int]]:
        """What is booked on the account."""
        with self.database.reading() as session:
            rows = session.exec(select(LedgerEntry).where(col(LedgerEntry.account_id) == "acc-1"))
            return [(row.kind, row.amount_minor) for row in rows]

    def holds(self, account_id: str, at: datetime = NOON) -> list[HoldKind]:
        """What the guard sees open on an account."""
        with self.database.reading() as session:
            debtor_id = find_account(session, account_id).debtor_id
            return [hold.kind for hold in open_holds(session, debtor_id, account_id, at)]


_FACTS = frozenset(
    {
        "record_payment",
        "reverse_payment",
        "agree_plan",
        "file_complaint",
        "report_hardship",
        "record_call_outcome",
        "opt_out",
        "opt_in",
        "report_circumstance",
        "report_contact_preference",
        "plead_limitation",
        "report_delivery",
        "record_legal_outcome",
        "lift_hold",
        "hear_decision",
    }
)


@pytest.fixture
def books(url: str, library: Library) -> Iterator[Bookkeeping]:
    database = Database(url)
    schema.migrate(database)
    yield Bookkeeping(database, library)
    database.dispose()


def code_of(booking: Booking) -> str:
    assert booking.refusal is not None, booking
    return booking.refusal.code


def owed_after(booking: Booking) -> int:
    changed = next(event for event in booking.events if isinstance(event, DebtChanged))
    return changed.debt.balance_minor


def test_a_message_booked_twice_is_applied_once_and_answers_the_same(books: Bookkeeping) -> None:
    first = books.pay(event_id="e-1", payment_id="p-1")
    again = books.pay(event_id="e-1", payment_id="p-1")
    assert again == first
    assert books.entries() == [("payment", 10000)]


def test_the_same_event_with_another_body_is_refused(books: Bookkeeping) -> None:
    books.pay(event_id="e-1", payment_id="p-1")
    assert code_of(books.pay("200.00", event_id="e-1", payment_id="p-1")) == "id_reused"
    assert books.entries() == [("payment", 10000)]


def test_a_payment_told_by_two_events_is_booked_once(books: Bookkeeping) -> None:
    books.pay(payment_id="p-1")
    assert owed_after(books.pay(payment_id="p-1")) == 123456 - 10000
    assert code_of(books.pay("100.01", payment_id="p-1")) == "payment_reused"
    assert books.entries() == [("payment", 10000)]


def test_a_payment_in_another_currency_or_from_the_future_is_refused(books: Bookkeeping) -> None:
    assert code_of(books.pay(currency="USD")) == "wrong_currency"
    assert code_of(books.pay(received_at=(NOON + timedelta(days=3)).isoformat())) == "date_in_future"
    assert books.entries() == []


def test_a_reversal_takes_a_payment_back_once(books: Bookkeeping) -> None:
    books.pay(payment_id="p-1")
    assert owed_after(books.book("reverse_payment", payment_id="p-1", reason_code="bounced")) == 123456
    second = books.book("reverse_payment", payment_id="p-1", reason_code="bounced")
    assert second.answer == {"status": "already_reversed"}
    assert books.entries() == [("payment", 10000), ("reversal", 10000)]


def test_a_reversal_told_before_its_payment_waits_for_it(books: Bookkeeping) -> None:
    early = books.book("reverse_payment", payment_id="p-1", reason_code="bounced")
    assert early.answer == {"status": "waiting_for_payment"}
    assert owed_after(books.pay(payment_id="p-1")) == 123456


def test_the_database_itself_refuses_a_second_reversal_payment_or_referral(books: Bookkeeping) -> None:
    def entry(entry_id: str, reverses: str | None) -> LedgerEntry:
        kind = "payment" if reverses is None else "reversal"
        return LedgerEntry(
            account_id="acc-1",
            entry_id=entry_id,
            kind=kind,
            amount_minor=1,
            reverses=reverses,
            effective_at=NOON,
            booked_at=NOON,
        )

    def referral(number: int) -> LegalReferral:
        return LegalReferral(
            referral_id=f"r-{number}",
            account_id="acc-1",
            checklist=[],
            checklist_digest="d",
            opened_at=NOON,
            handed_over=True,
        )

    doubles = (
        (entry("p-1", None), entry("p-1", None)),
        (entry("r-1", "p-1"), entry("r-2", "p-1")),
        (referral(1), referral(2)),
    )
    for one, other in doubles:
        with pytest.raises(IntegrityError), books.database.writing() as session:
            session.add_all((one, other))


def test_the_database_itself_refuses_a_booking_for_no_account(books: Bookkeeping) -> None:
    with pytest.raises(IntegrityError), books.database.writing() as session:
        session.add(
            LedgerEntry(
                account_id="acc-9", entry_id="p", kind="payment", amount_minor=1, effective_at=NOON, booked_at=NOON
            )
        )


def test_a_plan_must_add_up_to_the_arrears(books: Bookkeeping) -> None:
    def instalments(last: str) -> list[dict[str, str]]:
        return [{"due_date": "2027-04-01", "amount": "1000.00"}, {"due_date": "2027-05-01", "amount": last}]

    wrong = books.book("agree_plan", plan_id="plan-1", agreed_by="deb-1", instalments=instalments("234.55"))
    assert code_of(wrong) == "plan_sum"
    right = books.book("agree_plan", plan_id="plan-1", agreed_by="deb-1", instalments=instalments("234.56"))
    assert isinstance(right.events[0], PlanAgreed)
    assert books.holds("acc-1") == [HoldKind.PLAN]
    assert books.holds("acc-2") == []


def test_a_plan_whose_dates_do_not_follow_each_other_is_refused(books: Bookkeeping) -> None:
    muddled = [{"due_date": "2027-05-01", "amount": "1000.00"}, {"due_date": "2027-04-01", "amount": "234.56"}]
    booking = books.book("agree_plan", plan_id="plan-1", agreed_by="deb-1", instalments=muddled)
    assert code_of(booking) == "plan_dates"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"instalment_count": 13}, "plan_too_many"),
        ({"instalment_count": 12, "interval": "month", "first_due_date": "2027-12-01"}, "plan_too_long"),
        ({"first_due_date": "2027-02-20"}, "date_in_past"),
    ],
)
def test_a_plan_beyond_the_policy_is_not_proposed(books: Bookkeeping, asked: dict[str, Any], code: str) -> None:
    plain: dict[str, Any] = {"instalment_count": 3, "first_due_date": "2027-04-01", "proposed_by": "agent-1"}
    assert code_of(books.book("propose_plan", **plain | asked)) == code


def test_an_instalment_below_the_smallest_is_not_proposed(books: Bookkeeping) -> None:
    books.pay("1000.00")
    booking = books.book("propose_plan", instalment_count=5, first_due_date="2027-04-01", proposed_by="agent-1")
    assert code_of(booking) == "plan_too_small"


def test_a_proposed_plan_falls_on_the_same_day_of_each_month_and_adds_up(books: Bookkeeping) -> None:
    booking = books.book("propose_plan", instalment_count=3, first_due_date="2027-03-31", proposed_by="agent-1")
    assert booking.answer is not None
    assert booking.answer["instalments"] == [
        {"due_date": "2027-03-31", "amount": "411.52"},
        {"due_date": "2027-04-30", "amount": "411.52"},
        {"due_date": "2027-05-31", "amount": "411.52"},
    ]


def test_a_complaint_about_conduct_holds_all_of_the_persons_accounts_and_tells_them(books: Bookkeeping) -> None:
    booking = books.book("file_complaint", complaint_id="c-1", category="conduct", event_id="e-1")
    assert isinstance(booking.events[0], ComplaintFiled)
    assert booking.others == 1
    assert books.holds("acc-1") == books.holds("acc-2") == [HoldKind.COMPLAINT]
    assert books.holds("acc-3") == []
    heard = books.book("file_complaint", "acc-2", complaint_id="c-1", category="conduct", event_id="e-1")
    assert heard.others == 0
    with books.database.reading() as session:
        delivery = session.get_one(FactDelivery, ("e-1", "acc-2"))
        assert delivery.delivered_at == NOON


def test_a_dispute_holds_its_own_account_only(books: Bookkeeping) -> None:
    assert books.book("file_complaint", complaint_id="c-1", category="dispute").others == 0
    assert books.holds("acc-1") == [HoldKind.DISPUTE]
    assert books.holds("acc-2") == []


def test_a_decided_complaint_lifts_the_hold_from_all_accounts(books: Bookkeeping) -> None:
    books.book("file_complaint", complaint_id="c-1", category="conduct")
    decision = {"complaint_id": "c-1", "outcome": "upheld", "resolved_by": "boss", "explanation_ref": "x"}
    decided = books.book("resolve_complaint", request_id="q-1", **decision)
    assert decided.others == 1
    assert books.holds("acc-1") == books.holds("acc-2") == []
    told = books.book("lift_hold", "acc-2", event_id="q-1", hold_kind="complaint", hold_id="c-1")
    assert told.refusal is None


def test_the_other_account_knows_a_decision_at_once_and_holds_until_the_person_has_been_told(
    books: Bookkeeping,
) -> None:
    filed = {"event_id": "e-1", "complaint_id": "c-1", "category": "conduct"}
    books.book("file_complaint", **filed)
    books.book("file_complaint", "acc-2", **filed)
    with books.database.writing() as session:
        session.add(StoredText(text_ref="x", account_id="acc-1", text="我们会改正。", stored_at=NOON))
    decision = {"complaint_id": "c-1", "outcome": "upheld", "resolved_by": "boss", "explanation_ref": "x"}
    assert books.book("resolve_complaint", request_id="q-1", **decision).others == 1
    heard = books.book("hear_decision", "acc-2", event_id="q-1", complaint_id="c-1", outcome="upheld")
    assert heard.refusal is None
    other = books.cases["acc-2"]
    assert [each.outcome for each in other.complaints] == ["upheld"]
    assert [each.kind for each in other.open_holds(NOON)] == [HoldKind.COMPLAINT]
    assert books.holds("acc-2") == [HoldKind.COMPLAINT]
    assert code_of(books.book("resolve_complaint", "acc-2", **decision)) == "unknown_complaint"


def test_nobody_tells_of_a_decision_that_was_not_made(books: Bookkeeping) -> None:
    books.book("file_complaint", complaint_id="c-1", category="conduct")
    assert code_of(books.book("hear_decision", "acc-2", complaint_id="c-1", outcome="rejected")) == "not_decided"


def test_nobody_lifts_a_hold_by_a_message_of_their_own(books: Bookkeeping) -> None:
    books.book("file_complaint", complaint_id="c-1", category="conduct")
    assert code_of(books.book("lift_hold", hold_kind="complaint", hold_id="c-1")) == "not_decided"
    assert books.holds("acc-1") == [HoldKind.COMPLAINT]


def test_a_complaint_names_a_text_that_is_stored(books: Bookkeeping) -> None:
    booking = books.book("file_complaint", complaint_id="c-1", category="conduct", text_ref="text-1")
    assert code_of(booking) == "unknown_text"


def test_hardship_ends_with_its_day_where_the_person_lives_or_with_the_policys_grace(books: Bookkeeping) -> None:
    dated = books.book("report_hardship", hardship_id="h-1", reason_code="job_lost", until="2027-03-31")
    placed = dated.events[0]
    assert isinstance(placed, HoldPlaced)
    assert placed.hold.until == datetime.fromisoformat("2027-04-01T00:00+08:00")
    undated = books.book("report_hardship", hardship_id="h-2", reason_code="job_lost")
    placed = undated.events[0]
    assert isinstance(placed, HoldPlaced)
    assert placed.hold.until == NOON + timedelta(days=30)


def test_a_circumstance_that_is_over_is_ended_for_all_accounts(books: Bookkeeping) -> None:
    books.book("report_circumstance", circumstance_id="z-1", kind="represented", reported_by="agent-1")
    assert books.holds("acc-2") == [HoldKind.REPRESENTED]
    ended = books.book("end_circumstance", circumstance_id="z-1", reason_code="mandate_ended", ended_by="agent-1")
    assert isinstance(ended.events[0], HoldEnded)
    assert ended.others == 1
    assert books.holds("acc-1") == books.holds("acc-2") == []


def test_of_two_choices_the_later_counts_and_a_tie_goes_to_the_stop(books: Bookkeeping) -> None:
    later, earlier = (NOON + timedelta(hours=1)).isoformat(), NOON.isoformat()
    assert books.book("opt_out", channel="sms", occurred_at=later).events == (ChannelStopped(Channel.SMS),)
    old = books.book("opt_in", channel="sms", occurred_at=earlier)
    assert old.answer == {"status": "superseded"}
    assert books.book("opt_in", channel="sms", occurred_at=later).events == (ChannelStopped(Channel.SMS),)
    after = (NOON + timedelta(hours=2)).isoformat()
    assert books.book("opt_in", channel="sms", occurred_at=after).events == (ChannelOpened(Channel.SMS),)


def test_a_stop_of_one_address_leaves_the_others(books: Bookkeeping) -> None:
    with books.database.writing() as session:
        register(session, registration("acc-4", phone="+8613900139000"), "fenfu-cn", NOON)
    assert books.book("opt_out", channel="sms", address_ref=PHONE).events == (ChannelOpened(Channel.SMS),)
    with books.database.reading() as session:
        left = usable_address(session, "deb-1", Channel.SMS)
        assert left is not None
        assert left.address_ref == "deb-1.phone.2"
    assert code_of(books.book("opt_out", channel="sms", address_ref="deb-2.phone.1")) == "unknown_address"


def call(**changes: Any) -> dict[str, Any]:
    plain = {
        "call_id": "acc-1.5",
        "outcome": "no_answer",
        "agent_id": "agent-1",
        "direction": "outbound",
        "number_ref": PHONE,
        "dialled_at": NOON.isoformat(),
        "connected": False,
    }
    return plain | changes


def test_a_dial_without_a_permit_counts_and_raises_an_incident(books: Bookkeeping) -> None:
    books.book("record_call_outcome", event_id="e-1", **call())
    with books.database.reading() as session:
        contact = session.get_one(Contact, "acc-1.call.e-1")
        assert (contact.channel, contact.status, contact.connected) == ("call", ContactStatus.SENT, False)
        assert contact.review_draw is None, "nobody talked, so there is nothing to listen to"
        assert "incident" in [record.kind for record in audit.trail(session, "acc-1")]


def test_an_inbound_conversation_needs_no_permit(books: Bookkeeping) -> None:
    books.book("record_call_outcome", event_id="e-1", **call(direction="inbound", connected=True, outcome="reached"))
    with books.database.reading() as session:
        contact = session.get_one(Contact, "acc-1.call.e-1")
        assert (contact.direction, contact.conversation) == ("inbound", True)
        assert contact.review_draw == review_draw("acc-1.call.e-1"), "a conversation may be reviewed"
        assert "incident" not in [record.kind for record in audit.trail(session, "acc-1")]


def test_a_wrong_number_is_used_no_more_for_anybody(books: Bookkeeping) -> None:
    booking = books.book("record_call_outcome", **call(outcome="wrong_party", connected=True))
    assert {event.channel for event in booking.events if isinstance(event, ChannelStopped)} == {
        Channel.SMS,
        Channel.VOICE,
        Channel.CALL,
    }
    with books.database.reading() as session:
        for debtor_id in ("deb-1", "deb-2"):
            phone = next(each for each in addresses(session, debtor_id) if each.kind == "phone")
            assert phone.unusable_code == "wrong_party"


def test_a_promise_holds_until_its_day_and_grace_and_none_for_the_same_day_stands_beside_it(books: Bookkeeping) -> None:
    promised = call(outcome="promised", connected=True, promise={"amount": "500.00", "date": "2027-03-05"})
    booking = books.book("record_call_outcome", **promised)
    taken = next(event for event in booking.events if isinstance(event, PromiseTaken))
    assert taken.promise.check_at == datetime.fromisoformat("2027-03-08T00:00+08:00")
    assert books.holds("acc-1") == [HoldKind.PROMISE]
    assert code_of(books.book("record_call_outcome", **promised)) == "promise_conflict"


def test_a_waiver_within_authority_is_booked_at_once_and_above_it_waits(books: Bookkeeping) -> None:
    small = books.book("request_waiver", amount="50.00", reason_code="goodwill", requested_by="agent-1")
    assert small.answer is not None
    assert small.answer["status"] == "waived"
    large = books.book("request_waiver", amount="150.00", reason_code="goodwill", requested_by="agent-1")
    assert large.answer is not None
    assert large.answer["status"] == "awaiting_approval"
    too_much = books.book("request_waiver", amount="34.57", reason_code="goodwill", requested_by="agent-1")
    assert code_of(too_much) == "waiver_exceeds", "234.56 of interest and fees, less 50 waived and 150 asked for"
    with books.database.writing() as session:
        card = AgentCard(agent_id="head-1", name="陈经理", languages=("zh-CN",), authority=4)
        register_agent(session, card, NOON)
    decided = books.book("decide_waiver", waiver_id=large.answer["waiver_id"], approve=True, decided_by="head-1")
    assert owed_after(decided) == 123456 - 5000 - 15000


def sent_contact(books: Bookkeeping) -> None:
    with books.database.writing() as session:
        session.add(
            Contact(
                contact_id="acc-1.1",
                account_id="acc-1",
                debtor_id="deb-1",
                channel="sms",
                message_class="demand",
                stage="first_reminder",
                status=ContactStatus.SENT,
                attempted_at=NOON,
                address_ref=PHONE,
            )
        )


def receipt(status: str, code: str | None = None) -> dict[str, Any]:
    return {"contact_id": "acc-1.1", "status": status, "at": NOON.isoformat()} | ({"code": code} if code else {})


def test_a_receipt_proves_a_delivery_once(books: Bookkeeping) -> None:
    sent_contact(books)
    proved, limitation = books.book("report_delivery", **receipt("delivered")).events
    assert proved == DeliveryProved("acc-1.1")
    assert isinstance(limitation, LimitationSet), "a demand that arrived may begin the period anew"
    assert books.book("report_delivery", **receipt("delivered")).events == (limitation,)


def test_a_receipt_that_says_the_number_is_dead_closes_the_channel(books: Bookkeeping) -> None:
    sent_contact(books)
    failed, *_ = books.book("report_delivery", **receipt("failed", "30005")).events
    assert isinstance(failed, DeliveryFailed)
    assert failed.unusable


def test_a_receipt_for_an_unknown_contact_is_refused(books: Bookkeeping) -> None:
    assert code_of(books.book("report_delivery", **receipt("delivered"))) == "unknown_contact"


def tamper(books: Bookkeeping, change: Any) -> list[audit.BrokenChain]:
    with books.database.writing() as session:
        change(session)
    with books.database.reading() as session:
        return audit.verify(audit.every_record(session))


def record(session: Any, number: int) -> AuditRecord:
    found: AuditRecord = session.get_one(AuditRecord, ("acc-1", number))
    return found


def test_an_untouched_trail_verifies(books: Bookkeeping) -> None:
    books.pay()
    assert tamper(books, lambda session: None) == []


def test_a_changed_record_is_named(books: Bookkeeping) -> None:
    books.pay()

    def change(session: Any) -> None:
        record(session, 2).kind = "nothing_happened"

    assert tamper(books, change) == [audit.BrokenChain("acc-1", 2, "the record was changed")]


def test_a_removed_record_is_named(books: Bookkeeping) -> None:
    books.pay()
    broken = tamper(books, lambda session: session.delete(record(session, 2)))
    assert broken[0] == audit.BrokenChain("acc-1", 2, "the record is missing")


def test_records_that_changed_places_are_named(books: Bookkeeping) -> None:
    books.pay()

    def swap(session: Any) -> None:
        first, second = record(session, 1), record(session, 2)
        for field in ("kind", "subject", "detail", "at"):
            one, other = getattr(first, field), getattr(second, field)
            setattr(first, field, other)
            setattr(second, field, one)

    assert {each.number for each in tamper(books, swap)} == {1, 2}


def test_a_fact_that_was_received_is_pending_until_it_is_booked(books: Bookkeeping) -> None:
    body = {"event_id": "e-1", "occurred_at": NOON.isoformat(), "channel": "sms"}
    order = MessageToBook("acc-1", "opt_out", "e-1", body, NOON)
    with books.database.writing() as session:
        assert books.books.receive(session, order) is None
    with books.database.reading() as session:
        assert session.get_one(BookedMessage, ("acc-1", "e-1")).booked_at is None
    booked = books.book("opt_out", event_id="e-1", channel="sms")
    with books.database.writing() as session:
        assert books.books.receive(session, order) == booked


def test_a_request_that_was_answered_gets_the_same_answer_from_the_records_once_the_case_has_ended(
    books: Bookkeeping, library: Library
) -> None:
    asked = {"request_id": "close-1", "reason_code": "bought_back", "closed_by": "boss"}
    first = books.book("close_case", **asked)
    with books.database.writing() as session:
        store_case(session, session.get_one(Account, "acc-1"), books.cases["acc-1"])
    offline = Offline(books.database, library)
    again = offline.decide("acc-1", "close_case", CloseCase.model_validate(asked), NOON)
    assert again == Booked(first.answer or {}, None, others=0, reopened=False)
    late = CloseCase.model_validate({**asked, "request_id": "close-2"})
    assert offline.decide("acc-1", "close_case", late, NOON) is None, "nothing is closed twice"


def test_a_payment_reckons_the_account_once(open_house: Open) -> None:
    house, reckoned = open_house(), []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        reckoned.extend(["once"] if "FROM accountinstalment" in statement else [])

    database_event.listen(house.database.engine, "before_cursor_execute", note)
    house.pay("10.00")
    assert reckoned == ["once"]
