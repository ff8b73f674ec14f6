"""Tells a person's other cases what one of them has heard."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.orders import ActivityName, FactToDeliver, workflow_id
from storage.accounts import find_account
from storage.database import Database
from storage.tables import FactDelivery, PersonFact


class PersonFacts:
    """Delivers facts about a person to all of their cases."""

    def __init__(self, database: Database, client: Client) -> None:
        """Take the records and the way to the other cases."""
        self._database = database
        self._client = client

    @activity.defn(name=ActivityName.DELIVER_FACT)
    async def deliver_fact(self, order: FactToDeliver) -> None:
        """Signal every case that has not booked the fact yet; one that has ended meanwhile needs none.

        Each is signalled with the fact's own id, so that a second delivery changes nothing.
        """
        name, body, accounts = await asyncio.to_thread(self._undelivered, order)
        for account_id in accounts:
            handle = self._client.get_workflow_handle(workflow_id(account_id))
            try:
                await handle.signal(name, body)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    def _undelivered(self, order: FactToDeliver) -> tuple[str, dict[str, Any], Sequence[str]]:
        with self._database.reading() as session:
            debtor_id = find_account(session, order.account_id).debtor_id
            fact = session.get_one(PersonFact, (debtor_id, order.event_id))
            waiting = select(FactDelivery.account_id).where(
                col(FactDelivery.event_id) == order.event_id,
                col(FactDelivery.debtor_id) == debtor_id,
                col(FactDelivery.delivered_at).is_(None),
            )
            return fact.name, dict(fact.body), session.exec(waiting.order_by(col(FactDelivery.account_id))).all()
