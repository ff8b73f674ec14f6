"""What the pure core costs alone: decisions by the rules, moments found, and whole lives, in one thread without I/O."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bench.product import ROOT
from config.jurisdiction_files import load_packs
from config.policy_files import load_policies
from domain.case import CallTask, Case, PlannedContact
from domain.contact_facts import Attempt, Consent, Person, Proposal, Standing
from domain.contact_rules import judge, next_lawful_moment
from domain.events import (
    CallRequested,
    CaseEvent,
    ContactSent,
    DeliveryProved,
    MomentFound,
    PersonAsked,
    TimePassed,
    apply,
)
from domain.jurisdiction import Pack
from domain.ledger import Instalment
from domain.next_step import Step, StepKind, next_step, wanted_at
from domain.statements import statement
from domain.terms import Channel, MessageClass

_BEGIN = datetime(2027, 3, 1, 3, tzinfo=UTC)
_LOG = 10
"""Contacts on a person's log."""
_PEOPLE = {
    "China": Person(("Asia/Shanghai",), "CN"),
    "United Kingdom": Person(("Europe/London",), "UK", "ENG"),
    "United States, Texas": Person(("America/Chicago",), "US", "TX"),
    "United States, state unknown": Person(("America/Chicago",), "US"),
}


@dataclass(frozen=True, slots=True)
class Speed:
    """How often something is done in a second of one core."""

    what: str
    a_second: float
    decides: bool = False
    """Whether it is a decision by the rules on one contact."""

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return asdict(self)


def measure_core(seconds: float) -> list[Speed]:
    """Measure each kind of work for about so many seconds of CPU."""
    packs = load_packs(ROOT / "config" / "jurisdictions")
    speeds = []
    for place, person in _PEOPLE.items():
        pack = packs[person.jurisdiction]
        decisions = _speed(f"decisions, {place}", seconds, partial(_judge_once, pack, person, _log()))
        speeds.append(replace(decisions, decides=True))
        speeds.append(_speed(f"moments found, {place}", seconds, partial(_find_once, pack, person, _log())))
    lives = _speed("whole lives until the legal review", seconds, _Lives().live)
    return [*speeds, lives]


def _speed(what: str, seconds: float, work: Callable[[int], None]) -> Speed:
    """Do it over and over, after a first time that fills what is remembered."""
    work(0)
    began, done = time.thread_time(), 0
    while (spent := time.thread_time() - began) < seconds:
        done += 1
        work(done)
    return Speed(what, done / spent)


def _log() -> tuple[Attempt, ...]:
    """Two contacts a week until a few days ago."""
    channels = (Channel.SMS, Channel.EMAIL, Channel.CALL)
    return tuple(
        Attempt(
            f"contact-{number}",
            "account-1",
            channels[number % len(channels)],
            MessageClass.DEMAND,
            _BEGIN - timedelta(days=4 + 3 * number),
            "address-1",
        )
        for number in range(_LOG)
    )


def _proposal() -> Proposal:
    return Proposal("account-1", Channel.SMS, MessageClass.DEMAND, "address-1", contact_id="contact-next")


def _judge_once(pack: Pack, person: Person, log: Sequence[Attempt], number: int) -> None:
    now = _BEGIN + timedelta(minutes=number % 100_000)
    consents = (Consent(Channel.SMS, None, _BEGIN),)
    judge(pack, person, _proposal(), log, Standing(123_456, consents=consents), now)


def _find_once(pack: Pack, person: Person, log: Sequence[Attempt], number: int) -> None:
    not_before = _BEGIN + timedelta(minutes=number % 100_000)
    next_lawful_moment(pack, person, _proposal(), log, not_before, f"account-{number}")


class _Lives:
    """Lives of people who never pay, under the policy for China, as the workflow would drive them."""

    def __init__(self) -> None:
        self._timetable = load_policies(ROOT / "config" / "policies")["fenfu-cn"].timetable()
        overdue = Instalment(1, _BEGIN.date(), _BEGIN, 100_000, 20_000, 3_456)
        self._debt = statement((overdue,), ()).debt()

    def live(self, number: int) -> None:
        """One life, until a person has to decide on the referral."""
        case, now = self._begin(number), _BEGIN
        while (step := next_step(case, now)).kind is not StepKind.OPEN_REVIEW:
            for event in self._events(case, step, now):
                case = apply(case, event)
            now = max(now, step.due_at)
            case = apply(case, TimePassed(now))

    def _begin(self, number: int) -> Case:
        return Case(
            account_id=f"account-{number}",
            debtor_ref="debtor",
            jurisdiction="CN",
            currency="CNY",
            timetable=self._timetable,
            opened_at=_BEGIN,
            debt=self._debt,
            stage_entered_at=_BEGIN,
            collect_from=_BEGIN,
        )

    def _events(self, case: Case, step: Step, now: datetime) -> Iterator[CaseEvent]:
        """What comes of a step when everything goes well and nobody answers."""
        if step.due_at > now:
            return
        match step.kind:
            case StepKind.FIND_MOMENT:
                yield MomentFound(PlannedContact(wanted_at(case, now), "measured"))
            case StepKind.CONTACT:
                yield ContactSent(step.channel or Channel.SMS, now)
                yield DeliveryProved(case.contact_id)
            case StepKind.REQUEST_CALL:
                yield CallRequested(CallTask(case.contact_id, now + case.timetable.call_within))
            case StepKind.ASK_PERSON:
                yield PersonAsked(step.subject or "", now + case.timetable.review_within)
