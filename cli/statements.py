"""The statement of one account: what it owed by its contract, every change with its date, and what is owed."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from activities.account_statement import account_statement
from cli.connection import library, records
from cli.failures import CannotError
from cli.options import AccountId, Json
from cli.printing import print_json, print_table
from domain.registration import end_of_day
from storage.accounts import find_account
from storage.tables import Debtor

commands = typer.Typer()

_COLUMNS = ("date", "what", "reference", "#principal", "#interest", "#fees", "#unallocated", "#balance")
_PARTS = ("principal", "interest", "fees")


@commands.command(rich_help_panel="Look")
def statement(
    account_id: AccountId,
    as_of: Annotated[
        str | None, typer.Option(metavar="WHEN", help="A day, or a moment with its offset.", show_default="now")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show an account's statement as of a moment, by what was booked until then: late charges to that day included.

    Amounts below zero lower what is owed. Unallocated is money that fills nothing: credit, or a payment that was taken
    back later.
    """
    known = library()
    with records() as database, database.reading() as session:
        account = find_account(session, account_id)
        time_zone = session.get_one(Debtor, account.debtor_id).time_zone
        told = account_statement(session, known, account, _moment(as_of, time_zone))
    if as_json:
        print_json(told)
        return
    print_table(_title(told), _COLUMNS, [_edge("owed by the contract", told["opening"]), *_lines(told), _closing(told)])


def _moment(as_of: str | None, time_zone: str) -> datetime:
    """The moment that was asked for; a day is asked about as it ends where the person lives."""
    if as_of is None:
        return datetime.now(UTC)
    try:
        if len(as_of) == len("2026-03-31"):
            return end_of_day(date.fromisoformat(as_of), time_zone) - timedelta(microseconds=1)
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise CannotError("malformed: --as-of: must be a day such as 2026-03-31, or a moment with its offset") from None
    if moment.tzinfo is None:
        raise CannotError("malformed: --as-of: lacks its offset; write a moment such as 2026-03-31T09:00+08:00")
    return moment.astimezone(UTC)


def _title(told: dict[str, Any]) -> str:
    owed = f"overdue {told['arrears']['total']} of {told['closing']['total']} {told['currency']}"
    return f"Statement of {told['account_id']} as of {told['as_of']}: {owed}, credit {told['credit']}"


def _lines(told: dict[str, Any]) -> list[list[Any]]:
    return [
        [
            each["date"],
            _what(each),
            each["reference"],
            *(each[part] for part in _PARTS),
            each["unallocated"],
            each["balance"],
        ]
        for each in told["lines"]
    ]


def _what(line: dict[str, Any]) -> str:
    words = str(line["kind"]).replace("_", " ")
    return f"{words} from {line['since']}" if line["since"] is not None else words


def _edge(words: str, sums: dict[str, str]) -> list[Any]:
    return ["", words, "", *(sums[part] for part in _PARTS), "", sums["total"]]


def _closing(told: dict[str, Any]) -> list[Any]:
    return _edge("still owed", told["closing"])
