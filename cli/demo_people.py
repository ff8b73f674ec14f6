"""The people of the demonstration: debtors who pay, plan, complain or keep silent, and the staff who deal with them.

Who does what, and when, follows from a seed, so that every demonstration tells much the same story.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import col, select

from client.duecourse import Duecourse
from client.errors import EngineUnavailable, NotCollected, Refused
from domain.facts import CallOutcome
from domain.money import format_minor
from domain.registration import Registration
from domain.terms import Channel, Stage
from storage.call_tasks import WaitingCall, waiting_calls
from storage.ledgers import read_statement
from storage.tables import Contact, ContactStatus, LegalReferral

AGENTS = tuple(f"agent-{number}" for number in range(1, 13))
"""Who calls; they must be certified before that."""

_SEED = 20261124
_STAFF_LOOKS_EVERY_SECONDS = 0.5
_LAST_ACT_SECONDS = 45
_PROMISE_LASTS = timedelta(seconds=10)

_OUTCOMES: Mapping[CallOutcome, int] = {
    CallOutcome.PROMISED: 40,
    CallOutcome.NO_ANSWER: 25,
    CallOutcome.REACHED: 15,
    CallOutcome.REFUSED: 15,
    CallOutcome.WRONG_PARTY: 5,
}

_CAME_BETWEEN = (Refused, NotCollected, EngineUnavailable)
"""A case may have been paid, held or closed meanwhile; then what was meant for it is refused, as it should be."""

Act = Callable[[Registration, Random], Awaitable[None]]
Work = Callable[[asyncio.TaskGroup], Awaitable[None]]


class People:
    """Everybody who tells the cases something while the demonstration runs."""

    def __init__(self, duecourse: Duecourse, accounts: Sequence[Registration]) -> None:
        """Give each account somebody who behaves in one of the ways of life."""
        self._duecourse = duecourse
        self._accounts = {each.account_id: each for each in accounts}
        self._desk_seen: set[str] = set()
        self._free_agents = len(AGENTS)

    async def live(self) -> None:
        """Act until cancelled."""
        async with asyncio.TaskGroup() as everybody:
            for account, act, random in self._cast():
                everybody.create_task(self._in_time(account, act, random))
            for work in (self._call, self._deliver, self._decide_referrals, self._report_of_counsel):
                everybody.create_task(self._regularly(work, everybody))

    def _cast(self) -> Iterable[tuple[Registration, Act, Random]]:
        """Who behaves how. Whoever is not named keeps silent, and is called, noticed and in the end referred."""
        ways: Mapping[Act, int] = {
            self._pay: 42,
            self._pay_in_two: 8,
            self._pay_a_part: 8,
            self._pay_too_much: 3,
            self._agree_a_plan: 7,
            self._complain: 4,
            self._report_hardship: 4,
            self._opt_out: 3,
            self._pay_in_another_currency: 2,
            self._keep_silent: 19,
        }
        random = Random(_SEED)  # noqa: S311 - for a story, not for secrets
        acts = random.choices(list(ways), list(ways.values()), k=len(self._accounts))
        for account, act in zip(self._accounts.values(), acts, strict=True):
            yield account, act, Random(f"{_SEED} {account.account_id}")  # noqa: S311

    async def _in_time(self, account: Registration, act: Act, random: Random) -> None:
        await asyncio.sleep(random.uniform(1, _LAST_ACT_SECONDS))
        with _whatever_came_between():
            await act(account, random)

    async def _regularly(
        self, work: Callable[[asyncio.TaskGroup], Awaitable[None]], everybody: asyncio.TaskGroup
    ) -> None:
        while True:
            with _whatever_came_between():
                await work(everybody)
            await asyncio.sleep(_STAFF_LOOKS_EVERY_SECONDS)

    async def _pay(self, account: Registration, _random: Random) -> None:
        await self._record_payment(account, self._owed_minor(account))

    async def _pay_in_two(self, account: Registration, random: Random) -> None:
        await self._pay_a_part(account, random)
        await asyncio.sleep(random.uniform(4, 12))
        await self._record_payment(account, self._owed_minor(account))

    async def _pay_a_part(self, account: Registration, random: Random) -> None:
        await self._record_payment(account, self._owed_minor(account) * random.randint(20, 60) // 100)

    async def _pay_too_much(self, account: Registration, _random: Random) -> None:
        await self._record_payment(account, self._owed_minor(account) + 1000)

    async def _pay_in_another_currency(self, account: Registration, _random: Random) -> None:
        """A slip of the lender's books, which is refused and shown in the status."""
        await self._record_payment(account, 1000, currency="EUR")

    async def _agree_a_plan(self, account: Registration, random: Random) -> None:
        first_due = datetime.now(UTC).date() + timedelta(days=random.randint(7, 28))
        proposal = {"instalment_count": random.randint(2, 6), "first_due_date": first_due.isoformat()}
        plan = await self._ask(account.account_id, "propose_plan", **proposal, proposed_by="agent-2")
        await asyncio.sleep(1)
        await self._tell(account.account_id, "agree_plan", plan_id=plan["plan_id"], agreed_by=account.debtor_id)

    async def _complain(self, account: Registration, random: Random) -> None:
        complaint_id, category = _id("complaint"), random.choice(("conduct", "frequency", "fees", "dispute"))
        text_ref = await self._duecourse.store_text(account.account_id, "You have called me at work, please stop.")
        filed = {"complaint_id": complaint_id, "category": category, "text_ref": text_ref, "agent_id": "agent-1"}
        await self._tell(account.account_id, "file_complaint", **filed)
        await asyncio.sleep(random.uniform(6, 14))
        explanation = await self._duecourse.store_text(account.account_id, "We will not call you at work again.")
        decision = {"complaint_id": complaint_id, "outcome": "upheld", "explanation_ref": explanation}
        taken_off = {"kind": "correct_balance", "component": "principal", "amount": "1.00"}
        remedies = [taken_off] if category == "dispute" else []
        await self._ask(
            account.account_id, "resolve_complaint", **decision, remedies=remedies, resolved_by="ombudsman-1"
        )

    async def _report_hardship(self, account: Registration, random: Random) -> None:
        reason = random.choice(("job_lost", "illness", "flood"))
        await self._tell(account.account_id, "report_hardship", hardship_id=_id("hardship"), reason_code=reason)

    async def _opt_out(self, account: Registration, _random: Random) -> None:
        await self._tell(account.account_id, "opt_out", channel=Channel.SMS.value)

    async def _keep_silent(self, account: Registration, _random: Random) -> None:
        pass

    async def _call(self, everybody: asyncio.TaskGroup) -> None:
        """Agents who are free take the calls that wait, the most urgent first; what nobody takes lapses."""
        with self._duecourse.database.reading() as session:
            calls = waiting_calls(session, datetime.now(UTC))
        for call in calls:
            if self._free_agents and self._new(call.call_id):
                self._free_agents -= 1
                everybody.create_task(self._make_call(call))

    async def _make_call(self, call: WaitingCall) -> None:
        account, random = self._accounts[call.account_id], Random(f"{_SEED} {call.call_id}")  # noqa: S311
        outcome = random.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        try:
            if not await self._waits(call):
                return
            agent = random.choice(AGENTS)
            permit = await self._ask(call.account_id, "begin_call", call_id=call.call_id, agent_id=agent)
            await asyncio.sleep(1)
            await self._report_call(account, call, outcome, agent, permit["number_ref"])
        except _CAME_BETWEEN:
            return
        finally:
            self._free_agents += 1
        if outcome is CallOutcome.PROMISED and random.random() < 0.3:
            await asyncio.sleep(random.uniform(1, 4))
            with _whatever_came_between():
                await self._record_payment(account, self._owed_minor(account))

    async def _waits(self, call: WaitingCall) -> bool:
        """Whether the case knows of the call and still waits for it; if not, another look is taken later."""
        waiting = (await self._duecourse.status(call.account_id)).get("call") or {}
        if waiting.get("call_id") != call.call_id:
            self._desk_seen.discard(call.call_id)
            return False
        return True

    async def _report_call(
        self, account: Registration, call: WaitingCall, outcome: CallOutcome, agent: str, number_ref: str
    ) -> None:
        promise, owed = None, self._owed_minor(account)
        if outcome is CallOutcome.PROMISED and owed:
            until = datetime.now(UTC) + _PROMISE_LASTS
            promise = {"amount": format_minor(owed, account.currency), "date": until.isoformat()}
        elif outcome is CallOutcome.PROMISED:
            outcome = CallOutcome.REACHED
        await self._tell(
            call.account_id,
            "record_call_outcome",
            call_id=call.call_id,
            outcome=outcome.value,
            agent_id=agent,
            direction="outbound",
            number_ref=number_ref,
            dialled_at=_now(),
            connected=outcome is not CallOutcome.NO_ANSWER,
            right_party=outcome not in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_PARTY),
            **({"promise": promise} if promise is not None else {}),
        )

    async def _deliver(self, everybody: asyncio.TaskGroup) -> None:
        """The post and the mail servers report that final notices have arrived, but for a few."""
        chosen = select(Contact).where(
            col(Contact.stage) == Stage.PRE_LEGAL,
            col(Contact.status) == ContactStatus.SENT,
            col(Contact.channel).in_((Channel.LETTER, Channel.EMAIL)),
        )
        with self._duecourse.database.reading() as session:
            notices = [(each.account_id, each.contact_id) for each in session.exec(chosen)]
        for account_id, contact_id in notices:
            if self._new(contact_id) and Random(f"{_SEED} {contact_id}").random() < 0.9:  # noqa: S311
                everybody.create_task(self._report_delivery(account_id, contact_id))

    async def _report_delivery(self, account_id: str, contact_id: str) -> None:
        with _whatever_came_between():
            await self._tell(account_id, "report_delivery", contact_id=contact_id, status="delivered", at=_now())

    async def _decide_referrals(self, _everybody: asyncio.TaskGroup) -> None:
        """The head of legal reads each checklist; of those that are complete, one in six is refused all the same."""
        chosen = select(LegalReferral).where(
            col(LegalReferral.approved_by).is_(None), col(LegalReferral.handed_over).is_(None)
        )
        with self._duecourse.database.reading() as session:
            reviews = [each for each in session.exec(chosen) if self._new(each.referral_id)]
        for review in reviews:
            complete = all(item["fulfilled"] for item in review.checklist)
            approve = complete and Random(f"{_SEED} {review.referral_id}").random() > 1 / 6  # noqa: S311
            decision = {"approve": approve, "reason_code": "checklist_read", "decided_by": "head-of-legal"}
            reviewed = {"referral_id": review.referral_id, "checklist_digest": review.checklist_digest}
            with _whatever_came_between():
                await self._ask(review.account_id, "decide_legal_referral", **reviewed, **decision)

    async def _report_of_counsel(self, _everybody: asyncio.TaskGroup) -> None:
        """Counsel settles one referral in four while we watch."""
        chosen = select(LegalReferral).where(
            col(LegalReferral.handed_over).is_(True), col(LegalReferral.outcome).is_(None)
        )
        with self._duecourse.database.reading() as session:
            referred = [(each.account_id, each.referral_id) for each in session.exec(chosen)]
        for account_id, referral_id in referred:
            if self._new(f"outcome of {referral_id}") and Random(f"{_SEED} {account_id}").random() < 0.25:  # noqa: S311
                with _whatever_came_between():
                    report = {"referral_id": referral_id, "outcome": "settled"}
                    await self._tell(account_id, "record_legal_outcome", **report)

    def _new(self, matter: str) -> bool:
        """Whether staff have not dealt with it yet; from now on they have."""
        known = matter in self._desk_seen
        self._desk_seen.add(matter)
        return not known

    async def _record_payment(self, account: Registration, amount_minor: int, currency: str | None = None) -> None:
        if amount_minor <= 0:
            return
        await self._tell(
            account.account_id,
            "record_payment",
            payment_id=_id("payment"),
            amount=format_minor(amount_minor, account.currency),
            currency=currency or account.currency,
            received_at=_now(),
        )

    def _owed_minor(self, account: Registration) -> int:
        with self._duecourse.database.reading() as session:
            return read_statement(session, account.account_id).arrears(datetime.now(UTC)).total_minor

    async def _tell(self, account_id: str, name: str, **body: Any) -> dict[str, Any]:
        return await self._duecourse.tell(account_id, name, {"event_id": _id("event"), "occurred_at": _now(), **body})

    async def _ask(self, account_id: str, name: str, **body: Any) -> dict[str, Any]:
        return await self._duecourse.ask(account_id, name, {"request_id": _id("request"), **body})


def _whatever_came_between() -> AbstractContextManager[None]:
    return suppress(*_CAME_BETWEEN)


def _id(kind: str) -> str:
    return f"{kind}-{uuid.uuid4()}"


def _now() -> str:
    return datetime.now(UTC).isoformat()
