"""A report as tables with the meaning of their figures in words, for the terminal and for the page alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.money import format_minor, minor_digits
from domain.recovery import GoalStanding, Recovery
from domain.report_figures import ComplaintsOf, PortfolioReport, RecoveryOf

_RECOVERY = (
    "#accounts",
    "#fallen due",
    "#recovered in time",
    "#share",
    "#goal",
    "standing",
    "#recovered later",
    "#waived",
)
_WHAT_RECOVERY_MEANS = (
    "By the month in which accounts became overdue. Fallen due is what the contracts asked for by the end of the "
    "goal's time, or until now while that runs; late charges are not in it. The goal's time begins when an account is "
    "overdue, or when its case opens if that is later. Recovered in time is what was paid of it within that time; "
    "payments that did not hold are not counted."
)


@dataclass(frozen=True)
class ReportTable:
    """One table. Columns whose name begins with ``#`` hold numbers."""

    title: str
    meaning: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def tables_of(portfolio: PortfolioReport, as_of: datetime) -> Iterator[ReportTable]:
    """The tables of one portfolio, in the order in which they are read."""
    recovery = (
        ("Recovery by cohort", "became overdue in", portfolio.by_cohort, _WHAT_RECOVERY_MEANS),
        ("Recovery by stage", "stage", portfolio.by_stage, "The same by where accounts stand, or ended."),
        ("Recovery by track", "track", portfolio.by_track, "The same by the track on which accounts are."),
    )
    for title, key, parts, words in recovery:
        rows = [*(_recovery(each, portfolio, as_of) for each in parts), _whole(portfolio, as_of)]
        yield ReportTable(title, words, (key, *_RECOVERY), rows)
    yield _rolls(portfolio)
    yield _promises(portfolio)
    yield from _complaints(portfolio)
    yield _channels(portfolio)


def money(minor: int, currency: str) -> str:
    """An amount with its thousands parted."""
    whole, point, fraction = format_minor(minor, currency).partition(".")
    return f"{int(whole):,}{point}{fraction}"


def share(value: float | None) -> str:
    """A percentage, or a dash where there is nothing of which it could be one."""
    return "–" if value is None else f"{value:.1f}%"


def in_words(recovery: Recovery, as_of: datetime) -> str:
    """How recovery stands to its goal."""
    standing = recovery.standing(as_of)
    if standing is GoalStanding.RUNNING and recovery.until is not None:
        return f"runs until {recovery.until:%Y-%m-%d}"
    return standing.value


def _recovery(part: RecoveryOf, portfolio: PortfolioReport, as_of: datetime) -> Sequence[Any]:
    return _recovery_row(_plain(part.key), part.recovery, portfolio.currency, as_of)


def _whole(portfolio: PortfolioReport, as_of: datetime) -> Sequence[Any]:
    return _recovery_row("all", portfolio.whole, portfolio.currency, as_of)


def _recovery_row(name: str, recovery: Recovery, currency: str, as_of: datetime) -> Sequence[Any]:
    return (
        name,
        recovery.accounts,
        money(recovery.due_minor, currency),
        money(recovery.recovered_minor, currency),
        share(recovery.recovered_percent),
        share(recovery.goal_percent),
        in_words(recovery, as_of),
        money(recovery.later_minor, currency),
        money(recovery.waived_minor, currency),
    )


def _rolls(portfolio: PortfolioReport) -> ReportTable:
    columns = (
        "stage",
        "#reached",
        "#went on",
        "#cured",
        "#settled",
        "#ended unpaid",
        "#still here",
        "#roll rate",
        "#paid",
        "#received here",
    )
    rows = [
        (
            _plain(each.stage),
            each.reached,
            each.moved_on,
            each.cured,
            each.settled,
            each.ended_unpaid,
            each.still_here,
            share(each.roll_percent),
            share(each.paid_percent),
            money(each.received_minor, portfolio.currency),
        )
        for each in portfolio.rolls
    ]
    meaning = (
        "Accounts count by the furthest stage that they have come to. The roll rate is the share of those that reached "
        "a stage and went on to a later one; paid is the share that ended there with the arrears (cured) or all that "
        "was owed (settled) paid. Received here are the payments that arrived while accounts were in the stage."
    )
    return ReportTable("From stage to stage", meaning, columns, rows)


def _promises(portfolio: PortfolioReport) -> ReportTable:
    made = portfolio.promises
    row = (made.taken, made.kept, made.partly_kept, made.broken, made.open, share(made.kept_percent))
    meaning = (
        "Promises to pay that were taken. Partly kept: some of it was paid in time. Open: its day and the policy's "
        "grace are not over. The share kept is of the promises that are not open."
    )
    columns = ("#taken", "#kept", "#partly kept", "#broken", "#open", "#share kept")
    return ReportTable("Promises to pay", meaning, columns, [row])


def _complaints(portfolio: PortfolioReport) -> Iterator[ReportTable]:
    figures = portfolio.complaints
    meaning = (
        "A complaint that concerns several accounts of a person counts once. Upheld: right, wholly or in part. "
        "A dispute says that the debt is not right, and is not in the rates below."
    )
    columns = ("category", "#filed", "#upheld", "#rejected", "#open")
    yield ReportTable("Complaints", meaning, columns, [_complaint(each) for each in figures.categories])
    rates = (
        figures.filed,
        _number(figures.per_100_accounts),
        _number(figures.per_1000_contacts),
        share(figures.upheld_percent),
    )
    yield ReportTable(
        "Complaint rates",
        "Complaints without disputes. The share upheld is of those that are decided.",
        ("#complaints", "#per 100 accounts", "#per 1,000 contacts", "#upheld"),
        [rates],
    )


def _complaint(figures: ComplaintsOf) -> Sequence[Any]:
    return (_plain(figures.category), figures.filed, figures.upheld, figures.rejected, figures.open)


def _channels(portfolio: PortfolioReport) -> ReportTable:
    currency = portfolio.currency
    thousand = 1_000 * 10 ** minor_digits(currency)
    rows = [
        (
            each.channel.value,
            each.contacts,
            each.arrived,
            money(each.received_minor, currency),
            _number(each.contacts_per(thousand)),
        )
        for each in portfolio.channels
    ]
    meaning = (
        "Contacts are messages and calls that left, of every kind. Arrived: the delivery is proved or, of a call, "
        "people talked. Received after are payments before which the account's last contact was by this channel, which "
        "does not prove that it was the cause."
    )
    columns = ("channel", "#contacts", "#arrived", "#received after", f"#contacts per 1,000 {currency} received after")
    return ReportTable("Contacts by channel", meaning, columns, rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,g}"


def _plain(word: str) -> str:
    return word.replace("_", " ")
