"""The legal referral: its checklist, a person's decision, and what counsel reports."""

import sys
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from activities.referral_evidence import evidence_of
from cli.connection import run, settings
from cli.failures import CannotError
from cli.options import AccountId, By, EventId, Json, OccurredAt, Reason, RequestId
from cli.printing import print_table
from cli.telling import Answer, answer, ask, tell
from client.duecourse import Duecourse
from config.referral_words import load_referral_words
from domain.facts import LegalOutcome
from storage.accounts import find_account
from storage.tables import Debtor, LegalReferral

commands = typer.Typer()

_LANGUAGE = "en"
"""Of the commands, in which the checklist is shown."""


@commands.command("approve-legal", rich_help_panel="Ask and decide")
def approve_legal(
    account_id: AccountId,
    reason: Reason,
    by: By,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse the referral; it is reviewed again later.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Decide without being asked, having read the checklist.")] = False,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Read the checklist of the referral that waits, then approve or refuse that very checklist."""
    review = run(lambda duecourse: _review(duecourse, account_id))
    if not as_json:
        _show(review)
    if not (yes or as_json) and not _agreed("Refuse the referral?" if refuse else "Refer this account to legal?"):
        raise typer.Exit(1)
    approve = not refuse

    async def work(duecourse: Duecourse) -> Answer:
        return await ask(
            duecourse,
            account_id,
            "decide_legal_referral",
            request_id,
            referral_id=review["referral_id"],
            checklist_digest=review["checklist_digest"],
            approve=approve,
            reason_code=reason,
            decided_by=by,
        )

    answer(as_json, "Referral approved" if approve else "Referral refused", work)


@commands.command("legal-outcome", rich_help_panel="Tell what happened")
def legal_outcome(
    account_id: AccountId,
    outcome: Annotated[LegalOutcome, typer.Argument(metavar="OUTCOME", help="How it ended.")],
    referral: Annotated[str | None, typer.Option(help="Its id.", show_default="the account's own")] = None,
    amount: Annotated[str | None, typer.Option(help="The sum that was settled or awarded.")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Record how the referral ended at counsel's, which closes the case."""

    async def work(duecourse: Duecourse) -> Answer:
        referral_id = referral or (await _referral(duecourse, account_id))["referral_id"]
        body = {"referral_id": referral_id, "outcome": outcome.value, "amount": amount}
        return await tell(duecourse, account_id, "record_legal_outcome", event_id, occurred_at, **body)

    answer(as_json, f"Legal outcome: {outcome}", work)


@commands.command("withdraw-legal", rich_help_panel="Ask and decide")
def withdraw_legal(
    account_id: AccountId,
    reason: Reason,
    by: By,
    referral: Annotated[str | None, typer.Option(help="Its id.", show_default="the account's own")] = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Take a referral back from counsel, who is told: the debt is time-barred or disputed, say. The case ends."""

    async def work(duecourse: Duecourse) -> Answer:
        referral_id = referral or (await _referral(duecourse, account_id))["referral_id"]
        body = {"referral_id": referral_id, "reason_code": reason, "withdrawn_by": by}
        return await ask(duecourse, account_id, "withdraw_referral", request_id, **body)

    answer(as_json, "Referral withdrawn", work)


async def _review(duecourse: Duecourse, account_id: str) -> dict[str, Any]:
    """The referral that waits, with the checklist that its digest stands for, in words."""
    referral = await _referral(duecourse, account_id)
    words = load_referral_words(settings().templates_dir, (_LANGUAGE,))[_LANGUAGE]
    with duecourse.database.reading() as session:
        chosen = select(LegalReferral).where(col(LegalReferral.referral_id) == referral["referral_id"])
        row = session.exec(chosen).one()
        time_zone = session.get_one(Debtor, find_account(session, account_id).debtor_id).time_zone
        items = [{**each, "evidence": evidence_of(each, words, time_zone)} for each in row.checklist]
        return {**referral, "checklist": items, "checklist_digest": row.checklist_digest}


async def _referral(duecourse: Duecourse, account_id: str) -> dict[str, Any]:
    referral: dict[str, Any] | None = (await duecourse.status(account_id)).get("referral")
    if referral is None:
        raise CannotError(f"no referral of account {account_id} is under review; see its next step in: status")
    return referral


def _show(review: dict[str, Any]) -> None:
    title = f"Checklist of {review['referral_id']} ({review['checklist_digest']})"
    print_table(title, ("true", "item", "evidence", "shown by"), map(_row, review["checklist"]))


def _row(item: dict[str, Any]) -> tuple[str, str, str, str]:
    proofs = [f"{each['reference']} {each['at'][:10]}" for each in item.get("proofs", ())]
    return "yes" if item["fulfilled"] else "NO", item["name"], item["evidence"], ", ".join(proofs)


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here; add --yes to decide", param_hint="--yes")
    return typer.confirm(question)
