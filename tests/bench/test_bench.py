"""The bench measures everything that it promises, and loses or doubles nothing. No timing is judged here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.options import Part
from bench.report import SCHEMA_VERSION
from bench.subjects import Subject
from bench.targets import Verdict
from tools.fetch import FetchError
from tools.temporal_cli import find_temporal_cli
from tools.test_server import find_test_server

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.devserver, pytest.mark.timeout(540)]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a quick run wrote."""
    try:
        find_temporal_cli()
        find_test_server()
    except FetchError as missing:
        pytest.skip(str(missing))
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    command = [sys.executable, "-m", "bench", "--quick", "--json", str(file)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return dict(json.loads(file.read_text()))


def test_no_contact_is_lost_or_doubled(report: dict[str, Any]) -> None:
    assert (report["contacts_lost"], report["contacts_doubled"]) == (0, 0)
    assert [each["lives_unfinished"] for each in report["rounds"]] == [0] * len(Subject)
    assert [each["contacts_unrecorded"] for each in report["rounds"]] == [0] * len(Subject)
    assert [each["signals"]["lost"] for each in report["sleepers"]] == [0, 0, 0]


def test_every_subject_lived(report: dict[str, Any]) -> None:
    assert {each["subject"] for each in report["rounds"]} == set(Subject)
    assert {each["subject"] for each in report["sleepers"]} == {"twin", "workflow", "product"}


def test_every_part_was_measured(report: dict[str, Any]) -> None:
    assert report["schema"] == SCHEMA_VERSION
    assert report["not_run"] == {}
    assert all(report[part] for part in ("rounds", "sleepers", "histories", "replay", "costs", "speeds"))
    assert {each["number"] for each in report["targets"]} == set(range(1, 11))
    unmeasured = [each["what"] for each in report["targets"] if each["verdict"] == Verdict.NOT_MEASURED]
    assert all("herd" in what for what in unmeasured)


def test_the_twin_has_the_timers_signals_and_activities_of_a_case(report: dict[str, Any]) -> None:
    counted = ("contacts", "signals", "upserts", "local_activities")
    of_subject = {each["subject"]: each["sample"][0] for each in report["rounds"]}
    twin = [of_subject["twin"][name] for name in counted]
    assert twin == [of_subject["workflow"][name] for name in counted]
    years = report["histories"]
    assert [years["twin_year"][name] for name in counted] == [years["year"][name] for name in counted]


def test_a_report_says_on_what_it_was_measured(report: dict[str, Any]) -> None:
    told = report["circumstances"]
    assert told["workflow_pollers"] == 10
    assert told["task_queue_partitions"] == 1
    assert all(told[name] for name in ("processor", "cores", "python", "temporal_sdk", "temporal_server", "carrier"))


def test_every_part_can_be_asked_for_by_its_name() -> None:
    helped = subprocess.run([sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert all(part in helped.stdout for part in Part)
