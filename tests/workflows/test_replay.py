"""Histories of lives that were lived replay with the code of today; code that cannot replay them is not released."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from temporalio.workflow import NondeterminismError

from tests.histories.reading import (
    History,
    activities_of_history,
    kinds_of,
    signals_of,
    updates_of,
    words_of,
)
from tests.histories.record import VERSION
from tests.histories.replay import HERE, read_history, replay, saved_histories
from tests.histories.scenarios import MARKS, SCENARIOS

ROOT = Path(__file__).parents[2]


def saved(name: str) -> History:
    """The history of a scenario as the version in the making has it."""
    return read_history(HERE / VERSION / f"{name}.json")


def _name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", saved_histories(), ids=_name)
async def test_a_saved_history_replays(path: Path) -> None:
    await replay(read_history(path))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_histories_replay_whatever_the_order_of_sets(seed: str) -> None:
    command = [sys.executable, "-m", "tests.histories.replay"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert run.stdout == f"{len(saved_histories())} histories replayed\n", run.stderr


def test_every_scenario_is_saved_and_nothing_else() -> None:
    assert {path.stem for path in (HERE / VERSION).glob("*.json")} == set(SCENARIOS)


async def test_a_history_whose_activities_were_done_in_another_order_does_not_replay() -> None:
    history = saved("referral")
    first, second = _scheduled(history, "contact"), _scheduled(history, "request_call")
    attributes = "activityTaskScheduledEventAttributes"
    first[attributes], second[attributes] = second[attributes], first[attributes]
    with pytest.raises(NondeterminismError):
        await replay(history)


@pytest.mark.parametrize("attributes", ["timerStartedEventAttributes", "activityTaskScheduledEventAttributes"])
async def test_a_history_that_lacks_what_the_code_asked_for_does_not_replay(attributes: str) -> None:
    history = saved("paid_in_parts")
    await replay(_without(history, event_id=len(history["events"]) + 1))
    missing = next(event for event in history["events"] if attributes in event)
    with pytest.raises(NondeterminismError):
        await replay(_without(history, int(missing["eventId"])))


def test_no_history_holds_what_makes_a_person_known() -> None:
    for path in saved_histories():
        words = words_of(read_history(path))
        assert [mark for mark in MARKS if mark in words] == [], path


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_inside_a_payload_would_be_found(mark: str) -> None:
    history = deepcopy(saved("paid_in_parts"))
    payload = history["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"][0]
    payload["data"] = b64encode(json.dumps({"who": mark}).encode()).decode()
    assert mark in words_of(history)


CONTENTS: dict[str, Callable[[History], bool]] = {
    "paid_in_parts": lambda history: updates_of(history).count("record_payment") == 3,
    "plan_kept": lambda history: (
        _in_order(updates_of(history), "propose_plan", "agree_plan", "record_payment", "record_payment")
        and all(message in words_of(history) for message in ("plan_agreement", "plan_reminder"))
    ),
    "plan_broken": lambda history: all(word in words_of(history) for word in ("plan_missed", "plan_broken")),
    "complaint_and_hardship": lambda history: (
        _in_order(updates_of(history), "file_complaint", "resolve_complaint", "report_hardship")
        and all(message in words_of(history) for message in ("complaint_acknowledgement", "check_in"))
        and "contact" in _after_update(history, "report_hardship")
    ),
    "call_tasks_with_permit": lambda history: (
        _in_order(activities_of_history(history), "request_call", "permit_call")
        and _in_order(updates_of(history), "begin_call", "record_call_outcome")
    ),
    "referral": lambda history: (
        _in_order(activities_of_history(history), "open_review", "refer_to_legal")
        and _in_order(updates_of(history), "decide_legal_referral", "record_legal_outcome")
    ),
    "reversal_reopening": lambda history: '"kind": "reopened"' in words_of(history),
    "rejected_inputs": lambda history: (
        activities_of_history(history).count("record_rejection") == 7 and "no_such_message" in signals_of(history)
    ),
    "person_wide_fact_heard_from_another_case": lambda history: (
        signals_of(history) == ["opt_out"] and "opt_out" not in updates_of(history)
    ),
    "supportive_offer_taken": lambda history: (
        _in_order(updates_of(history), "set_track", "agree_plan", "record_payment")
        and "supportive_offer" in words_of(history)
    ),
    "answered_after_the_end": lambda history: (
        updates_of(history) == ["record_payment"] and "payment_after_end" in words_of(history)
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_history_holds_what_its_name_says(name: str) -> None:
    history = saved(name)
    assert CONTENTS[name](history)
    assert kinds_of(history)[-1] == "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"


def test_no_history_had_a_task_that_failed() -> None:
    failed = [_name(path) for path in saved_histories() if _FAILED in kinds_of(read_history(path))]
    assert failed == []


_FAILED = "EVENT_TYPE_WORKFLOW_TASK_FAILED"


def _scheduled(history: History, activity: str) -> dict[str, Any]:
    """The event by which the first activity of a type was scheduled."""
    attributes = "activityTaskScheduledEventAttributes"
    scheduled = (event for event in history["events"] if attributes in event)
    return next(event for event in scheduled if event[attributes]["activityType"]["name"] == activity)


def _without(history: History, event_id: int) -> History:
    """The history as if one event and what came of it had never been, with those after it counted anew."""
    gone = {event_id, *(int(event["eventId"]) for event in history["events"] if _comes_of(event, event_id))}
    left = [event for event in history["events"] if int(event["eventId"]) not in gone]
    return {"events": [_counted_anew(event, gone) for event in left]}


def _comes_of(event: dict[str, Any], event_id: int) -> bool:
    """Whether an event tells what became of a timer or an activity."""
    attributes = [each for name, each in event.items() if name.endswith("Attributes")]
    is_task = "WORKFLOW_TASK" in event["eventType"]
    origins = {each.get(key) for each in attributes for key in ("startedEventId", "scheduledEventId")}
    return not is_task and str(event_id) in origins


def _counted_anew(value: Any, gone: set[int]) -> Any:
    match value:
        case dict():
            return {
                name: _shifted(each, gone) if name.lower().endswith("eventid") else _counted_anew(each, gone)
                for name, each in value.items()
            }
        case list():
            return [_counted_anew(each, gone) for each in value]
        case _:
            return value


def _shifted(event_id: str, gone: set[int]) -> str:
    return str(int(event_id) - sum(each < int(event_id) for each in gone))


def _in_order(names: list[str], *wanted: str) -> bool:
    """Whether all that is wanted comes, in that order, whatever comes between."""
    rest: Iterator[str] = iter(names)
    return all(name in rest for name in wanted)


def _after_update(history: History, name: str) -> list[str]:
    """The activities after an update was accepted."""
    events = history["events"]
    number = next(index for index, event in enumerate(events) if name in updates_of({"events": [event]}))
    return activities_of_history({"events": events[number:]})
