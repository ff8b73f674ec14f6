"""Putting accounts into collection: one by its fields, or many by a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from cli.account_files import Reading, read_accounts
from cli.connection import library, run
from cli.consent_columns import consents_of, wrong_consents
from cli.csv_tables import UnusableFileError
from cli.failures import CannotError
from cli.import_progress import progress
from cli.import_report import ImportReport, write_rejects
from cli.importing import Fitting, Imported, fit_policies, import_accounts
from cli.options import AccountId, Json
from cli.printing import console, print_json
from cli.telling import Answer, answer
from cli.term_columns import terms_of
from cli.wording import in_options
from client.duecourse import Duecourse
from domain.registration import Registration
from domain.terms import CreditKind

commands = typer.Typer()

_OPTIONS = {
    "account_id": "ACCOUNT_ID",
    "terms.annual_percent": "--late-annual-percent",
    "terms.contract_date": "--contract-date",
    "terms.day_count": "--day-count",
    "terms.fee": "--late-fee",
    "terms.fee_after_days": "--late-fee-after-days",
    "terms.lender_type": "--lender-type",
}
"""The options that are not called like their field."""

_Policy = Annotated[str | None, typer.Option(help="A policy's name.", show_default="the one that fits")]


@commands.command(rich_help_panel="Put accounts into collection")
def register(
    account_id: AccountId,
    debtor_id: Annotated[str, typer.Option(help="The person, by an opaque id of yours.")],
    debtor_name: Annotated[str, typer.Option(metavar="TEXT", help="As messages address them.")],
    language: Annotated[str, typer.Option(help="In which they are written to, such as zh-CN or en.")],
    time_zone: Annotated[str, typer.Option(help="Where they live, such as Asia/Shanghai.")],
    jurisdiction: Annotated[str, typer.Option(help="Whose rules hold, such as CN or US-CA.")],
    product: Annotated[str, typer.Option(help="What was bought on credit, as the person knows it.")],
    currency: Annotated[str, typer.Option(help="Such as CNY.")],
    principal: Annotated[str, typer.Option(metavar="AMOUNT", help="A decimal such as 120.00.")],
    due_date: Annotated[str, typer.Option(metavar="DAY", help="Such as 2026-11-01.")],
    interest: Annotated[str, typer.Option(metavar="AMOUNT")] = "0.00",
    fees: Annotated[str, typer.Option(metavar="AMOUNT")] = "0.00",
    phone: Annotated[str, typer.Option(help="With its country, such as +8613800138000.", show_default="none")] = "",
    email: Annotated[str, typer.Option(show_default="none")] = "",
    postal_address: Annotated[str, typer.Option(metavar="TEXT", show_default="none")] = "",
    late_annual_percent: Annotated[
        str | None, typer.Option(metavar="PERCENT", help="Of overdue principal, such as 18.25.", show_default="none")
    ] = None,
    contract_date: Annotated[
        str | None, typer.Option(metavar="DAY", help="With a late rate: since when it is lent.", show_default="none")
    ] = None,
    day_count: Annotated[str, typer.Option(help="actual/365 or actual/360.")] = "actual/365",
    late_fee: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Once for each late instalment.", show_default="none")
    ] = None,
    late_fee_after_days: Annotated[int, typer.Option(help="Days late without a fee.")] = 0,
    lender_type: Annotated[str, typer.Option(help="As the cost caps name it.", show_default="not known")] = "",
    credit_kind: Annotated[
        CreditKind, typer.Option(help="By which the law chooses the notices that are owed.")
    ] = CreditKind.CREDIT_AGREEMENT,
    policy: _Policy = None,
    sms_consent: Annotated[str | None, typer.Option(metavar="DAY", help="When the person agreed to texts.")] = None,
    voice_consent: Annotated[
        str | None, typer.Option(metavar="DAY", help="When they agreed to recorded announcements.")
    ] = None,
    consent_source: Annotated[
        str | None, typer.Option(metavar="CODE", help="Where that is on record, such as loan_agreement.")
    ] = None,
    phone_confirmed: Annotated[
        str | None, typer.Option(metavar="DAY", help="When the number was last known to be theirs.")
    ] = None,
    start_now: Annotated[bool, typer.Option("--start", help="Start its collection too.")] = False,
    as_json: Json = False,
) -> None:
    """Make one account known, which owes one instalment. For several instalments, or many accounts, use import."""
    consents = {
        "sms_consent": sms_consent or "",
        "voice_consent": voice_consent or "",
        "consent_source": consent_source or "",
        "phone_confirmed": phone_confirmed or "",
    }
    for column, reason in wrong_consents(consents):
        raise CannotError(f"malformed: --{column.replace('_', '-')}: {reason}")
    owed = {"number": 1, "due_date": due_date, "principal": principal, "interest": interest, "fees": fees}
    terms = {
        "late_annual_percent": late_annual_percent or "",
        "contract_date": contract_date or "",
        "day_count": day_count,
        "late_fee": late_fee or "",
        "late_fee_after_days": str(late_fee_after_days),
        "lender_type": lender_type,
    }
    registration = _valid(
        account_id=account_id,
        debtor_id=debtor_id,
        debtor_name=debtor_name,
        phone=phone,
        email=email,
        postal_address=postal_address,
        language=language,
        time_zone=time_zone,
        jurisdiction=jurisdiction,
        product=product,
        currency=currency,
        instalments=[owed],
        policy=policy,
        consents=consents_of(consents),
        terms=terms_of(terms),
        credit_kind=credit_kind,
    )

    async def work(duecourse: Duecourse) -> Answer:
        told = {"account_id": account_id, "registered": (await duecourse.register(registration)).value}
        return told | (await _started(duecourse, account_id) if start_now else {})

    answer(as_json, "Account registered", work)


@commands.command(rich_help_panel="Put accounts into collection")
def start(account_id: AccountId, as_json: Json = False) -> None:
    """Start the collection of a registered account. Starting it again changes nothing."""

    async def work(duecourse: Duecourse) -> Answer:
        return {"account_id": account_id} | await _started(duecourse, account_id)

    answer(as_json, "Collection", work)


@commands.command("import", rich_help_panel="Put accounts into collection")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="One account a row, in UTF-8 or GB18030.")],
    instalments: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="The instalments of accounts that owe several.", show_default=False),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(help="For rows that name none.", show_default="the one that fits each"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row and start nothing.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write the refused rows there.", show_default=False)
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=200, help="Accounts under way at once.")] = 16,
    as_json: Json = False,
) -> None:
    """Put a file of overdue accounts into collection.

    Every row is checked first; good rows go on, refused rows are reported with line, column and reason. Importing
    a file again starts nothing twice, so that is also the way to go on after an interruption.

    Columns: account_id, debtor_id, debtor_name, phone, email, postal_address, language, time_zone, jurisdiction,
    product, currency, principal, interest, fees, due_date, and if you like policy, credit_kind (deferred_payment for
    buy now, pay later), sms_consent, voice_consent, consent_source, phone_confirmed, and the terms of paying late:
    late_annual_percent, contract_date, day_count, late_fee, late_fee_after_days, lender_type. Columns of
    --instalments: account_id, number, due_date, principal, interest, fees.

    Exit code 0: all rows taken. 1: some refused. 2: the file cannot be used.
    """
    reading = _read(file, instalments, policy)
    fitting = fit_policies(reading, library())
    imported = None if dry_run else _import(reading, fitting, concurrency)
    report = ImportReport(reading, fitting, imported, datetime.now(UTC))
    if rejects is not None:
        write_rejects(rejects, report.refused)
    if as_json:
        print_json(report.as_json())
    else:
        report.show(rejects)
    if report.refused:
        raise typer.Exit(1)


async def _started(duecourse: Duecourse, account_id: str) -> Answer:
    return {"collection": (await duecourse.start(account_id)).value}


def _valid(**body: Any) -> Registration:
    try:
        return Registration.model_validate(body)
    except ValidationError as error:
        raise CannotError(f"malformed: {in_options(error, _OPTIONS)}") from error


def _read(file: Path, instalments: Path | None, policy: str | None) -> Reading:
    try:
        return read_accounts(file, instalments, policy)
    except UnusableFileError as error:
        console(on_stderr=True).print(str(error), soft_wrap=True)
        raise typer.Exit(2) from error


def _import(reading: Reading, fitting: Fitting, concurrency: int) -> Imported:
    rows = [row for row, _ in fitting.accounts]

    async def work(duecourse: Duecourse) -> Imported:
        with progress(len(rows)) as tick:
            return await import_accounts(duecourse, reading.file, rows, concurrency, tick)

    return run(work) if rows else Imported()
