"""The audit trail: shown, explained for one contact, and checked for changes."""

from typing import Annotated

import typer
from sqlmodel import func, select

from cli.connection import records
from cli.options import AccountId, Json
from cli.printing import console, print_fields, print_json, print_table
from storage import audit
from storage.accounts import find_account
from storage.explanation import explain as explanation_of
from storage.tables import AuditRecord

commands = typer.Typer()
audit_commands = typer.Typer(help="The audit trail: show one account's, or verify all of them.", no_args_is_help=True)
commands.add_typer(audit_commands, name="audit", rich_help_panel="Look")


@audit_commands.command()
def show(account_id: AccountId, as_json: Json = False) -> None:
    """Show an account's trail in order."""
    with records() as database, database.reading() as session:
        find_account(session, account_id)
        rows = [
            {"number": each.number, "at": each.at, "kind": each.kind, "subject": each.subject, **each.detail}
            for each in audit.trail(session, account_id)
        ]
    if as_json:
        print_json({"account_id": account_id, "records": rows})
        return
    print_table(
        f"Audit trail of {account_id}: {len(rows)}",
        ("#", "at", "what", "about", "detail"),
        ((row.pop("number"), row.pop("at"), row.pop("kind"), row.pop("subject"), row) for row in rows),
    )


@audit_commands.command()
def verify(as_json: Json = False) -> None:
    """Check that no record of any trail was changed, removed or re-ordered; exit code 1 if one was."""
    with records() as database, database.reading() as session:
        count = session.exec(select(func.count()).select_from(AuditRecord)).one()
        broken = audit.verify(audit.every_record(session))
    found = [{"account_id": each.account_id, "number": each.number, "problem": each.problem} for each in broken]
    if as_json:
        print_json({"records": count, "broken": found})
    elif found:
        rows = ((each["account_id"], each["number"], each["problem"]) for each in found)
        print_table(f"Broken: {len(found)} of {count} records", ("account", "#record", "problem"), rows)
    else:
        console().print(f"{count} records, none changed, removed or re-ordered")
    if found:
        raise typer.Exit(1)


@commands.command(rich_help_panel="Look")
def explain(
    contact_id: Annotated[str, typer.Argument(metavar="CONTACT_ID", help="The message or call, as outbox lists it.")],
    as_json: Json = False,
) -> None:
    """Tell why one contact was made or turned away: when, with which words, under which rules, from which policy."""
    with records() as database, database.reading() as session:
        told = explanation_of(session, contact_id)
    if as_json:
        print_json(told)
    else:
        print_fields(f"Contact {contact_id}", told)
