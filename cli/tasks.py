"""What waits for people: calls and decisions; and how an agent takes a call on, reads its script, and returns it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from activities.desk import Library
from cli.connection import library, records
from cli.options import Agent, Json, Limit
from cli.printing import console, print_fields, print_json, print_table
from cli.worklists import WaitingDecision, waiting_decisions
from storage.call_tasks import WaitingCall, give_back, take, take_next, waiting_calls
from storage.tables import CallTask

commands = typer.Typer()
task_commands = typer.Typer(
    help="The calls and decisions that wait for people, the most urgent first; and calls taken on by agents.",
    invoke_without_command=True,
)
commands.add_typer(task_commands, name="tasks", rich_help_panel="Look")

CallId = Annotated[str, typer.Argument(metavar="CALL_ID", help="The call, as tasks lists it.", show_default=False)]


@task_commands.callback()
def tasks(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """List the calls and decisions that wait for people, the most urgent first, or take a call on."""
    if context.invoked_subcommand is not None:
        return
    now = datetime.now(UTC)
    with records() as database, database.reading() as session:
        calls, decisions = waiting_calls(session, now)[:limit], waiting_decisions(session, now)[:limit]
    if as_json:
        print_json({"calls": [_fields(each) for each in calls], "decisions": [_fields(each) for each in decisions]})
        return
    _show_calls(calls)
    _show_decisions(decisions)


@task_commands.command("next")
def next_call(agent: Agent, as_json: Json = False) -> None:
    """Take the call that is due soonest among those that the agent may make, within a fair part of all."""
    _take(agent, as_json, lambda session, known, now: take_next(session, known.courses, agent, now))


@task_commands.command()
def claim(call_id: CallId, agent: Agent, as_json: Json = False) -> None:
    """Take one call on; others leave it alone until it is made, returned, or half an hour has passed."""
    _take(agent, as_json, lambda session, known, now: take(session, known.courses, call_id, agent, now))


@task_commands.command("return")
def return_call(call_id: CallId, agent: Agent) -> None:
    """Give a call back, so that somebody else may make it."""
    with records() as database, database.writing() as session:
        give_back(session, call_id, agent, datetime.now(UTC))
    console().print(f"{call_id} waits for another agent.")


def _take(agent: str, as_json: bool, work: Callable[[Session, Library, datetime], WaitingCall]) -> None:
    known = library()
    with records() as database, database.writing() as session:
        call = work(session, known, datetime.now(UTC))
        script = session.get_one(CallTask, call.call_id).script
    told = _fields(call) | {"command": f"begin-call {call.account_id} --agent {agent}", "script": script}
    if as_json:
        print_json(told)
    else:
        print_fields(f"{agent} has taken {call.call_id}", told)


def _show_calls(calls: list[WaitingCall]) -> None:
    print_table(
        f"Calls to make: {len(calls)}",
        ("account", "call", "stage", "where", "language", "until", "taken by", "command"),
        (
            (
                each.account_id,
                each.call_id,
                each.stage,
                each.jurisdiction,
                each.language,
                each.deadline,
                each.taken_by,
                "begin-call",
            )
            for each in calls
        ),
    )


def _show_decisions(decisions: list[WaitingDecision]) -> None:
    print_table(
        f"Decisions to make: {len(decisions)}",
        ("account", "what", "about", "by", "#asked", "command"),
        (
            (each.account_id, each.question, each.subject, each.deadline, each.times_asked, each.command)
            for each in decisions
        ),
    )


def _fields(item: WaitingCall | WaitingDecision) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}
