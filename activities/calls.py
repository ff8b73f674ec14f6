"""Calls by people: put on the agents' list, and permitted one dial at a time."""

from datetime import datetime, timedelta

from sqlmodel import col, select
from temporalio import activity

from activities import clock
from activities.call_script import call_script
from activities.composer import Composer
from activities.contact_log import debt_if_changed, log_turned_away, refuse_words
from activities.desk import Desk, Library
from activities.duties import review_duties
from activities.guard import Guard
from activities.shared_contacts import rests_until
from domain.case import PlannedContact
from domain.messages import MessageRefused
from domain.orders import (
    ActivityName,
    CallPermit,
    CallToPermit,
    ContactOrder,
    ContactOutcome,
    ContactResult,
    Refusal,
)
from domain.terms import Channel, MessageClass, Stage
from storage import audit
from storage.accounts import note_no_demand, write_milestones
from storage.call_tasks import find_call, refusal_of_agent
from storage.database import Database
from storage.tables import Address, CallPermission, CallTask, Contact, ContactStatus

_PERMIT_LASTS = timedelta(minutes=10)
_AGAIN_AFTER = timedelta(hours=1)


class Calls:
    """Asks agents to call, and rules on each dial."""

    def __init__(self, database: Database, library: Library, composer: Composer) -> None:
        """Take the records, the rules and the words."""
        self._database = database
        self._library = library
        self._composer = composer

    @activity.defn(name=ActivityName.REQUEST_CALL)
    def request_call(self, order: ContactOrder) -> ContactOutcome:
        """Put a call on the agents' list, with its script, unless no call could be made."""
        with clock.server_time(), self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            write_milestones(session, desk.account, order.milestones)
            changed = debt_if_changed(desk, order)
            if session.get(CallTask, order.contact_id) is not None:
                return ContactOutcome(ContactResult.SENT, debt=changed, events=review_duties(desk, everything=True))
            guard = Guard(desk)
            resting = rests_until(desk, order)
            if resting is not None:
                again = guard.moment(Channel.CALL, resting)
                return ContactOutcome(ContactResult.DEFERRED, "told with another account", again, changed)
            ruling = guard.rule(Channel.CALL, guard.reach.address(Channel.CALL))
            if ruling.stopped or ruling.channel_closed:
                log_turned_away(desk, order, ruling)
                again = PlannedContact(desk.now + _AGAIN_AFTER, ruling.reason)
                result = ContactResult.DEFERRED if ruling.stopped else ContactResult.REFUSED
                gone = Channel.CALL in guard.reach.unreachable
                return ContactOutcome(result, ruling.reason, next=again, debt=changed, unusable=gone)
            try:
                self._add_task(desk, guard, order)
            except MessageRefused as error:
                return refuse_words(desk, order, error)
            return ContactOutcome(ContactResult.SENT, debt=changed, events=review_duties(desk))

    @activity.defn(name=ActivityName.PERMIT_CALL)
    def permit_call(self, order: CallToPermit) -> CallPermit:
        """Rule on a call that an agent is about to make; the attempt is reserved, so that caps hold whoever dials."""
        with clock.server_time(), self._database.writing() as session:
            desk = Desk.open(session, self._library, order.account_id, clock.now)
            known = session.exec(
                select(CallPermission).where(
                    col(CallPermission.account_id) == order.account_id,
                    col(CallPermission.request_id) == order.request_id,
                )
            ).one_or_none()
            if known is not None:
                return CallPermit(known.permit_ref, known.address_ref, known.until)
            refusal = self._refusal_of_agent(desk, order)
            if refusal is not None:
                return _refuse(desk, order, refusal)
            guard = Guard(desk)
            address = guard.reach.address(Channel.CALL)
            ruling = guard.rule(Channel.CALL, address)
            if not ruling.allowed or address is None:
                refusal = Refusal("not_permitted", f"the call is not permitted now: {ruling.reason}")
                return _refuse(desk, order, refusal, [each for each in ruling.as_json() if not each["allowed"]])
            task = session.get_one(CallTask, order.call_id)
            try:
                # What is owed may have changed since the call was asked for.
                task.script = call_script(desk, guard, self._composer, Stage(task.stage), task.call_id)
            except MessageRefused as error:
                return _refuse(desk, order, Refusal("words_refused", f"the call has no script: {error}"))
            session.add(task)
            return _grant(desk, order, address, ruling.valid_until or desk.now + _PERMIT_LASTS, ruling.as_json())

    def _refusal_of_agent(self, desk: Desk, order: CallToPermit) -> Refusal | None:
        call = find_call(desk.session, order.call_id, desk.now)
        if call is None:
            return Refusal("no_call", f"no call {order.call_id} waits on this account")
        return refusal_of_agent(desk.session, self._library.courses, call, order.agent_id, desk.now)

    def _add_task(self, desk: Desk, guard: Guard, order: ContactOrder) -> None:
        script = call_script(desk, guard, self._composer, order.stage, order.contact_id)
        desk.session.add(
            CallTask(
                call_id=order.contact_id,
                account_id=order.account_id,
                stage=order.stage,
                requested_at=desk.now,
                script=script,
            )
        )
        note_no_demand(desk.session, desk.account)
        audit.append(desk.session, order.account_id, desk.now, "call_requested", order.contact_id, stage=order.stage)


def _refuse(
    desk: Desk, order: CallToPermit, refusal: Refusal, verdicts: list[dict[str, object]] | None = None
) -> CallPermit:
    audit.append(
        desk.session,
        order.account_id,
        desk.now,
        "call_not_permitted",
        order.call_id,
        agent_id=order.agent_id,
        code=refusal.code,
        verdicts=verdicts,
    )
    return CallPermit(refusal=refusal)


def _grant(
    desk: Desk, order: CallToPermit, address: Address, window_ends: datetime, verdicts: list[dict[str, object]]
) -> CallPermit:
    """Reserve the attempt: it counts from now on, and as an answered call until somebody says otherwise."""
    permit_ref = f"{order.call_id}.permit.{order.request_id}"
    until = min(desk.now + _PERMIT_LASTS, window_ends)
    desk.session.add(
        Contact(
            contact_id=permit_ref,
            account_id=order.account_id,
            debtor_id=desk.account.debtor_id,
            channel=Channel.CALL,
            message_class=MessageClass.DEMAND,
            stage=desk.account.stage,
            status=ContactStatus.SENDING,
            attempted_at=desk.now,
            address_ref=address.address_ref,
            policy_version=desk.policy.version,
            pack_version=desk.pack.digest,
            verdicts=verdicts,
            valid_until=until,
            connected=None,
            conversation=None,
            agent_id=order.agent_id,
        )
    )
    desk.session.flush()
    desk.session.add(
        CallPermission(
            permit_ref=permit_ref,
            account_id=order.account_id,
            call_id=order.call_id,
            request_id=order.request_id,
            agent_id=order.agent_id,
            address_ref=address.address_ref,
            granted_at=desk.now,
            until=until,
        )
    )
    audit.append(desk.session, order.account_id, desk.now, "call_permitted", order.call_id, agent_id=order.agent_id)
    return CallPermit(permit_ref, address.address_ref, until)
