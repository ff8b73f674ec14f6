"""A report as one HTML page that opens anywhere, without a network: tables, plots, and what each figure means."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.printing import moment
from cli.report_plots import plots_of
from cli.report_tables import in_words, money, share, tables_of
from domain.report_figures import PortfolioReport, Report

_TEMPLATE = Path(__file__).with_name("report_page.html.j2")


def page_of(report: Report, titles: dict[str, str]) -> str:
    """The page.

    Args:
        report: what it tells.
        titles: the policies' titles by name, of those that are known.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    portfolios = [_portfolio(each, report, titles) for each in report.portfolios]
    return environment.get_template(_TEMPLATE.name).render(as_of=moment(report.as_of), portfolios=portfolios)


def _portfolio(portfolio: PortfolioReport, report: Report, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "anchor": f"{portfolio.policy}-{portfolio.currency}",
        "policy": portfolio.policy,
        "title": titles.get(portfolio.policy, portfolio.policy),
        "currency": portfolio.currency,
        "tiles": list(_tiles(portfolio, report)),
        "plots": list(plots_of(portfolio)),
        "tables": list(tables_of(portfolio, report.as_of)),
    }


def _tiles(portfolio: PortfolioReport, report: Report) -> Iterator[Sequence[str]]:
    """The figures that are read first: name, value and what is to be known of it."""
    whole, promises, complaints = portfolio.whole, portfolio.promises, portfolio.complaints
    recovered, due = money(whole.recovered_minor, portfolio.currency), money(whole.due_minor, portfolio.currency)
    goal = f"goal {share(whole.goal_percent)}: {in_words(whole, report.as_of)}"
    yield "share recovered in time", share(whole.recovered_percent), goal
    yield "amount recovered in time", recovered, f"of {due} {portfolio.currency}"
    yield "accounts", f"{whole.accounts:,}", f"{complaints.contacts:,} contacts"
    yield "promises kept", share(promises.kept_percent), f"of {promises.taken - promises.open:,} whose time is over"
    rate = "–" if complaints.per_100_accounts is None else f"{complaints.per_100_accounts:g}"
    yield "complaints to 100 accounts", rate, f"{share(complaints.upheld_percent)} of those decided were upheld"
