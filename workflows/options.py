"""How activities are run: queues, time limits and retries, all in one place."""

from datetime import timedelta
from typing import TypedDict

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from domain.orders import CONTACT_QUEUES
    from domain.terms import Channel


class LocalOptions(TypedDict):
    """Options of a local activity."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


class RemoteOptions(LocalOptions):
    """Options of a normal activity."""

    task_queue: str | None


RECORDS: LocalOptions = {
    # One short transaction; when the database is away, wait for it rather than fail a case that lasts for months.
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}

OFFICE: RemoteOptions = {
    # Hand-overs inside the house and to counsel: seconds each, retried for as long as it takes.
    "task_queue": None,
    "start_to_close_timeout": timedelta(minutes=1),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=10)),
}


def contact_options(channel: Channel) -> RemoteOptions:
    """Options of a contact: longer than a provider's own time-out, and retried until a rule defers it."""
    return {
        "task_queue": CONTACT_QUEUES.get(channel),
        "start_to_close_timeout": timedelta(minutes=1),
        "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=15)),
    }
