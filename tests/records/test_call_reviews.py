"""Reviews on both databases: which calls wait for one, who may give it, and what a failing one does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from activities.desk import Library
from domain.call_quality import Judged, ReviewRefused, is_sampled
from domain.terms import Channel, MessageClass
from storage import schema
from storage.agent_measures import measures_of_agents
from storage.audit import trail, verify
from storage.call_reviews import calls_to_review, find_reviewable, record_review
from storage.database import Database
from storage.policies import keep_policy
from storage.registration import register
from storage.tables import Account, AccountState, Contact, ContactStatus
from storage.training import standing_of
from tests.records.conftest import NOON
from tests.registrations import registration
from tests.training import certify, small_course

COURSE = small_course()
SAMPLED = next(name for name in (f"acc-1.{number}" for number in range(100)) if is_sampled(name, 10))
LEFT_OUT = next(name for name in (f"acc-1.{number}" for number in range(100)) if not is_sampled(name, 10))
LATER = NOON + timedelta(days=1)


@pytest.fixture
def records(url: str, library: Library) -> Iterator[Database]:
    """Two conversations of one agent, of which the sample asks for one, and a dial that nobody answered."""
    database = Database(url)
    schema.migrate(database)
    policy = library.policies["fenfu-cn"]
    certify(database, [COURSE], ("agent-1",), NOON - timedelta(days=1))
    with database.writing() as session:
        keep_policy(session, policy, NOON)
        register(session, registration(), policy.name, NOON)
        account = session.get_one(Account, "acc-1")
        account.state, account.policy_version = AccountState.OPEN, policy.version
        session.add(account)
        session.flush()
        session.add_all([call(SAMPLED), call(LEFT_OUT), call("acc-1.unanswered", answered=False)])
    yield database
    database.dispose()


def call(contact_id: str, *, answered: bool = True) -> Contact:
    return Contact(
        contact_id=contact_id,
        account_id="acc-1",
        debtor_id="deb-1",
        channel=Channel.CALL,
        message_class=MessageClass.DEMAND,
        stage="escalation",
        status=ContactStatus.SENT,
        attempted_at=NOON,
        connected=answered,
        conversation=answered,
        code="reached" if answered else "no_answer",
        agent_id="agent-1",
    )


def waiting(records: Database) -> list[str]:
    with records.reading() as session:
        return [each.contact_id for each in calls_to_review(session)]


def review(records: Database, contact_id: str = SAMPLED, by: str = "reviewer-1", **marks: int) -> Judged:
    given = {"identity_first": 100, "listened": 100} | marks
    with records.writing() as session:
        return record_review(session, COURSE, contact_id, given, by, LATER)


def is_certified(records: Database) -> bool:
    with records.reading() as session:
        return standing_of(session, COURSE, "agent-1", LATER).certified


def test_the_sampled_conversation_waits_until_it_is_reviewed(records: Database) -> None:
    assert waiting(records) == [SAMPLED]
    assert review(records).passed
    assert waiting(records) == []
    assert is_certified(records)


def test_a_failing_review_suspends_the_agent_until_both_course_and_exam_are_done_again(records: Database) -> None:
    assert review(records, identity_first=50).failed_critical == ("identity_first",)
    assert not is_certified(records)
    certify(records, [COURSE], ("agent-1",), LATER + timedelta(hours=1))
    with records.reading() as session:
        assert standing_of(session, COURSE, "agent-1", LATER + timedelta(hours=1)).certified


def test_any_other_conversation_may_be_reviewed_too(records: Database) -> None:
    assert not review(records, LEFT_OUT, listened=0).passed
    assert not is_certified(records)


def test_nobody_reviews_their_own_call(records: Database) -> None:
    with pytest.raises(ReviewRefused, match="somebody else than the agent"):
        review(records, by="agent-1")
    assert waiting(records) == [SAMPLED]


def test_a_call_is_reviewed_once(records: Database) -> None:
    review(records)
    with pytest.raises(ReviewRefused, match="was reviewed by reviewer-1 on 2027-03-02"):
        review(records, by="reviewer-2", listened=0)
    assert is_certified(records)


@pytest.mark.parametrize("contact_id", ["acc-1.unanswered", "acc-9.1"])
def test_only_conversations_are_reviewed(records: Database, contact_id: str) -> None:
    with records.reading() as session, pytest.raises(ReviewRefused, match="no conversation that an agent had"):
        find_reviewable(session, contact_id)


def test_a_review_stands_in_the_accounts_trail(records: Database) -> None:
    review(records, listened=40)
    with records.reading() as session:
        records_of_account = trail(session, "acc-1")
        [told] = [each.detail for each in records_of_account if each.kind == "call_reviewed"]
        assert told["judged"] == {"score_percent": 64, "passed": False}
        assert verify(records_of_account) == []


def test_measures_count_calls_and_reviews_since_a_moment_and_name_agents_without_any(records: Database) -> None:
    certify(records, [COURSE], ("agent-2",), NOON)
    review(records, listened=40)
    review(records, LEFT_OUT, listened=90)
    with records.reading() as session:
        called, idle = measures_of_agents(session, NOON)
        later, _ = measures_of_agents(session, NOON + timedelta(hours=1))
    assert (called.agent_id, called.calls, called.conversations) == ("agent-1", 3, 2)
    assert (called.reviews, called.reviews_failed, called.quality_percent) == (2, 1, 79)
    assert (idle.agent_id, idle.calls, idle.reviews) == ("agent-2", 0, 0)
    assert (later.calls, later.reviews) == (0, 2)
