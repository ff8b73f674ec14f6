"""What people were asked to decide stays on their list until it is decided, and says by whom."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from activities.desk import Library
from activities.records import Records
from cli.worklists import waiting_decisions
from domain.agents import AgentCard
from domain.case import Milestone, Referral
from domain.events import CaseClosed, ReviewOpened, apply
from domain.orders import CaseToClose, PersonToAsk
from domain.terms import ClosedReason
from storage import schema
from storage.accounts import find_account, write_milestones
from storage.agents import register_agent
from storage.database import Database
from storage.tables import LegalReferral, PersonTask
from tests.records.conftest import NOON
from tests.records.test_booking import Bookkeeping

LATER = timedelta(days=5)


class Office(Bookkeeping):
    """The records, with people who are asked."""

    def __init__(self, database: Database, library: Library) -> None:
        super().__init__(database, library)
        self.records = Records(database, library)

    def ask(self, subject: str, at: datetime = NOON) -> None:
        """Ask a person, as the case does when only a person can decide."""
        self.records.ask_person(PersonToAsk("acc-1", subject, at + LATER, at))

    def task(self, subject: str) -> PersonTask:
        """What the records have of one question."""
        with self.database.reading() as session:
            return session.get_one(PersonTask, ("acc-1", subject))

    def waiting(self) -> list[str]:
        """What the worklist shows."""
        with self.database.reading() as session:
            return [each.subject for each in waiting_decisions(session, NOON)]

    def review(self) -> None:
        """Open a review whose checklist is complete, for a boss who may approve it."""
        with self.database.writing() as session:
            register_agent(session, AgentCard(agent_id="boss", name="陈经理", languages=("zh-CN",), authority=5), NOON)
            session.add(
                LegalReferral(
                    referral_id="ref-1", account_id="acc-1", checklist=[], checklist_digest="d-1", opened_at=NOON
                )
            )
        self.cases["acc-1"] = apply(self.cases["acc-1"], ReviewOpened(Referral("ref-1", "d-1")))

    def decide_referral(self, approve: bool) -> None:
        """A person decides on the referral."""
        ids = {"referral_id": "ref-1", "checklist_digest": "d-1"}
        self.book("decide_legal_referral", approve=approve, reason_code="read", decided_by="boss", **ids)


@pytest.fixture
def office(url: str, library: Library) -> Iterator[Office]:
    database = Database(url)
    schema.migrate(database)
    yield Office(database, library)
    database.dispose()


def test_who_hears_of_a_plea_of_limitation_is_asked_to_end_the_case(office: Office) -> None:
    office.book("plead_limitation", event_id="plea-1", reported_by="agent-1")
    office.ask("hold:plea-1")
    with office.database.reading() as session:
        (waiting,) = waiting_decisions(session, NOON)
    assert (waiting.subject, waiting.command) == ("hold:plea-1", "close")
    assert "too old" in waiting.question


def test_a_decision_takes_its_task_off_the_list_under_the_name_of_who_decided(office: Office) -> None:
    office.book("hold_case", hold_id="hold-1", reason_code="checking", held_by="me")
    office.ask("hold:hold-1")
    assert office.waiting() == ["hold:hold-1"]
    office.book("resume_case", hold_id="hold-1", reason_code="checked", resumed_by="boss")
    task = office.task("hold:hold-1")
    assert (task.decided_by, task.decided_at, office.waiting()) == ("boss", NOON, [])


def test_a_refused_referral_is_off_the_list_until_it_is_asked_about_again(office: Office) -> None:
    office.review()
    office.ask("referral:ref-1")
    office.decide_referral(approve=False)
    assert office.waiting() == []
    office.ask("referral:ref-1", NOON + timedelta(days=20))
    task = office.task("referral:ref-1")
    assert (task.times_asked, task.decided_by, office.waiting()) == (1, None, ["referral:ref-1"])


def test_what_counsel_is_to_report_is_a_question_of_its_own(office: Office) -> None:
    office.review()
    office.ask("referral:ref-1")
    office.decide_referral(approve=True)
    office.ask("counsel:ref-1")
    assert office.waiting() == ["counsel:ref-1"]


def test_a_channel_that_reaches_the_person_again_answers_the_question_for_an_address(office: Office) -> None:
    office.ask("address")
    office.book("opt_in", channel="sms", occurred_at=NOON.isoformat())
    assert office.task("address").decided_at == NOON


def test_what_was_asked_of_somebody_else_stays_on_the_list(office: Office) -> None:
    for hold_id in ("hold-1", "hold-2"):
        office.book("hold_case", hold_id=hold_id, reason_code="checking", held_by="me")
        office.ask(f"hold:{hold_id}")
    office.book("resume_case", hold_id="hold-1", reason_code="checked", resumed_by="boss")
    assert office.waiting() == ["hold:hold-2"]


def test_asking_again_moves_the_deadline_and_counts(office: Office) -> None:
    office.book("hold_case", hold_id="hold-1", reason_code="checking", held_by="me")
    office.ask("hold:hold-1")
    office.ask("hold:hold-1")
    office.ask("hold:hold-1", NOON + LATER)
    task = office.task("hold:hold-1")
    assert (task.times_asked, task.deadline, task.asked_at) == (2, NOON + 2 * LATER, NOON)


def test_a_case_that_ends_takes_everything_that_it_asked_off_the_list(office: Office) -> None:
    office.ask("address")
    ended = apply(office.cases["acc-1"], CaseClosed(ClosedReason.CURED, NOON + LATER))
    office.records.close_case(CaseToClose(ended))
    task = office.task("address")
    assert (task.decided_at, task.decided_by) == (NOON + LATER, None)


def vulnerable(office: Office) -> None:
    """The person is reported to be vulnerable until a day, and somebody is asked to see to them."""
    report = {"circumstance_id": "v1", "kind": "vulnerable", "reported_by": "me", "until": "2027-03-20"}
    office.book("report_circumstance", event_id="report-v1", occurred_at=NOON.isoformat(), **report)
    office.ask("vulnerable:v1")


def test_who_has_seen_to_a_vulnerable_person_says_so(office: Office) -> None:
    vulnerable(office)
    with office.database.reading() as session:
        (waiting,) = waiting_decisions(session, NOON)
    assert (waiting.subject, waiting.command) == ("vulnerable:v1", "complete")
    office.book("complete_task", subject="vulnerable:v1", completed_by="agent-7")
    assert (office.task("vulnerable:v1").decided_by, office.waiting()) == ("agent-7", [])


def test_a_report_of_vulnerability_that_a_person_ends_leaves_nothing_to_see_to(office: Office) -> None:
    vulnerable(office)
    office.book("end_circumstance", circumstance_id="v1", reason_code="recovered", ended_by="agent-7")
    assert office.waiting() == []


def test_a_report_of_vulnerability_that_is_over_leaves_nothing_to_see_to(office: Office) -> None:
    vulnerable(office)
    over = Milestone(1, "vulnerable_over", NOON + LATER, "v1")
    with office.database.writing() as session:
        write_milestones(session, find_account(session, "acc-1"), [over])
    assert (office.task("vulnerable:v1").decided_by, office.waiting()) == (None, [])


def test_a_notice_that_a_person_must_see_to_is_on_the_list(office: Office) -> None:
    office.ask("duty:default_notice.1")
    office.ask("bar:default_notice.1")
    assert sorted(office.waiting()) == ["bar:default_notice.1", "duty:default_notice.1"]
