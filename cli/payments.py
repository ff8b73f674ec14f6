"""Money that arrived, money that did not stay, and the statement that follows from them."""

from typing import Annotated

import typer

from cli import statements
from cli.options import NEGATIVE_AMOUNTS, AccountId, EventId, Json, OccurredAt, Reason
from cli.telling import Answer, answer, new_id, now, tell
from client.duecourse import Duecourse
from storage.accounts import find_account

commands = typer.Typer()
commands.add_typer(statements.commands)


@commands.command(rich_help_panel="Tell what happened", context_settings=NEGATIVE_AMOUNTS)
def pay(
    account_id: AccountId,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="A decimal such as 120.00.")],
    currency: Annotated[str | None, typer.Option(help="As it arrived.", show_default="the account's own")] = None,
    payment_id: Annotated[
        str | None,
        typer.Option(help="Your books' id of it, by which it is booked once.", show_default="a new one"),
    ] = None,
    received_at: Annotated[str | None, typer.Option(metavar="WHEN", help="When.", show_default="now")] = None,
    reference: Annotated[str | None, typer.Option(help="Your own reference, an opaque id.")] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Record a payment that arrived.

    Without --payment-id each call is a payment of its own.
    """

    async def work(duecourse: Duecourse) -> Answer:
        return await tell(
            duecourse,
            account_id,
            "record_payment",
            event_id,
            occurred_at,
            payment_id=payment_id or new_id("payment"),
            amount=amount,
            currency=currency or _currency_of(duecourse, account_id),
            received_at=received_at or now(),
            reference=reference,
        )

    answer(as_json, f"Payment of {amount} recorded", work)


@commands.command(rich_help_panel="Tell what happened")
def reverse(
    account_id: AccountId,
    payment_id: Annotated[str, typer.Argument(metavar="PAYMENT_ID", help="The payment, by its id.")],
    reason: Reason,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Take back a payment that did not hold; what it had settled is owed again."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"payment_id": payment_id, "reason_code": reason}
        return await tell(duecourse, account_id, "reverse_payment", event_id, occurred_at, **body)

    answer(as_json, f"Payment {payment_id} reversed", work)


@commands.command(rich_help_panel="Tell what happened", context_settings=NEGATIVE_AMOUNTS)
def refund(
    account_id: AccountId,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="A decimal such as 12.00.")],
    refund_id: Annotated[
        str | None,
        typer.Option(help="Your books' id of it, by which it is booked once.", show_default="a new one"),
    ] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Tell that credit, what was paid too much, was paid back to the person."""

    async def work(duecourse: Duecourse) -> Answer:
        body = {"refund_id": refund_id or new_id("refund"), "amount": amount}
        return await tell(duecourse, account_id, "record_refund", event_id, occurred_at, **body)

    answer(as_json, f"Refund of {amount} recorded", work)


def _currency_of(duecourse: Duecourse, account_id: str) -> str:
    with duecourse.database.reading() as session:
        return find_account(session, account_id).currency
