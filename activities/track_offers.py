"""The supportive track's offer of a plan: what its message says, and the proposal that stands once it has left.

The plan is reckoned from what is overdue when the message is written, and may be agreed to until a day that it names,
whatever falls due or accrues meanwhile; a payment makes it out of date.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import col, select

from activities.desk import Desk
from activities.limitation import limitation_of
from activities.plan_offers import gentlest_plan, offer_facts
from domain.case import Plan, PlanInstalment
from domain.contact_facts import ServiceOccasion
from domain.events import CaseEvent, PlanProposed
from domain.local_days import local_day
from domain.messages import OccasionFacts, PlanOffered
from domain.registration import end_of_day
from domain.terms import Track
from domain.tracks import TrackOffer
from storage.tables import LEFT_OR_MAY_HAVE, Contact

_OFFERS = (ServiceOccasion.OFFER, ServiceOccasion.SUPPORTIVE_OFFER)


def supportive_offer(desk: Desk, subject: str) -> OccasionFacts | None:
    """The plan and until when it may be agreed; none off the track, soon after another offer, or if no plan fits."""
    if not _offers_plans(desk) or _offered_lately(desk, f"{ServiceOccasion.SUPPORTIVE_OFFER}.{subject}"):
        return None
    schedule = gentlest_plan(desk)
    if not schedule:
        return None
    facts = offer_facts(schedule)
    return replace(facts, dates={**facts.dates, "answer_by": _answer_by(desk, desk.now)})


def offered_with_demand(desk: Desk) -> PlanOffered | None:
    """What a demand or the script of a call says of such a plan; none off the track, or if no plan fits."""
    schedule = gentlest_plan(desk) if _offers_plans(desk) else ()
    if not schedule:
        return None
    return PlanOffered(len(schedule), schedule[0].amount_minor, schedule[0].due_date)


def proposed_by_contact(desk: Desk, contact: Contact) -> tuple[CaseEvent, ...]:
    """The proposal that stands once the offer has left, or may have left."""
    left = contact.status in LEFT_OR_MAY_HAVE
    schedule = gentlest_plan(desk, contact.attempted_at) if left and _is_offer(contact) else ()
    if not schedule:
        return ()
    zone, number = desk.debtor.time_zone, contact.contact_id.rpartition(".")[2]
    plan = Plan(
        plan_id=f"offer-{number}",
        instalments=tuple(PlanInstalment(end_of_day(each.due_date, zone), each.amount_minor) for each in schedule),
        paid_before_minor=desk.statement(contact.attempted_at).paid_minor,
        stands_until=end_of_day(_answer_by(desk, contact.attempted_at), zone),
    )
    return (PlanProposed(plan),)


def keeps_word(desk: Desk, plan: Plan | None) -> bool:
    """Whether an offered plan may still be agreed to as it was offered: in its time, and with nothing paid since."""
    if plan is None or plan.stands_until is None or plan.stands_until <= desk.now:
        return False
    return desk.statement().paid_minor == plan.paid_before_minor


def _is_offer(contact: Contact) -> bool:
    return contact.occasion == ServiceOccasion.SUPPORTIVE_OFFER


def _offers_plans(desk: Desk) -> bool:
    """Nobody is invited to pay on a debt that is too old to be sued for."""
    offered = TrackOffer.PLAN in desk.policy.tracks.offers.supportive and desk.account.track == Track.SUPPORTIVE
    return offered and desk.now < limitation_of(desk).expires_at


def _answer_by(desk: Desk, sent_at: datetime) -> date:
    return local_day(sent_at, desk.debtor.time_zone) + desk.policy.tracks.offers.answer_within


def _offered_lately(desk: Desk, message_id: str) -> bool:
    """Whether another offer than this one has left a while ago at most."""
    since = desk.now - desk.policy.tracks.offers.again_after
    chosen = select(Contact.message_id).where(
        col(Contact.account_id) == desk.account.account_id,
        col(Contact.occasion).in_(_OFFERS),
        col(Contact.status).in_(LEFT_OR_MAY_HAVE),
        col(Contact.attempted_at) > since,
    )
    return any(each != message_id for each in desk.session.exec(chosen))
