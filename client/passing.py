"""What Temporal cannot do at one moment and can at the next, as when a workflow ends or goes on in a fresh history."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.service import RPCError, RPCStatusCode

from client.running import is_collected

_PAUSE_SECONDS = 0.2
_PASSING = frozenset(
    {
        # The run was about to end, and something arrived that it has to look at first.
        RPCStatusCode.FAILED_PRECONDITION,
        # It has ended.
        RPCStatusCode.ABORTED,
        # Too many wait for it already.
        RPCStatusCode.RESOURCE_EXHAUSTED,
        # It is changing hands within the server.
        RPCStatusCode.UNAVAILABLE,
    }
)


async def answer_of(
    temporal: Client, account_id: str, attempt: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """The answer to an update, sent again under its own id as long as its workflow is only just out of reach.

    It goes on until cancelled, so give it a time-out.

    Raises:
        RPCError: if Temporal is away, or no workflow collects the account.
    """
    while True:
        try:
            return await attempt()
        except RPCError as error:
            if not await _passes(temporal, account_id, error):
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


async def hear_of_start(start: WithStartWorkflowOperation[Any, Any]) -> None:
    """Take note of what became of a start whose update failed; asyncio reports a failure that nobody heard of."""
    with suppress(Exception, asyncio.CancelledError):
        async with asyncio.timeout(0):
            await start.workflow_handle()


async def _passes(temporal: Client, account_id: str, error: RPCError) -> bool:
    """Whether the same update may be taken in a moment."""
    if error.status is RPCStatusCode.NOT_FOUND:
        # The run that it met has ended, and another may have begun, as when the case goes on in a fresh history.
        return await is_collected(temporal, account_id)
    # A server that answered has details to tell; one that cannot be reached has none.
    return error.status in _PASSING and bool(error.grpc_status.details)
