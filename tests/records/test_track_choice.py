"""A person's choice of a track in the records: firm needs evidence, which an opt-out never is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from activities.desk import Library
from domain.case import Milestone
from domain.events import PaymentRefused, TimePassed, TrackSet, apply
from domain.orders import Booking
from domain.terms import Track
from domain.tracks import FIRM_SUBJECT
from storage import schema
from storage.accounts import find_account, write_milestones
from storage.database import Database
from storage.person_tasks import ask, open_tasks
from storage.tables import StoredText
from tests.records.conftest import NOON
from tests.records.test_booking import PHONE, Bookkeeping, code_of


class Office(Bookkeeping):
    """The records, with calls and people who choose."""

    def call(self, outcome: str = "refused", call_id: str = "call-1", **body: Any) -> Booking:
        """A conversation with the person, unless told otherwise."""
        dialled = {"direction": "inbound", "number_ref": PHONE, "dialled_at": NOON.isoformat(), "connected": True}
        told: dict[str, Any] = {"agent_id": "agent-1", "right_party": True, **dialled, **body}
        return self.book("record_call_outcome", call_id=call_id, outcome=outcome, **told)

    def track(self) -> str:
        """The account's track as the records have it."""
        with self.database.reading() as session:
            return find_account(session, "acc-1").track

    def choose(self, track: str = "firm", evidence_ref: str | None = None) -> Booking:
        """A person chooses a track."""
        given = {"evidence_ref": evidence_ref} if evidence_ref is not None else {}
        return self.book("set_track", track=track, reason_code="finding", set_by="boss", **given)


@pytest.fixture
def office(url: str, library: Library) -> Iterator[Office]:
    database = Database(url)
    schema.migrate(database)
    yield Office(database, library)
    database.dispose()


def test_a_refusal_by_the_person_is_told_to_the_case(office: Office) -> None:
    assert PaymentRefused("call-1") in office.call().events


@pytest.mark.parametrize("body", [{"outcome": "reached"}, {"right_party": False}])
def test_nothing_but_the_persons_own_word_is_a_refusal(office: Office, body: dict[str, Any]) -> None:
    assert not any(isinstance(each, PaymentRefused) for each in office.call(**body).events)


def test_firm_needs_evidence(office: Office) -> None:
    assert code_of(office.choose()) == "evidence_needed"


def test_a_conversation_is_evidence_for_ninety_days_of_firm(office: Office) -> None:
    office.call()
    booking = office.choose(evidence_ref="call-1")
    until = NOON + timedelta(days=90)
    assert booking.events[0] == TrackSet(Track.FIRM, "finding", until)
    (told,) = office.cases["acc-1"].owed_messages
    assert (told.occasion, told.by_person) == ("track_finding", True)
    assert booking.answer == {"track": "firm", "firm_until": until.isoformat()}


def test_a_finding_that_was_written_down_is_evidence_on_its_own_account_only(office: Office) -> None:
    with office.database.writing() as session:
        for account_id in ("acc-1", "acc-3"):
            text = StoredText(text_ref=f"text-{account_id}", account_id=account_id, text="He could.", stored_at=NOON)
            session.add(text)
    assert code_of(office.choose(evidence_ref="text-acc-3")) == "no_evidence"
    assert office.choose(evidence_ref="text-acc-1").refusal is None


def test_an_opt_out_is_never_evidence(office: Office) -> None:
    office.book("opt_out", channel="sms", event_id="stop-1", occurred_at=NOON.isoformat())
    assert code_of(office.choose(evidence_ref="stop-1")) == "no_evidence"


def test_a_call_that_reached_nobody_is_no_evidence(office: Office) -> None:
    office.call("no_answer", connected=False, right_party=False)
    assert code_of(office.choose(evidence_ref="call-1")) == "no_evidence"


def test_who_has_reported_hardship_is_not_put_on_the_firm_track(office: Office) -> None:
    office.call()
    office.book("report_hardship", hardship_id="h-1", reason_code="job_lost")
    refused = office.choose(evidence_ref="call-1")
    assert code_of(refused) == "not_now"
    assert office.choose("supportive").refusal is None


def test_nobody_takes_a_vulnerable_person_off_the_supportive_track(office: Office) -> None:
    report = {"circumstance_id": "v-1", "kind": "vulnerable", "reported_by": "me", "until": "2027-03-20"}
    office.book("report_circumstance", **report)
    refused = office.choose("standard")
    assert code_of(refused) == "not_now"
    assert refused.refusal is not None
    assert "end v-1 first" in refused.refusal.words
    assert office.choose("supportive").refusal is None


def test_the_records_know_the_track(office: Office) -> None:
    office.choose("supportive")
    assert office.track() == "supportive"
    with office.database.writing() as session:
        moved = Milestone(1, "track_changed", NOON, "standard:no_rule")
        write_milestones(session, find_account(session, "acc-1"), [moved])
    assert office.track() == "standard"


def test_a_choice_answers_what_the_table_proposed(office: Office) -> None:
    for number in (1, 2):
        office.call(call_id=f"call-{number}")
    proposed = apply(office.cases["acc-1"], TimePassed(NOON))
    assert proposed.firm_proposal == "refuses_to_pay"
    with office.database.writing() as session:
        ask(session, "acc-1", FIRM_SUBJECT, NOON, NOON + timedelta(days=5))
    office.choose("standard")
    with office.database.reading() as session:
        assert open_tasks(session, "acc-1") == []


def test_a_firm_track_that_lapsed_leaves_nothing_to_answer(office: Office) -> None:
    with office.database.writing() as session:
        ask(session, "acc-1", FIRM_SUBJECT, NOON, NOON + timedelta(days=5))
        lapsed = Milestone(1, "track_changed", NOON, "standard:firm_not_confirmed")
        write_milestones(session, find_account(session, "acc-1"), [lapsed])
        assert open_tasks(session, "acc-1") == []
