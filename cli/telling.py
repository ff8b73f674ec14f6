"""Tells a case facts and asks it for things as every command does it: ids are made, refusals named by option."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from cli.connection import run
from cli.failures import CannotError
from cli.printing import print_fields, print_json
from cli.wording import in_options
from client.duecourse import Duecourse
from client.errors import EngineUnavailable, Malformed

Answer = dict[str, Any]
Told = TypeVar("Told")

_OPTIONS = {
    "amount": "AMOUNT",
    "instalments.amount": "--instalment",
    "instalments.due_date": "--instalment",
    "promise.amount": "--promise",
    "promise.date": "--promise-date",
    "reason_code": "--reason",
    "agent_id": "--agent",
    "evidence_ref": "--evidence",
    "instalment_count": "--instalments",
    "first_due_date": "--first-due",
    "contact_id": "CONTACT_ID",
    "complaint_id": "--complaint",
    "subject": "SUBJECT",
    **dict.fromkeys(("remedies.amount", "remedies.component", "remedies.stage", "remedies.agent_id"), "--remedy"),
    "remedies": "--remedy",
    "at": "--at",
    "weekdays": "--weekday",
    "channels": "--channel",
    "message_id": "MESSAGE_ID",
    "done_at": "--at",
    "by_channel": "--channel",
    **dict.fromkeys(
        (
            "agreed_by",
            "proposed_by",
            "reported_by",
            "resolved_by",
            "granted_by",
            "requested_by",
            "decided_by",
            "set_by",
            "held_by",
            "resumed_by",
            "ended_by",
            "closed_by",
            "done_by",
            "extended_by",
            "completed_by",
            "verified_by",
            "announced_by",
        ),
        "--by",
    ),
}
"""The options that are not called like the field that they fill."""


def new_id(kind: str) -> str:
    """A fresh id that says what it is of."""
    return f"{kind}-{uuid.uuid4()}"


def now() -> str:
    """This moment, as messages carry it."""
    return datetime.now(UTC).isoformat()


def answer(as_json: bool, title: str, work: Callable[[Duecourse], Awaitable[Answer]]) -> None:
    """Do what a command is for and print the answer."""
    told = run(work)
    if as_json:
        print_json(told)
    else:
        print_fields(title, told)


async def tell(
    duecourse: Duecourse, account_id: str, name: str, event_id: str | None, occurred_at: str | None, **body: Any
) -> Answer:
    """Tell a fact; fields that are none are left out."""
    ids = {"event_id": event_id or new_id("event")}
    given = _given({**ids, "occurred_at": occurred_at or now(), **body})
    said = await told(duecourse.tell(account_id, name, given), ids["event_id"])
    return {"account_id": account_id, **ids, **_references(body), **said}


async def told(telling: Awaitable[Told], event_id: str) -> Told:
    """What came of telling a fact, or why nothing did, in the words of the command line."""
    try:
        return await telling
    except Malformed as error:
        raise _in_options(error) from error
    except EngineUnavailable as error:
        words = f"{error}; {event_id} is kept and will be delivered when a worker runs"
        raise CannotError(f"engine_unavailable: {words}") from error


async def ask(duecourse: Duecourse, account_id: str, name: str, request_id: str | None, **body: Any) -> Answer:
    """Ask for something; fields that are none are left out."""
    ids = {"request_id": request_id or new_id("request")}
    try:
        said = await duecourse.ask(account_id, name, _given({**ids, **body}))
    except Malformed as error:
        raise _in_options(error) from error
    except EngineUnavailable as error:
        words = f"{error}; try again with --request-id {ids['request_id']}"
        raise CannotError(f"engine_unavailable: {words}") from error
    return {"account_id": account_id, **ids, **_references(body), **said}


def the_only(found: Sequence[str], what: str, option: str) -> str:
    """The one thing that a command can mean when its option is not given.

    Raises:
        CannotError: if there is none, or several.
    """
    if len(found) == 1:
        return found[0]
    if not found:
        raise CannotError(f"there is no {what} on this account")
    raise CannotError(f"there is more than one {what}: {', '.join(found)}; name one with {option}")


def _given(body: Answer) -> Answer:
    return {name: value for name, value in body.items() if value is not None}


def _references(body: Answer) -> Answer:
    """What a later command may need to refer to."""
    return {name: value for name, value in body.items() if name.endswith(("_id", "_ref")) and value is not None}


def _in_options(error: Malformed) -> CannotError:
    cause = error.__cause__
    words = in_options(cause, _OPTIONS) if isinstance(cause, ValidationError) else str(error)
    return CannotError(f"{error.code}: {words}")
