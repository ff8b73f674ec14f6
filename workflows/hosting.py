"""How workers host the workflows and activities: queues, slots, caches, shutdown and metrics. Not for workflow code."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from domain.orders import COLLECTIONS_QUEUE, CONTACT_QUEUES
from domain.terms import Channel
from workflows.account import AccountCollection

FINISH_WITHIN = timedelta(seconds=30)
"""How long a worker that is told to stop may finish what it holds; the container's grace period is longer."""

POLLERS = 10
"""How many fetch workflow tasks at once; fewer than the task queue has partitions leave some of it waiting."""
CACHED_CASES = 2000
"""About 0.13 MB each; a case that is not cached is replayed from its history."""
_ACTIVITIES_AT_ONCE = 50

Activities = Sequence[Callable[..., Any]]


def sandboxed(*passed_through: str) -> SandboxedWorkflowRunner:
    """Run workflows in the sandbox, with our own pure code, and any other named here, imported once for all of them."""
    own = ("domain", "workflows", "pydantic_core", *passed_through)
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*own))


def collections_worker(client: Client, activities: Activities, threads: Executor, **options: Any) -> Worker:
    """A worker for the cases and for what only touches the records; options of ``Worker`` win over ours."""
    usual = {
        "workflows": [AccountCollection],
        "workflow_runner": sandboxed(),
        "workflow_task_poller_behavior": PollerBehaviorSimpleMaximum(POLLERS),
        "max_cached_workflows": CACHED_CASES,
    }
    return Worker(
        client,
        task_queue=COLLECTIONS_QUEUE,
        activities=activities,
        activity_executor=threads,
        max_concurrent_activities=_ACTIVITIES_AT_ONCE,
        max_concurrent_local_activities=_ACTIVITIES_AT_ONCE,
        graceful_shutdown_timeout=FINISH_WITHIN,
        **{**usual, **options},
    )


def contact_worker(
    client: Client, channel: Channel, activities: Activities, threads: Executor, per_second: float
) -> Worker:
    """A worker for one channel, which all workers together keep to the provider's rate."""
    return Worker(
        client,
        task_queue=CONTACT_QUEUES[channel],
        activities=activities,
        activity_executor=threads,
        max_concurrent_activities=_ACTIVITIES_AT_ONCE,
        max_task_queue_activities_per_second=per_second,
        graceful_shutdown_timeout=FINISH_WITHIN,
    )


def runtime(metrics_port: int) -> Runtime | None:
    """A runtime that serves Prometheus metrics, or none, for the default, when the port is 0."""
    if metrics_port == 0:
        return None
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"0.0.0.0:{metrics_port}")))
