"""The development set-up: a Temporal server with its UI, a database and a worker, whose state survives a restart.

``python -m cli.dev`` runs until Ctrl-C. Like the demonstration it reaches nobody: messages go to the outbox.
"""

import shlex
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.demo import demo_settings
from cli.printing import console
from cli.processes import ROOT, House, ProgramFailedError, open_house
from tools.fetch import FetchError

_LOOK_EVERY_SECONDS = 1.0
_TO_TRY = (
    ("let starter.py find it all", ". {environment}"),
    ("put 200 accounts into collection", "{python} starter.py import examples/overdue.csv --policy demo"),
    ("see where they stand", "{python} starter.py list"),
    ("look at one of them", "{python} starter.py status acc-1003"),
    ("let somebody pay", "{python} starter.py pay acc-1003 100.00"),
    ("let somebody complain", "{python} starter.py complain acc-1004 --category conduct --agent agent-7"),
    ("see what waits for people", "{python} starter.py tasks"),
    ("register an agent", "{python} starter.py agents add agent-7 --name 'Li Lei' --language zh-CN"),
    ("record that they attended the course", "{python} starter.py agents attend agent-7 CN --by trainer-1"),
    ("sit the exam, without which nobody calls", "{python} starter.py exam take agent-7 CN"),
    ("take the most urgent call, and read its script", "{python} starter.py tasks next --agent agent-7"),
    ("read what was written to somebody", "{python} starter.py outbox --account acc-1003 --words"),
)


def main(
    folder: Annotated[Path, typer.Option(help="Where the state is kept.")] = ROOT / ".state" / "dev",
) -> None:
    """Keep the engine, its UI and a worker running, with state that survives a restart."""
    places = {
        "database_url": f"sqlite:///{folder.absolute() / 'duecourse.db'}",
        "outbox_dir": str(folder / "outbox"),
        "legal_dir": str(folder / "legal"),
    }
    try:
        with open_house(folder, keep_engine=True, **places, **demo_settings()) as house:
            _tell(house, folder)
            while True:
                house.require_running()
                time.sleep(_LOOK_EVERY_SECONDS)
    except KeyboardInterrupt:
        console(on_stderr=True).print(f"Stopped. The state is kept in {folder}; delete that folder to begin anew.")
    except (ProgramFailedError, FetchError) as error:
        console(on_stderr=True).print(str(error), soft_wrap=True)
        raise typer.Exit(1) from None


def _tell(house: House, folder: Path) -> None:
    environment = folder / "environment.sh"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in house.environment.items()]
    environment.write_text("\n".join(lines) + "\n", encoding="utf-8")
    screen = console()
    screen.print(f"Temporal UI  {house.ui_url}\nState        {folder}\nLogs         {folder / 'worker.log'}\n")
    screen.print("Under the policy demo a life lasts a minute. To try, in another terminal:\n")
    for purpose, command in _TO_TRY:
        screen.print(f"  # {purpose}", style="dim")
        screen.print(f"  {command.format(python='.venv/bin/python', environment=environment)}", soft_wrap=True)
    screen.print("\nCtrl-C stops everything.", style="bold")
    screen.file.flush()


if __name__ == "__main__":
    typer.run(main)
