"""A report as one JSON document: amounts are decimal strings, shares percentages, what is not known null."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain.money import format_minor, minor_digits
from domain.recovery import Recovery
from domain.report_figures import (
    ChannelFigures,
    ComplaintFigures,
    PortfolioReport,
    PromiseFigures,
    RecoveryCurve,
    RecoveryOf,
    Report,
    StageRoll,
)

Document = dict[str, Any]


def as_json(report: Report) -> Document:
    """The whole report."""
    return {"as_of": report.as_of, "portfolios": [_portfolio(each, report.as_of) for each in report.portfolios]}


def _portfolio(portfolio: PortfolioReport, as_of: datetime) -> Document:
    currency = portfolio.currency
    return {
        "policy": portfolio.policy,
        "currency": currency,
        "recovery": _recovery(portfolio.whole, currency, as_of),
        "by_cohort": _recoveries(portfolio.by_cohort, currency, as_of),
        "by_stage": _recoveries(portfolio.by_stage, currency, as_of),
        "by_track": _recoveries(portfolio.by_track, currency, as_of),
        "curves": [_curve(each, portfolio.goal_time.total_seconds()) for each in portfolio.curves],
        "stages": [_roll(each, currency) for each in portfolio.rolls],
        "promises": _promises(portfolio.promises),
        "complaints": _complaints(portfolio.complaints),
        "channels": [_channel(each, currency) for each in portfolio.channels],
        "received": format_minor(portfolio.received_minor, currency),
    }


def _recoveries(parts: Iterable[RecoveryOf], currency: str, as_of: datetime) -> Document:
    return {each.key: _recovery(each.recovery, currency, as_of) for each in parts}


def _recovery(recovery: Recovery, currency: str, as_of: datetime) -> Document:
    return {
        "accounts": recovery.accounts,
        "fallen_due": format_minor(recovery.due_minor, currency),
        "recovered_in_time": format_minor(recovery.recovered_minor, currency),
        "recovered_percent": recovery.recovered_percent,
        "goal": format_minor(recovery.goal_minor, currency),
        "goal_percent": recovery.goal_percent,
        "standing": recovery.standing(as_of),
        "until": recovery.until,
        "recovered_later": format_minor(recovery.later_minor, currency),
        "waived": format_minor(recovery.waived_minor, currency),
    }


def _curve(curve: RecoveryCurve, goal_seconds: float) -> Document:
    return {
        "cohort": curve.cohort,
        "step_seconds": goal_seconds / curve.steps,
        "recovered_percents": curve.percents,
    }


def _roll(roll: StageRoll, currency: str) -> Document:
    received = {"received": format_minor(roll.received_minor, currency)}
    counted = {name: value for name, value in asdict(roll).items() if name != "received_minor"}
    return counted | {"roll_percent": roll.roll_percent, "paid_percent": roll.paid_percent} | received


def _promises(promises: PromiseFigures) -> Document:
    return asdict(promises) | {"kept_percent": promises.kept_percent}


def _complaints(complaints: ComplaintFigures) -> Document:
    return {
        "categories": [asdict(each) for each in complaints.categories],
        "without_disputes": complaints.filed,
        "per_100_accounts": complaints.per_100_accounts,
        "per_1000_contacts": complaints.per_1000_contacts,
        "upheld_percent": complaints.upheld_percent,
    }


def _channel(figures: ChannelFigures, currency: str) -> Document:
    return {
        "channel": figures.channel,
        "contacts": figures.contacts,
        "arrived": figures.arrived,
        "received_after": format_minor(figures.received_minor, currency),
        "contacts_per_1000_received_after": figures.contacts_per(1_000 * 10 ** minor_digits(currency)),
    }
