"""What is done once, or when something changes: the database, the namespace, the policies, the keys."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from temporalio.service import RPCError

from activities.assembly import load_library, open_records
from cli.connection import records, settings, temporal
from cli.failures import CannotError
from cli.namespace import add_search_attributes, missing_search_attributes
from cli.options import Json
from cli.printing import console, print_fields, print_json
from client.errors import EngineUnavailable
from config.policy_files import load_policy
from config.settings import Settings
from config.yaml_documents import ConfigError
from storage import schema
from storage.key_rotation import rotate_data_keys
from storage.schema import SchemaBehindError

commands = typer.Typer()
policy_commands = typer.Typer(help="The collection policies.", no_args_is_help=True)
commands.add_typer(policy_commands, name="policy", rich_help_panel="Set up")


@commands.command(rich_help_panel="Set up")
def migrate() -> None:
    """Bring the database to the newest schema. Safe to run again."""
    database = open_records(settings())
    try:
        schema.migrate(database)
    finally:
        database.dispose()
    console().print("The database is up to date.")


@commands.command(rich_help_panel="Set up")
def prepare() -> None:
    """Make the search attributes known to the Temporal namespace. Safe to run again."""

    async def work() -> list[str]:
        return await add_search_attributes(await temporal(settings()))

    added = asyncio.run(work())
    console().print(f"Search attributes added: {', '.join(added)}" if added else "The namespace knows them all.")


@commands.command(rich_help_panel="Set up")
def doctor(as_json: Json = False) -> None:
    """Check that the database, Temporal, policies and packs are ready; exit code 1 if one is not."""
    chosen = settings()
    found = {"database": _database(chosen), **_rules(chosen), "temporal": asyncio.run(_temporal(chosen))}
    found["messages go to"] = " and ".join(chosen.real_providers) or f"the outbox {chosen.outbox_dir}, not sent"
    healthy = not any(str(words).startswith(_WRONG) for words in found.values())
    if as_json:
        print_json({"ready": healthy, **found})
    else:
        print_fields("Ready" if healthy else "Not ready", found)
    if not healthy:
        raise typer.Exit(1)


@commands.command("rotate-data-keys", rich_help_panel="Personal data")
def rotate() -> None:
    """Encrypt personal data anew under the first of the data keys. Safe to interrupt and to run again."""
    with records() as database:
        console().print(f"Rows encrypted anew: {rotate_data_keys(database)}")


@policy_commands.command()
def lint(files: Annotated[list[Path], typer.Argument(metavar="FILE.yaml", help="Policies to check.")]) -> None:
    """Check policies before they go live: each error with line, field and mend; exit code 1 if there is any."""
    problems: list[str] = []
    for file in files:
        try:
            policy = load_policy(file)
        except ConfigError as error:
            problems += error.problems
            continue
        console().print(f"{file}: {policy.title}, version {policy.version}")
        if policy.placeholders:
            fields = ", ".join(policy.placeholders)
            console().print(f"  before a real provider is used, put your own in place of: {fields}", style="dim")
    if problems:
        raise CannotError("\n".join(problems))


_WRONG = "NOT READY: "


def _database(chosen: Settings) -> str:
    database = open_records(chosen)
    try:
        schema.require_current(database)
    except SchemaBehindError as error:
        return f"{_WRONG}{error}"
    finally:
        database.dispose()
    return f"up to date, on {database.engine.dialect.name}"


def _rules(chosen: Settings) -> dict[str, Any]:
    try:
        library = load_library(chosen)
    except ConfigError as error:
        return {"policies and packs": f"{_WRONG}{'; '.join(error.problems)}"}
    return {
        "policies": ", ".join(sorted(library.policies)),
        "jurisdictions": ", ".join(sorted(library.packs)),
        "courses for agents": ", ".join(sorted(library.courses)),
    }


async def _temporal(chosen: Settings) -> str:
    try:
        client = await temporal(chosen)
        missing = await missing_search_attributes(client)
    except EngineUnavailable as error:
        return f"{_WRONG}{error}"
    except RPCError as error:
        return f"answers; its search attributes cannot be read from here ({error.status.name})"
    if missing:
        return f"{_WRONG}search attributes are missing; run: python starter.py prepare"
    return f"answers, namespace {client.namespace}"
