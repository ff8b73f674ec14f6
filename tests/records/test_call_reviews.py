"""Reviews on both databases: which calls wait for one, who may give it, and what a failing one does."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlmodel import SQLModel, select

from activities.desk import Library
from domain.call_quality import Judged, ReviewRefused, review_draw
from domain.terms import Channel, MessageClass
from storage import schema
from storage.agent_measures import measures_of_agents
from storage.audit import trail, verify
from storage.call_reviews import MOST_OF_AN_AGENT, calls_to_review, find_reviewable, record_review
from storage.database import Database
from storage.policies import keep_policy
from storage.registration import register
from storage.tables import Account, AccountState, Contact, ContactStatus, PolicyVersion
from storage.training import standing_of
from tests.records.conftest import NOON
from tests.registrations import registration
from tests.training import certify, small_course

COURSE = small_course()
SAMPLED = next(name for name in (f"acc-1.{number}" for number in range(100)) if review_draw(name) < 10)
LEFT_OUT = next(name for name in (f"acc-1.{number}" for number in range(100)) if review_draw(name) >= 10)
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


def call(contact_id: str, *, answered: bool = True, agent_id: str = "agent-1", at: datetime = NOON) -> Contact:
    return Contact(
        contact_id=contact_id,
        account_id="acc-1",
        debtor_id="deb-1",
        channel=Channel.CALL,
        message_class=MessageClass.DEMAND,
        stage="escalation",
        status=ContactStatus.SENT,
        attempted_at=at,
        connected=answered,
        conversation=answered,
        code="reached" if answered else "no_answer",
        agent_id=agent_id,
        review_draw=review_draw(contact_id) if answered else None,
    )


def waiting(records: Database) -> list[str]:
    with records.reading() as session:
        return [each.contact_id for each in calls_to_review(session)]


@contextmanager
def counted_loads() -> Iterator[Counter[str]]:
    """How many rows of each table are read meanwhile."""
    read: Counter[str] = Counter()

    def count(row: object, _context: object) -> None:
        read[type(row).__name__] += 1

    event.listen(SQLModel, "load", count, propagate=True)
    try:
        yield read
    finally:
        event.remove(SQLModel, "load", count)


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


def test_however_many_calls_wait_each_agent_has_a_short_list_of_their_oldest_read_at_once(records: Database) -> None:
    """One agent with thousands of conversations hides nobody's few, and no conversation beyond the lists is read."""
    busy = [call(f"acc-1.busy.{number}", at=NOON + timedelta(minutes=number)) for number in range(5000)]
    late = NOON + timedelta(days=30)
    quiet = [call(f"acc-1.quiet.{number}", agent_id="agent-2", at=late) for number in range(60)]
    with records.writing() as session:
        session.add_all([*busy, *quiet])
    oldest = [each.contact_id for each in busy if review_draw(each.contact_id) < 10][: MOST_OF_AN_AGENT - 1]
    drawn = sorted(each.contact_id for each in quiet if review_draw(each.contact_id) < 10)
    with counted_loads() as read:
        listed = waiting(records)
    assert 0 < len(drawn) < MOST_OF_AN_AGENT
    assert listed == [SAMPLED, *oldest, *drawn]
    assert read == {"Contact": len(listed), "Account": 1, "PolicyVersion": 1}


def test_reviewing_brings_the_agents_next_call_onto_the_list(records: Database) -> None:
    more = [call(f"acc-1.{number}.more", at=NOON + timedelta(minutes=number)) for number in range(500)]
    with records.writing() as session:
        session.add_all(more)
    before = waiting(records)
    review(records)
    after = waiting(records)
    assert (len(before), before[1:]) == (MOST_OF_AN_AGENT, after[:-1])
    assert after[-1] not in before


def test_each_policys_own_percentage_is_drawn(records: Database, library: Library) -> None:
    policy = library.policies["fenfu-cn"]
    document = policy.model_dump(mode="json") | {"calls": {"within": "8h", "review_percent": 100}}
    strict = PolicyVersion(version="strict", name=policy.name, document=document, first_used_at=NOON)
    with records.writing() as session:
        session.add(strict)
        account = session.get_one(Account, "acc-1")
        account.policy_version = "strict"
    assert sorted(waiting(records)) == sorted([SAMPLED, LEFT_OUT])


def test_conversations_from_before_draw_what_they_would_draw_now(records: Database) -> None:
    with records.engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.downgrade(config, "0018")
    schema.migrate(records)
    with records.reading() as session:
        draws = {each.contact_id: each.review_draw for each in session.exec(select(Contact))}
    assert draws == {SAMPLED: review_draw(SAMPLED), LEFT_OUT: review_draw(LEFT_OUT), "acc-1.unanswered": None}


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
