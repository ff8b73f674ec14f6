"""Draws up the checklist of a referral from the case and the records, as they are at one moment."""

from collections.abc import Iterator

from sqlmodel import col, select

from activities.desk import Desk
from activities.duties import duties_standing
from domain.case import Case
from domain.checklist import ChecklistItem
from domain.progress import exhausted
from domain.terms import Channel, MessageClass, Stage
from storage.people import open_holds
from storage.tables import BookedMessage, CallTask, Contact, ContactStatus

_IN_WRITING = frozenset({Channel.LETTER, Channel.EMAIL})


def draw_up(desk: Desk, case: Case) -> tuple[ChecklistItem, ...]:
    """Every item, in the order in which a person reads them."""
    return (
        _stages_exhausted(case),
        _no_open_hold(desk),
        _still_owed(desk),
        *_final_notice(desk),
        _way_out_offered(desk),
        _within_limitation(desk),
        _duties_done(desk),
    )


def _stages_exhausted(case: Case) -> ChecklistItem:
    counts = ", ".join(f"{channel} {count}" for channel, count in sorted(case.contacts.items()) if count)
    return ChecklistItem("stages_exhausted", exhausted(case), f"contacts that left: {counts or 'none'}")


def _no_open_hold(desk: Desk) -> ChecklistItem:
    holds = open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)
    kinds = ", ".join(sorted({hold.kind for hold in holds}))
    return ChecklistItem("no_open_hold", not holds, f"open: {kinds}" if kinds else "none is open")


def _still_owed(desk: Desk) -> ChecklistItem:
    owed = desk.statement().arrears(desk.now).total_minor
    return ChecklistItem("arrears_verified", owed > 0, f"{owed} minor units overdue by the ledger")


def _final_notice(desk: Desk) -> Iterator[ChecklistItem]:
    """The notice in writing, and the proof that it arrived."""
    chosen = select(Contact).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.stage) == Stage.PRE_LEGAL,
        col(Contact.message_class) == MessageClass.DEMAND,
        col(Contact.channel).in_(_IN_WRITING),
        col(Contact.status).in_((ContactStatus.SENT, ContactStatus.DELIVERED)),
    )
    notices = list(desk.session.exec(chosen.order_by(col(Contact.attempted_at))))
    sent = ", ".join(each.contact_id for each in notices)
    yield ChecklistItem("final_notice_sent", bool(notices), sent or "no final notice left in writing")
    arrived = ", ".join(each.contact_id for each in notices if each.status == ContactStatus.DELIVERED)
    yield ChecklistItem("final_notice_delivered", bool(arrived), arrived or "no proof of delivery of a final notice")


def _way_out_offered(desk: Desk) -> ChecklistItem:
    """A call was asked for, in which a person learns the reason and offers a way out; or a plan was proposed."""
    account_id = desk.account.account_id
    calls = desk.session.exec(select(CallTask.call_id).where(col(CallTask.account_id) == account_id)).all()
    proposals = desk.session.exec(
        select(BookedMessage.message_id).where(
            col(BookedMessage.account_id) == account_id, col(BookedMessage.name).in_(("propose_plan", "agree_plan"))
        )
    ).all()
    words = f"calls asked for: {len(calls)}; plans proposed or agreed: {len(proposals)}"
    return ChecklistItem("way_out_offered", bool(calls or proposals), words)


def _within_limitation(desk: Desk) -> ChecklistItem:
    """No restart is assumed: a demand restarts the period only with proof that a person has judged."""
    instalments = desk.statement().instalments
    due = max(each.instalment.overdue_from for each in instalments)
    _, _, region = desk.account.jurisdiction.partition("-")
    ends = desk.pack.limitation.ends_at(due, region)
    return ChecklistItem("within_limitation", desk.now < ends, f"{ends:%Y-%m-%d} at the earliest")


def _duties_done(desk: Desk) -> ChecklistItem:
    """Every notice that must come before a referral was given, and its period is over."""
    standing, given = duties_standing(desk)
    words = "; ".join(standing) or f"given: {', '.join(given) or 'none was owed'}"
    return ChecklistItem("duties_done", not standing, words)
