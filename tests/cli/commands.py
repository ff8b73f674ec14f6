"""Runs commands in this process and reads what they answer."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.app import app


@dataclass(frozen=True)
class Commands:
    """The command line, with a folder for the files of a test."""

    folder: Path

    def run(self, *words: str | Path, stdin: str | None = None) -> Result:
        """Run a command, whatever comes of it."""
        return CliRunner().invoke(app, [str(word) for word in words], input=stdin)

    def done(self, *words: str | Path, stdin: str | None = None) -> str:
        """Run a command that must succeed, and answer what it prints."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, f"{words}: {result.stdout} {result.stderr} {result.exception!r}"
        return result.stdout

    def answer(self, *words: str | Path, stdin: str | None = None) -> Any:
        """Run a command that must succeed, and read its JSON document."""
        return json.loads(self.done(*words, "--json", stdin=stdin))

    def refusal(self, *words: str | Path) -> str:
        """Run a command that must be refused, and answer the one line that says why."""
        result = self.run(*words)
        assert result.exit_code == 1, f"{words}: {result.exit_code} {result.stdout} {result.stderr}"
        assert result.stderr.count("\n") == 1, result.stderr
        return result.stderr.strip()

    async def later(self, *words: str | Path, stdin: str | None = None) -> Any:
        """Like :meth:`answer`, beside a worker that runs in this process."""
        return await asyncio.to_thread(self.answer, *words, stdin=stdin)

    async def refused_later(self, *words: str | Path) -> str:
        """Like :meth:`refusal`, beside a worker that runs in this process."""
        return await asyncio.to_thread(self.refusal, *words)

    async def until(self, true: Callable[[Any], Any], *words: str | Path, seconds: float = 60) -> Any:
        """Repeat a command until what it answers is what a test waits for, and answer what that was."""
        async with asyncio.timeout(seconds):
            while True:
                found = true(await self.later(*words))
                if found:
                    return found
                await asyncio.sleep(0.3)
