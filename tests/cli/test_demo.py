"""The demonstration's and the development set-up's housekeeping: nothing is left behind, whatever ends them."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from socket import socket

import psutil
import pytest
from temporalio.testing import WorkflowEnvironment

from cli.demo_board import Board, Money, Summary, what_is_missing
from cli.processes import free_port
from domain.policy import Goal
from domain.terms import Channel
from tests.cli.files import accounts_file, row

ROOT = Path(__file__).parents[2]
COMPLETE = Summary(
    board=Board({"escalation": Counter(in_plan=1, closed=3)}, {"escalation": Counter(dict.fromkeys(Channel, 1))}),
    goal=Goal(recover_percent=80, within=timedelta(seconds=90)),
    money=(Money("CNY", 200, 100),),
    held=Counter(hardship=1),
    plans=1,
    referred=1,
    closed=Counter(settled=3),
    refused_rows=8,
    refused_inputs=2,
    audit_records=9,
    broken_records=0,
    kinds=Counter(file_complaint=1, resolve_complaint=1, opt_out=1, promise_kept=1, promise_broken=1),
)


def test_a_demonstration_that_showed_everything_lacks_nothing() -> None:
    assert what_is_missing(COMPLETE) == []


@pytest.mark.parametrize(
    ("summary", "missing"),
    [
        (replace(COMPLETE, money=(Money("CNY", 200, 0),)), "nobody paid"),
        (replace(COMPLETE, money=()), "nobody paid"),
        (replace(COMPLETE, referred=0), "nobody was referred to legal"),
        (replace(COMPLETE, plans=0), "no plan was agreed"),
        (replace(COMPLETE, closed=Counter()), "no case was closed"),
        (replace(COMPLETE, broken_records=1), "the audit trail does not hold"),
        (replace(COMPLETE, refused_rows=0), "no wrong input was refused"),
        (replace(COMPLETE, held=Counter()), "no hardship was reported"),
        (replace(COMPLETE, kinds=COMPLETE.kinds - Counter(promise_kept=1)), "no promise was kept"),
        (replace(COMPLETE, kinds=COMPLETE.kinds - Counter(resolve_complaint=1)), "no complaint was filed and decided"),
    ],
)
def test_a_demonstration_says_what_it_did_not_show(summary: Summary, missing: str) -> None:
    assert what_is_missing(summary) == [missing]


def test_a_channel_by_which_nothing_went_out_is_missed() -> None:
    board = replace(COMPLETE.board, contacts={"escalation": Counter(sms=1, voice=1, email=1, call=1)})
    assert what_is_missing(replace(COMPLETE, board=board)) == ["no letter went out"]


def test_a_port_that_somebody_has_is_left_to_them() -> None:
    with socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        taken = somebody.getsockname()[1]
        assert free_port(taken) != taken


def test_the_examples_are_what_their_script_makes(tmp_path: Path) -> None:
    script = tmp_path / "make_examples.py"
    script.write_text((ROOT / "examples" / "make_examples.py").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run([sys.executable, script], check=True, timeout=60)
    for name in ("overdue.csv", "instalments.csv"):
        assert (tmp_path / name).read_bytes() == (ROOT / "examples" / name).read_bytes()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_a_demonstration_that_is_interrupted_stops_all_that_it_started(
    dev_server: WorkflowEnvironment, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with _running("cli.demo", tmp_path) as program:
        _wait_for(program, tmp_path, "went out:")
        started, state = _children(program), Path(_worker(program).cwd())
        program.send_signal(number)
        assert program.wait(60) == code
    assert not [child for child in started if child.is_running()]
    assert not state.exists()
    assert list((tmp_path / "outbox").rglob("*.txt"))


def test_a_demonstration_whose_worker_dies_fails_with_its_last_words(
    dev_server: WorkflowEnvironment, tmp_path: Path
) -> None:
    with _running("cli.demo", tmp_path) as program:
        _wait_for(program, tmp_path, "went out:")
        started = _children(program)
        _worker(program).kill()
        assert program.wait(60) == 1
        assert "the worker ended with code -9" in _file_of(tmp_path).read_text()
    assert not [child for child in started if child.is_running()]


def test_the_development_set_up_keeps_its_state_over_a_restart(dev_server: WorkflowEnvironment, tmp_path: Path) -> None:
    for expected in (["new", "started"], ["known", "running"]):
        with _running("cli.dev", tmp_path) as program:
            _wait_for(program, tmp_path, "Ctrl-C stops everything")
            assert _import_one(tmp_path) == expected
            started = _children(program)
            program.send_signal(signal.SIGINT)
            assert program.wait(60) == 0
        assert not [child for child in started if child.is_running()]


@contextmanager
def _running(module: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a module as a person does, with what it says in a file."""
    with _file_of(folder).open("wb") as said:
        command = [sys.executable, "-m", module, "--folder", str(folder)]
        program = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            yield program
        finally:
            for child in _children(program):
                child.kill()
            program.kill()
            program.wait()


def _file_of(folder: Path) -> Path:
    return folder / "said.txt"


def _wait_for(program: "subprocess.Popen[bytes]", folder: Path, words: str) -> None:
    deadline = time.monotonic() + 120
    while words not in _file_of(folder).read_text(errors="replace"):
        assert program.poll() is None, _file_of(folder).read_text()
        assert time.monotonic() < deadline, _file_of(folder).read_text()
        time.sleep(0.2)


def _children(program: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return psutil.Process(program.pid).children(recursive=True) if program.poll() is None else []


def _worker(program: "subprocess.Popen[bytes]") -> psutil.Process:
    return next(child for child in _children(program) if "worker.py" in " ".join(child.cmdline()))


def _import_one(folder: Path) -> list[str]:
    """Import an account by the command line, and tell what became of it."""
    file = accounts_file(folder, row(1))
    command = f'. "{folder}/environment.sh"; "{sys.executable}" starter.py import "{file}" --policy demo --json'
    said = subprocess.run(["sh", "-c", command], cwd=ROOT, check=True, capture_output=True, timeout=120).stdout
    report = json.loads(said)
    return [word for word in ("new", "known", "started", "running", "closed") if report[word]]
