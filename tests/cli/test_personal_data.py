"""The commands on personal data, with the records of one person."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from storage import schema
from storage.database import Database
from storage.registration import register
from tests.registrations import registration

NOW = datetime(2027, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DUECOURSE_PROFILE", "dev")
    database = Database(url)
    schema.migrate(database)
    with database.writing() as session:
        register(session, registration(), "fenfu-cn", NOW)
    database.dispose()


def test_a_person_is_given_all_that_is_held_on_them() -> None:
    answer = CliRunner().invoke(app, ["export-debtor", "deb-1"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["name"] == "王小明"


def test_a_file_with_all_that_is_held_is_for_its_owner_only(tmp_path: Path) -> None:
    out = tmp_path / "held.json"
    assert CliRunner().invoke(app, ["export-debtor", "deb-1", "--out", str(out)]).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert json.loads(out.read_text())["debtor_id"] == "deb-1"


def test_an_unknown_person_is_said_to_be_unknown() -> None:
    answer = CliRunner().invoke(app, ["export-debtor", "deb-9"])
    assert answer.exit_code == 1
    assert "deb-9" in answer.stderr


def test_nobody_is_erased_whose_account_is_not_closed() -> None:
    answer = CliRunner().invoke(app, ["purge", "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"erased": []})
