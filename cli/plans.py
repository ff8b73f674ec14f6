"""Instalment plans: proposed within the policy's limits, then agreed."""

from typing import Annotated, Any

import typer

from cli.options import AccountId, By, EventId, Json, OccurredAt, RequestId
from cli.telling import Answer, answer, ask, new_id, tell, the_only
from client.duecourse import Duecourse
from domain.requests import PlanInterval

DisposableIncome = Annotated[
    str | None, typer.Option(metavar="AMOUNT", help="What the person says is left to them in a month.")
]
ApprovedBy = Annotated[
    str | None, typer.Option(metavar="WHO", help="Who lets it be beyond the policy's limits; somebody else.")
]

commands = typer.Typer()


@commands.command("propose-plan", rich_help_panel="Ask and decide")
def propose_plan(
    account_id: AccountId,
    instalments: Annotated[int, typer.Option(help="How many.")],
    first_due: Annotated[str, typer.Option(metavar="DAY", help="The day of the first, such as 2026-12-15.")],
    by: By,
    interval: Annotated[PlanInterval, typer.Option(help="From one to the next.")] = PlanInterval.MONTH,
    disposable_income: DisposableIncome = None,
    approved_by: ApprovedBy = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Ask for a schedule over what is overdue. It binds nobody until agree-plan."""

    async def work(duecourse: Duecourse) -> Answer:
        return await ask(
            duecourse,
            account_id,
            "propose_plan",
            request_id,
            instalment_count=instalments,
            first_due_date=first_due,
            proposed_by=by,
            interval=interval.value,
            disposable_income=disposable_income,
            approved_by=approved_by,
        )

    answer(as_json, "Plan proposed", work)


@commands.command("counter-plan", rich_help_panel="Ask and decide")
def counter_plan(
    account_id: AccountId,
    instalment: Annotated[
        list[str],
        typer.Option(metavar="DAY=AMOUNT", help="One that the person wishes, such as 2026-12-15=120.00. Repeat it."),
    ],
    by: By,
    disposable_income: DisposableIncome = None,
    approved_by: ApprovedBy = None,
    request_id: RequestId = None,
    as_json: Json = False,
) -> None:
    """Ask for the plan that the person wishes; the answer is that plan, or the nearest one within the limits."""
    wish = [_instalment(each) for each in instalment]

    async def work(duecourse: Duecourse) -> Answer:
        body = {"instalments": wish, "proposed_by": by, "approved_by": approved_by}
        return await ask(duecourse, account_id, "counter_plan", request_id, **body, disposable_income=disposable_income)

    answer(as_json, "Wish answered", work)


@commands.command("agree-plan", rich_help_panel="Tell what happened")
def agree_plan(
    account_id: AccountId,
    by: By,
    plan: Annotated[str | None, typer.Option(help="Its id.", show_default="the one proposed last")] = None,
    approved_by: ApprovedBy = None,
    instalment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DAY=AMOUNT",
            help="For a plan not proposed here: one instalment, such as 2026-12-15=120.00. Repeat it for each.",
            show_default=False,
        ),
    ] = None,
    event_id: EventId = None,
    occurred_at: OccurredAt = None,
    as_json: Json = False,
) -> None:
    """Record that the person agreed to a plan; while it is kept, nobody is chased."""
    written = [_instalment(each) for each in instalment or []]

    async def work(duecourse: Duecourse) -> Answer:
        plan_id = plan or (new_id("plan") if written else await _proposed_plan(duecourse, account_id))
        body = {"plan_id": plan_id, "agreed_by": by, "instalments": written or None, "approved_by": approved_by}
        return await tell(duecourse, account_id, "agree_plan", event_id, occurred_at, **body)

    answer(as_json, "Plan agreed", work)


def _instalment(text: str) -> dict[str, Any]:
    due_date, sign, amount = text.partition("=")
    if not sign:
        raise typer.BadParameter("write a day and an amount, such as 2026-12-15=120.00", param_hint="--instalment")
    return {"due_date": due_date, "amount": amount}


async def _proposed_plan(duecourse: Duecourse, account_id: str) -> str:
    status = await duecourse.status(account_id)
    known = [each for each in (status.get("plan"), status.get("new_plan")) if each is not None]
    proposed = [each["plan_id"] for each in known if each["agreed_at"] is None]
    return the_only(proposed, "proposed plan", "--plan")
