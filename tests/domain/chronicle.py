"""What a lived life shows: what was done, which contacts left, how long each stage lasted, when the case was closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.case import Case
from domain.events import CallEnded, ContactSent, Referred, StageRestarted
from domain.next_step import StepKind
from domain.owed_messages import OwedMessage
from domain.terms import Stage
from tests.domain.simulator import Change, Deed, Life

CONTACTS = frozenset({StepKind.CONTACT, StepKind.REQUEST_CALL})
REVIEWING = frozenset({StepKind.OPEN_REVIEW, StepKind.REFER})
PRESSING = CONTACTS | REVIEWING
"""The steps that may never be taken while anything stops the case."""

STAGES = list(Stage)


@dataclass(frozen=True)
class Left:
    """A contact that left, or a call that was made."""

    at: datetime
    case: Case
    """As it stood when the contact was ordered; for a call, when it was over."""
    certain: bool


@dataclass(frozen=True)
class Stay:
    """The time that a case spent in a stage before the next one."""

    stage: Stage
    entered: datetime
    left: datetime
    case: Case
    """As it stood when the stage was over."""


def deeds(life: Life, kinds: frozenset[StepKind]) -> Iterator[Deed]:
    """What was done of those kinds; messages that the case owes beside its stages are not among them."""
    return (deed for deed in life.deeds if deed.step.kind in kinds and not deed.step.message_id)


def owed_deeds(life: Life) -> Iterator[tuple[Deed, OwedMessage]]:
    """Every hand-off of a message that the case owes beside its stages."""
    for deed in life.deeds:
        message = deed.case.owed_message(deed.step.message_id)
        if deed.step.kind is StepKind.CONTACT and message is not None:
            yield deed, message


def changes(life: Life, *events: type) -> Iterator[Change]:
    """What those events changed."""
    return (change for change in life.changes if isinstance(change.event, events))


def stage_changes(life: Life) -> Iterator[Change]:
    """Where a stage gave way to another."""
    return (change for change in life.changes if change.before.stage is not change.after.stage)


def stays(life: Life) -> Iterator[Stay]:
    """Every stage that was followed by the next one in its turn, and not by a referral that a person chose before.

    One that was begun anew counts from there.
    """
    entered = life.changes[0].before.stage_entered_at if life.changes else life.now
    for change in life.changes:
        if isinstance(change.event, StageRestarted):
            entered = change.at
        if change.before.stage is change.after.stage:
            continue
        in_turn = not (isinstance(change.event, Referred) and change.before.chosen_review is not None)
        if in_turn and STAGES.index(change.after.stage) == STAGES.index(change.before.stage) + 1:
            yield Stay(change.before.stage, entered, change.at, change.before)
        entered = change.at


def left(life: Life) -> Iterator[Left]:
    """Every contact that left, at the moment that counts for the cadence."""
    ordered = {deed.at: deed.case for deed in deeds(life, frozenset({StepKind.CONTACT}))}
    for change in life.changes:
        event, before = change.event, change.before
        if isinstance(event, ContactSent) and not event.message_id:
            yield Left(event.at, ordered[event.at], event.certain)
        if isinstance(event, CallEnded) and not event.number_unusable and before.call is not None:
            yield Left(event.at, before, certain=True)


def closed_spans(life: Life) -> list[tuple[datetime, datetime]]:
    """When the case was closed, each time until it was opened again or the life was looked at no more."""
    spans, since = [], None
    for change in life.changes:
        if change.before.closed is None and change.after.closed is not None:
            since = change.at
        if change.before.closed is not None and change.after.closed is None and since is not None:
            spans.append((since, change.at))
            since = None
    return spans if since is None else [*spans, (since, life.now)]


def milestones(change: Change) -> list[str]:
    """What the case decided by itself in that change."""
    return [each.kind for each in change.after.milestones if each.number >= change.before.milestone_number]
