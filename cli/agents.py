"""Agents: registered by name or from a file, trained, suspended, what each is certified for, and what each has done."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from sqlmodel import Session

from cli.connection import library, records
from cli.csv_tables import UnusableFileError, read_table
from cli.failures import CannotError
from cli.options import By, Json, Reason
from cli.printing import console, print_json, print_table
from cli.wording import in_options
from domain.agents import AgentCard
from domain.training import Course
from domain.unreadable import faults
from storage import agents as people
from storage.agent_measures import measures_of_agents
from storage.agent_tables import Agent
from storage.training import record_attendance, standing_of

commands = typer.Typer()
agent_commands = typer.Typer(
    help="Who calls: registered, trained, certified, suspended, measured.", no_args_is_help=True
)
commands.add_typer(agent_commands, name="agents", rich_help_panel="Agents")

AgentId = Annotated[str, typer.Argument(metavar="AGENT_ID", help="The agent, by their id.", show_default=False)]
Jurisdiction = Annotated[
    str, typer.Argument(metavar="JURISDICTION", help="Whose course, such as CN.", show_default=False)
]

_COLUMNS = ("agent_id", "name", "languages", "authority")


@agent_commands.command()
def add(
    agent_id: AgentId,
    name: Annotated[str, typer.Option(help="As colleagues see it; personal data.")],
    language: Annotated[list[str], typer.Option(help="In which the agent can lead a call; once for each.")],
    authority: Annotated[int, typer.Option(help="How far the agent decides alone and approves, 0 to 9.")] = 0,
) -> None:
    """Register an agent, or bring what is known of one up to date."""
    given = {"agent_id": agent_id, "name": name, "languages": language, "authority": authority}
    try:
        card = AgentCard.model_validate(given)
    except ValidationError as error:
        raise CannotError(in_options(error, {"agent_id": "AGENT_ID", "languages": "--language"})) from error
    _register([card])


@agent_commands.command("import")
def import_agents(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="agent_id, name, languages, authority.")],
) -> None:
    """Register the agents of a file, all or none; several languages are parted by spaces."""
    try:
        table = read_table(file, _COLUMNS, ())
    except UnusableFileError as error:
        raise typer.BadParameter(str(error), param_hint="FILE.csv") from error
    problems = [f"{table.file}:{line}: {reason}" for line, reason in table.ragged]
    cards: list[AgentCard] = []
    for line, row in table.rows:
        try:
            cards.append(AgentCard.model_validate({**row, "languages": row["languages"].split()}))
        except ValidationError as error:
            problems += [f"{table.file}:{line}: {where[0]} {words}" for where, words in faults(error)]
    if problems:
        raise CannotError("\n".join(problems))
    _register(cards)


@agent_commands.command("list")
def list_agents(as_json: Json = False) -> None:
    """List the agents and what each is certified for now."""
    courses = list(library().courses.values())
    with records() as database, database.reading() as session:
        rows = [_row(session, agent, courses) for agent in people.all_agents(session)]
    if as_json:
        print_json({"agents": rows})
        return
    print_table(
        f"Agents: {len(rows)}",
        ("agent", "name", "languages", "#authority", "active", "may call in"),
        (
            (
                row["agent_id"],
                row["name"],
                ", ".join(row["languages"]),
                row["authority"],
                row["active"],
                list(_certifications(row["certifications"])),
            )
            for row in rows
        ),
    )


@agent_commands.command()
def attend(
    agent_id: AgentId,
    jurisdiction: Jurisdiction,
    by: By,
    module: Annotated[
        list[str] | None, typer.Option(help="Once for each module.", show_default="all of the course")
    ] = None,
) -> None:
    """Record that an agent attended modules of a course, as the trainer saw it."""
    course = library().course(jurisdiction)
    modules = module or [each.id for each in course.modules]
    with records() as database, database.writing() as session:
        record_attendance(session, course, agent_id, modules, datetime.now(UTC), by)
    console().print(f"{agent_id} attended {', '.join(modules)} of {course.jurisdiction} {course.version}.")


@agent_commands.command()
def suspend(
    agent_id: AgentId,
    reason: Reason,
    by: By,
    reference: Annotated[str, typer.Option(help="What led to it, by its id; the same one suspends once.")],
) -> None:
    """Stop an agent from calling, everywhere, until trained and examined again."""
    with records() as database, database.writing() as session:
        people.find_agent(session, agent_id)
        fresh = people.suspend(session, agent_id, datetime.now(UTC), reason_code=reason, reference=reference, by=by)
    words = "may not call until trained and examined again" if fresh else f"was suspended for {reference} before"
    console().print(f"{agent_id} {words}.")


@agent_commands.command()
def deactivate(agent_id: AgentId, by: By) -> None:
    """Let an agent go: no calls and no decisions any more."""
    with records() as database, database.writing() as session:
        people.deactivate(session, agent_id, datetime.now(UTC), by)
    console().print(f"{agent_id} is no longer active.")


@agent_commands.command()
def report(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="From that day on.", show_default="ever"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what each agent has done: calls, promises kept, complaints upheld, quality."""
    begins = since.replace(tzinfo=UTC) if since is not None else datetime.fromtimestamp(0, UTC)
    with records() as database, database.reading() as session:
        measured = measures_of_agents(session, begins)
    if as_json:
        print_json({"since": begins, "agents": [asdict(each) for each in measured]})
        return
    print_table(
        f"Agents: {len(measured)}",
        (
            "agent",
            "#calls",
            "#talks",
            "#right party",
            "#promises",
            "#kept",
            "#partly",
            "#broken",
            "#upheld",
            "#reviews",
            "#quality",
        ),
        (
            (
                each.agent_id,
                each.calls,
                each.conversations,
                each.right_party,
                each.promises_taken,
                each.promises_kept,
                each.promises_partly_kept,
                each.promises_broken,
                each.complaints_upheld,
                f"{each.reviews} ({each.reviews_failed} failed)",
                each.quality_percent,
            )
            for each in measured
        ),
    )


def _register(cards: Sequence[AgentCard]) -> None:
    with records() as database, database.writing() as session:
        for card in cards:
            people.register_agent(session, card, datetime.now(UTC))
    console().print(f"Registered: {', '.join(each.agent_id for each in cards)}")


def _row(session: Session, agent: Agent, courses: Sequence[Course]) -> dict[str, Any]:
    now = datetime.now(UTC)
    standings = {each.jurisdiction: standing_of(session, each, agent.agent_id, now) for each in courses}
    return {
        "agent_id": agent.agent_id,
        "name": agent.name,
        "languages": agent.languages,
        "authority": agent.authority,
        "active": agent.active,
        "certifications": {
            where: {"certified": found.certified, "until": found.until, "reason": found.reason}
            for where, found in standings.items()
        },
    }


def _certifications(standings: dict[str, dict[str, Any]]) -> Iterator[str]:
    for where, found in standings.items():
        if found["certified"]:
            yield f"{where} until {found['until']:%Y-%m-%d}"
