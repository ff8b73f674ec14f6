"""The notices that the law demands, as far as people see to them."""

from typing import Annotated

import typer

from cli.connection import records
from cli.options import AccountId, By, Json, Limit, Reason, RequestId
from cli.printing import print_json, print_table
from cli.telling import Answer, answer, ask, now
from client.duecourse import Duecourse
from domain.requests import NoticeWay
from storage.credit_reports import events_after

commands = typer.Typer()


@commands.command("duty-done", rich_help_panel="Ask and decide")
def duty_done(
    account_id: AccountId,
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE_ID", help="As status shows it: arrears_notice.1.")],
    channel: Annotated[NoticeWay, typer.Option(metavar="WAY", help=", ".join(NoticeWay))],
    evidence: Annotated[str, typer.Option(metavar="REF", help="Where the proof is kept, such as a posting number.")],
    by: By,
    at: Annotated[str | None, typer.Option(metavar="WHEN", show_default="now")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Record that a notice which the account owes was given in another way. What waited for it goes on."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"message_id": message_id, "done_at": at or now(), "by_channel": channel.value}
        proof = {"evidence_ref": evidence, "done_by": by}
        return await ask(duecourse, account_id, "record_duty_done", request_id, **body, **proof)

    answer(as_json, f"Notice {message_id} given", work)


@commands.command("verify-debt", rich_help_panel="Ask and decide")
def verify_debt(
    account_id: AccountId,
    complaint: Annotated[str, typer.Option(metavar="ID", help="The dispute.")],
    evidence: Annotated[str, typer.Option(metavar="REF", help="Where it is kept what shows that the debt is owed.")],
    by: By,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Say that a disputed debt was looked into and is owed. The person is sent that; then resolve the dispute."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"complaint_id": complaint, "evidence_ref": evidence, "verified_by": by}
        return await ask(duecourse, account_id, "verify_debt", request_id, **body)

    answer(as_json, "Debt verified", work)


@commands.command("announce-credit-report", rich_help_panel="Ask and decide")
def announce_credit_report(
    account_id: AccountId, reason: Reason, by: By, request_id: RequestId = None, as_json: Json = False
) -> None:
    """Announce that the lender means to report the debt to a credit bureau. The notice that must come first is sent."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"reason_code": reason, "announced_by": by}
        return await ask(duecourse, account_id, "announce_credit_report", request_id, **body)

    answer(as_json, "Credit report announced", work)


@commands.command("credit-reports", rich_help_panel="Look")
def credit_reports(
    after: Annotated[int, typer.Option(metavar="NUMBER", help="Only what follows this number.")] = 0,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List what a lender that reports to credit bureaus has to know: from when it may, disputes, cures."""
    with records() as database, database.reading() as session:
        rows = [each.model_dump() for each in events_after(session, after, limit)]
    if as_json:
        print_json({"events": rows})
        return
    columns = ("number", "account_id", "kind", "reference", "at", "from_at")
    print_table(f"For credit reports: {len(rows)}", columns, ([row[name] for name in columns] for row in rows))
