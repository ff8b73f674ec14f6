"""The plots of a report as SVG images that need nothing but themselves, each with its meaning in words.

Importing this loads Matplotlib, which takes a second: only what draws a page does.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cli.report_tables import share
from domain.money import minor_digits
from domain.report_figures import PortfolioReport, StageRoll

_PAID, _LATER, _GOAL, _OTHER, _OPEN, _INK = "#1f6f8b", "#9fc5d1", "#b4501e", "#c9a227", "#d5d9dc", "#2b3338"
_WIDTH_INCHES = 7.2
_MOST_CURVES = 8
_STYLE: dict[Any, Any] = {
    "font.size": 9.5,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": "#8b959b",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": "#e4e8ea",
    "legend.frameon": False,
    # Ids that do not change from one drawing to the next.
    "svg.hashsalt": "duecourse",
}


@dataclass(frozen=True)
class Plot:
    """One image, by its address, with a title, what it shows, and its figures in words."""

    title: str
    meaning: str
    words: str
    """For those who cannot see it."""
    address: str


def plots_of(portfolio: PortfolioReport) -> Iterator[Plot]:
    """The plots of one portfolio, in the order in which they are read."""
    with mpl.rc_context(_STYLE):
        yield _cohorts(portfolio)
        yield _curves(portfolio)
        yield _stages(portfolio)
        if portfolio.channels:
            yield _channels(portfolio)
        if portfolio.promises.taken:
            yield _promises(portfolio)


def _cohorts(portfolio: PortfolioReport) -> Plot:
    names = [each.key for each in portfolio.by_cohort]
    recoveries = [each.recovery for each in portfolio.by_cohort]
    in_time = [each.recovered_percent or 0.0 for each in recoveries]
    later = [100 * each.later_minor / each.due_minor if each.due_minor else 0.0 for each in recoveries]
    goals = [each.goal_percent or 0.0 for each in recoveries]
    figure, axes = _canvas(2.9)
    axes.bar(names, in_time, color=_PAID, width=0.55, label="recovered in time")
    axes.bar(names, later, bottom=in_time, color=_LATER, width=0.55, label="recovered later")
    axes.hlines(
        goals, [at - 0.4 for at in range(len(names))], [at + 0.4 for at in range(len(names))], color=_GOAL, label="goal"
    )
    axes.set_xlim(-0.7, max(len(names), 3) - 0.3)
    _percents(axes, "share of what fell due")
    axes.set_xlabel("month in which accounts became overdue")
    _legend_above(figure)
    told = (
        f"{name}: {share(paid)} in time, {share(after)} later, goal {share(goal)}"
        for name, paid, after, goal in zip(names, in_time, later, goals, strict=True)
    )
    return Plot(
        "Recovery by cohort against the goal",
        "The line is the share that the goal asks for; the dark bar should reach it.",
        f"Bars by month of becoming overdue. {'; '.join(told)}.",
        _address(figure),
    )


def _curves(portfolio: PortfolioReport) -> Plot:
    shown = portfolio.curves[-_MOST_CURVES:]
    unit, one = _unit(portfolio.goal_time)
    figure, axes = _canvas(2.9)
    colours = mpl.colormaps["viridis"]
    for number, curve in enumerate(shown):
        ages = [portfolio.goal_time * step / curve.steps / one for step in range(len(curve.percents))]
        colour = colours(0.85 * number / max(1, len(shown) - 1))
        axes.step(ages, curve.percents, where="post", color=colour, linewidth=1.8, label=curve.cohort)
        axes.plot(ages[-1:], curve.percents[-1:], "o", color=colour, markersize=3.5)
    goal = portfolio.whole.goal_percent or 0.0
    axes.axhline(goal, color=_GOAL, linestyle="--", linewidth=1.2, label="goal")
    axes.set_xlim(0, portfolio.goal_time / one * 1.02)
    _percents(axes, "share of what fell due")
    axes.set_xlabel(f"{unit} since the goal's time began")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8.5)
    told = (
        f"{each.cohort}: {share(each.percents[-1])} after "
        f"{portfolio.goal_time * (len(each.percents) - 1) / each.steps / one:.0f} {unit}"
        for each in shown
        if each.percents
    )
    omitted = f" The {len(shown)} latest cohorts are shown." if len(portfolio.curves) > len(shown) else ""
    return Plot(
        "How recovery grows with time",
        "Each line is one cohort: how much had been paid so long after its accounts were overdue and in collection. "
        "A line ends where fewer than half of the cohort's accounts are so old, and counts those that are."
        f"{omitted}",
        f"Lines by month of becoming overdue; the goal is {share(goal)}. {'; '.join(told)}.",
        _address(figure),
    )


def _stages(portfolio: PortfolioReport) -> Plot:
    rolls = [each for each in portfolio.rolls if each.reached]
    names = [each.stage.replace("_", " ") for each in rolls]
    fates = (
        ("went on to a later stage", _OTHER, [each.moved_on for each in rolls]),
        ("paid: cured or settled", _PAID, [each.cured + each.settled for each in rolls]),
        ("ended unpaid", _GOAL, [each.ended_unpaid for each in rolls]),
        ("still here", _OPEN, [each.still_here for each in rolls]),
    )
    figure, axes = _canvas(0.9 + 0.42 * len(rolls))
    left = [0.0] * len(rolls)
    for name, colour, counts in fates:
        widths = [100 * count / each.reached for count, each in zip(counts, rolls, strict=True)]
        bars = axes.barh(names, widths, left=left, color=colour, height=0.62, label=name)
        _counts(axes, bars, counts, widths, colour)
        left = [before + width for before, width in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.xaxis.set_major_formatter("{x:.0f}%")
    axes.set_xlabel("share of the accounts that reached the stage; the numbers are accounts")
    _legend_above(figure)
    return Plot(
        "From stage to stage",
        "What became of the accounts that came as far as each stage. The fewer go on, the better the stage worked.",
        " ".join(map(_roll_in_words, rolls)),
        _address(figure),
    )


def _channels(portfolio: PortfolioReport) -> Plot:
    figures = portfolio.channels
    names = [each.channel.value for each in figures]
    figure = Figure(figsize=(_WIDTH_INCHES, 2.5), layout="constrained")
    contacts, money = figure.subplots(1, 2)
    arrived = [each.arrived for each in figures]
    rest = [each.contacts - each.arrived for each in figures]
    contacts.bar(names, arrived, color=_PAID, width=0.55, label="arrived")
    contacts.bar(names, rest, bottom=arrived, color=_OPEN, width=0.55, label="not proved")
    contacts.set_ylabel("contacts")
    contacts.grid(axis="y")
    contacts.legend(loc="upper right", fontsize=8.5)
    contacts.yaxis.set_major_formatter("{x:,.0f}")
    amounts = [each.received_minor / 10 ** minor_digits(portfolio.currency) for each in figures]
    money.bar(names, amounts, color=_PAID, width=0.55)
    money.set_ylabel(f"{portfolio.currency} received after")
    money.yaxis.set_major_formatter("{x:,.0f}")
    money.grid(axis="y")
    told = (
        f"{name}: {each.contacts} contacts, {each.arrived} arrived, {amount:,.0f} {portfolio.currency} received after."
        for name, each, amount in zip(names, figures, amounts, strict=True)
    )
    return Plot(
        "Contacts, and the money that came after them",
        "Left: messages and calls that left, by whether their arrival is proved or, of a call, people talked. Right: "
        "payments before which the account's last contact was by that channel.",
        " ".join(told),
        _address(figure),
    )


def _promises(portfolio: PortfolioReport) -> Plot:
    made = portfolio.promises
    parts = (
        ("kept", _PAID, made.kept),
        ("partly kept", _LATER, made.partly_kept),
        ("broken", _GOAL, made.broken),
        ("open", _OPEN, made.open),
    )
    figure, axes = _canvas(1.25)
    left = 0
    for name, colour, count in parts:
        bars = axes.barh(["promises"], [count], left=left, color=colour, height=0.5, label=name)
        _counts(axes, bars, [count], [100 * count / made.taken], colour)
        left += count
    axes.set_xlim(0, made.taken)
    axes.set_xlabel("promises taken")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend_above(figure)
    return Plot(
        "Promises to pay",
        f"Of those whose time is over, {share(made.kept_percent)} were kept whole.",
        "; ".join(f"{name}: {count}" for name, _, count in parts) + ".",
        _address(figure),
    )


def _canvas(height_inches: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH_INCHES, height_inches), layout="constrained")
    return figure, figure.subplots()


def _percents(axes: Axes, label: str) -> None:
    axes.set_ylim(0, 105)
    axes.set_yticks(range(0, 101, 20))
    axes.yaxis.set_major_formatter("{x:.0f}%")
    axes.set_ylabel(label)
    axes.grid(axis="y")


def _legend_above(figure: Figure) -> None:
    figure.legend(loc="outside upper left", ncols=4, fontsize=8.5)


def _counts(axes: Axes, bars: BarContainer, counts: Sequence[int], percents: Sequence[float], colour: str) -> None:
    """Write the number into each part that is wide enough for it."""
    labels = [f"{count:,}" if width >= 4 else "" for count, width in zip(counts, percents, strict=True)]
    ink = "white" if colour in (_PAID, _GOAL) else _INK
    axes.bar_label(bars, labels=labels, label_type="center", fontsize=8.5, color=ink)


def _unit(length: timedelta) -> tuple[str, timedelta]:
    """The unit in which a goal's time is told, and one of it; demonstrations count in seconds."""
    return ("days", timedelta(days=1)) if length >= timedelta(days=2) else ("seconds", timedelta(seconds=1))


def _roll_in_words(roll: StageRoll) -> str:
    return (
        f"{roll.stage.replace('_', ' ')}: reached by {roll.reached}, of which {roll.moved_on} went on, "
        f"{roll.cured + roll.settled} paid, {roll.ended_unpaid} ended unpaid and {roll.still_here} are still here."
    )


def _address(figure: Figure) -> str:
    """The image within its own address, so that a page fetches nothing."""
    drawn = BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return f"data:image/svg+xml;base64,{b64encode(drawn.getvalue()).decode('ascii')}"
