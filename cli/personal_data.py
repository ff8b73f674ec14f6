"""Personal data: given to the person, and erased when their time has passed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from activities.account_statement import account_statement
from activities.desk import Library
from cli.connection import library, records
from cli.options import Json
from cli.printing import console, print_json
from storage.disclosure import disclose
from storage.retention import KeepUntil
from storage.retention import purge as purge_records

commands = typer.Typer()

_LONGEST_YEAR = timedelta(days=366)
"""Retention is a least time: nothing is erased a day too early."""


@commands.command(rich_help_panel="Personal data")
def export_debtor(
    debtor_id: Annotated[str, typer.Argument(metavar="DEBTOR_ID", help="The person, by their id.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it, instead of the terminal.")
    ] = None,
) -> None:
    """Give a person all that is held on them, in one JSON document."""
    known, now = library(), datetime.now(UTC)
    with records() as database, database.reading() as session:
        held = disclose(session, debtor_id, lambda account: account_statement(session, known, account, now))
    if out is None:
        print_json(held)
        return
    out.touch(mode=0o600)
    out.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    console().print(f"Written to {out}, for the person's eyes only.")


@commands.command(rich_help_panel="Personal data")
def purge(as_json: Json = False) -> None:
    """Erase the personal data of everybody whose accounts are closed and past their retention.

    The figures and the audit trail stay. Run it every day; running it twice erases nothing more.
    """
    known = library()
    with records() as database:
        erased = purge_records(database, retention_of(known), datetime.now(UTC))
    if as_json:
        print_json({"erased": erased})
    else:
        console().print(f"Personal data of {len(erased)} people erased.")


def retention_of(known: Library) -> KeepUntil:
    """Until when a jurisdiction's pack has personal data kept after the last collection activity."""

    def keep_until(jurisdiction: str, last_activity: datetime) -> datetime:
        return last_activity + known.pack(jurisdiction).retention.years * _LONGEST_YEAR

    return keep_until
