"""Opening a case: from what an account was registered with and has been told since, or from where it ended."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from activities.booking import events_told
from activities.desk import Desk, Library, RefusedError
from activities.duties import review_duties
from activities.guard import Guard
from activities.interrupted import brought_up_to_date
from activities.limitation import watch_limitation
from activities.stop_of_contact import stop_if_every_channel_is_stopped
from domain.case import Case
from domain.events import apply
from domain.ledger import Debt
from domain.next_step import StepKind, next_step, wanted_at
from domain.orders import OpenCase, Opening
from storage import audit
from storage.accounts import find_account, note_demand, store_case, stored_case
from storage.people import as_hold, recorded_holds, unreachable_channels
from storage.policies import keep_policy
from storage.tables import BookedMessage


def open_account(session: Session, library: Library, order: OpenCase) -> Opening:
    """Open the case of an account; opening it again answers the same.

    Raises:
        UnknownAccountError: if the account is not registered.
        RefusedError: if its policy or jurisdiction is not known here.
    """
    account = find_account(session, order.account_id)
    if account.policy_version is None and order.policy is not None:
        account.policy = order.policy
    desk = Desk.open(session, library, order.account_id, lambda: order.as_of)
    _require_fitting_policy(desk)
    known = stored_case(desk.account)
    case = _fresh_case(desk) if known is None else _known_case(desk, known)
    if known is None:
        keep_policy(session, desk.policy, order.as_of)
        desk.account.policy_version = desk.policy.version
        audit.append(
            session, order.account_id, order.as_of, "opened", policy=desk.policy.name, version=desk.policy.version
        )
        store_case(session, desk.account, case)
    for event in (*review_duties(desk, everything=True), watch_limitation(desk)):
        case = apply(case, event)
    if known is None:
        case = _planned(desk, case)
    return Opening(case, _applied(session, order.account_id))


def _require_fitting_policy(desk: Desk) -> None:
    country = desk.account.jurisdiction.partition("-")[0]
    refusal = desk.policy.refusal_of(country, desk.account.currency, desk.debtor.language)
    if refusal is not None:
        raise RefusedError("policy_does_not_fit", refusal)


def _fresh_case(desk: Desk) -> Case:
    account, now = desk.account, desk.now
    debt = desk.statement().debt()
    case = Case(
        account_id=account.account_id,
        debtor_ref=account.debtor_id,
        jurisdiction=account.jurisdiction,
        currency=account.currency,
        timetable=desk.policy.timetable(),
        opened_at=now,
        debt=debt,
        stage_entered_at=_collect_from(debt, now),
        collect_from=_collect_from(debt, now),
        holds=tuple(as_hold(each) for each in recorded_holds(desk.session, account.debtor_id, account.account_id)),
        unusable=unreachable_channels(desk.session, account.debtor_id),
    )
    case = _told_before(desk, case)
    for event in stop_if_every_channel_is_stopped(desk, f"stop-{account.account_id}"):
        case = apply(case, event)
    return case


def _known_case(desk: Desk, known: Case) -> Case:
    """The case as it ended, or, if its workflow was lost before it ended, as its life has gone since."""
    case = known if known.closed is not None else brought_up_to_date(desk, known)
    return replace(case, debt=desk.statement().debt())


def _told_before(desk: Desk, case: Case) -> Case:
    """The case with what the account was told before it was started, such as a complaint that somebody must decide."""
    for event in events_told(desk.session, desk.account.account_id):
        case = apply(case, event)
    return case


def _planned(desk: Desk, case: Case) -> Case:
    """The case with the lawful moment of its first contact, when that is what it needs next: one activity less."""
    step = next_step(case, desk.now)
    if step.kind is not StepKind.FIND_MOMENT or step.channel is None:
        return case
    planned = Guard(desk).moment(step.channel, wanted_at(case, desk.now))
    note_demand(desk.session, desk.account, planned.at, step.channel)
    return replace(case, planned=planned)


def _collect_from(debt: Debt, now: datetime) -> datetime:
    """Now, or when the first instalment is overdue if none is yet."""
    return max(now, debt.open[0].overdue_from) if debt.open else now


def _applied(session: Session, account_id: str) -> dict[str, str]:
    """What the account was told already, by id, so that the case takes none of it twice."""
    chosen = select(BookedMessage.message_id, BookedMessage.digest).where(
        col(BookedMessage.account_id) == account_id,
        col(BookedMessage.booked_at).is_not(None),
        col(BookedMessage.refused).is_(False),
    )
    return dict(session.exec(chosen).all())
