"""The options of a run."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Part(StrEnum):
    """What can be measured by itself."""

    LIVES = "lives"
    """Whole lives, many at once: throughput, CPU, events, bytes."""
    SLEEPERS = "sleepers"
    """A thousand cached cases: memory, a herd that wakes at one moment, signals."""
    HISTORIES = "histories"
    """Lives of months: events, billable actions, bytes, replay."""
    CONTACTS = "contacts"
    """Each activity alone: CPU, queries, transactions."""
    CORE = "core"
    """The pure core alone: decisions, moments and lives a second."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure, and where to write it."""

    rounds: int
    accounts: int
    """In flight at once."""
    parts: tuple[Part, ...]
    json_file: Path | None
    quick: bool
    """Only to see that everything works: all subjects at once, few accounts; its times mean nothing."""

    @property
    def sleepers(self) -> int:
        """Accounts that sleep at once."""
        return 5 * self.accounts

    @property
    def alone(self) -> int:
        """Accounts for each activity by itself."""
        return max(3, self.accounts // 2)

    @property
    def core_seconds(self) -> float:
        """Of CPU, for each kind of work of the core."""
        return 0.01 if self.quick else 2.0

    @property
    def replays(self) -> int:
        """Of each long history."""
        return 1 if self.quick else 7


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the product beside a bare twin.")
    parser.add_argument("--rounds", type=_count, help="interleaved rounds of each subject (3)")
    parser.add_argument("--accounts", type=_count, help="accounts in flight in each round (200)")
    parser.add_argument("--only", type=Part, action="append", choices=list(Part), help="measure this part; repeatable")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go (a new file in .bench/)")
    parser.add_argument("--quick", action="store_true", help="see that it works, within a minute; times mean nothing")
    given = parser.parse_args(arguments)
    return Options(
        rounds=given.rounds or (1 if given.quick else 3),
        accounts=given.accounts or (6 if given.quick else 200),
        parts=tuple(given.only or Part),
        json_file=given.json,
        quick=given.quick,
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
