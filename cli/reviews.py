"""Quality reviews: the calls that are to be listened to, the card by which they are judged, and the judgement."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.connection import library, records
from cli.options import By, Json
from cli.printing import print_fields, print_json, print_table
from storage.call_reviews import CallToReview, calls_to_review, find_reviewable, record_review, script_of

commands = typer.Typer()
review_commands = typer.Typer(help="Calls listened to afterwards, and judged by a score card.", no_args_is_help=True)
commands.add_typer(review_commands, name="reviews", rich_help_panel="Agents")

ContactId = Annotated[
    str, typer.Argument(metavar="CONTACT_ID", help="The call, as reviews lists it.", show_default=False)
]


@review_commands.command("list")
def list_reviews(as_json: Json = False) -> None:
    """List the calls that the sample asks for and that nobody has reviewed, of each agent the oldest."""
    with records() as database, database.reading() as session:
        calls = calls_to_review(session)
    if as_json:
        print_json({"calls": [_fields(each) for each in calls]})
        return
    print_table(
        f"Calls to review: {len(calls)}",
        ("call", "account", "where", "agent", "stage", "at", "became"),
        (
            (
                each.contact_id,
                each.account_id,
                each.jurisdiction,
                each.agent_id,
                each.stage,
                each.called_at,
                each.outcome,
            )
            for each in calls
        ),
    )


@review_commands.command()
def show(contact_id: ContactId, as_json: Json = False) -> None:
    """Show a call's script, which is personal data, and the card by which to judge it."""
    with records() as database, database.reading() as session:
        call, script = find_reviewable(session, contact_id), script_of(session, contact_id)
    card = library().course(call.jurisdiction).score_card
    if as_json:
        print_json({**_fields(call), "script": script, "score_card": card.model_dump(mode="json")})
        return
    print_fields(f"Call {contact_id}", {**_fields(call), "script": script})
    print_table(
        f"Score card of {call.jurisdiction}: {card.pass_percent} of 100 passes",
        ("criterion", "what to listen for", "#weight", "critical"),
        ((each.id, each.title, each.weight, each.critical) for each in card.criteria),
    )


@review_commands.command()
def record(
    contact_id: ContactId,
    by: By,
    mark: Annotated[
        list[str], typer.Option(metavar="CRITERION=PERCENT", help="How far it was met; once for each criterion.")
    ],
    as_json: Json = False,
) -> None:
    """Judge a call. One that fails suspends its agent until trained and examined again."""
    marks, known = dict(_parted(each) for each in mark), library()
    with records() as database, database.writing() as session:
        call = find_reviewable(session, contact_id)
        course = known.course(call.jurisdiction)
        judged = record_review(session, course, contact_id, marks, by, datetime.now(UTC))
    told = {
        "contact_id": contact_id,
        "agent_id": call.agent_id,
        "score_percent": judged.score_percent,
        "passed": judged.passed,
        "failed_critical": judged.failed_critical,
        "agent_suspended": not judged.passed,
    }
    if as_json:
        print_json(told)
    else:
        print_fields("Passed" if judged.passed else f"Not passed: {call.agent_id} is suspended", told)


def _parted(mark: str) -> tuple[str, int]:
    criterion, _, percent = mark.partition("=")
    if not percent.strip().isdecimal():
        words = f"{mark[:40]!r} is not CRITERION=PERCENT, such as listened=80"
        raise typer.BadParameter(words, param_hint="--mark")
    return criterion.strip(), int(percent)


def _fields(call: CallToReview) -> dict[str, Any]:
    return {name: getattr(call, name) for name in call.__dataclass_fields__}
