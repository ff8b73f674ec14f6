"""How an import tells where it is: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.importing import Imported
from cli.printing import console

_LINE_EVERY_SECONDS = 5


@contextmanager
def progress(total: int) -> Iterator[Callable[[Imported], None]]:
    """Yield what is to be told after each account; it writes on standard error."""
    screen = console(on_stderr=True)
    if not screen.is_terminal:
        yield _lines(total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen) as bar:
        task = bar.add_task("Importing", total=total)
        yield lambda imported: bar.update(task, completed=imported.done)


def _lines(total: int) -> Callable[[Imported], None]:
    told_at = time.monotonic()

    def tick(imported: Imported) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= _LINE_EVERY_SECONDS or imported.done == total:
            told_at = time.monotonic()
            sys.stderr.write(f"{imported.done} of {total} accounts\n")

    return tick
