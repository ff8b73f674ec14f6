"""Calls taken on by agents, on both databases: one at a time, by whoever may make them, until they return them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from activities.desk import Library
from domain.call_sharing import NoCallToTake
from storage import schema
from storage.agents import suspend
from storage.audit import trail
from storage.call_tasks import WaitingCall, give_back, take, take_next, waiting_calls
from storage.database import Database
from storage.policies import keep_policy
from storage.registration import register
from storage.tables import Account, AccountState, CallTask
from tests.records.conftest import NOON
from tests.registrations import registration
from tests.training import certify, small_course

COURSES = {"CN": small_course()}
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def records(url: str, library: Library) -> Iterator[Database]:
    """Records of three accounts whose calls wait, the last one registered the most urgent; two agents may make them."""
    database = Database(url)
    schema.migrate(database)
    policy = library.policies["fenfu-cn"]
    with database.writing() as session:
        keep_policy(session, policy, NOON)
        for number in (1, 2, 3):
            register(session, registration(f"acc-{number}", f"deb-{number}"), policy.name, NOON)
            account = session.get_one(Account, f"acc-{number}")
            account.state, account.policy_version = AccountState.OPEN, policy.version
            session.add(account)
            requested = NOON - timedelta(hours=number)
            session.add(
                CallTask(
                    call_id=f"call-{number}", account_id=f"acc-{number}", stage="escalation", requested_at=requested
                )
            )
    certify(database, COURSES.values(), ("agent-1", "agent-2"), NOON)
    yield database
    database.dispose()


def next_for(records: Database, agent_id: str, now: datetime = NOON) -> WaitingCall:
    with records.writing() as session:
        return take_next(session, COURSES, agent_id, now)


def claim(records: Database, call_id: str, agent_id: str, now: datetime = NOON) -> WaitingCall:
    with records.writing() as session:
        return take(session, COURSES, call_id, agent_id, now)


def takers(records: Database, now: datetime = NOON) -> dict[str, str | None]:
    """Who has which call."""
    with records.reading() as session:
        return {each.call_id: each.taken_by for each in waiting_calls(session, now)}


def test_agents_get_the_most_urgent_calls_in_turn_and_share_them_fairly(records: Database) -> None:
    taken = [next_for(records, each).call_id for each in ("agent-1", "agent-2", "agent-1")]
    assert taken == ["call-3", "call-2", "call-1"]
    with pytest.raises(NoCallToTake, match="nobody has taken"):
        next_for(records, "agent-2")


def test_a_call_is_one_agents_until_it_is_returned(records: Database) -> None:
    claim(records, "call-1", "agent-1")
    with pytest.raises(NoCallToTake, match="agent-1 has taken call-1"):
        claim(records, "call-1", "agent-2")
    with records.writing() as session, pytest.raises(NoCallToTake, match="agent-2 has not taken call-1"):
        give_back(session, "call-1", "agent-2", NOON)
    with records.writing() as session:
        give_back(session, "call-1", "agent-1", NOON)
    assert claim(records, "call-1", "agent-2").taken_by == "agent-2"
    with records.reading() as session:
        kinds = [(each.kind, each.detail["agent_id"]) for each in trail(session, "acc-1") if "call" in each.kind]
    assert kinds == [("call_taken", "agent-1"), ("call_returned", "agent-1"), ("call_taken", "agent-2")]


def test_a_call_that_was_taken_and_not_made_is_free_again_after_half_an_hour(records: Database) -> None:
    claim(records, "call-1", "agent-1")
    almost = NOON + HALF_AN_HOUR - timedelta(seconds=1)
    assert takers(records, almost)["call-1"] == "agent-1"
    assert takers(records, NOON + HALF_AN_HOUR)["call-1"] is None
    assert claim(records, "call-1", "agent-2", NOON + HALF_AN_HOUR).taken_by == "agent-2"


def test_whoever_is_not_certified_gets_no_call_and_is_told_why(records: Database) -> None:
    with records.writing() as session:
        suspend(session, "agent-1", NOON, reason_code="review_failed", reference="review-1", by="reviewer-1")
    with pytest.raises(NoCallToTake, match=r"may make none .* suspended on 2027-03-01 \(review_failed\)"):
        next_for(records, "agent-1")
    with pytest.raises(NoCallToTake, match="agent-1 may not call in CN: suspended"):
        claim(records, "call-1", "agent-1")


def test_a_call_whose_time_has_passed_or_that_was_made_cannot_be_taken(records: Database) -> None:
    with records.writing() as session:
        task = session.get_one(CallTask, "call-1")
        task.ended_at = NOON
        session.add(task)
    for call_id, now in (("call-1", NOON), ("call-2", NOON + timedelta(days=60)), ("call-9", NOON)):
        with pytest.raises(NoCallToTake, match=f"no call {call_id} waits"):
            claim(records, call_id, "agent-1", now)


def test_agents_who_ask_at_the_same_moment_never_get_the_same_call(records: Database) -> None:
    certify(records, COURSES.values(), ("agent-3",), NOON)
    together = Barrier(3)

    def ask(agent_id: str) -> str:
        together.wait()
        return next_for(records, agent_id).call_id

    with ThreadPoolExecutor(3) as threads:
        taken = list(threads.map(ask, ("agent-1", "agent-2", "agent-3")))
    assert sorted(taken) == ["call-1", "call-2", "call-3"]
