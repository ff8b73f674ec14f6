"""Lives made up by chance: people in three countries, what happens to them, and what their cases were told of it.

Everything is told as production tells it, by signals and updates to real workflows; what was taken is remembered with
its moment, so that a judge can tell from it alone what may have been sent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from client.errors import NotCollected, Refused
from client.running import is_collected
from domain.registration import Registration
from tests.registrations import owed
from tests.workflows.house import House

_PLACES: tuple[dict[str, str], ...] = (
    {"policy": "fenfu-cn", "jurisdiction": "CN", "currency": "CNY", "phone": "+8613800138"},
    {
        "policy": "fenfu-cn",
        "jurisdiction": "CN",
        "currency": "CNY",
        "time_zone": "Asia/Urumqi",
        "phone": "+8613900139",
    },
    {
        "policy": "consumer-uk",
        "jurisdiction": "UK-ENG",
        "currency": "GBP",
        "language": "en",
        "time_zone": "Europe/London",
        "phone": "+447911123",
    },
    {
        "policy": "consumer-us",
        "jurisdiction": "US-TX",
        "currency": "USD",
        "language": "en",
        "time_zone": "America/Chicago",
        "phone": "+12025550",
    },
)
_AT_ONCE = 20
"""How many cases are told something at the same time."""


@dataclass(frozen=True)
class Told:
    """Something that a case took, and when."""

    at: datetime
    name: str
    body: dict[str, Any]


@dataclass
class MadeUpLife:
    """One account and what its case was told."""

    account: Registration
    told: list[Told] = field(default_factory=list)

    @property
    def account_id(self) -> str:
        """The account's id."""
        return self.account.account_id

    def told_of(self, *names: str) -> list[Told]:
        """What was told under those names, in order."""
        return [each for each in self.told if each.name in names]


class MadeUpLives:
    """Many accounts that live at once, each by what chance has in store for it."""

    def __init__(self, house: House, seed: int) -> None:
        """Make chance repeatable."""
        self._house, self._chance = house, Random(seed)  # noqa: S311 - chance for a test, not for a secret
        self.lives: list[MadeUpLife] = []
        self._next_id = 0

    async def begin(self, people: int) -> None:
        """Register that many people with one to three accounts each, and begin to collect them all."""
        for number in range(people):
            place = {**_PLACES[number % len(_PLACES)]}
            place["phone"] += str(100 + number)
            for _ in range(self._chance.choice((1, 1, 2, 3))):
                account = self._house.overdue(debtor_id=f"made-up-{number}", **place, **self._debt())
                self.lives.append(MadeUpLife(account))
        for life in self.lives:
            await self._house.collect(life.account)
            if life.account.jurisdiction.startswith("US") and self._chance.random() < 0.5:
                await self._tell(life, "opt_in", channel="sms")

    async def live(self, length: timedelta, happenings_a_day: float) -> None:
        """Let time pass in uneven steps; about so many things happen to each account in a day."""
        end = self._house.now + length
        while self._house.now < end:
            step = timedelta(hours=self._chance.randint(7, 29), minutes=self._chance.randint(0, 59))
            await self._house.pass_time(min(step, end - self._house.now), step)
            share = happenings_a_day * (step / timedelta(days=1))
            met = [life for life in self.lives if self._chance.random() < share]
            chosen = [(life, self._chance.choice(self._happenings)) for life in met]
            for start in range(0, len(chosen), _AT_ONCE):
                await asyncio.gather(*(happen(life) for life, happen in chosen[start : start + _AT_ONCE]))
        await self._house.pass_time(timedelta(minutes=5))  # for what the last of it made the cases send at once

    @property
    def _happenings(self) -> tuple[Callable[[MadeUpLife], Awaitable[None]], ...]:
        return (
            self._pay_something,
            self._pay_something,
            self._pay_by_signal,
            self._pay_all,
            self._take_back,
            self._tell_again,
            self._promise,
            self._agree_on_plan,
            self._complain,
            self._dispute,
            self._decide,
            self._decide,
            self._decide,
            self._decide,
            self._hardship,
            self._moratorium,
            self._opt_out,
            self._hold,
            self._resume,
            self._resume,
            self._deliver,
            self._send_rubbish,
        )

    def _debt(self) -> dict[str, Any]:
        house, number = self._house, self._chance.choice((1, 1, 3))
        first = -self._chance.randint(0, 20)
        return {
            "instalments": tuple(
                owed(house.day(first + 30 * each), "100.00", "20.00", "3.45", each + 1) for each in range(number)
            )
        }

    def _id(self, prefix: str) -> str:
        self._next_id += 1
        return f"{prefix}-{self._next_id}"

    async def _tell(self, life: MadeUpLife, name: str, **body: Any) -> None:
        fact = self._house.fact(**body)
        at = self._house.now
        try:
            await self._house.duecourse.tell(life.account_id, name, fact)
        except Refused:
            return
        life.told.append(Told(at, name, fact))

    async def _ask(self, life: MadeUpLife, name: str, **body: Any) -> dict[str, Any] | None:
        at = self._house.now
        try:
            answer = await self._house.ask(life.account_id, name, **body)
        except (Refused, NotCollected):
            return None
        life.told.append(Told(at, name, body))
        return answer

    def _payment(self, life: MadeUpLife, amount: str) -> dict[str, Any]:
        return {**self._house.payment(amount), "currency": life.account.currency}

    async def _pay_something(self, life: MadeUpLife) -> None:
        payment = self._payment(life, self._chance.choice(("0.01", "10.00", "41.15", "123.45")))
        await self._tell(life, "record_payment", **payment)

    async def _pay_all(self, life: MadeUpLife) -> None:
        balance = (await self._house.status(life.account_id))["balance"]
        if balance != "0.00":
            await self._tell(life, "record_payment", **self._payment(life, balance))

    async def _pay_by_signal(self, life: MadeUpLife) -> None:
        """As a backend with another SDK does it: twice, and only to a case that is open."""
        if not await self._is_open(life):
            return
        payment, at = self._payment(life, "20.00"), self._house.now
        await self._house.workflow(life.account_id).signal("record_payment", payment)
        await self._house.workflow(life.account_id).signal("record_payment", payment)
        life.told.append(Told(at, "record_payment", payment))

    async def _take_back(self, life: MadeUpLife) -> None:
        paid = life.told_of("record_payment")
        if paid:
            payment_id = self._chance.choice(paid).body["payment_id"]
            await self._tell(life, "reverse_payment", payment_id=payment_id, reason_code="returned")

    async def _tell_again(self, life: MadeUpLife) -> None:
        facts = [each for each in life.told if "event_id" in each.body]
        if facts:
            fact = self._chance.choice(facts)
            await self._house.duecourse.tell(life.account_id, fact.name, fact.body)

    async def _promise(self, life: MadeUpLife) -> None:
        debtor_id = life.account.debtor_id
        days = self._chance.randint(1, 12)
        await self._tell(
            life,
            "record_call_outcome",
            call_id=self._id("inbound"),
            outcome="promised",
            agent_id="agent-1",
            direction="inbound",
            number_ref=self._house.address_ref(debtor_id, "phone"),
            dialled_at=self._house.now.isoformat(),
            connected=True,
            right_party=True,
            promise={"amount": "20.00", "date": self._date_in(days)},
        )

    async def _agree_on_plan(self, life: MadeUpLife) -> None:
        first_due_date = self._date_in(self._chance.randint(2, 20))
        proposal = await self._ask(
            life, "propose_plan", instalment_count=2, first_due_date=first_due_date, proposed_by="agent-1"
        )
        if proposal is not None:
            plan = {"plan_id": proposal["plan_id"], "instalments": proposal["instalments"]}
            await self._tell(life, "agree_plan", agreed_by="the-person", **plan)

    async def _complain(self, life: MadeUpLife) -> None:
        await self._tell(life, "file_complaint", complaint_id=self._id("complaint"), category="conduct")

    async def _dispute(self, life: MadeUpLife) -> None:
        await self._tell(life, "file_complaint", complaint_id=self._id("dispute"), category="dispute")

    async def _decide(self, life: MadeUpLife) -> None:
        """Decide the oldest complaint that is open on the account; a dispute only once its verification was sent."""
        decided = {each.body["complaint_id"] for each in life.told_of("resolve_complaint")}
        filed = [each.body["complaint_id"] for each in life.told_of("file_complaint")]
        denied = [each.body for each in life.told_of("file_complaint") if each.body["category"] == "dispute"]
        disputes = {each["complaint_id"] for each in denied}
        for complaint_id in (each for each in filed if each not in decided):
            text_ref = await self._house.duecourse.store_text(life.account_id, "We have looked into it.")
            if complaint_id in disputes:
                evidence = {"evidence_ref": "contract-1", "verified_by": "agent-2"}
                await self._ask(life, "verify_debt", complaint_id=complaint_id, **evidence)
            await self._ask(
                life,
                "resolve_complaint",
                complaint_id=complaint_id,
                outcome="rejected",
                resolved_by="agent-2",
                explanation_ref=text_ref,
            )
            return

    async def _hardship(self, life: MadeUpLife) -> None:
        until = self._date_in(self._chance.randint(1, 20))
        await self._tell(life, "report_hardship", hardship_id=self._id("hardship"), reason_code="illness", until=until)

    async def _moratorium(self, life: MadeUpLife) -> None:
        until = self._date_in(self._chance.randint(5, 30))
        circumstance = {"circumstance_id": self._id("moratorium"), "kind": "breathing_space"}
        await self._tell(life, "report_circumstance", reported_by="adviser-1", until=until, **circumstance)

    async def _opt_out(self, life: MadeUpLife) -> None:
        await self._tell(life, "opt_out", channel=self._chance.choice(("sms", "email", "voice")))

    async def _hold(self, life: MadeUpLife) -> None:
        hold = {"hold_id": self._id("hold"), "reason_code": "looked_into", "held_by": "agent-1"}
        await self._ask(life, "hold_case", **hold)

    async def _resume(self, life: MadeUpLife) -> None:
        """End every manual hold that is open."""
        ended = {each.body["hold_id"] for each in life.told_of("resume_case")}
        for hold in life.told_of("hold_case"):
            if hold.body["hold_id"] not in ended:
                body = {"hold_id": hold.body["hold_id"], "reason_code": "looked_into", "resumed_by": "agent-1"}
                await self._ask(life, "resume_case", **body)

    async def _deliver(self, life: MadeUpLife) -> None:
        """The provider tells that the last message arrived, or that it did not."""
        sent = [each for each in self._house.contacts(life.account_id) if each.status == "sent"]
        if sent:
            status = self._chance.choice(("delivered", "delivered", "failed"))
            receipt = {"contact_id": sent[-1].contact_id, "status": status, "at": self._house.now.isoformat()}
            await self._tell(life, "report_delivery", **receipt)

    async def _send_rubbish(self, life: MadeUpLife) -> None:
        if await self._is_open(life):
            await self._house.workflow(life.account_id).signal("record_payment", {"amount": "much"})

    async def _is_open(self, life: MadeUpLife) -> bool:
        return await is_collected(self._house.client, life.account_id)

    def _date_in(self, days: int) -> str:
        return (self._house.now + timedelta(days=days)).date().isoformat()
