"""Tells a person's other cases what one of them has heard."""

import asyncio
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
        """Signal every case of the person that has not booked some fact yet; one that has ended meanwhile needs none.

        Each is signalled with each fact's own id, so that a second delivery changes nothing.
        """
        for name, body, account_id in await asyncio.to_thread(self._undelivered, order.account_id):
            handle = self._client.get_workflow_handle(workflow_id(account_id))
            try:
                await handle.signal(name, body)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    def _undelivered(self, account_id: str) -> list[tuple[str, dict[str, Any], str]]:
        """Every fact about the account's person that some case of theirs waits for, the oldest first."""
        with self._database.reading() as session:
            waiting = (
                select(PersonFact, FactDelivery.account_id)
                .join(FactDelivery, col(FactDelivery.event_id) == col(PersonFact.event_id))
                .where(
                    col(PersonFact.debtor_id) == find_account(session, account_id).debtor_id,
                    col(FactDelivery.debtor_id) == col(PersonFact.debtor_id),
                    col(FactDelivery.delivered_at).is_(None),
                )
                .order_by(col(PersonFact.occurred_at), col(FactDelivery.account_id))
            )
            return [(fact.name, dict(fact.body), other) for fact, other in session.exec(waiting)]
