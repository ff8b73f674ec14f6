"""What a case owes the person while somebody of the house has a question about them to decide."""

from activities.desk import Desk
from activities.occasions import owe
from domain.contact_facts import ServiceOccasion
from domain.events import CaseEvent, MessagesOwed


def owed_meanwhile(desk: Desk, subject: str) -> tuple[CaseEvent, ...]:
    """What a case owes with a question: where an instalment of a plan was missed, the offer of another plan."""
    kind, _, plan_id = subject.partition(":")
    if kind != "plan":
        return ()
    deadline = desk.now + desk.policy.plans.renegotiate_within
    offer = owe(desk, ServiceOccasion.PLAN_MISSED, plan_id, desk.now, deadline, owed_by=plan_id)
    return (MessagesOwed((offer,)),)
