"""Commands that need no engine, and what commands say that need one which is not there."""

import csv
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlmodel import select

from cli.app import app
from domain.late_terms import LateTerms
from storage.database import Database
from storage.registration import register
from storage.tables import AuditRecord
from tests.cli.commands import Commands
from tests.cli.files import accounts_file, row
from tests.engine import free_port
from tests.registrations import owed, registration

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "config" / "policies"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_help_names_every_command_by_what_a_person_wants() -> None:
    words = Commands(Path()).done("--help")
    for panel in ("Put accounts into collection", "Tell what happened", "Ask and decide", "Look", "Set up"):
        assert panel in words


def test_every_command_is_documented() -> None:
    documented = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [path for path, _ in _commands() if f"`{path}" not in documented] == []


def test_every_option_is_documented() -> None:
    """By its name; those of ``register`` as the columns of a file of accounts, which say the same."""
    documented = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    words = set(re.findall(r"--[a-z-]+|[a-z_]+", documented))
    missing = [
        f"{path} {option}"
        for path, command in _commands()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option not in words
        if path != "register" or option[2:].replace("-", "_") not in words
    ]
    assert missing == []


def _commands(group: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words by which it is called."""
    within: Any = group or typer.main.get_command(app)
    for name, command in within.commands.items():
        path = f"{before} {name}".strip()
        if hasattr(command, "commands"):
            yield from _commands(command, path)
        else:
            yield path, command


def test_a_dry_run_counts_by_jurisdiction_policy_and_stage_and_starts_nothing(commands: Commands) -> None:
    american = {"language": "en", "time_zone": "America/New_York", "jurisdiction": "US-NY", "currency": "USD"}
    file = accounts_file(commands.folder, row(1), row(2, due_date="2099-01-01"), row(3, **american))
    report = commands.answer("import", file, "--dry-run")
    assert report["would_start"] == [
        {"jurisdiction": "CN", "policy": "fenfu-cn", "stage": "first_reminder", "accounts": 1},
        {"jurisdiction": "CN", "policy": "fenfu-cn", "stage": "first_reminder, once overdue", "accounts": 1},
        {"jurisdiction": "US-NY", "policy": "consumer-us", "stage": "first_reminder", "accounts": 1},
    ]
    assert (report["rows"], report["encoding"], report["refused"]) == (3, "UTF-8", [])
    assert _registered() == []


@pytest.mark.parametrize(
    ("changes", "policy", "column", "words"),
    [
        ({"currency": "EUR"}, "fenfu-cn", "currency", "not for accounts in EUR"),
        ({"jurisdiction": "US-NY"}, "fenfu-cn", "jurisdiction", "not for jurisdiction US"),
        ({"language": "fr"}, "fenfu-cn", "language", "no lender's details in fr"),
        ({"jurisdiction": "FR"}, "fenfu-cn", "jurisdiction", "there are no rules for FR"),
        ({}, "nowhere", "policy", "there is no policy nowhere"),
        ({"currency": "EUR"}, None, "policy", "name a policy"),
    ],
)
def test_an_account_that_fits_no_policy_or_rules_is_refused_by_its_column(
    commands: Commands, changes: dict[str, str], policy: str | None, column: str, words: str
) -> None:
    file = accounts_file(commands.folder, row(1, **changes))
    named = ["--policy", policy] if policy is not None else []
    result = commands.run("import", file, "--dry-run", "--json", *named)
    [found] = json.loads(result.stdout)["refused"]
    assert (result.exit_code, found["line"], found["column"]) == (1, 2, column)
    assert words in found["reason"]


def test_an_unusable_file_exits_with_2_and_says_why_in_a_line(commands: Commands) -> None:
    file = commands.folder / "a.csv"
    file.write_text("account_id,debtor_id\n")
    result = commands.run("import", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "missing columns: debtor_name, phone" in result.stderr
    assert result.stderr.count("\n") == 1


def test_rejects_are_written_for_spreadsheets_with_nothing_that_they_would_compute(commands: Commands) -> None:
    file = accounts_file(commands.folder, row(1, phone="=cmd()"), row(2, principal="-1"), name="=bad.csv")
    rejects = commands.folder / "rejects.csv"
    assert commands.run("import", file, "--dry-run", "--rejects", rejects).exit_code == 1
    text = rejects.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(each["file"], each["line"], each["column"]) for each in rows] == [
        ("'=bad.csv", "2", "phone"),
        ("'=bad.csv", "3", "principal"),
    ]
    assert "cmd" not in text


def test_rejects_of_an_earlier_run_do_not_stay_when_all_rows_are_good(commands: Commands) -> None:
    rejects = commands.folder / "rejects.csv"
    rejects.write_text("old")
    commands.done("import", accounts_file(commands.folder, row(1)), "--dry-run", "--rejects", rejects)
    assert rejects.read_text(encoding="utf-8-sig").splitlines() == ["file,line,account_id,column,reason"]


def test_of_many_refused_rows_the_first_are_shown_and_the_others_counted(commands: Commands) -> None:
    file = accounts_file(commands.folder, *(row(number, phone="1") for number in range(1, 26)))
    result = commands.run("import", file, "--dry-run")
    assert "Refused rows: 25" in result.stdout
    assert "There are 5 more: add --rejects FILE.csv" in result.stdout


def test_without_an_engine_a_command_says_so_and_fails(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    words = commands.refusal("status", "acc-1")
    assert words.startswith("engine_unavailable: Temporal does not answer")


def test_a_database_without_its_tables_is_said_to_need_migrating(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{commands.folder / 'empty.db'}")
    assert "python starter.py migrate" in commands.refusal("tasks")


def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:hunter2@127.0.0.1:{free_port()}/none")
    words = commands.refusal("tasks")
    assert words.startswith("database_unavailable: OperationalError")
    assert "hunter2" not in words


def test_settings_that_cannot_be_used_are_named(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUECOURSE_CODEC_KEYS", "nonsense")
    assert commands.refusal("tasks").startswith("DUECOURSE_CODEC_KEYS: ")


def test_migrating_twice_changes_nothing(commands: Commands) -> None:
    assert "up to date" in commands.done("migrate")


def test_policies_that_come_with_the_product_pass_the_lint(commands: Commands) -> None:
    assert "version" in commands.done("policy", "lint", *sorted(POLICIES.glob("*.yaml")))


def test_a_wrong_policy_fails_the_lint_with_its_line_and_field(commands: Commands) -> None:
    file = commands.folder / "demo.yaml"
    file.write_text((POLICIES / "demo.yaml").read_text().replace("cadence: 4s", "cadence: often"))
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if "often" in text)
    assert f"demo.yaml:{line}: stages.first_reminder.cadence" in commands.refusal("policy", "lint", file)


def test_an_audit_trail_that_nobody_touched_is_verified(commands: Commands) -> None:
    _register()
    assert commands.answer("audit", "verify") == {"records": 1, "broken": []}
    assert commands.answer("audit", "show", "acc-1")["records"][0]["kind"] == "registered"


def test_a_changed_record_is_named_and_fails_the_verification(commands: Commands) -> None:
    _register()
    with _database().writing() as session:
        record = session.exec(select(AuditRecord)).one()
        record.detail = {"instalments": 2}
        session.add(record)
    result = commands.run("audit", "verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["broken"] == [
        {"account_id": "acc-1", "number": 1, "problem": "the record was changed"}
    ]


def test_a_statement_leads_from_the_contract_to_what_is_owed_on_a_day(commands: Commands) -> None:
    terms = LateTerms.model_validate({"annual_percent": "18.25", "contract_date": "2026-01-01", "lender_type": "bank"})
    _register(instalments=(owed("2026-11-01", "1000.00", "20.00", "0.00"),), terms=terms)
    told = commands.answer("statement", "acc-1", "--as-of", "2026-11-11")
    assert (told["opening"]["total"], told["closing"]["total"]) == ("1020.00", "1025.00")
    assert told["lines"][0] | {"reference": ""} == {
        "date": "2026-11-11",
        "since": "2026-11-02",
        "kind": "late_interest",
        "reference": "",
        "principal": "0.00",
        "interest": "5.00",
        "fees": "0.00",
        "unallocated": "0.00",
        "balance": "1025.00",
    }
    assert told["terms"]["annual_percent"] == "18.25"
    words = commands.done("statement", "acc-1", "--as-of", "2026-11-11")
    assert "overdue 1025.00 of 1025.00 CNY" in words
    assert "--as-of: must be a day" in commands.refusal("statement", "acc-1", "--as-of", "yesterday")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("audit", "show", "acc-9"), "account acc-9 is not registered; register it first"),
        (("explain", "acc-9.1"), "no contact acc-9.1 was made or turned away"),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(commands: Commands, words: tuple[str, ...], told: str) -> None:
    assert told in commands.refusal(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("pay",),
        ("list", "--state", "asleep"),
        ("complain", "acc-1", "--category", "weather"),
        ("import", "a.csv", "--concurrency", "0"),
        ("agree-plan", "acc-1", "--by", "deb-1", "--instalment", "soon"),
    ],
)
def test_wrong_usage_exits_with_2(commands: Commands, words: tuple[str, ...]) -> None:
    assert commands.run(*words).exit_code == 2


def _database() -> Database:
    return Database(os.environ["DATABASE_URL"])


def _register(**changes: Any) -> None:
    with _database().writing() as session:
        register(session, registration(**changes), "fenfu-cn", NOW)


def _registered() -> list[str]:
    with _database().reading() as session:
        return [each.account_id for each in session.exec(select(AuditRecord))]
