"""The exams of agents: the next paper, sat at the terminal or recorded from a sheet, and always marked here."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.agents import AgentId, Jurisdiction
from cli.connection import library, records
from cli.options import By, Json
from cli.printing import console, print_fields, print_json
from domain.certification import Marked
from domain.training import Course, Question
from storage.training import paper_for, record_exam, standing_of

commands = typer.Typer()
exam_commands = typer.Typer(help="The exam that certifies an agent for a country.", no_args_is_help=True)
commands.add_typer(exam_commands, name="exam", rich_help_panel="Agents")


@exam_commands.command()
def paper(agent_id: AgentId, jurisdiction: Jurisdiction, as_json: Json = False) -> None:
    """Show the questions that the agent is asked next, without their answers."""
    course = library().course(jurisdiction)
    questions = _paper(course, agent_id)
    if as_json:
        print_json(
            {"jurisdiction": course.jurisdiction, "version": course.version, "questions": _unanswered(questions)}
        )
        return
    for question in questions:
        print_fields(f"{question.id}: {question.asks}", question.options)


@exam_commands.command()
def take(agent_id: AgentId, jurisdiction: Jurisdiction) -> None:
    """Sit the exam at the terminal: each question in turn, marked and recorded at the end."""
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here; use: exam paper, and exam record", param_hint="AGENT_ID")
    course = library().course(jurisdiction)
    questions = _paper(course, agent_id)
    answers = {each.id: _ask(each, number, len(questions)) for number, each in enumerate(questions, 1)}
    _record(course, agent_id, answers, agent_id, as_json=False)


@exam_commands.command()
def record(
    agent_id: AgentId,
    jurisdiction: Jurisdiction,
    by: By,
    answer: Annotated[list[str], typer.Option(metavar="QUESTION=LETTER", help="Once for each question of the paper.")],
    as_json: Json = False,
) -> None:
    """Mark and record the answers that an agent gave to the paper on a sheet."""
    if by == agent_id:
        raise typer.BadParameter("must be somebody else than the agent, such as who watched", param_hint="--by")
    answers = dict(_parted(each) for each in answer)
    _record(library().course(jurisdiction), agent_id, answers, by, as_json)


def _paper(course: Course, agent_id: str) -> tuple[Question, ...]:
    with records() as database, database.reading() as session:
        return paper_for(session, course, agent_id, datetime.now(UTC))


def _record(course: Course, agent_id: str, answers: dict[str, str], by: str, as_json: bool) -> None:
    now = datetime.now(UTC)
    with records() as database, database.writing() as session:
        marked = record_exam(session, course, agent_id, answers, now, by)
        standing = standing_of(session, course, agent_id, now)
    told = {
        "agent_id": agent_id,
        "jurisdiction": course.jurisdiction,
        "version": course.version,
        "score_percent": marked.score_percent,
        "passed": marked.passed,
        "certified_until": standing.until if standing.certified else None,
        "modules_to_repeat": marked.modules_to_repeat,
    }
    if as_json:
        print_json(told)
    else:
        print_fields(_verdict(marked, course), told)
    if not marked.passed:
        raise typer.Exit(1)


def _verdict(marked: Marked, course: Course) -> str:
    became = "passed" if marked.passed else "not passed"
    return f"{became.capitalize()}: {marked.score_percent} of 100, the pass mark is {course.exam.pass_percent}"


def _ask(question: Question, number: int, of: int) -> str:
    print_fields(f"{number} of {of}: {question.asks}", question.options)
    while True:
        given: str = typer.prompt("Your answer").strip().lower()
        if given in question.options:
            return given
        console().print(f"Choose one of {', '.join(question.options)}.")


def _unanswered(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [{"id": each.id, "module": each.module, "asks": each.asks, "options": each.options} for each in questions]


def _parted(answer: str) -> tuple[str, str]:
    question, parted, letter = answer.partition("=")
    if not parted:
        raise typer.BadParameter(f"{answer[:40]!r} is not QUESTION=LETTER, such as two_facts=c", param_hint="--answer")
    return question.strip(), letter.strip().lower()
