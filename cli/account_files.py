"""Reads files of overdue accounts: the rows that can be registered, and for each other its line, column and reason.

Nothing is started here and nothing is looked up outside the files. What a person's cell holds is never repeated in a
reason, since reports travel.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cli.consent_columns import CONSENT_COLUMNS, consents_of, wrong_consents
from cli.csv_tables import Table, read_table
from cli.term_columns import TERM_COLUMNS, column_of_term, terms_of
from domain.money import MoneyError, format_minor, parse_minor
from domain.registration import OpaqueId, Registration
from domain.unreadable import faults

_AMOUNTS = ("principal", "interest", "fees")
ACCOUNT_COLUMNS = (
    "account_id",
    "debtor_id",
    "debtor_name",
    "phone",
    "email",
    "postal_address",
    "language",
    "time_zone",
    "jurisdiction",
    "product",
    "currency",
    *_AMOUNTS,
    "due_date",
)
"""The columns of a file of accounts; it may also have ``policy``, ``credit_kind`` and those of consents and terms."""
INSTALMENT_COLUMNS = ("account_id", "number", "due_date", *_AMOUNTS)
"""The columns of a file of instalments."""

_OPTIONAL = ("policy", "credit_kind", *CONSENT_COLUMNS, *TERM_COLUMNS)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,4})?")
_OPAQUE_ID: TypeAdapter[str] = TypeAdapter(OpaqueId)
_STAND_IN = {"number": "1", "due_date": "2000-01-01", "principal": "1"}
_OF_THE_PERSON = ("debtor_name", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken, or one thing that is wrong with it."""

    file: str
    line: int
    """Where the row begins in the file, the header being line 1."""
    account_id: str
    """Empty where it is no id that may be shown."""
    column: str
    """Empty where no single column is to blame."""
    reason: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A row that can be registered."""

    line: int
    registration: Registration


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds."""

    file: str
    encoding: str
    rows: int
    accounts: tuple[AccountRow, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(slots=True)
class _Instalments:
    """The instalments of the second file by account, and the accounts of which one was refused."""

    by_account: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str, int] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    refused: list[RefusedRow] = field(default_factory=list)


def read_accounts(path: Path, instalments: Path | None = None, policy: str | None = None) -> Reading:
    """Read a file of accounts, and that of their instalments if they owe several.

    Args:
        path: the accounts, one a row.
        instalments: the instalments of those accounts that owe more than one.
        policy: for the accounts whose row names none.

    Raises:
        UnusableFileError: if a file cannot be read, is in another encoding, or has not the right columns.
    """
    table = read_table(path, ACCOUNT_COLUMNS, _OPTIONAL)
    several = _read_instalments(instalments) if instalments is not None else _Instalments()
    accounts: list[AccountRow] = []
    refused = [*_ragged(table), *several.refused]
    first_line: dict[str, int] = {}
    people: dict[str, dict[str, str]] = {}
    for line, row in table.rows:
        wrong = [*_repeated(row, first_line), *_wrong_cells(row, several), *_another_person(row, people)]
        first_line.setdefault(row["account_id"], line)
        registration, more = _registration(row, several, policy, owed_is_readable=not wrong)
        wrong += more
        if registration is not None and not wrong:
            accounts.append(AccountRow(line, registration))
            people.setdefault(row["debtor_id"], row)
        refused += [RefusedRow(table.file, line, _shown(row["account_id"]), *each) for each in wrong]
    refused += _without_account(several, instalments, first_line)
    rows = len(table.rows) + len(table.ragged)
    return Reading(table.file, table.encoding, rows, tuple(accounts), tuple(sorted(refused, key=_place)))


def _ragged(table: Table) -> Iterator[RefusedRow]:
    for line, reason in table.ragged:
        yield RefusedRow(table.file, line, "", "", reason)


def _place(row: RefusedRow) -> tuple[str, int]:
    return row.file, row.line


def _shown(account_id: str) -> str:
    """The id if it is opaque; one that looks like a personal number stays out of reports."""
    try:
        return _OPAQUE_ID.validate_python(account_id)
    except ValidationError:
        return ""


def _repeated(row: Mapping[str, str], first_line: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    earlier = first_line.get(row["account_id"])
    if earlier is not None:
        yield "account_id", f"stands on line {earlier} too; keep one row for an account"


def _another_person(row: Mapping[str, str], people: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    known = people.get(row["debtor_id"])
    for column in _OF_THE_PERSON:
        if known is not None and known[column] != row[column]:
            yield column, "differs from that debtor's earlier row; use the same, or another debtor_id for somebody else"


def _wrong_cells(row: Mapping[str, str], several: _Instalments) -> Iterator[tuple[str, str]]:
    """What the form of amounts and dates tells before anything is computed with them."""
    account_id = row["account_id"]
    if account_id in several.spoilt:
        yield "account_id", "one of its instalments was refused; correct that first"
    optional = account_id in several.by_account
    for column in _AMOUNTS:
        if row[column] or not optional:
            yield from _wrong_amount(row[column], column, row["currency"])
    if row["due_date"] or not optional:
        yield from _wrong_day(row["due_date"], "due_date")
    yield from wrong_consents(row)


def _wrong_amount(text: str, column: str, currency: str) -> Iterator[tuple[str, str]]:
    if not text:
        yield column, 'is empty; write "0.00" for nothing'
    elif text.startswith("-"):
        yield column, 'must not be negative; write "0.00" for nothing, and tell a credit as a payment'
    elif re.search(r"[,，']|\d\s+\d", text) and re.search(r"\d", text):
        yield column, "must be written without thousand separators, with a point before the cents, such as 1234.56"
    elif re.search(r"[^\W\d_]|[$¥￥€£]", text):
        yield column, "must be written without a currency sign, such as 1234.56; currency has its own column"
    elif not _PLAIN_AMOUNT.fullmatch(text):
        yield column, "must be a decimal such as 1234.56"
    else:
        yield from _too_precise(text, column, currency)


def _too_precise(text: str, column: str, currency: str) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"[A-Z]{3}", currency):
        return
    try:
        parse_minor(text, currency)
    except MoneyError as error:
        yield column, str(error).partition(";")[0]


def _wrong_day(text: str, column: str) -> Iterator[tuple[str, str]]:
    if not text:
        yield column, "is empty; write a day such as 2026-11-24"
        return
    try:
        if _DAY.fullmatch(text) is None:
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        yield column, "must be a day of the calendar written year-month-day, such as 2026-11-24"


def _registration(
    row: Mapping[str, str], several: _Instalments, policy: str | None, *, owed_is_readable: bool
) -> tuple[Registration | None, list[tuple[str, str]]]:
    """The registration, or what is wrong with the row; where amounts cannot be read, with everything else in it."""
    owed = several.by_account.get(row["account_id"])
    wrong = list(_disagreeing(row, owed)) if owed is not None and owed_is_readable else []
    single = {"number": "1", **{column: row[column] for column in ("due_date", *_AMOUNTS)}}
    body: dict[str, Any] = {column: row[column] for column in ACCOUNT_COLUMNS if column not in single}
    body["instalments"] = (owed or [single]) if owed_is_readable and not wrong else [_STAND_IN]
    body["policy"] = row.get("policy") or policy
    body["consents"] = () if any(wrong_consents(row)) else consents_of(row)
    body["terms"] = terms_of(row)
    body |= {"credit_kind": row["credit_kind"]} if row.get("credit_kind") else {}
    try:
        return Registration.model_validate(body), wrong
    except ValidationError as error:
        return None, [*wrong, *(_as_column(location, words) for location, words in faults(error))]


def _as_column(location: Sequence[str | int], words: str) -> tuple[str, str]:
    """The column that pydantic's location stands for. A check over several fields names none."""
    if location and location[0] == "terms":
        return column_of_term(str(location[-1])), words
    if location:
        return str(location[-1] if location[0] == "instalments" else location[0]), words
    if words.startswith("terms.contract_date"):
        return "contract_date", words.removeprefix("terms.contract_date ")
    if words.startswith("account_id and debtor_id"):
        return "account_id", words
    if words.startswith("a consent to"):
        return "phone", "is empty; a consent needs the number that it was given for"
    if "owes nothing" in words:
        return "principal", "nothing is owed; leave the row out, or correct principal, interest and fees"
    return "", words


def _disagreeing(row: Mapping[str, str], owed: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Where the account's own row says something else than its instalments together."""
    currency = row["currency"]
    for column in _AMOUNTS:
        try:
            total = sum(parse_minor(each[column], currency) for each in owed)
            told = parse_minor(row[column], currency) if row[column] else total
        except MoneyError as error:
            yield column, f"in the instalments: {str(error).partition(';')[0]}"
            continue
        if told != total:
            yield (
                column,
                f"its instalments add up to {format_minor(total, currency)}; make them agree or leave it empty",
            )
    first_due = min(each["due_date"] for each in owed)
    if row["due_date"] and row["due_date"] != first_due:
        yield "due_date", f"its first instalment is due on {first_due}; make them agree or leave it empty"


def _read_instalments(path: Path) -> _Instalments:
    table = read_table(path, INSTALMENT_COLUMNS, ())
    found = _Instalments(refused=list(_ragged(table)))
    for line, row in table.rows:
        account_id = row["account_id"]
        wrong = [*_wrong_instalment(row, found.by_account[account_id])]
        found.lines.setdefault(account_id, line)
        found.by_account[account_id].append({name: row[name] for name in INSTALMENT_COLUMNS if name != "account_id"})
        if wrong:
            found.spoilt.add(account_id)
        found.refused += [RefusedRow(table.file, line, _shown(account_id), *each) for each in wrong]
    return found


def _wrong_instalment(row: Mapping[str, str], earlier: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"[1-9]\d{0,2}", row["number"]):
        yield "number", "must be a whole number from 1 on"
    elif any(each["number"] == row["number"] for each in earlier):
        yield "number", "stands twice for this account; number its instalments 1, 2, 3"
    yield from _wrong_day(row["due_date"], "due_date")
    for column in _AMOUNTS:
        yield from _wrong_amount(row[column], column, "")


def _without_account(several: _Instalments, path: Path | None, known: Mapping[str, int]) -> Iterator[RefusedRow]:
    if path is None:
        return
    for account_id, line in several.lines.items():
        if account_id not in known:
            reason = "no such account in the file of accounts; add it there or remove its instalments"
            yield RefusedRow(path.name, line, _shown(account_id), "account_id", reason)
