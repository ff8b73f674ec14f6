"""What a person looks at: one account, many accounts, and the messages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.connection import records, run, settings
from cli.options import AccountId, After, Json, Limit
from cli.portfolio import Chosen, Page, list_accounts
from cli.printing import console, print_fields, print_json, print_table
from cli.worklists import Sent
from cli.worklists import messages as messages_of
from domain.terms import CaseState, Channel, Stage
from storage.tables import AccountState, Contact, ContactStatus

commands = typer.Typer()

_STATES = (AccountState.REGISTERED.value, *CaseState)
_SHOWN = ("at", "channel", "stage", "became")
_BECAME = {
    ContactStatus.SENDING: "being handed over",
    ContactStatus.RELEASED: "not sent, will be tried again",
    ContactStatus.SENT: "sent",
    ContactStatus.DELIVERED: "delivered",
    ContactStatus.UNKNOWN: "may have been sent, counts as sent",
    ContactStatus.REJECTED: "not sent, refused by the provider",
    ContactStatus.FAILED: "sent, did not arrive",
}


def _state(value: str | None) -> str | None:
    if value is not None and value not in _STATES:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(_STATES)}")
    return value


@commands.command(rich_help_panel="Look")
def status(account_id: AccountId, as_json: Json = False) -> None:
    """Show one account: its stage, what is owed, what comes next, when and why."""
    told = run(lambda duecourse: duecourse.status(account_id))
    if as_json:
        print_json(told)
    else:
        print_fields(f"Account {account_id}", _as_read(told))


@commands.command("list", rich_help_panel="Look")
def list_command(
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help=", ".join(_STATES), show_default=False, callback=_state)
    ] = None,
    stage: Annotated[Stage | None, typer.Option(metavar="STAGE", help=", ".join(Stage), show_default=False)] = None,
    debtor: Annotated[str | None, typer.Option(metavar="DEBTOR_ID", help="One person's.", show_default=False)] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Such as CN or US-CA.", show_default=False)] = None,
    limit: Limit = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List accounts, a page at a time. Filters combine; a stage or a running state leaves out what does not run."""
    chosen = Chosen(state, stage, debtor, jurisdiction)
    page = run(lambda duecourse: list_accounts(duecourse, chosen, limit, after, datetime.now(UTC)))
    if as_json:
        print_json({"accounts": page.accounts, "after": page.after})
    else:
        _show_accounts(page)


@commands.command(rich_help_panel="Look")
def outbox(
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT_ID", help="One account's.", show_default=False)
    ] = None,
    debtor: Annotated[str | None, typer.Option(metavar="DEBTOR_ID", help="One person's.", show_default=False)] = None,
    channel: Annotated[
        Channel | None, typer.Option(metavar="CHANNEL", help=", ".join(Channel), show_default=False)
    ] = None,
    status: Annotated[
        ContactStatus | None, typer.Option(metavar="STATUS", help=", ".join(ContactStatus), show_default=False)
    ] = None,
    words: Annotated[bool, typer.Option("--words", help="Show the words too, which are personal data.")] = False,
    limit: Limit = 50,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List the messages and calls, the newest first. What no provider took is marked: not sent."""
    chosen = Sent(account, debtor, channel, status)
    folder = settings().outbox_dir
    with records() as database, database.reading() as session:
        rows = [_message(each, words) for each in messages_of(session, chosen, limit, after)]
    following = rows[-1]["contact_id"] if len(rows) == limit else None
    if as_json:
        print_json({"messages": rows, "after": following, "folder": str(folder)})
        return
    if words:
        for row in rows:
            print_fields(row["contact_id"], {name: row[name] for name in (*_SHOWN, "subject", "words")})
    else:
        print_table(f"Messages and calls: {len(rows)}", ("contact", *_SHOWN), _cells(rows, ("contact_id", *_SHOWN)))
    _say_more(following)
    console().print(f"What was not sent is kept in {folder}", style="dim", soft_wrap=True)


def _show_accounts(page: Page) -> None:
    columns = ("account", "debtor", "policy", "where", "state", "stage", "#overdue", "holds", "next contact")
    rows = (
        (
            each["account_id"],
            each["debtor_id"],
            each["policy"],
            each["jurisdiction"],
            f"{each['state']}: {each['closed']}" if each["closed"] else each["state"],
            each["stage"],
            f"{each['outstanding']} {each['currency']}",
            ", ".join(each["holds"]),
            each["next_contact_at"],
        )
        for each in page.accounts
    )
    print_table(f"Accounts: {len(page.accounts)}", columns, rows)
    _say_more(page.after)


def _cells(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[list[Any]]:
    return [[row[name] for name in names] for row in rows]


def _say_more(after: str | None) -> None:
    if after is not None:
        console().print(f"There is more: add --after {after}", style="dim", soft_wrap=True)


def _as_read(told: dict[str, Any]) -> dict[str, Any]:
    """A status as a person reads it, the most telling first."""
    step = told.get("next_step")
    lines = {
        "state": told["state"],
        "stage": told.get("stage"),
        "closed": told.get("closed"),
        "next": _step(step) if step else None,
        "overdue": f"{told.get('outstanding')} {told.get('currency')} of {told.get('balance')} in all",
        "credit owed back": told.get("credit") if float(told.get("credit") or 0) else None,
        "days past due": told.get("days_past_due"),
        "holds": [_hold(each) for each in told.get("holds", [])],
        "contacts that left": told.get("contacts"),
        "goal": _goal(told["goal"]) if "goal" in told else None,
    }
    rest = (
        "track",
        "track_reason",
        "firm_until",
        "plan",
        "promise",
        "call",
        "complaints",
        "waivers",
        "referral",
        "limitation",
        "rejected_inputs",
    )
    lines |= {name: _filled(told.get(name)) for name in rest}
    return lines | {"policy": f"{told.get('policy')} {told.get('policy_version', '')}".strip()}


def _goal(goal: dict[str, Any]) -> str:
    recovered = goal["recovered_percent"]
    so_far = "nothing has fallen due" if recovered is None else f"{recovered}% recovered in time"
    return f"{goal['recover_percent']}% by {goal['within_until']}: {so_far}"


def _step(step: dict[str, Any]) -> str:
    channel = f" by {step['channel']}" if step.get("channel") else ""
    return f"{step['kind'].replace('_', ' ')}{channel} at {step['due_at']}: {step['reason']}"


def _hold(hold: dict[str, Any]) -> str:
    until = f"until {hold['until']}" if hold.get("until") else "until a person ends it"
    return f"{hold['kind']} {hold['hold_id']} since {hold['since']} {until} {hold['reason']}".strip()


def _filled(value: Any) -> Any:
    """A value without its empty fields."""
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each) for name, each in value.items() if each not in (None, "", [], {})}
    return value


def _message(contact: Contact, with_words: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "contact_id": contact.contact_id,
        "account_id": contact.account_id,
        "at": contact.attempted_at,
        "channel": contact.channel,
        "message_class": contact.message_class,
        "stage": contact.stage,
        "status": contact.status,
        "simulated": contact.simulated,
        "became": _became(contact),
        "provider_ref": contact.provider_ref,
        "template": contact.template_id,
        "code": contact.code,
        "told_with": contact.told_with,
    }
    return row | {"subject": contact.subject, "words": contact.words} if with_words else row


def _became(contact: Contact) -> str:
    """What became of it, in words; nobody must take a message in the outbox for one that was sent."""
    words = _BECAME[ContactStatus(contact.status)]
    return f"NOT SENT, kept in the outbox; counted as {contact.status}" if contact.simulated else words
