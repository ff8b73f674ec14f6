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

_POLLERS = 10
_ACTIVITIES_AT_ONCE = 50
_CACHED_CASES = 2000
"""About 0.13 MB each; a case that is not cached is replayed from its history."""

Activities = Sequence[Callable[..., Any]]

_RESTRICTIONS = SandboxRestrictions.default.with_passthrough_modules("domain", "workflows", "pydantic_core")


def collections_worker(client: Client, activities: Activities, threads: Executor, **options: Any) -> Worker:
    """A worker for the cases and for what only touches the records."""
    return Worker(
        client,
        task_queue=COLLECTIONS_QUEUE,
        workflows=[AccountCollection],
        activities=activities,
        activity_executor=threads,
        max_concurrent_activities=_ACTIVITIES_AT_ONCE,
        max_concurrent_local_activities=_ACTIVITIES_AT_ONCE,
        workflow_runner=SandboxedWorkflowRunner(restrictions=_RESTRICTIONS),
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(_POLLERS),
        graceful_shutdown_timeout=FINISH_WITHIN,
        **{"max_cached_workflows": _CACHED_CASES, **options},
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
