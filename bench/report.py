"""Prints what was measured, and keeps it as JSON."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.lives import Round
from bench.results import (
    Results,
    Spread,
    bytes_a_contact,
    bytes_a_life,
    in_figures,
    lives_a_second,
    server_ms,
    worker_ms,
)
from bench.subjects import CONTACTS, Subject
from bench.targets import Aim, aims

SCHEMA_VERSION = 1
"""Of the JSON; raised when a reader of an older one would misread it."""

_FIGURES: tuple[tuple[str, Callable[[Round], float]], ...] = (
    ("lives a second", lives_a_second),
    ("contacts a second", lambda one: one.contacts / one.wall_seconds),
    ("worker CPU a contact, ms", worker_ms),
    ("server CPU a contact, ms", server_ms),
    ("worker CPU a life, ms", lambda one: worker_ms(one) * CONTACTS),
    ("server CPU a life, ms", lambda one: server_ms(one) * CONTACTS),
    ("events a life", lambda one: one.events_a_life),
    ("history a life, bytes", bytes_a_life),
    ("history a contact, bytes", bytes_a_contact),
    ("billable actions a life", lambda one: median(each.actions for each in one.sample)),
    ("share of all cores busy", lambda one: one.busy_share),
)


def as_json(circumstances: dict[str, Any], results: Results) -> dict[str, Any]:
    """The whole report for machines."""
    return {
        "schema": SCHEMA_VERSION,
        "circumstances": circumstances,
        "targets": [each.as_json() for each in aims(results)],
        **results.as_json(),
    }


def save(report: dict[str, Any], file: Path) -> None:
    """Write the report."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=1, default=str) + "\n")


def show(console: Console, circumstances: dict[str, Any], results: Results) -> None:
    """Print the report for people."""
    console.print(_facts(circumstances))
    if results.rounds:
        console.print(_lives(results))
        console.print(_ratios(results))
    if results.sleepers:
        console.print(_sleepers(results))
    if results.histories is not None:
        console.print(_histories(results))
    if results.costs:
        console.print(_costs(results))
    if results.speeds:
        console.print(_speeds(results))
    console.print(_targets(aims(results)))
    for part, reason in results.not_run.items():
        console.print(f"{part}: not run; {reason}")
    console.print(f"contacts lost: {results.contacts_lost}, doubled: {results.contacts_doubled}")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _facts(circumstances: dict[str, Any]) -> Table:
    table = _table("Measured on", "", "")
    for name, value in circumstances.items():
        table.add_row(name.replace("_", " "), str(value))
    return table


def _lives(results: Results) -> Table:
    subjects = [subject for subject in Subject if results.of(subject)]
    accounts = results.rounds[0].accounts
    table = _table(f"{accounts} lives at once: median [lowest to highest] of the rounds", "", *subjects)
    for name, figure in _FIGURES:
        table.add_row(name, *(_written(results.spread(subject, figure)) for subject in subjects))
    return table


def _ratios(results: Results) -> Table:
    table = _table("Ratios, round by round", "", "workflow : twin", "product : twin", "encrypted : workflow")
    pairs = ((Subject.WORKFLOW, Subject.TWIN), (Subject.PRODUCT, Subject.TWIN), (Subject.ENCRYPTED, Subject.WORKFLOW))
    for name, figure in _FIGURES[:-1]:
        table.add_row(name, *(_written(results.ratio(one, other, figure)) for one, other in pairs))
    return table


def _sleepers(results: Results) -> Table:
    asleep = [each for subject in Subject if (each := results.asleep(subject)) is not None]
    table = _table(f"{asleep[0].accounts:,} cases asleep", "", *(each.subject for each in asleep))
    table.add_row("MiB for 1,000 cached", *(in_figures(each.mebibytes_a_thousand) for each in asleep))
    for name, herd_figure in (
        ("herd: first contact, s", "first_contact_seconds"),
        ("herd: all contacted, s", "all_contacted_seconds"),
        ("herd: worker CPU a contact, ms", "worker_ms_a_contact"),
        ("herd: server CPU a contact, ms", "server_ms_a_contact"),
    ):
        herds = (each.herd for each in asleep)
        table.add_row(
            name, *(in_figures(getattr(herd, herd_figure)) if herd else "not asleep in time" for herd in herds)
        )
    for name, signal_figure in (
        ("signals a second", "a_second"),
        ("worker CPU a signal, ms", "worker_ms_each"),
        ("server CPU a signal, ms", "server_ms_each"),
    ):
        table.add_row(name, *(in_figures(getattr(each.signals, signal_figure)) for each in asleep))
    return table


def _histories(results: Results) -> Table:
    table = _table("Lives of months", "", "events", "bytes", "actions", "contacts", "signals", "upserts")
    if results.histories is None:
        return table
    for name, figures in (
        ("a year of weekly contacts", results.histories.year),
        ("the twin's year", results.histories.twin_year),
        ("a typical life", results.histories.typical),
        ("one contact", results.histories.contact),
    ):
        counted = (figures.events, figures.bytes, figures.actions, figures.contacts, figures.signals, figures.upserts)
        table.add_row(name, *(f"{each:,}" for each in counted))
    if results.replay is not None:
        for name, milliseconds in (
            ("the year", results.replay.case_cpu_ms),
            ("the twin's", results.replay.twin_cpu_ms),
        ):
            table.add_row(f"replay of {name}: {_written(Spread.of(milliseconds))} ms of CPU", *[""] * 6)
    return table


def _costs(results: Results) -> Table:
    table = _table("Activities alone, in one thread", "", "CPU ms", "queries", "before sending", "transactions")
    for each in results.costs:
        before = in_figures(each.queries_before_sending) if each.queries_before_sending is not None else ""
        table.add_row(
            each.what, in_figures(each.cpu_ms), in_figures(each.queries), before, in_figures(each.transactions)
        )
    return table


def _speeds(results: Results) -> Table:
    table = _table("The pure core, on one core", "", "a second")
    for each in results.speeds:
        table.add_row(each.what, in_figures(each.a_second))
    return table


def _targets(targets: Iterable[Aim]) -> Table:
    table = _table("Targets", "", "measured", "target", "")
    for each in targets:
        sign = "at least" if each.at_least else "at most"
        measured = each.spread or (in_figures(each.measured) if each.measured is not None else "")
        table.add_row(f"{each.number} {each.what}", measured, f"{sign} {each.limit:g} {each.unit}", each.verdict)
    return table


def _written(spread: Spread | None) -> str:
    return str(spread) if spread is not None else ""
