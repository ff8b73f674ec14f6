"""The command ``report``: tables for people, one JSON document for machines, a page for whoever is asked for both."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.assembly import load_library, open_records
from activities.booking import Books
from activities.desk import Library
from activities.opening import open_account
from config.settings import load_settings
from domain.case import Case
from domain.orders import MessageToBook, OpenCase
from domain.registration import Registration
from storage.database import Database
from storage.registration import register
from tests.cli.commands import Commands
from tests.registrations import owed, registration

ROOT = Path(__file__).parents[2]
OPENED = datetime(2026, 10, 10, 4, tzinfo=UTC)
PAID = OPENED + timedelta(days=3)
NAME = "王小明"


@pytest.fixture
def records(commands: Commands) -> Iterator[Database]:
    """The records of the command line: two accounts in China, one in New York; the first paid half after three days."""
    settings = load_settings()
    database, library = open_records(settings), load_library(settings)
    american = {"policy": "consumer-us", "language": "en", "time_zone": "America/New_York", "jurisdiction": "US-NY"}
    half = (owed("2026-10-04", "1000.00", "0.00", "0.00"),)
    first = _collected(database, library, registration("acc-1", "deb-1", instalments=half))
    _collected(database, library, registration("acc-2", "deb-2", instalments=half))
    _collected(database, library, registration("acc-3", "deb-3", currency="USD", instalments=half, **american))
    _tell(database, library, first, "record_payment", payment_id="p-1", amount="500.00", currency="CNY")
    _tell(database, library, first, "file_complaint", complaint_id="c-1", category="conduct")
    yield database
    database.dispose()


def _collected(database: Database, library: Library, account: Registration) -> Case:
    with database.writing() as session:
        register(session, account, str(account.policy), OPENED)
        return open_account(session, library, OpenCase(account.account_id, OPENED)).case


def _tell(database: Database, library: Library, case: Case, name: str, **body: str) -> None:
    body |= {"event_id": name, "occurred_at": PAID.isoformat()}
    if name == "record_payment":
        body["received_at"] = PAID.isoformat()
    with database.writing() as session:
        booking = Books(library).book(session, MessageToBook(case.account_id, name, name, body, PAID, case, ()))
    assert booking.refusal is None


def test_the_report_keeps_policies_and_currencies_apart(commands: Commands, records: Database) -> None:
    report = commands.answer("report", "--as-of", "2026-10-20")
    american, chinese = report["portfolios"]
    assert (american["policy"], american["currency"]) == ("consumer-us", "USD")
    assert (chinese["policy"], chinese["currency"]) == ("fenfu-cn", "CNY")
    assert chinese["recovery"]["fallen_due"] == "2000.00"
    assert chinese["recovery"]["recovered_in_time"] == "500.00"
    assert chinese["recovery"]["recovered_percent"] == 25.0
    assert chinese["recovery"]["standing"] == "running"
    assert chinese["by_cohort"]["2026-10"]["accounts"] == 2
    assert (chinese["complaints"]["per_100_accounts"], american["complaints"]["per_100_accounts"]) == (50.0, 0.0)
    assert american["recovery"]["recovered_in_time"] == "0.00"


def test_the_report_is_of_one_policy_if_that_is_asked_for(commands: Commands, records: Database) -> None:
    report = commands.answer("report", "--policy", "fenfu-cn", "--as-of", "2026-10-20")
    assert [each["policy"] for each in report["portfolios"]] == ["fenfu-cn"]


def test_the_report_is_as_known_at_the_end_of_the_day_that_is_named(commands: Commands, records: Database) -> None:
    paid = [
        commands.answer("report", "--policy", "fenfu-cn", "--as-of", day)["portfolios"][0]["received"]
        for day in ("2026-10-12", "2026-10-13")
    ]
    assert paid == ["0.00", "500.00"]


def test_the_report_shows_tables_and_says_what_their_figures_mean(commands: Commands, records: Database) -> None:
    words = commands.done("report", "--as-of", "2026-10-20")
    assert "fenfu-cn, CNY: 2 accounts" in words
    assert "consumer-us, USD: 1 accounts" in words
    assert "2,000.00" in words
    assert "25.0%" in words
    assert "Recovered in time is what was paid of it within that time" in " ".join(words.split())


def test_a_report_of_nothing_says_so(commands: Commands) -> None:
    assert "No account that is collected was overdue by then." in commands.done("report")
    assert commands.answer("report")["portfolios"] == []


def test_nothing_personal_is_in_the_report(commands: Commands, records: Database) -> None:
    for words in (commands.done("report", "--as-of", "2026-10-20"), str(commands.answer("report"))):
        for personal in (NAME, "deb-1", "acc-1", "example.com", "13800138000"):
            assert personal not in words


def test_the_page_holds_tables_plots_and_their_words_and_fetches_nothing(commands: Commands, records: Database) -> None:
    file = commands.folder / "report.html"
    assert f"Written to {file}" in commands.done("report", "--as-of", "2026-10-20", "--html", file)
    page = file.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert re.findall(r"<script|<link|@import|https?://", page) == []
    assert "2026-10: 25.0% in time, 0.0% later, goal" in page, "what a plot shows is told in words"
    assert '<td class="number">2,000.00</td>' in page
    assert "Fallen due is what the contracts asked for" in page
    for personal in (NAME, "deb-1", "acc-1", "13800138000"):
        assert personal not in page


def test_a_page_and_a_document_may_be_asked_for_together(commands: Commands, records: Database) -> None:
    file = commands.folder / "report.html"
    assert commands.answer("report", "--as-of", "2026-10-20", "--html", file)["portfolios"]
    assert file.exists()


def test_a_page_of_nothing_says_so(commands: Commands) -> None:
    commands.done("report", "--html", commands.folder / "report.html")
    assert "No account that is collected was overdue by then." in (commands.folder / "report.html").read_text()


def test_a_page_that_cannot_be_written_is_told_in_a_line(commands: Commands) -> None:
    assert "--html: cannot write" in commands.refusal("report", "--html", commands.folder / "nowhere" / "report.html")


def test_only_the_page_waits_for_the_plotting_library() -> None:
    names = "import sys, starter, worker, cli.app, cli.report; print('matplotlib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", names], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
