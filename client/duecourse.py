"""The way in: register an account, start its collection, tell it facts, ask it for decisions, read its status.

Facts are written to the records before their case is told, so that none is lost; each is applied once, by its
``event_id``, however often it is sent.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

from pydantic import ValidationError
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.assembly import load_library, open_records
from activities.booking import pending_facts
from activities.desk import Clock, Library, RefusedError
from activities.person_facts import PersonFacts
from client.connection import connect
from client.errors import EngineUnavailable, Malformed, NotCollected, Refused, UnknownAccount
from client.offline import Booked, Offline
from client.passing import answer_of, hear_of_start
from client.running import is_collected
from client.statuses import Statuses
from config.settings import Settings, load_settings
from domain.facts import FACTS, Fact
from domain.orders import COLLECTIONS_QUEUE, FactToDeliver, Refusal, workflow_id
from domain.registration import Registration
from domain.requests import REQUESTS, Request
from domain.unreadable import in_fields
from storage.accounts import UnknownAccountError
from storage.database import Database
from storage.registration import Registered
from storage.tables import Account, AccountState
from workflows.account import AccountCollection
from workflows.contract import StartCollection
from workflows.visibility import starting_attributes

Sent = TypeVar("Sent", Fact, Request)

_PATIENCE = timedelta(seconds=30)
"""How long a caller waits for a worker's answer."""


_UNANSWERED = (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError, RPCError, TimeoutError)
"""What Temporal's client raises when an update is not answered as it should be."""


class Started(StrEnum):
    """What starting an account did."""

    STARTED = "started"
    """Its collection began, or began again because something is owed again."""
    RUNNING = "running"
    """It was being collected already; nothing changed."""
    CLOSED = "closed"
    """Its case has ended; nothing was started."""


@dataclass(frozen=True, slots=True)
class Collected:
    """An account put into collection."""

    account_id: str
    workflow_id: str
    registered: Registered
    started: Started


class Duecourse:
    """A connection to the records and to Temporal; keep one for the life of a process."""

    def __init__(
        self, temporal: Client, database: Database, library: Library, clock: Clock = lambda: datetime.now(UTC)
    ) -> None:
        """Use connections that exist already; most callers use :meth:`connect`."""
        self._now = clock
        self.temporal = temporal
        self.database = database
        self.library = library
        self._offline = Offline(database, library)
        self._statuses = Statuses(database, library)

    @classmethod
    async def connect(cls, settings: Settings | None = None) -> Self:
        """Connect by the environment's settings.

        Raises:
            SettingsError: if a setting cannot be used.
        """
        settings = settings or load_settings()
        keys = settings.codec_keys.get_secret_value() if settings.codec_keys is not None else None
        return cls(await connect(keys), open_records(settings), load_library(settings))

    async def collect(self, registration: Registration) -> Collected:
        """Register an account and start its collection; doing so again changes nothing.

        Raises:
            Refused: if it contradicts what is registered, or fits no policy.
        """
        registered = await self.register(registration)
        started = await self.start(registration.account_id)
        return Collected(registration.account_id, workflow_id(registration.account_id), registered, started)

    async def register(self, registration: Registration) -> Registered:
        """Make an account known, without collecting it yet.

        Raises:
            Refused: if it contradicts what is registered, or fits no policy.
        """
        try:
            return await asyncio.to_thread(self._offline.register, registration, self._now())
        except RefusedError as error:
            raise Refused(error.refusal) from error

    async def start(self, account_id: str) -> Started:
        """Start the collection of a registered account, unless it runs or has ended with nothing owed since.

        Raises:
            UnknownAccount: if it is not registered.
        """
        account = await self._account(account_id)
        if account.state == AccountState.CLOSED and not await asyncio.to_thread(
            self._offline.owes_again, account_id, self._now()
        ):
            return Started.CLOSED
        arrears = await asyncio.to_thread(self._offline.arrears_minor, account_id, self._now())
        try:
            await self.temporal.start_workflow(
                AccountCollection.run,
                StartCollection(account_id),
                **_start_options(account, arrears),
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            )
        except WorkflowAlreadyStartedError:
            return Started.RUNNING
        return Started.STARTED

    async def tell(self, account_id: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Tell an account a fact, and answer what it did. The same ``event_id`` again gets the same answer.

        Raises:
            UnknownAccount: if it is not registered.
            Malformed: if the fact has not the shape that the contract asks for.
            Refused: if the records or the case do not allow it.
            EngineUnavailable: if no worker answered; the fact is kept and will be delivered.
        """
        fact = await self._read(account_id, FACTS, name, body)
        account = await self._account(account_id)
        running = await self._is_running(account)
        try:
            may_run = running is not False
            earlier = await asyncio.to_thread(self._offline.receive, account_id, name, fact, self._now(), may_run)
        except RefusedError as error:
            await self._note_rejection(account_id, name, error.refusal)
            raise Refused(error.refusal) from error
        if earlier is not None:
            if earlier.refusal is not None:
                raise Refused(earlier.refusal)
            return earlier.answer or {}
        if running is None:
            raise EngineUnavailable(f"Temporal did not answer for account {account_id}; the fact is kept")
        answer = await self._deliver(account, name, fact, running)
        if answer.get("status") != "already_applied":
            return answer
        # Another way was quicker, or this one's answer was lost on the way: the records have it.
        earlier = await asyncio.to_thread(self._offline.receive, account_id, name, fact, self._now(), True)
        return answer if earlier is None or earlier.answer is None else earlier.answer

    async def ask(self, account_id: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a running case for something, and answer what it says; the same ``request_id`` gets the same answer.

        Raises:
            UnknownAccount: if it is not registered.
            Malformed: if the request has not the shape that the contract asks for.
            NotCollected: if no workflow collects the account, and the request needs one.
            Refused: if the case does not allow it.
            EngineUnavailable: if no worker answered in time; repeat the request.
        """
        request = await self._read(account_id, REQUESTS, name, body)
        account = await self._account(account_id)
        try:
            return await self._ask_case(account_id, name, request)
        except NotCollected:
            if await asyncio.to_thread(self._offline.answered_after_end, account_id, name, request.request_id):
                return await self._tell_case(account, name, request, request.request_id)
            decided = await asyncio.to_thread(self._offline.decide, account_id, name, request, self._now())
            if decided is None:
                raise
            return await self._finish(account, request.request_id, decided)

    async def _ask_case(self, account_id: str, name: str, request: Request) -> dict[str, Any]:
        handle = self.temporal.get_workflow_handle(workflow_id(account_id))

        async def update() -> dict[str, Any]:
            return dict(await handle.execute_update(name, _plain(request), id=request.request_id, result_type=dict))

        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                return await answer_of(self.temporal, account_id, update)
        except _UNANSWERED as error:
            raise _as_ours(error, account_id) from error

    async def status(self, account_id: str) -> dict[str, Any]:
        """The case as it stands: from its workflow while it runs, from the records once it has ended.

        Raises:
            UnknownAccount: if it is not registered.
            EngineUnavailable: if no worker answered in time.
        """
        account = await self._account(account_id)
        if account.state != AccountState.CLOSED:
            handle = self.temporal.get_workflow_handle_for(AccountCollection.run, workflow_id(account_id))
            try:
                answer = await handle.query(AccountCollection.status, rpc_timeout=_PATIENCE)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise EngineUnavailable(f"no worker answered for account {account_id}") from error
            else:
                return await asyncio.to_thread(self._statuses.as_seen_now, account_id, answer, self._now())
        return await asyncio.to_thread(self._statuses.from_records, account_id, self._now())

    async def store_text(self, account_id: str, text: str, text_ref: str | None = None) -> str:
        """Keep free text, such as a complaint's, and answer the reference by which facts name it.

        Raises:
            UnknownAccount: if the account is not registered.
            Refused: if another text is kept under the reference.
        """
        await self._account(account_id)
        try:
            return await asyncio.to_thread(self._offline.store_text, account_id, text, self._now(), text_ref)
        except RefusedError as error:
            raise Refused(error.refusal) from error

    async def occurred_at(self, account_id: str, event_id: str) -> str:
        """When a fact occurred, as it was told first; now if it is told for the first time."""
        told = await asyncio.to_thread(self._offline.occurred_at, account_id, event_id)
        return told or self._now().isoformat()

    async def deliver_pending(self, older_than: timedelta = timedelta(minutes=1), limit: int = 100) -> int:
        """Deliver facts that were kept when nobody could be told; answers how many there were."""
        before = self._now() - older_than
        with self.database.reading() as session:
            pending = [(row.account_id, row.name, dict(row.body)) for row in pending_facts(session, before, limit)]
        for account_id, name, body in pending:
            with suppress(Refused, EngineUnavailable):
                account = await self._account(account_id)
                running = await self._is_running(account)
                if running is not None:
                    await self._deliver(account, name, FACTS[name].model_validate(body), running)
        return len(pending)

    async def _is_running(self, account: Account) -> bool | None:
        """Whether a workflow must be told, or none if Temporal does not say.

        What the records say may be behind one that has just begun or is about to end.
        """
        if account.state == AccountState.OPEN:
            return True
        try:
            return await is_collected(self.temporal, account.account_id)
        except RPCError:
            return None

    async def _deliver(self, account: Account, name: str, fact: Fact, running: bool) -> dict[str, Any]:
        answered = self._offline.answered_after_end
        if running or await asyncio.to_thread(answered, account.account_id, name, fact.event_id):
            # Not collected any more if it ended in this very moment: then the records take the fact in.
            with suppress(NotCollected):
                return await self._tell_case(account, name, fact, fact.event_id)
        booked = await asyncio.to_thread(self._offline.book, account.account_id, name, fact, self._now())
        if booked is None:
            return await self._tell_case(account, name, fact, fact.event_id)
        return await self._finish(account, fact.event_id, booked)

    async def _finish(self, account: Account, message_id: str, booked: Booked) -> dict[str, Any]:
        """Do what follows from what the records booked: tell the person's other cases, go on with a reopened one."""
        if booked.others:
            await PersonFacts(self.database, self.temporal).deliver_fact(FactToDeliver(message_id, account.account_id))
        if booked.reopened:
            await self.start(account.account_id)
        if booked.refusal is not None:
            raise Refused(booked.refusal)
        return booked.answer

    async def _tell_case(self, account: Account, name: str, message: Fact | Request, message_id: str) -> dict[str, Any]:
        """Deliver by update-with-start: where the case has ended, a new run takes it in, answers it, and ends again."""
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                return await answer_of(
                    self.temporal,
                    account.account_id,
                    lambda: self._update_with_start(account, name, message, message_id),
                )
        except _UNANSWERED as error:
            raise _as_ours(error, account.account_id) from error

    async def _update_with_start(
        self, account: Account, name: str, message: Fact | Request, message_id: str
    ) -> dict[str, Any]:
        start: WithStartWorkflowOperation[AccountCollection, Any] = WithStartWorkflowOperation(
            AccountCollection.run,
            StartCollection(account.account_id),
            **_start_options(account, 0),
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            answer = await self.temporal.execute_update_with_start_workflow(
                name, _plain(message), start_workflow_operation=start, id=message_id, result_type=dict
            )
        except _UNANSWERED:
            await hear_of_start(start)
            raise
        return dict(answer)

    async def _account(self, account_id: str) -> Account:
        try:
            return await asyncio.to_thread(self._offline.account, account_id)
        except UnknownAccountError as error:
            raise UnknownAccount(str(error)) from error

    async def _read(
        self, account_id: str, models: Mapping[str, type[Sent]], name: str, body: Mapping[str, Any]
    ) -> Sent:
        """The message, validated; a malformed one is noted in the audit trail, since no workflow will ever see it."""
        model = models.get(name)
        if model is None:
            raise Malformed(f"there is no {name}; there are {', '.join(sorted(models))}")
        try:
            return model.model_validate(dict(body))
        except ValidationError as error:
            words = f"{name}: {in_fields(error)}"
            await self._note_rejection(account_id, name, Refusal("malformed", words))
            raise Malformed(words) from error

    async def _note_rejection(self, account_id: str, name: str, refusal: Refusal) -> None:
        await asyncio.to_thread(self._offline.note_rejection, account_id, name, refusal, self._now())


def _start_options(account: Account, arrears_minor: int) -> dict[str, Any]:
    return {
        "id": workflow_id(account.account_id),
        "task_queue": COLLECTIONS_QUEUE,
        "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        "static_summary": f"{account.policy}, {account.jurisdiction}, {account.currency}",
        "static_details": f"Collection of account `{account.account_id}` under policy `{account.policy}`.",
        "search_attributes": starting_attributes(arrears_minor, account.jurisdiction, account.debtor_id),
    }


def _as_ours(error: BaseException, account_id: str) -> BaseException:
    if isinstance(error, WorkflowUpdateFailedError) and isinstance(error.cause, ApplicationError):
        return Refused(Refusal(error.cause.type or "refused", error.cause.message))
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        return asyncio.CancelledError()
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        return NotCollected(f"account {account_id} is not being collected: it was never started, or has ended")
    return EngineUnavailable(f"no worker answered for account {account_id} within {_PATIENCE.seconds} seconds")


def _plain(message: Fact | Request) -> dict[str, Any]:
    return message.model_dump(mode="json", exclude_none=True)
