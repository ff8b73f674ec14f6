"""An operator opens the Temporal UI and reads, in plain words: the stage, what comes next, when, and why."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest_asyncio
from playwright.async_api import Error, Frame, Page, async_playwright
from temporalio.testing import WorkflowEnvironment

from domain.orders import workflow_id
from tests.registrations import owed, registration
from tests.workflows.house import ROOT, House, open_house

PACKS = ROOT / "examples" / "demo" / "jurisdictions"


@pytest_asyncio.fixture
async def page(chromium: Path) -> AsyncIterator[Page]:
    """A page in headless Chromium that talks to nobody but this machine."""
    quiet = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(chromium), args=quiet)
        yield await browser.new_page(viewport={"width": 1500, "height": 1400})
        await browser.close()


async def frame_text(frame: Frame) -> str:
    """What stands in a frame; nothing if the page has just thrown it away."""
    try:
        return " ".join((await frame.inner_text("body")).split())
    except Error:
        return ""


async def text_of(page: Page, url: str, *wanted: str) -> str:
    """What stands on a page, once it holds what is wanted or half a minute has passed."""
    await page.goto(url)
    seen = ""
    for _ in range(60):
        # Markdown is shown in frames of its own.
        seen = " ".join([await frame_text(frame) for frame in page.frames])
        if all(each in seen for each in wanted):
            break
        # The UI asks a running workflow for its current details when it is told to.
        await page.keyboard.press("r")
        await asyncio.sleep(0.5)
    return seen


async def held_account(house: House) -> str:
    """An account that was contacted, and then complained about its treatment."""
    three_days_ago = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    account_id = await house.collect(
        registration("ui-1", "ui-debtor-1", policy="demo", instalments=(owed(three_days_ago),))
    )
    for _ in range(100):
        if house.contacts(account_id):
            break
        await asyncio.sleep(0.1)
    await house.tell(account_id, "file_complaint", complaint_id="c-1", category="conduct", agent_id="agent-7")
    return account_id


async def test_the_temporal_ui_tells_an_accounts_story(
    dev_server: WorkflowEnvironment, dev_server_ui_url: str, page: Page, tmp_path: Path
) -> None:
    async with open_house(dev_server, tmp_path, packs=PACKS) as house:
        account_id = await held_account(house)
        description = await house.client.get_workflow_handle(workflow_id(account_id)).describe()
        namespace = f"{dev_server_ui_url}/namespaces/default"
        case = f"{namespace}/workflows/{workflow_id(account_id)}/{description.run_id}"

        story = await text_of(page, f"{case}/user-metadata", "Stage first_reminder", "on hold: complaint")
        assert "Stage first_reminder" in story
        assert "Decision by a person" in story
        assert "because on hold: complaint" in story
        assert "1234.56 CNY overdue" in story

        history = await text_of(page, f"{case}/history", "Contact by sms, first_reminder")
        assert "Contact by sms, first_reminder" in history

        attributes = await text_of(page, f"{case}/search-attributes", "CollectionState")
        assert "on_hold" in attributes

        query = quote('CollectionState="on_hold" AND Holds="complaint"')
        found = await text_of(page, f"{namespace}/workflows?query={query}", workflow_id(account_id))
        assert workflow_id(account_id) in found

        for personal in ("王小明", "13800138000", "ui-debtor-1@example.com"):
            assert personal not in story + history + attributes + found
        await house.client.get_workflow_handle(workflow_id(account_id)).terminate("the test is over")
