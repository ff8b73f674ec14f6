"""Agents at the command line: registered, trained and examined, without an engine."""

import csv
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from config.training_files import TRAINING, load_courses
from tests.cli.commands import Commands

ROOT = Path(__file__).parents[2]
COURSE = load_courses(TRAINING)["CN"]
RIGHT = {each.id: each.answer for each in COURSE.exam.questions}


@pytest.fixture
def agent(commands: Commands) -> str:
    """A registered agent."""
    commands.done("agents", "add", "agent-7", "--name", "李雷", "--language", "zh-CN", "--language", "en")
    return "agent-7"


def answers(commands: Commands, agent: str) -> list[str]:
    """Right answers to the agent's next paper, as options."""
    asked = commands.answer("exam", "paper", agent, "CN")["questions"]
    return [word for each in asked for word in ("--answer", f"{each['id']}={RIGHT[each['id']]}")]


def certified_for(commands: Commands, agent: str) -> list[str]:
    """Where the agent may call."""
    rows = {each["agent_id"]: each["certifications"] for each in commands.answer("agents", "list")["agents"]}
    return [where for where, found in rows[agent].items() if found["certified"]]


def test_attendance_and_a_passed_exam_certify_for_that_country_alone(commands: Commands, agent: str) -> None:
    assert certified_for(commands, agent) == []
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    told = commands.answer("exam", "record", agent, "CN", "--by", "trainer-1", *answers(commands, agent))
    assert (told["score_percent"], told["passed"]) == (100, True)
    assert certified_for(commands, agent) == ["CN"]


def test_a_paper_shows_no_answer_and_is_not_shown_before_the_course(commands: Commands, agent: str) -> None:
    refusal = commands.refusal("exam", "paper", agent, "CN")
    assert refusal == ("before the exam of CN, attend: right_party, when_and_how_often, words, ways_out, complaints")
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    [first, *_] = commands.answer("exam", "paper", agent, "CN")["questions"]
    assert set(first) == {"id", "module", "asks", "options"}


def test_a_failed_exam_says_what_to_go_over_and_waits_for_its_time(commands: Commands, agent: str) -> None:
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    wrong = [word.replace("=a", "=c").replace("=b", "=c") for word in answers(commands, agent)]
    result = commands.run("exam", "record", agent, "CN", "--by", "trainer-1", *wrong)
    assert result.exit_code == 1
    assert "Not passed: " in result.stdout
    assert "the last exam was failed; sit it again from" in commands.refusal("exam", "paper", agent, "CN")


def test_nobody_vouches_for_themselves(commands: Commands, agent: str) -> None:
    assert "somebody else" in commands.refusal("agents", "attend", agent, "CN", "--by", agent)
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    result = commands.run("exam", "record", agent, "CN", "--by", agent, *answers(commands, agent))
    assert result.exit_code == 2


def test_a_suspension_takes_the_certification_until_both_are_done_again(commands: Commands, agent: str) -> None:
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    commands.done("exam", "record", agent, "CN", "--by", "trainer-1", *answers(commands, agent))
    commands.done(
        "agents", "suspend", agent, "--reason", "complaint_upheld", "--reference", "complaint-1", "--by", "ombudsman-1"
    )
    assert certified_for(commands, agent) == []
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    assert certified_for(commands, agent) == []
    commands.done("exam", "record", agent, "CN", "--by", "trainer-1", *answers(commands, agent))
    assert certified_for(commands, agent) == ["CN"]


def test_the_report_names_every_agent_with_figures(commands: Commands, agent: str) -> None:
    [row] = commands.answer("agents", "report", "--since", "2026-01-01")["agents"]
    assert (row["agent_id"], row["calls"], row["promises_kept"], row["quality_percent"]) == (agent, 0, 0, None)
    told = commands.done("agents", "report").splitlines()
    assert "partly  broken" in told[1], "each figure stands under its own name"
    assert "0 (0 failed)" in told[2]


def test_agents_are_registered_from_a_file_all_or_none(commands: Commands) -> None:
    header, good = ("agent_id", "name", "languages", "authority"), ("agent-1", "王芳", "zh-CN en", "3")
    commands.done("agents", "import", write(commands.folder / "agents.csv", header, good))
    [row] = commands.answer("agents", "list")["agents"]
    assert (row["agent_id"], row["languages"], row["authority"]) == ("agent-1", ["zh-CN", "en"], 3)
    bad = write(
        commands.folder / "bad.csv", header, ("agent-2", "赵强", "zh-CN", "1"), ("agent-3", "钱多", "zh-CN", "12")
    )
    refusal = commands.refusal("agents", "import", bad)
    assert refusal.startswith("bad.csv:3: authority ")
    assert "钱多" not in refusal
    assert [each["agent_id"] for each in commands.answer("agents", "list")["agents"]] == ["agent-1"]


def test_a_name_in_the_id_column_is_refused_in_words(commands: Commands) -> None:
    words = commands.refusal("agents", "add", "李雷", "--name", "李雷", "--language", "zh-CN")
    assert words.startswith("AGENT_ID: must be letters, digits")


def test_there_is_no_course_where_there_are_no_rules(commands: Commands, agent: str) -> None:
    words = commands.refusal("agents", "attend", agent, "FR", "--by", "trainer-1")
    assert words == "unknown_course: there is no course for agents in FR; there are CN, UK, US"


def test_the_exam_is_sat_at_a_terminal_and_a_letter_that_is_no_option_is_asked_for_again(
    commands: Commands, agent: str
) -> None:
    commands.done("agents", "attend", agent, "CN", "--by", "trainer-1")
    asked = commands.answer("exam", "paper", agent, "CN")["questions"]
    typed = ["z", *(RIGHT[each["id"]] for each in asked)]
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{each}\n" for each in typed).encode())
    words = [sys.executable, str(ROOT / "starter.py"), "exam", "take", agent, "CN"]
    sat = subprocess.run(words, stdin=theirs, capture_output=True, text=True, timeout=120)
    for end in (ours, theirs):
        os.close(end)
    assert sat.returncode == 0, sat.stderr
    assert "Choose one of a, b, c." in sat.stdout
    assert "Passed: 100 of 100" in sat.stdout
    assert certified_for(commands, agent) == ["CN"]


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path
