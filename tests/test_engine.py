"""Each engine of the tests is really there and does what tests rely on."""

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from workflows.visibility import STAGE

QUARTER = timedelta(days=90)


@workflow.defn(sandboxed=False)
class Sleeper:
    """Sleeps a quarter of a year and shows what it does as a search attribute."""

    @workflow.init
    def __init__(self) -> None:
        self.awake = False

    @workflow.run
    async def run(self) -> None:
        workflow.upsert_search_attributes([STAGE.value_set("first_reminder")])
        await workflow.sleep(QUARTER)
        self.awake = True

    @workflow.query
    def is_awake(self) -> bool:
        return self.awake


async def started(client: Client) -> WorkflowHandle[Sleeper, None]:
    return await client.start_workflow(Sleeper.run, id="sleeper", task_queue="engine-checks")


async def listed_in_stage(client: Client, stage: str) -> list[str]:
    return [found.id async for found in client.list_workflows(f"{STAGE.name} = '{stage}'")]


async def test_the_time_skipping_server_passes_a_quarter_in_no_time_and_stops_on_the_day(
    time_skipping: WorkflowEnvironment,
) -> None:
    before = await time_skipping.get_current_time()
    async with Worker(time_skipping.client, task_queue="engine-checks", workflows=[Sleeper]):
        sleeper = await started(time_skipping.client)
        await time_skipping.sleep(QUARTER - timedelta(days=1))
        assert not await sleeper.query(Sleeper.is_awake)
        await time_skipping.sleep(timedelta(days=1, minutes=1))
        assert await sleeper.query(Sleeper.is_awake)
    passed = await time_skipping.get_current_time() - before
    assert QUARTER < passed < QUARTER + timedelta(minutes=5)


async def test_the_dev_server_finds_a_workflow_by_the_products_search_attributes(
    dev_server: WorkflowEnvironment,
) -> None:
    async with Worker(dev_server.client, task_queue="engine-checks", workflows=[Sleeper]):
        sleeper = await started(dev_server.client)
        async with asyncio.timeout(20):
            while sleeper.id not in await listed_in_stage(dev_server.client, "first_reminder"):
                await asyncio.sleep(0.1)
        await sleeper.terminate()


async def test_the_dev_server_shows_its_ui(dev_server: WorkflowEnvironment, dev_server_ui_url: str) -> None:
    async with httpx.AsyncClient() as browser:
        page = await browser.get(dev_server_ui_url, follow_redirects=True)
    assert page.status_code == 200
    assert "<html" in page.text


def test_the_postgresql_server_takes_the_product_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        answer = connection.execute("SELECT current_setting('server_encoding')").fetchone()
    assert answer == ("UTF8",)


def test_chromium_renders_a_page(chromium: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p id=sum></p><script>document.getElementById('sum').textContent = 119 + 1</script>")
    command = [str(chromium), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    assert '<p id="sum">120</p>' in subprocess.run(command, capture_output=True, text=True, timeout=60).stdout


def test_node_computes(node: Path) -> None:
    command = [str(node), "--print", "119 + 1"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60).stdout == "120\n"
