"""What a saved history says, with its payloads decoded: events, names of what they are about, and every word."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

History = dict[str, Any]
"""A history as the SDK and the Temporal CLI write it."""


def words_of(history: History) -> str:
    """Everything that the history says, payloads too, as one text to search in."""
    return "\n".join(_strings(history))


def activities_of_history(history: History) -> list[str]:
    """The types of the activities that were scheduled, in order; local ones included, where they are kept."""
    return [name for event in history["events"] for name in _activity(event)]


def signals_of(history: History) -> list[str]:
    """The names of the signals that came, in order."""
    events = (event.get("workflowExecutionSignaledEventAttributes") for event in history["events"])
    return [event["signalName"] for event in events if event]


def updates_of(history: History) -> list[str]:
    """The names of the updates that were accepted, in order."""
    events = (event.get("workflowExecutionUpdateAcceptedEventAttributes") for event in history["events"])
    return [event["acceptedRequest"]["input"]["name"] for event in events if event]


def kinds_of(history: History) -> list[str]:
    """The kinds of the events, in order, such as ``EVENT_TYPE_TIMER_FIRED``."""
    return [event["eventType"] for event in history["events"]]


def _activity(event: dict[str, Any]) -> Iterator[str]:
    scheduled = event.get("activityTaskScheduledEventAttributes")
    if scheduled:
        yield scheduled["activityType"]["name"]
    marker = event.get("markerRecordedEventAttributes")
    if marker and marker["markerName"] == "core_local_activity":
        (data,) = marker["details"]["data"]["payloads"]
        yield json.loads(b64decode(data["data"]))["activity_type"]


def _strings(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for name, each in value.items():
                yield name
                yield _decoded(each) if name == "data" and isinstance(each, str) else ""
                yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)
        case str():
            yield value


def _decoded(data: str) -> str:
    """A payload's words; JSON may write a letter by its number, so it is read and written again."""
    text = b64decode(data).decode(errors="replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
