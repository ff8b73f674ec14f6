"""A compliance officer opens the report's page where there is no network, and sees the plots with their words."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from playwright.async_api import async_playwright

from cli.report_page import page_of
from domain.account_history import AccountHistory, ContactMade, StageEntered
from domain.ledger import Entry, EntryKind, Instalment
from domain.policy import Goal
from domain.reports import report_on
from domain.terms import Channel, PromiseOutcome, Stage

OPENED = datetime(2026, 10, 1, tzinfo=UTC)
OWED = Instalment(1, date(2026, 9, 30), OPENED, 100_000, 0, 0)


def paid_after(days: int) -> AccountHistory:
    """An account that was reminded twice, promised to pay, and paid half of what it owed."""
    moment = OPENED + timedelta(days=days)
    return AccountHistory(
        policy="fenfu-cn",
        currency="CNY",
        goal=Goal(recover_percent=75, within=timedelta(days=60)),
        opened_at=OPENED,
        instalments=(OWED,),
        entries=(Entry("p1", EntryKind.PAYMENT, 50_000, effective_at=moment),),
        stages=(StageEntered(Stage.GENTLE_REMINDER, OPENED + timedelta(days=7)),),
        contacts=(ContactMade(Channel.SMS, OPENED, arrived=True), ContactMade(Channel.EMAIL, moment, arrived=False)),
        promises=(PromiseOutcome.KEPT,),
    )


async def test_the_report_opens_without_a_network_and_shows_every_plot(chromium: Path, tmp_path: Path) -> None:
    report = report_on([paid_after(5), paid_after(20)], OPENED + timedelta(days=40))
    file = tmp_path / "report.html"
    file.write_text(page_of(report, {"fenfu-cn": "分期"}), encoding="utf-8")
    asked_for: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        context = await browser.new_context(offline=True)
        page = await context.new_page()
        page.on("request", lambda request: asked_for.append(request.url.partition(":")[0]))
        await page.goto(file.as_uri())
        plots = await page.locator("img").evaluate_all("all => all.map(each => [each.naturalWidth, each.alt])")
        heading = await page.inner_text("h2")
        await browser.close()
    assert heading == "分期, CNY"
    assert set(asked_for) <= {"file", "data"}
    assert len(plots) == 5
    assert all(width > 0 for width, _ in plots)
    words = " ".join(alt for _, alt in plots)
    assert "2026-10: 50.0% in time, 0.0% later, goal 75.0%" in words
    assert "gentle reminder: reached by 2, of which 0 went on" in words
    assert "sms: 2 contacts, 2 arrived" in words
