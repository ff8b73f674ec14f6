"""What the finders share: where the project keeps programs of its own, and commands whose progress is told."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
"""Programs that only this checkout uses; nothing outside it is installed or changed."""

Report = Callable[[str], None]
"""Takes a line that tells a person what goes on."""

_REPORT_EVERY_SECONDS = 15
_LAST_WORDS_CHARACTERS = 300


class FetchError(Exception):
    """A program could not be had; the message says what was tried and how to mend it."""


def say(line: str) -> None:
    """Report on stderr, so that stdout stays free for an answer."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def run_telling_progress(
    command: Sequence[str], what: str, report: Report, environment: Mapping[str, str] | None = None
) -> None:
    """Run a command that takes minutes, reporting how long it has been at it.

    Raises:
        FetchError: if it cannot be started or fails, with its last words.
    """
    report(f"{what} ...")
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the commands are the finders' own
                command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, env={**os.environ, **(environment or {})}
            )
        except OSError as error:
            raise FetchError(f"{command[0]} cannot be run: {error.strerror}") from error
        try:
            _wait_reporting(process, what, report)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise FetchError(f"{command[0]} failed: {last_words(output)}")


def last_words(output: IO[bytes]) -> str:
    """The end of what a command wrote, on one line."""
    output.seek(0)
    return " ".join(output.read().decode(errors="replace").split())[-_LAST_WORDS_CHARACTERS:] or "it said nothing"


def _wait_reporting(process: subprocess.Popen[bytes], what: str, report: Report) -> None:
    started = time.monotonic()
    while True:
        try:
            process.wait(timeout=_REPORT_EVERY_SECONDS)
            return
        except subprocess.TimeoutExpired:
            report(f"{what}: {time.monotonic() - started:.0f} s so far")
