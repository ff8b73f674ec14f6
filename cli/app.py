"""All commands in one application, grouped by what a person wants to do."""

import typer

from cli import (
    accounts,
    agents,
    calls,
    complaints,
    duties,
    exams,
    legal,
    legal_files,
    lists,
    payments,
    person,
    personal_data,
    plans,
    promises,
    report,
    reviews,
    setup,
    steering,
    tasks,
    trail,
    waivers,
)
from cli.failures import Commands

_HELP = """Collect overdue consumer credit: lawfully, humanely, provably.

Put accounts into collection with import or register, tell what happened (pay, complain, hardship ...), decide what only
a person may decide (resolve, approve-legal ...), and look at what is going on (status, list, tasks, outbox). Commands
answer in words, or with --json in one JSON document. What is refused is said in a line that names what to change.

Settings come from the environment and a file .env, see docs/configuration.md. A developer's machine needs
DUECOURSE_PROFILE=dev; `make dev` starts everything else that is needed.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage or unusable file.
"""

app = typer.Typer(
    name="starter.py",
    help=_HELP,
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    # Tracebacks with local variables would show personal data.
    pretty_exceptions_enable=False,
)

_ASKING = (accounts, payments, plans, promises, complaints, person, calls, waivers, steering, duties, legal)
_LOOKING = (legal_files, lists, tasks, trail, report)
for subject in (*_ASKING, *_LOOKING, agents, exams, reviews, personal_data, setup):
    app.add_typer(subject.commands)
