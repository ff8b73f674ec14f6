"""Reckons a report: recovery against the goal, how accounts go from stage to stage, promises, complaints, contacts.

Accounts of different policies or currencies are never added up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account_history import AccountHistory, ContactMade
from domain.recovery import Aim, Received, Recovery, aim_of, percent, received, recovery_of
from domain.report_figures import (
    ChannelFigures,
    ComplaintFigures,
    ComplaintsOf,
    PortfolioReport,
    PromiseFigures,
    RecoveryCurve,
    RecoveryOf,
    Report,
    StageRoll,
)
from domain.requests import ComplaintOutcome
from domain.terms import Channel, ClosedReason, PromiseOutcome, Stage, Track

_CURVE_STEPS = 30
_STAGES = tuple(Stage)


@dataclass(frozen=True, slots=True)
class _Measured:
    """An account with what is reckoned from its ledger."""

    history: AccountHistory
    aim: Aim
    recovery: Recovery
    money: tuple[Received, ...]
    """Payments that held, and what was paid back."""


def report_on(histories: Iterable[AccountHistory], as_of: datetime) -> Report:
    """The figures of accounts whose histories end at that moment."""
    portfolios: dict[tuple[str, str], list[AccountHistory]] = defaultdict(list)
    for each in histories:
        portfolios[(each.policy, each.currency)].append(each)
    return Report(as_of, tuple(_portfolio(portfolios[key], as_of) for key in sorted(portfolios)))


def _portfolio(histories: Sequence[AccountHistory], as_of: datetime) -> PortfolioReport:
    accounts = [_measured(each, as_of) for each in histories]
    goal_time = max(each.aim.within for each in accounts)
    cohorts = _grouped(accounts, lambda each: each.history.cohort)
    return PortfolioReport(
        policy=histories[0].policy,
        currency=histories[0].currency,
        whole=_sum(accounts),
        received_minor=sum(payment.amount_minor for each in accounts for payment in _payments(each)),
        by_cohort=_recoveries(cohorts, sorted(cohorts)),
        by_stage=_recoveries(_grouped(accounts, lambda each: each.history.stage), _STAGES),
        by_track=_recoveries(_grouped(accounts, lambda each: each.history.track), tuple(Track)),
        goal_time=goal_time,
        curves=tuple(_curve(each, cohorts[each], goal_time, as_of) for each in sorted(cohorts)),
        rolls=_rolls(accounts),
        promises=_promises(histories),
        complaints=_complaints(histories),
        channels=_channels(accounts),
    )


def _measured(history: AccountHistory, as_of: datetime) -> _Measured:
    aim = aim_of(history.goal, history.instalments, history.opened_at)
    recovery = recovery_of(aim, history.instalments, history.entries, as_of)
    return _Measured(history, aim, recovery, received(history.entries, as_of))


def _grouped(accounts: Iterable[_Measured], key: Callable[[_Measured], str]) -> dict[str, list[_Measured]]:
    groups: dict[str, list[_Measured]] = defaultdict(list)
    for each in accounts:
        groups[key(each)].append(each)
    return groups


def _recoveries(groups: Mapping[str, Sequence[_Measured]], order: Iterable[str]) -> tuple[RecoveryOf, ...]:
    return tuple(RecoveryOf(str(key), _sum(groups[key])) for key in order if key in groups)


def _sum(accounts: Iterable[_Measured]) -> Recovery:
    return sum((each.recovery for each in accounts), Recovery())


def _curve(cohort: str, accounts: Sequence[_Measured], goal_time: timedelta, as_of: datetime) -> RecoveryCurve:
    """How the share recovered grew; at each age of the accounts that have come to it, while they are half or more."""
    shares = []
    for step in range(_CURVE_STEPS + 1):
        age = goal_time * step / _CURVE_STEPS
        so_old = [each for each in accounts if each.aim.since + age <= as_of]
        if 2 * len(so_old) < len(accounts):
            break
        due = sum(each.recovery.due_minor for each in so_old)
        shares.append(percent(sum(_paid_at(each, age) for each in so_old), due))
    return RecoveryCurve(cohort, _CURVE_STEPS, tuple(each for each in shares if each is not None))


def _paid_at(account: _Measured, age: timedelta) -> int:
    """What had been paid, so long after the beginning, of all that fell due within the goal's time."""
    paid = sum(each.amount_minor for each in account.money if each.at <= account.aim.since + age)
    return max(0, min(account.recovery.due_minor, paid))


def _rolls(accounts: Iterable[_Measured]) -> tuple[StageRoll, ...]:
    """How accounts went from stage to stage, each counted by the furthest that it has come to."""
    received_in, furthest = Counter[Stage](), Counter[tuple[Stage, ClosedReason | None]]()
    for account in accounts:
        history = account.history
        furthest[(history.furthest_stage, history.closed)] += 1
        for payment in _payments(account):
            received_in[history.stage_at(payment.at)] += payment.amount_minor
    return tuple(_roll(stage, furthest, received_in[stage]) for stage in _STAGES)


def _roll(stage: Stage, furthest: Counter[tuple[Stage, ClosedReason | None]], received_minor: int) -> StageRoll:
    later = _STAGES[_STAGES.index(stage) + 1 :]
    moved_on = sum(count for (reached, _), count in furthest.items() if reached in later)
    here = Counter({closed: count for (reached, closed), count in furthest.items() if reached is stage})
    paid = here[ClosedReason.CURED] + here[ClosedReason.SETTLED]
    return StageRoll(
        stage,
        reached=moved_on + here.total(),
        moved_on=moved_on,
        cured=here[ClosedReason.CURED],
        settled=here[ClosedReason.SETTLED],
        ended_unpaid=here.total() - paid - here[None],
        still_here=here[None],
        received_minor=received_minor,
    )


def _promises(histories: Iterable[AccountHistory]) -> PromiseFigures:
    became = Counter(each for history in histories for each in history.promises)
    return PromiseFigures(
        taken=became.total(),
        kept=became[PromiseOutcome.KEPT],
        partly_kept=became[PromiseOutcome.PARTLY_KEPT],
        broken=became[PromiseOutcome.BROKEN],
        open=became[None],
    )


def _complaints(histories: Sequence[AccountHistory]) -> ComplaintFigures:
    found: dict[str, Counter[ComplaintOutcome | None]] = defaultdict(Counter)
    for history in histories:
        for each in history.complaints:
            found[each.category][each.outcome] += 1
    categories = tuple(_complaints_of(category, found[category]) for category in sorted(found))
    return ComplaintFigures(categories, len(histories), sum(len(each.contacts) for each in histories))


def _complaints_of(category: str, outcomes: Counter[ComplaintOutcome | None]) -> ComplaintsOf:
    return ComplaintsOf(
        category,
        filed=outcomes.total(),
        upheld=outcomes[ComplaintOutcome.UPHELD] + outcomes[ComplaintOutcome.PARTLY_UPHELD],
        rejected=outcomes[ComplaintOutcome.REJECTED],
        open=outcomes[None],
    )


def _channels(accounts: Iterable[_Measured]) -> tuple[ChannelFigures, ...]:
    """Contacts by channel, and what came in when such a contact had been the account's last."""
    contacts, arrived, money = Counter[Channel](), Counter[Channel](), Counter[Channel]()
    for account in accounts:
        for contact in account.history.contacts:
            contacts[contact.channel] += 1
            arrived[contact.channel] += contact.arrived
        for payment in _payments(account):
            last = _last_before(account.history.contacts, payment.at)
            if last is not None:
                money[last.channel] += payment.amount_minor
    return tuple(ChannelFigures(each, contacts[each], arrived[each], money[each]) for each in Channel if contacts[each])


def _payments(account: _Measured) -> list[Received]:
    return [each for each in account.money if each.came_in]


def _last_before(contacts: Iterable[ContactMade], moment: datetime) -> ContactMade | None:
    return max((each for each in contacts if each.at <= moment), key=lambda each: each.at, default=None)
