"""Gathers from the case and the records what a referral is judged by, and draws up its checklist."""

from collections.abc import Iterator

from sqlmodel import col, select

from activities.desk import Desk
from activities.disputes_on_record import disputes_on_record
from activities.duties import duties_standing
from activities.last_notices import last_notices
from activities.limitation import limitation_of
from domain.case import Case
from domain.checklist import ChecklistItem, ProofKind
from domain.referral_rules import DemandOnRecord, OfferOnRecord, ReferralFacts, RefusalOnRecord, evaluate
from domain.terms import Channel, MessageClass, Stage
from storage.companions import carrier_of
from storage.people import open_holds
from storage.referrals import refused_by_counsel
from storage.tables import LEFT_AND_NOT_LOST, BookedMessage, CallTask, Contact


def draw_up(desk: Desk, case: Case, *, simulated_counts: bool) -> tuple[ChecklistItem, ...]:
    """Every item, in the order in which a person reads them. Messages that reached nobody count if they are to."""
    standing, given = duties_standing(desk)
    return evaluate(
        ReferralFacts(
            case=case,
            now=desk.now,
            statement=desk.statement(),
            holds=tuple(open_holds(desk.session, desk.account.debtor_id, desk.account.account_id, desk.now)),
            demands=tuple(_demands(desk)),
            offers=(*_calls(desk), *_plans(desk)),
            limitation_ends_at=limitation_of(desk).expires_at,
            duties_standing=standing,
            duties_given=given,
            last_notices=tuple(last_notices(desk)),
            disputes=tuple(disputes_on_record(desk, case)),
            refused_by_counsel=tuple(_refusals(desk)),
            simulated_counts=simulated_counts,
        )
    )


def _demands(desk: Desk) -> Iterator[DemandOnRecord]:
    chosen = select(Contact).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.message_class) == MessageClass.DEMAND,
        col(Contact.direction) == "outbound",
        col(Contact.status).in_(LEFT_AND_NOT_LOST),
    )
    for each in desk.session.exec(chosen.order_by(col(Contact.attempted_at), col(Contact.contact_id))):
        yield DemandOnRecord(
            contact_id=each.contact_id,
            channel=Channel(each.channel),
            stage=Stage(each.stage),
            at=each.attempted_at,
            digest=carrier_of(desk.session, each).words_digest,
            arrived_at=each.delivered_at,
            simulated=carrier_of(desk.session, each).simulated,
        )


def _calls(desk: Desk) -> Iterator[OfferOnRecord]:
    """Calls that were asked for, in which a person learns the reason and offers a way out."""
    chosen = select(CallTask).where(col(CallTask.account_id) == desk.account.account_id)
    for each in desk.session.exec(chosen.order_by(col(CallTask.requested_at))):
        yield OfferOnRecord(ProofKind.CALL, each.call_id, each.requested_at)


def _plans(desk: Desk) -> Iterator[OfferOnRecord]:
    chosen = select(BookedMessage).where(
        col(BookedMessage.account_id) == desk.account.account_id,
        col(BookedMessage.name).in_(("propose_plan", "agree_plan")),
        col(BookedMessage.refused).is_(False),
    )
    for each in desk.session.exec(chosen.order_by(col(BookedMessage.received_at))):
        yield OfferOnRecord(ProofKind.PLAN, each.message_id, each.received_at)


def _refusals(desk: Desk) -> Iterator[RefusalOnRecord]:
    for each in refused_by_counsel(desk.session, desk.account.account_id):
        if each.refused_at is not None:
            yield RefusalOnRecord(each.referral_id, each.refused_code or "", each.refused_at)
