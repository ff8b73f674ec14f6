"""The bench: ``python -m bench``. No timing makes it fail; a contact that was lost or doubled does."""

import asyncio
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig

from bench.machine import circumstances
from bench.options import Options, read_options
from bench.report import as_json, save, show
from bench.results import Results
from bench.run import Run

_FOLDER = Path(__file__).parents[1] / ".bench"
_WIDTH = 140
"""Of what is printed where there is no terminal to say."""


def main() -> int:
    """Measure, print and save; answers the exit code."""
    options = read_options()
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="error"))))
    _FOLDER.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=_FOLDER))
    run = Run(options, folder)
    asyncio.run(run.measure())
    _report(options, run)
    if _failed(run.results):
        sys.stderr.write(f"contacts were lost or doubled; logs and records are in {folder}\n")
        return 1
    shutil.rmtree(folder)
    return 0


def _report(options: Options, run: Run) -> None:
    where = circumstances(run.server_version)
    file = options.json_file or _FOLDER / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    save(as_json(where, run.results), file)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    show(console, where, run.results)
    console.print(f"figures: {file}")


def _failed(results: Results) -> bool:
    return bool(results.contacts_lost or results.contacts_doubled)


if __name__ == "__main__":
    sys.exit(main())
