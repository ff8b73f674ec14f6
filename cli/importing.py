"""Puts the accounts of a file into collection, a bounded number at a time. Doing it again starts nothing twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from temporalio.service import RPCError

from activities.desk import Library, RefusedError
from cli.account_files import AccountRow, Reading, RefusedRow
from client.duecourse import Collected, Duecourse
from client.errors import Refused
from domain.policy import Policy
from domain.registration import Registration


class ImportStoppedError(Exception):
    """The engine went away in the middle; the message says how far it got and what to do."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """The accounts of a file under the policy that each will have, and all rows that are refused."""

    accounts: tuple[tuple[AccountRow, Policy], ...]
    refused: tuple[RefusedRow, ...]


@dataclass(slots=True)
class Imported:
    """What an import did."""

    collected: list[Collected] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many accounts were dealt with."""
        return len(self.collected) + len(self.refused)

    def counts(self) -> Counter[str]:
        """How many accounts were new or known, and how many were started, running or closed."""
        return Counter(word.value for each in self.collected for word in (each.registered, each.started))


def fit_policies(reading: Reading, library: Library) -> Fitting:
    """Find each account's policy, and refuse those whom no policy or no rules fit."""
    accounts: list[tuple[AccountRow, Policy]] = []
    refused = list(reading.refused)
    for row in reading.accounts:
        try:
            accounts.append((row, _policy_for(library, row.registration)))
        except _DoesNotFitError as error:
            refused.append(_refused(reading.file, row, error.column, str(error)))
    return Fitting(tuple(accounts), tuple(sorted(refused, key=lambda each: (each.file, each.line))))


async def import_accounts(
    duecourse: Duecourse, file: str, rows: Sequence[AccountRow], at_once: int, tick: Callable[[Imported], None]
) -> Imported:
    """Register and start each account.

    Args:
        duecourse: the way in.
        file: the file's name, for the report.
        rows: the accounts.
        at_once: how many are under way at the same time.
        tick: told after each account.

    Raises:
        ImportStoppedError: if Temporal does not answer any more.
    """
    imported, waiting = Imported(), iter(rows)
    workers = [asyncio.create_task(_work(duecourse, file, waiting, imported, tick)) for _ in range(at_once)]
    try:
        await asyncio.gather(*workers)
    except RPCError as error:
        words = f"Temporal stopped answering ({error.status.name}) after {imported.done} of {len(rows)} accounts"
        raise ImportStoppedError(f"{words}; import the file again: what was started is not started twice") from error
    finally:
        for worker in workers:
            worker.cancel()
    return imported


async def _work(
    duecourse: Duecourse, file: str, waiting: Iterator[AccountRow], imported: Imported, tick: Callable[[Imported], None]
) -> None:
    for row in waiting:
        try:
            imported.collected.append(await duecourse.collect(row.registration))
        except Refused as error:
            column, reason = _column_and_reason(str(error))
            imported.refused.append(_refused(file, row, column, reason))
        tick(imported)


def _refused(file: str, row: AccountRow, column: str, reason: str) -> RefusedRow:
    return RefusedRow(file, row.line, row.registration.account_id, column, reason)


def _column_and_reason(words: str) -> tuple[str, str]:
    """The records' refusals begin with the field that they are about."""
    column, colon, reason = words.partition(": ")
    return (column, reason) if colon and column in Registration.model_fields else ("", words)


class _DoesNotFitError(Exception):
    def __init__(self, column: str, words: str) -> None:
        super().__init__(words)
        self.column = column


def _policy_for(library: Library, registration: Registration) -> Policy:
    country = registration.jurisdiction.partition("-")[0]
    fits = (country, registration.currency, registration.language)
    try:
        library.pack(registration.jurisdiction)
    except RefusedError as error:
        raise _DoesNotFitError("jurisdiction", str(error)) from error
    try:
        policy = library.policy_named(registration.policy) if registration.policy else library.default_policy(*fits)
    except RefusedError as error:
        raise _DoesNotFitError("policy", str(error)) from error
    refusal = policy.refusal_of(*fits)
    if refusal is not None:
        raise _DoesNotFitError(_unfitting_column(policy, country, registration.currency), refusal)
    return policy


def _unfitting_column(policy: Policy, country: str, currency: str) -> str:
    if country not in policy.jurisdictions:
        return "jurisdiction"
    return "currency" if currency not in policy.currencies else "language"
