"""The script of a call: drawn from the account's statement and its policy in the moment in which it is asked for."""

from dataclasses import replace

from activities.booking_waivers import left_to_agents
from activities.composer import Composer
from activities.desk import Desk
from activities.guard import Guard
from activities.message_facts import gather
from domain.ledger import Statement
from domain.messages import CallOffers, MessageKey, OccasionFacts
from domain.terms import Channel, Stage


def call_script(desk: Desk, guard: Guard, composer: Composer, stage: Stage, call_id: str) -> str:
    """What the agent says, asks and may offer: first who is on the line, and nothing of the debt before that.

    Raises:
        MessageRefused: if the words would lack what the person has a right to know.
        RefusedError: if nothing is overdue.
    """
    language = composer.language_for(desk.debtor.language)
    key = MessageKey.demand(stage, Channel.CALL, language)
    facts = gather(desk, guard.statement, guard.reach, key, call_id, OccasionFacts())
    return composer.compose(key, replace(facts, offers=_offers(desk, guard.statement))).text


def _offers(desk: Desk, statement: Statement) -> CallOffers:
    plans = desk.policy.plans
    return CallOffers(
        most_instalments=plans.most_instalments,
        smallest_instalment_minor=plans.smallest_instalment_minor(desk.account.currency),
        longest_plan=plans.longest,
        income_percent=plans.income_percent,
        down_payment_percent=plans.down_payment_percent,
        hardship_grace=desk.policy.hardship.grace,
        waiver_minor=left_to_agents(desk, statement),
    )
