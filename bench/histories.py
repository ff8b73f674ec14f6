"""What a workflow's history holds: events, bytes, and what Temporal Cloud would bill for it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

_CONTACT_ACTIVITIES = frozenset({"contact", "twin_contact"})
_LOCAL_ACTIVITY = "core_local_activity"
_STARTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
_TIMER = EventType.EVENT_TYPE_TIMER_STARTED
_SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
_ATTEMPT = EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
_SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
_UPDATED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_UPSERT = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
_MARKER = EventType.EVENT_TYPE_MARKER_RECORDED
_RENEWED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
_BILLED_ONCE = (_STARTED, _TIMER, _SCHEDULED, _SIGNALED, _UPDATED, _UPSERT, _RENEWED)


@dataclass(frozen=True, slots=True)
class HistoryFigures:
    """One history, counted. ``actions`` are billable actions by Temporal Cloud's published rules."""

    events: int
    bytes: int
    actions: int
    contacts: int
    """Contact activities that were scheduled, calls put on a list included."""
    signals: int
    """Signals and accepted updates."""
    upserts: int
    local_activities: int
    timers: int

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return asdict(self)


def count(events: Sequence[HistoryEvent]) -> HistoryFigures:
    """Count a whole history."""
    kinds = Counter(event.event_type for event in events)
    return HistoryFigures(
        events=len(events),
        bytes=sum(event.ByteSize() for event in events),
        actions=_actions(events, kinds),
        contacts=sum(_is_contact(event) for event in events),
        signals=kinds[_SIGNALED] + kinds[_UPDATED],
        upserts=kinds[_UPSERT],
        local_activities=sum(_is_local_activity(event) for event in events),
        timers=kinds[_TIMER],
    )


def plain_contacts(events: Sequence[HistoryEvent]) -> list[HistoryFigures]:
    """Each contact of a history that nothing happened beside, from its timer to all that follows from it.

    Upserts are left out, because a change of stage is no part of a contact.
    """
    timers = [position for position, event in enumerate(events) if event.event_type == _TIMER]
    segments = (
        [event for event in events[start:end] if event.event_type != _UPSERT] for start, end in pairwise(timers)
    )
    counted = (count(segment) for segment in segments)
    return [each for each in counted if each.contacts == 1 and not each.signals and not each.local_activities]


def _actions(events: Iterable[HistoryEvent], kinds: Counter[EventType.ValueType]) -> int:
    """All local activities of one workflow task are one action; each retry of an activity is one more."""
    billed = sum(kinds[kind] for kind in _BILLED_ONCE)
    local, retries = set(), 0
    for event in events:
        if _is_local_activity(event):
            local.add(event.marker_recorded_event_attributes.workflow_task_completed_event_id)
        if event.event_type == _ATTEMPT:
            retries += event.activity_task_started_event_attributes.attempt - 1
    return billed + len(local) + retries


def _is_local_activity(event: HistoryEvent) -> bool:
    return event.event_type == _MARKER and event.marker_recorded_event_attributes.marker_name == _LOCAL_ACTIVITY


def _is_contact(event: HistoryEvent) -> bool:
    name = event.activity_task_scheduled_event_attributes.activity_type.name
    return event.event_type == _SCHEDULED and name in _CONTACT_ACTIVITIES
