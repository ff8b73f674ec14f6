"""AccountCollection: the collection of one overdue account, from its first reminder to its end.

The case decides (``domain``), this workflow waits. It opens the case, takes in what others say has happened, lets time
pass, and does the next step when its time has come. Only the main loop acts; handlers do nothing but put a message
into the inbox.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.admission import refusal_of
    from domain.case import CallTask, Case, Closed, Milestone, PlannedContact, Referral
    from domain.contact_orders import events_after, events_of_debt, order_of
    from domain.events import (
        CallPermitted,
        CallRequested,
        CaseClosed,
        CaseEvent,
        MilestonesWritten,
        MomentFound,
        PersonAsked,
        ReferralVoided,
        Referred,
        ReviewOpened,
        TimePassed,
        apply,
    )
    from domain.facts import AgreePlan, Fact, Message, digest_of
    from domain.next_step import Step, StepKind, next_step, wanted_at
    from domain.orders import (
        ActivityName,
        Asked,
        Booking,
        CallPermit,
        CallToPermit,
        CaseToClose,
        CaseToRefer,
        ContactOutcome,
        ContactResult,
        FactToDeliver,
        MessageToBook,
        MomentWanted,
        OpenCase,
        Opening,
        PersonToAsk,
        ReferralOutcome,
        Refusal,
        Rejection,
        ReviewToOpen,
    )
    from domain.requests import BeginCall, Request
    from domain.terms import Channel, ClosedReason

from workflows.contract import Carried, CollectionResult, RejectedInput, StartCollection
from workflows.inbox import Arrival
from workflows.options import OFFICE, RECORDS, contact_options
from workflows.status import status_of
from workflows.visibility import headline, show_attributes, story, timer_summary

_ASKED: Any = Asked | None
"""The first release answered nothing, and its histories are still replayed."""

_REJECTED_KEPT = 20
"""How many refused inputs the status shows; the audit trail has them all."""


@workflow.defn(name="AccountCollection")
class AccountCollection:
    """One overdue account."""

    @workflow.init
    def __init__(self, start: StartCollection) -> None:
        """Set the state that handlers may meet before the first line of ``run``."""
        carried = start.carried
        self._case: Case | None = carried.case if carried is not None else None
        self._applied: dict[str, str] = dict(carried.applied) if carried is not None else {}
        self._answers: dict[str, dict[str, Any]] = dict(carried.answers) if carried is not None else {}
        self._rejected: list[RejectedInput] = list(carried.rejected) if carried is not None else []
        self._inbox: list[Arrival] = []
        self._timer: asyncio.Task[None] | None = None
        self._timer_due: datetime | None = None
        self._action: asyncio.Task[Sequence[CaseEvent]] | None = None
        self._shown: tuple[datetime, Step, Case] | None = None
        self._end_noted: Closed | None = None

    @workflow.run
    async def run(self, start: StartCollection) -> CollectionResult:
        """Collect the account until it is cured, settled, ended by counsel or closed by a person."""
        if self._case is None:
            await self._open(start)
        while not await self._ended():
            self._take_in_outcome()
            await self._take_in_messages()
            if workflow.info().is_continue_as_new_suggested():
                await self._renew(start)
            now = workflow.now()
            self._apply(TimePassed(now))
            step = next_step(self.case, now)
            if step.kind is not StepKind.CLOSE:
                self._show(step, now)
            if self.case.closed is not None and step.kind is not StepKind.ENDED:
                await self._note_end()
            await self._carry_on(step)
        return _result(self.case)

    @workflow.signal(dynamic=True)
    def take_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Take any signal; it is read, applied or refused by the main loop."""
        self._inbox.append(Arrival(name, args))

    @workflow.update(dynamic=True)
    async def take_update(self, name: str, args: Sequence[RawValue]) -> dict[str, Any]:
        """Take any fact or request of the contract and wait for its answer."""
        arrival = Arrival(name, args)
        self._inbox.append(arrival)
        await workflow.wait_condition(lambda: arrival.settled)
        return arrival.result()

    @take_update.validator
    def check_shape(self, name: str, args: Sequence[RawValue]) -> None:
        """Refuse what is not one of the contract's messages, before it leaves a trace in the history."""
        reading = Arrival(name, args).read()
        if isinstance(reading, Refusal):
            raise ApplicationError(reading.words, type=reading.code, non_retryable=True)

    @workflow.query(description="The case as one JSON object: stage, state, what is owed, what comes next and why")
    def status(self) -> dict[str, Any]:
        """The case as it stands."""
        if self._case is None:
            return {"state": "opening"}
        return status_of(self._case, workflow.now(), self._rejected)

    @property
    def case(self) -> Case:
        """The case, once it is open."""
        if self._case is None:
            raise RuntimeError("the case is not open yet")
        return self._case

    async def _open(self, start: StartCollection) -> None:
        try:
            opening: Opening = await workflow.execute_local_activity(
                ActivityName.OPEN_CASE,
                OpenCase(start.account_id, workflow.now(), start.policy),
                result_type=Opening,
                **RECORDS,
            )
        except ApplicationError as error:
            await self._turn_away(error)
            raise
        self._case, self._applied, self._end_noted = opening.case, dict(opening.applied), opening.case.closed

    async def _turn_away(self, error: ApplicationError) -> None:
        """Answer those who wait for a case that cannot be opened, before the workflow fails for the same reason."""
        for arrival in self._inbox:
            arrival.refuse(Refusal(error.type or "not_opened", error.message))
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _take_in_messages(self) -> None:
        """Apply every message in the order of arrival. Each leaves the inbox only when it is dealt with."""
        while self._inbox:
            await self._take_in(self._inbox[0])
            self._inbox.pop(0)

    async def _take_in(self, arrival: Arrival) -> None:
        message = arrival.read()
        if isinstance(message, Refusal):
            await self._reject(arrival, message, None)
            return
        message_id = _id_of(message)
        if message_id in self._applied:
            await self._repeat(arrival, message, message_id)
            return
        refusal = refusal_of(self.case, message, workflow.now())
        booking = (
            Booking(refusal=refusal) if refusal is not None else await self._book(arrival.name, message, message_id)
        )
        if booking.refusal is not None:
            await self._reject(arrival, booking.refusal, message_id)
            return
        self._apply(*booking.events)
        self._applied[message_id] = digest_of(message)
        answer = booking.answer or {}
        if isinstance(message, Request):
            self._answers[message_id] = answer
        arrival.accept(answer)
        if booking.others:
            await self._tell_other_cases(message_id)

    async def _book(self, name: str, message: Message, message_id: str) -> Booking:
        """Write the message into the records and learn what it does to the case."""
        if isinstance(message, BeginCall):
            return await self._permit(message)
        order = MessageToBook(
            account_id=self.case.account_id,
            name=name,
            message_id=message_id,
            body=message.model_dump(mode="json", exclude_none=True),
            as_of=workflow.now(),
            case=self.case if isinstance(message, Request | AgreePlan) else None,
            milestones=self.case.milestones,
        )
        written = self._written()
        booking: Booking = await workflow.execute_local_activity(
            ActivityName.BOOK_MESSAGE, order, result_type=Booking, **RECORDS
        )
        self._apply(*written)
        return booking

    async def _permit(self, message: BeginCall) -> Booking:
        permit: CallPermit = await workflow.execute_activity(
            ActivityName.PERMIT_CALL,
            CallToPermit(self.case.account_id, message.call_id, message.agent_id, message.request_id),
            result_type=CallPermit,
            summary=f"Permit for call {message.call_id}",
            **OFFICE,
        )
        if permit.until is None:
            return Booking(refusal=permit.refusal or Refusal("not_permitted", "the call is not permitted now"))
        answer = {"call_id": message.call_id, "permit_ref": permit.permit_ref, "number_ref": permit.number_ref}
        answer["until"] = permit.until.isoformat()
        return Booking(events=(CallPermitted(message.call_id, permit.until),), answer=answer)

    async def _repeat(self, arrival: Arrival, message: Message, message_id: str) -> None:
        """A message that was applied before: the same answer again, or a refusal if it says something else now."""
        if self._applied[message_id] != digest_of(message):
            await self._reject(
                arrival, Refusal("id_reused", f"{message_id} was used before with another content"), message_id
            )
            return
        arrival.accept(self._answers.get(message_id, {"status": "already_applied"}))

    async def _reject(self, arrival: Arrival, refusal: Refusal, message_id: str | None) -> None:
        """Keep a refused input in the status and in the audit trail, without its content; the case goes on."""
        rejection = Rejection(
            account_id=self.case.account_id,
            message=arrival.name[:100],
            error_code=refusal.code,
            at=workflow.now(),
            payload_digest=arrival.payload_digest,
            id=message_id,
            words=refusal.words,
        )
        await workflow.execute_local_activity(ActivityName.RECORD_REJECTION, rejection, **RECORDS)
        kept = RejectedInput(rejection.message, refusal.code, rejection.at, rejection.payload_digest, message_id)
        self._rejected = [*self._rejected, kept][-_REJECTED_KEPT:]
        arrival.refuse(refusal)

    async def _tell_other_cases(self, event_id: str) -> None:
        await workflow.execute_activity(
            ActivityName.DELIVER_FACT,
            FactToDeliver(event_id, self.case.account_id),
            summary="Tell the person's other cases",
            **OFFICE,
        )

    def _take_in_outcome(self) -> None:
        """Apply what came of the action that was under way."""
        if self._action is not None and self._action.done():
            action, self._action = self._action, None
            self._apply(*action.result())

    async def _carry_on(self, step: Step) -> None:
        """Do the step if its time has come, else wait for its time or for news."""
        if self._action is not None or step.due_at > workflow.now():
            await self._wait(step)
            return
        match step.kind:
            case StepKind.CONTACT | StepKind.REQUEST_CALL | StepKind.REFER:
                self._action = asyncio.create_task(self._act(step))
                await self._wait(step)
            case StepKind.FIND_MOMENT:
                await self._find_moment(step)
            case StepKind.ASK_PERSON:
                await self._ask_person(step)
            case StepKind.OPEN_REVIEW:
                await self._open_review()
            case StepKind.CLOSE:
                self._apply(CaseClosed(step.closing or ClosedReason.SETTLED, workflow.now()))
            case StepKind.WAIT | StepKind.AWAIT_CALL | StepKind.AWAIT_PERSON:
                await self._wait(replace(step, due_at=workflow.now() + timedelta(minutes=1)))
            case StepKind.ENDED:
                pass
            case _:
                assert_never(step.kind)

    async def _act(self, step: Step) -> Sequence[CaseEvent]:
        """Do what reaches out of the house; the inbox stays open meanwhile."""
        if step.kind is StepKind.CONTACT:
            return await self._contact(step)
        if step.kind is StepKind.REQUEST_CALL:
            return await self._request_call(step)
        return await self._refer()

    async def _wait(self, step: Step) -> None:
        """Sleep until the step is due, an action ends or a message arrives. The timer is kept while its time holds."""
        if self._action is None and self._timer_due != step.due_at:
            self._stop_timer()
            delay = max(step.due_at - workflow.now(), timedelta(milliseconds=1))
            self._timer = asyncio.create_task(workflow.sleep(delay, summary=timer_summary(step)))
            self._timer_due = step.due_at
        await workflow.wait_condition(lambda: bool(self._inbox) or self._action_done() or self._timer_done())
        if self._timer_done():
            self._stop_timer()

    def _action_done(self) -> bool:
        return self._action is not None and self._action.done()

    def _timer_done(self) -> bool:
        return self._timer is not None and self._timer.done()

    def _stop_timer(self) -> None:
        if self._timer is not None and not self._timer.done():
            self._timer.cancel()
        self._timer, self._timer_due = None, None

    async def _contact(self, step: Step) -> Sequence[CaseEvent]:
        """Have one contact made, and tell what came of it as events."""
        ordered_at, written, channel = workflow.now(), self._written(), _channel(step)
        order = order_of(self.case, step, channel, ordered_at)
        outcome: ContactOutcome = await workflow.execute_activity(
            ActivityName.CONTACT,
            order,
            result_type=ContactOutcome,
            summary=f"{headline(step)}, {order.occasion or order.stage}",
            **contact_options(channel),
        )
        if outcome.tell:
            await self._tell_other_cases(outcome.tell)
        return (*written, *events_after(outcome, order, ordered_at))

    async def _request_call(self, step: Step) -> Sequence[CaseEvent]:
        """Put the call on the agents' list; the case then waits for the call or for the task's deadline."""
        ordered_at, written = workflow.now(), self._written()
        order = order_of(self.case, step, Channel.CALL, ordered_at)
        outcome: ContactOutcome = await workflow.execute_activity(
            ActivityName.REQUEST_CALL, order, result_type=ContactOutcome, summary=headline(step), **OFFICE
        )
        if outcome.result is ContactResult.SENT:
            deadline = workflow.now() + self.case.timetable.call_within
            requested = CallRequested(CallTask(order.contact_id, deadline))
            return (*written, *events_of_debt(outcome), requested, *outcome.events)
        return (*written, *events_after(outcome, order, ordered_at))

    async def _refer(self) -> Sequence[CaseEvent]:
        """Hand the approved referral over; if the checklist has changed since, the approval is void."""
        written, referral = self._written(), self._approved_referral()
        outcome: ReferralOutcome = await workflow.execute_activity(
            ActivityName.REFER_TO_LEGAL,
            CaseToRefer(self.case),
            result_type=ReferralOutcome,
            summary="Hand the referral over",
            **OFFICE,
        )
        if outcome.handed_over_at is None:
            return (ReferralVoided(),)
        return (*written, Referred(referral, outcome.handed_over_at))

    def _approved_referral(self) -> Referral:
        if self.case.referral is None:
            raise RuntimeError("there is no referral to hand over")
        return self.case.referral

    async def _find_moment(self, step: Step) -> None:
        now = workflow.now()
        wanted = MomentWanted(self.case.account_id, _channel(step), wanted_at(self.case, now), now)
        planned: PlannedContact = await workflow.execute_local_activity(
            ActivityName.FIND_MOMENT, wanted, result_type=PlannedContact, **RECORDS
        )
        self._apply(MomentFound(planned))

    async def _ask_person(self, step: Step) -> None:
        now, subject, written = workflow.now(), step.subject or "case", self._written()
        deadline = now + self.case.timetable.review_within
        order = PersonToAsk(self.case.account_id, subject, deadline, now, self.case.milestones)
        asked: Asked | None = await workflow.execute_local_activity(
            ActivityName.ASK_PERSON, order, result_type=_ASKED, **RECORDS
        )
        owed = asked.events if asked is not None else ()
        self._apply(*written, PersonAsked(subject, deadline, now), *owed)
        if asked is not None and asked.tell:
            await self._tell_other_cases(asked.tell)

    async def _open_review(self) -> None:
        referral: Referral = await workflow.execute_local_activity(
            ActivityName.OPEN_REVIEW, ReviewToOpen(self.case, workflow.now()), result_type=Referral, **RECORDS
        )
        self._apply(ReviewOpened(referral))

    def _written(self) -> Sequence[CaseEvent]:
        """What to apply once an activity has put the milestones of this moment into the audit trail."""
        milestones: tuple[Milestone, ...] = self.case.milestones
        return (MilestonesWritten(milestones[-1].number),) if milestones else ()

    def _apply(self, *events: CaseEvent) -> None:
        for event in events:
            self._case = apply(self.case, event)

    def _show(self, step: Step, now: datetime) -> None:
        """Show operators where the case stands, unless that is just what they see."""
        if self._shown == (now, step, self.case):
            return
        self._shown = (now, step, self.case)
        show_attributes(self.case, step, now)
        workflow.set_current_details(story(self.case, step, now))

    async def _renew(self, start: StartCollection) -> None:
        """Go on in a fresh history, unless something is under way or unanswered: then at the next wake."""
        await workflow.wait_condition(lambda: bool(self._inbox) or workflow.all_handlers_finished())
        if self._inbox or self._action is not None or self.case.closed is not None:
            return
        carried = Carried(self.case, self._applied, self._answers, tuple(self._rejected))
        workflow.continue_as_new(StartCollection(start.account_id, start.policy, carried))

    async def _note_end(self) -> None:
        """Let the records know at once that the case has ended, though its last answers are still to go."""
        if self._end_noted != self.case.closed:
            await workflow.execute_local_activity(ActivityName.CLOSE_CASE, CaseToClose(self.case), **RECORDS)
            self._end_noted = self.case.closed

    async def _ended(self) -> bool:
        """Whether the case is closed and stored, with everybody answered. A late message may open it again."""
        if self.case.closed is None or self._action is not None or self._inbox:
            return False
        now = workflow.now()
        step = next_step(self.case, now)
        if step.kind is not StepKind.ENDED:
            return False
        self._show(step, now)
        await workflow.execute_local_activity(ActivityName.CLOSE_CASE, CaseToClose(self.case), **RECORDS)
        await workflow.wait_condition(lambda: bool(self._inbox) or workflow.all_handlers_finished())
        return not self._inbox


def _id_of(message: Message) -> str:
    if isinstance(message, Fact):
        return message.event_id
    if isinstance(message, Request):
        return message.request_id
    raise TypeError(f"{type(message).__name__} is neither a fact nor a request")


def _channel(step: Step) -> Channel:
    if step.channel is None:
        raise RuntimeError(f"step {step.kind} has no channel")
    return step.channel


def _result(case: Case) -> CollectionResult:
    if case.closed is None:
        raise RuntimeError("the case has not ended")
    return CollectionResult(
        account_id=case.account_id,
        reason=case.closed.reason,
        closed_at=case.closed.at,
        paid_minor=case.debt.paid_minor,
        waived_minor=case.debt.waived_minor,
        balance_minor=case.debt.balance_minor,
        credit_minor=case.debt.credit_minor,
        contacts={channel.value: count for channel, count in sorted(case.contacts_left.items())},
    )
