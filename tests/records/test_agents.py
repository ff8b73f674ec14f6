"""Agents on both databases: registered, trained, certified, suspended, and asked how far they may decide."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from domain.agents import AgentCard
from domain.certification import TrainingRefused
from storage import schema
from storage.agent_tables import Suspension
from storage.agents import UnknownAgentError, authority_of, deactivate, find_agent, register_agent, suspend, trail_of
from storage.audit import every_record, trail, verify
from storage.database import Database
from storage.personal import keyring
from storage.training import paper_for, record_attendance, record_exam, standing_of
from tests.records.conftest import NOON
from tests.training import certify, right_answers, small_course

COURSE = small_course()


@pytest.fixture
def records(url: str) -> Iterator[Database]:
    """Empty records."""
    database = Database(url)
    schema.migrate(database)
    yield database
    database.dispose()


def card(agent_id: str = "agent-7", authority: int = 2) -> AgentCard:
    """A plain agent."""
    return AgentCard(agent_id=agent_id, name="李雷", languages=("zh-CN",), authority=authority)


def suspend_for(records: Database, reference: str, agent_id: str = "agent-7") -> bool:
    with records.writing() as session:
        return suspend(session, agent_id, NOON, reason_code="complaint_upheld", reference=reference, by="ombudsman-1")


def test_an_agent_is_registered_with_a_name_that_is_personal_data(records: Database) -> None:
    with records.writing() as session:
        register_agent(session, card(), NOON)
    with records.reading() as session:
        assert (find_agent(session, "agent-7").name, find_agent(session, "agent-7").languages) == ("李雷", ["zh-CN"])
        stored = session.connection().execute(text("SELECT name FROM agent")).scalar_one()
        assert keyring().open(stored, "agent.name") == "李雷"
        assert "李雷" not in str([each.detail for each in trail(session, trail_of("agent-7"))])


def test_authority_is_that_of_the_latest_registration_and_none_for_strangers_and_leavers(records: Database) -> None:
    with records.writing() as session:
        register_agent(session, card(authority=2), NOON)
        register_agent(session, card(authority=5), NOON)
        register_agent(session, card("agent-8"), NOON)
        deactivate(session, "agent-8", NOON, "head-of-team")
    with records.reading() as session:
        assert [authority_of(session, each) for each in ("agent-7", "agent-8", "stranger")] == [5, 0, 0]


def test_what_happens_to_an_agent_is_chained_in_the_audit_trail(records: Database) -> None:
    with records.writing() as session:
        register_agent(session, card(), NOON)
    suspend_for(records, "complaint-1")
    with records.reading() as session:
        assert [each.kind for each in trail(session, trail_of("agent-7"))] == ["agent_registered", "agent_suspended"]
        assert verify(every_record(session)) == []


def test_the_same_cause_suspends_once_and_another_one_again(records: Database) -> None:
    assert [suspend_for(records, each) for each in ("complaint-1", "complaint-1", "complaint-2")] == [True, False, True]


def test_somebody_who_is_not_registered_yet_can_be_suspended(records: Database) -> None:
    assert suspend_for(records, "complaint-1", "agent-of-an-agency")
    with records.reading() as session:
        chosen = select(Suspension.reference).where(col(Suspension.agent_id) == "agent-of-an-agency")
        assert session.exec(chosen).all() == ["complaint-1"]


def test_letting_go_of_somebody_unknown_says_how_to_register_them(records: Database) -> None:
    with records.writing() as session, pytest.raises(UnknownAgentError, match="agents add"):
        deactivate(session, "stranger", NOON, "head-of-team")


def test_training_is_kept_and_certifies(records: Database) -> None:
    certify(records, [COURSE], ["agent-7"], NOON)
    with records.reading() as session:
        found = standing_of(session, COURSE, "agent-7", NOON)
        assert (found.certified, found.reason) == (True, "")
        kinds = [each.kind for each in trail(session, trail_of("agent-7"))]
        assert kinds == ["agent_registered", "course_attended", "exam_passed"]


def test_whoever_is_not_registered_or_has_left_is_not_certified(records: Database) -> None:
    certify(records, [COURSE], ["agent-7"], NOON)
    with records.writing() as session:
        deactivate(session, "agent-7", NOON, "head-of-team")
    with records.reading() as session:
        reasons = [standing_of(session, COURSE, each, NOON).reason for each in ("agent-7", "stranger")]
    assert reasons == [
        "no longer an agent; register them again with: agents add",
        "nobody is registered under that id; register them with: agents add",
    ]


def test_a_suspension_on_record_ends_the_certification_until_the_exam_is_passed_again(records: Database) -> None:
    certify(records, [COURSE], ["agent-7"], NOON)
    suspend_for(records, "complaint-1")
    with records.reading() as session:
        assert "complaint_upheld" in standing_of(session, COURSE, "agent-7", NOON).reason
    certify(records, [COURSE], ["agent-7"], NOON + timedelta(days=1))
    with records.reading() as session:
        assert standing_of(session, COURSE, "agent-7", NOON + timedelta(days=1)).certified


def test_a_failed_exam_is_kept_and_certifies_nobody(records: Database) -> None:
    with records.writing() as session:
        register_agent(session, card(), NOON)
        record_attendance(session, COURSE, "agent-7", sorted(COURSE.module_ids), NOON, "trainer-1")
        paper = paper_for(session, COURSE, "agent-7", NOON)
        marked = record_exam(session, COURSE, "agent-7", {each.id: "b" for each in paper}, NOON, "trainer-1")
    assert (marked.passed, marked.score_percent) == (False, 0)
    with records.writing() as session, pytest.raises(TrainingRefused, match="sit it again from"):
        record_exam(session, COURSE, "agent-7", right_answers(paper), NOON, "trainer-1")
    with records.reading() as session:
        assert not standing_of(session, COURSE, "agent-7", NOON).certified


def test_a_module_that_the_course_does_not_have_is_refused_with_those_that_it_has(records: Database) -> None:
    with records.writing() as session:
        register_agent(session, card(), NOON)
        with pytest.raises(TrainingRefused, match="has no juggling; it has hours, words"):
            record_attendance(session, COURSE, "agent-7", ["juggling"], NOON, "trainer-1")
