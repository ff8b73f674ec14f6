"""What the demonstration shows: a table of accounts by stage and state while it runs, and a summary in the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.table import Table
from rich.text import Text
from sqlmodel import Session, col, func, select
from temporalio.client import Client

from cli.printing import console
from domain.money import format_minor
from domain.orders import WORKFLOW_TYPE
from domain.policy import Goal
from domain.terms import CaseState, Channel, HoldKind, Stage
from storage import audit
from storage.database import Database
from storage.ledgers import read_instalments, read_statement
from storage.tables import (
    LEFT_OR_MAY_HAVE,
    Account,
    AccountState,
    AuditRecord,
    Contact,
    LegalReferral,
    RecordedHold,
)
from workflows.visibility import STAGE, STATE

_CHANNELS = (Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER, Channel.CALL)
_STATE_NAMES = {
    CaseState.COLLECTING: "collecting",
    CaseState.ON_HOLD: "on hold",
    CaseState.IN_PLAN: "in plan",
    CaseState.AWAITING_CALL: "to call",
    CaseState.LEGAL_REVIEW: "review",
    CaseState.LEGAL: "legal",
    CaseState.CLOSED: "closed",
}


@dataclass(frozen=True)
class Board:
    """Where all accounts stand at one moment, and what went out in each stage."""

    accounts: Mapping[str, Counter[str]]
    contacts: Mapping[str, Counter[str]]

    def in_state(self, state: CaseState) -> int:
        """How many accounts do just that."""
        return sum(counts[state] for counts in self.accounts.values())

    def sent(self, channel: Channel) -> int:
        """How many contacts went out by a channel."""
        return sum(counts[channel] for counts in self.contacts.values())


@dataclass(frozen=True)
class Money:
    """What was overdue at the start and what came in, in minor units of a currency."""

    currency: str
    overdue_minor: int
    recovered_minor: int

    def __str__(self) -> str:
        share = 100 * self.recovered_minor // max(1, self.overdue_minor)
        recovered, overdue = (format_minor(each, self.currency) for each in (self.recovered_minor, self.overdue_minor))
        return f"{recovered} of {overdue} {self.currency} overdue ({share}%)"


@dataclass(frozen=True)
class Summary:
    """What a demonstration did."""

    board: Board
    goal: Goal
    money: tuple[Money, ...]
    held: Counter[str]
    plans: int
    referred: int
    closed: Counter[str]
    refused_rows: int
    refused_inputs: int
    audit_records: int
    broken_records: int
    kinds: Counter[str] = field(default_factory=Counter)
    """Audit records by what they tell."""


async def look(temporal: Client, database: Database) -> Board:
    """See where everything stands: running cases by Temporal's visibility, closed ones by the records."""
    accounts: dict[str, Counter[str]] = defaultdict(Counter)
    query = f"WorkflowType = '{WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'"
    async for case in temporal.list_workflows(query, page_size=1000):
        attributes = case.typed_search_attributes
        accounts[attributes.get(STAGE, Stage.FIRST_REMINDER)][attributes.get(STATE, CaseState.COLLECTING)] += 1
    with database.reading() as session:
        closed = select(Account.stage, func.count()).where(col(Account.state) == AccountState.CLOSED)
        for stage, count in session.exec(closed.group_by(col(Account.stage))):
            accounts[stage][CaseState.CLOSED] += count
        contacts: dict[str, Counter[str]] = defaultdict(Counter)
        sent = select(Contact.stage, Contact.channel, func.count()).where(
            col(Contact.status).in_(LEFT_OR_MAY_HAVE), col(Contact.told_with).is_(None)
        )
        for stage, channel, count in session.exec(sent.group_by(col(Contact.stage), col(Contact.channel))):
            contacts[stage][channel] += count
    return Board(accounts, contacts)


def as_table(board: Board, seconds: float) -> Table:
    """The board as a table, a stage a row."""
    table = Table(title=f"{seconds:.0f} s", title_justify="left", title_style="dim", header_style="bold", box=None)
    table.add_column("stage")
    for name in _STATE_NAMES.values():
        table.add_column(name, justify="right")
    table.add_column("went out:", style="dim")
    for channel in _CHANNELS:
        table.add_column(channel.value, justify="right", style="cyan")
    for stage in Stage:
        states = [board.accounts.get(stage, Counter())[state] for state in _STATE_NAMES]
        sent = [board.contacts.get(stage, Counter())[channel] for channel in _CHANNELS]
        table.add_row(stage.value, *map(_number, states), "", *map(_number, sent))
    totals = [board.in_state(state) for state in _STATE_NAMES]
    table.add_section()
    table.add_row("all", *map(_number, totals), "", *(_number(board.sent(each)) for each in _CHANNELS), style="bold")
    return table


def as_line(board: Board, seconds: float) -> str:
    """The board in one line, for where nobody sees a table change."""
    states = ", ".join(f"{name} {board.in_state(state)}" for state, name in _STATE_NAMES.items())
    sent = ", ".join(f"{channel} {board.sent(channel)}" for channel in _CHANNELS)
    return f"{seconds:3.0f} s  {states} | went out: {sent}"


def sum_up(board: Board, database: Database, goal: Goal, refused_rows: int, now: datetime) -> Summary:
    """Count what happened, by the records."""
    with database.reading() as session:
        accounts = session.exec(select(Account)).all()
        kinds = Counter(
            dict(session.exec(select(AuditRecord.kind, func.count()).group_by(col(AuditRecord.kind))).all())
        )
        holds = session.exec(select(RecordedHold.kind, func.count()).group_by(col(RecordedHold.kind))).all()
        return Summary(
            board=board,
            goal=goal,
            money=tuple(_money(session, accounts, now)),
            held=Counter({kind: count for kind, count in holds if kind != HoldKind.PLAN}),
            plans=board.in_state(CaseState.IN_PLAN),
            referred=session.exec(select(func.count()).where(col(LegalReferral.handed_over).is_(True))).one(),
            closed=Counter(each.closed_reason for each in accounts if each.closed_reason is not None),
            refused_rows=refused_rows,
            refused_inputs=kinds["input_rejected"],
            audit_records=sum(kinds.values()),
            broken_records=len(audit.verify(audit.every_record(session))),
            kinds=kinds,
        )


def what_is_missing(summary: Summary) -> list[str]:
    """What a demonstration promises and did not show; empty when it kept its word."""
    board, kinds = summary.board, summary.kinds
    shown = {
        "nobody paid": all(each.recovered_minor for each in summary.money) and bool(summary.money),
        **{f"no {channel} went out": board.sent(channel) > 0 for channel in _CHANNELS},
        "no plan was agreed": summary.plans > 0,
        "no complaint was filed and decided": bool(kinds["file_complaint"] and kinds["resolve_complaint"]),
        "no hardship was reported": summary.held[HoldKind.HARDSHIP] > 0,
        "nobody opted out": kinds["opt_out"] > 0,
        "no promise was kept": kinds["promise_kept"] > 0,
        "no promise was broken": kinds["promise_broken"] > 0,
        "nobody was referred to legal": summary.referred > 0,
        "no case was closed": summary.closed.total() > 0,
        "no wrong input was refused": summary.refused_inputs > 0 and summary.refused_rows > 0,
        "the audit trail does not hold": not summary.broken_records,
    }
    return [words for words, true in shown.items() if not true]


def show_summary(summary: Summary, places: Mapping[str, str]) -> None:
    """Show what was done and where to look."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, words in _lines(summary):
        table.add_row(name, Text(words))
    for name, place in places.items():
        table.add_row(name, Text(place))
    console().print(table)


def _lines(summary: Summary) -> Iterator[tuple[str, str]]:
    board, kinds = summary.board, summary.kinds
    sent = ", ".join(f"{channel} {board.sent(channel)}" for channel in _CHANNELS[:-1])
    yield "Went out", f"{sent}: all kept in the outbox, none sent to anybody"
    promises = f"promises kept {kinds['promise_kept']}, broken {kinds['promise_broken']}"
    yield "Calls by people", f"{board.sent(Channel.CALL)}, {promises}"
    for each in summary.money:
        yield "Recovered", f"{each}; the goal is {summary.goal.recover_percent}%"
    yield "Held", ", ".join(f"{kind} {count}" for kind, count in summary.held.most_common())
    yield "In a plan", str(summary.plans)
    yield "Referred to legal", str(summary.referred)
    yield "Closed", ", ".join(f"{reason} {count}" for reason, count in summary.closed.most_common())
    yield "Refused", f"{summary.refused_rows} rows of the file, {summary.refused_inputs} inputs"
    yield "Audit trail", f"{summary.audit_records} records, {summary.broken_records} changed, removed or re-ordered"


def _money(session: Session, accounts: Sequence[Account], now: datetime) -> Iterator[Money]:
    overdue, recovered = Counter[str](), Counter[str]()
    for account in accounts:
        instalments = read_instalments(session, account.account_id)
        overdue[account.currency] += sum(each.total_minor for each in instalments if each.overdue_from <= now)
        statement = read_statement(session, account.account_id)
        recovered[account.currency] += statement.paid_minor - statement.credit_minor
    for currency in sorted(overdue):
        yield Money(currency, overdue[currency], recovered[currency])


def _number(count: int) -> Text:
    return Text(str(count)) if count else Text("·", style="dim")
