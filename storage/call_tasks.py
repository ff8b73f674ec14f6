"""Calls that wait for agents, and which agent has taken one on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from domain.agents import speaks
from domain.call_sharing import Caller, CallToShare, NoCallToTake, next_call
from domain.orders import Refusal
from domain.training import Course
from storage import audit
from storage.accounts import lock_account
from storage.agent_tables import Agent, CallClaim
from storage.agents import all_agents, find_agent
from storage.policies import kept_policy
from storage.tables import Account, AccountState, CallPermission, CallTask, Debtor
from storage.training import standing_of

_CLAIM_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that an agent may make."""

    account_id: str
    call_id: str
    stage: str
    requested_at: datetime
    deadline: datetime
    """After which the case goes on with another channel."""
    jurisdiction: str
    language: str
    """In which the person is talked to."""
    taken_by: str | None
    taken_until: datetime | None

    @property
    def country(self) -> str:
        """Whose course the agent must have passed."""
        return self.jurisdiction.partition("-")[0]


def waiting_calls(session: Session, now: datetime) -> list[WaitingCall]:
    """The calls whose time has not passed, the most urgent first. A task that nobody took in time has lapsed."""
    found = _calls(session, now, col(CallTask.ended_at).is_(None))
    return sorted((each for each in found if each.deadline > now), key=lambda each: (each.deadline, each.call_id))


def take_next(session: Session, courses: Mapping[str, Course], agent_id: str, now: datetime) -> WaitingCall:
    """Give an agent the call that is due soonest among those that suit and that nobody has taken.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        NoCallToTake: if there is none, or the agent has a fair part already, in words.
    """
    find_agent(session, agent_id)
    waiting = waiting_calls(session, now)
    here = {each.country: courses[each.country] for each in waiting if each.country in courses}
    callers = list(_callers(session, here, now))
    if agent_id not in {each.agent_id for each in callers}:
        raise NoCallToTake(_why_none(session, here, agent_id, now))
    while True:
        chosen = next_call([_to_share(each) for each in waiting], callers, agent_id)
        call = _locked(session, chosen.call_id, now)
        if call is not None and call.taken_by is None:
            return take(session, courses, chosen.call_id, agent_id, now)
        # Somebody was quicker.
        waiting = waiting_calls(session, now)


def take(session: Session, courses: Mapping[str, Course], call_id: str, agent_id: str, now: datetime) -> WaitingCall:
    """Give an agent a call, so that others leave it alone; taken again, it is held anew.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        NoCallToTake: if it does not wait, another has it, or the agent may not make it.
    """
    find_agent(session, agent_id)
    call = _require_waiting(session, call_id, now)
    refusal = refusal_of_agent(session, courses, call, agent_id, now)
    if refusal is not None:
        raise NoCallToTake(refusal.words)
    until = now + _CLAIM_LASTS
    session.merge(CallClaim(call_id=call_id, agent_id=agent_id, claimed_at=now, until=until))
    audit.append(session, call.account_id, now, "call_taken", call_id, agent_id=agent_id)
    session.flush()
    return replace(call, taken_by=agent_id, taken_until=until)


def give_back(session: Session, call_id: str, agent_id: str, now: datetime) -> None:
    """Return a call that an agent had taken, so that others may make it.

    Raises:
        NoCallToTake: if the agent does not have it.
    """
    call = _require_waiting(session, call_id, now)
    claim = session.get(CallClaim, call_id)
    if claim is None or call.taken_by != agent_id:
        raise NoCallToTake(f"{agent_id} has not taken {call_id}; see who has with: tasks")
    session.delete(claim)
    audit.append(session, call.account_id, now, "call_returned", call_id, agent_id=agent_id)


def refusal_of_agent(
    session: Session, courses: Mapping[str, Course], call: WaitingCall, agent_id: str, now: datetime
) -> Refusal | None:
    """Why an agent may not make a call, in words, or none: not certified, another language, or taken by another."""
    course = courses.get(call.country)
    if course is None:
        return Refusal("agent_not_certified", f"nobody may call in {call.jurisdiction}: there is no course for it")
    standing = standing_of(session, course, agent_id, now)
    if not standing.certified:
        return Refusal("agent_not_certified", f"{agent_id} may not call in {call.jurisdiction}: {standing.reason}")
    if not speaks(find_agent(session, agent_id).languages, call.language):
        return Refusal("language_not_spoken", f"{agent_id} does not speak {call.language}, which this person needs")
    if call.taken_by not in (None, agent_id):
        return Refusal("call_taken", f"{call.taken_by} has taken {call.call_id}; take another one")
    return None


def find_call(session: Session, call_id: str, now: datetime) -> WaitingCall | None:
    """A call of an open account that was asked for, with who has taken it; none if there is no such call."""
    return next(_calls(session, now, col(CallTask.call_id) == call_id), None)


def _require_waiting(session: Session, call_id: str, now: datetime) -> WaitingCall:
    call = _locked(session, call_id, now)
    if call is None:
        raise NoCallToTake(f"no call {call_id} waits for an agent; see those that do with: tasks")
    return call


def _locked(session: Session, call_id: str, now: datetime) -> WaitingCall | None:
    """The call as it is now, with its person locked; none if it does not wait any more."""
    known = find_call(session, call_id, now)
    if known is None:
        return None
    lock_account(session, known.account_id)
    still = _calls(session, now, col(CallTask.call_id) == call_id, col(CallTask.ended_at).is_(None))
    return next((each for each in still if now < each.deadline), None)


def _calls(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> Iterator[WaitingCall]:
    """Calls of open accounts whose tasks meet the conditions, read anew from the records."""
    chosen = (
        select(CallTask, Account, Debtor.language, CallClaim)
        .join(Account, col(Account.account_id) == col(CallTask.account_id))
        .join(Debtor, col(Debtor.debtor_id) == col(Account.debtor_id))
        .outerjoin(CallClaim, col(CallClaim.call_id) == col(CallTask.call_id))
        .where(col(Account.state) == AccountState.OPEN, *conditions)
    )
    rows = session.exec(chosen.execution_options(populate_existing=True)).all()
    permitted, patience = _permitted_until(session, *conditions), _Patience(session)
    for task, account, language, claim in rows:
        deadline = task.requested_at + patience.of(account)
        taken = claim if claim is not None and now < claim.until else None
        yield WaitingCall(
            account_id=account.account_id,
            call_id=task.call_id,
            stage=task.stage,
            requested_at=task.requested_at,
            deadline=max(deadline, permitted.get(task.call_id, deadline)),
            jurisdiction=account.jurisdiction,
            language=language,
            taken_by=taken.agent_id if taken is not None else None,
            taken_until=taken.until if taken is not None else None,
        )


def _permitted_until(session: Session, *conditions: ColumnElement[bool]) -> dict[str, datetime]:
    """Until when each of these calls may still be dialled, by the latest permit for it."""
    latest = select(CallPermission.call_id, func.max(CallPermission.until))
    chosen = latest.join(CallTask, col(CallTask.call_id) == col(CallPermission.call_id)).where(*conditions)
    return dict(session.exec(chosen.group_by(col(CallPermission.call_id))).all())


@dataclass(frozen=True)
class _Patience:
    """How long calls wait under the policies of their accounts, each policy read once."""

    session: Session
    known: dict[str, timedelta] = field(default_factory=dict)

    def of(self, account: Account) -> timedelta:
        version = account.policy_version
        if version is None:
            return timedelta()
        if version not in self.known:
            self.known[version] = kept_policy(self.session, version).calls.within
        return self.known[version]


def _callers(session: Session, courses: Mapping[str, Course], now: datetime) -> Iterator[Caller]:
    """Every agent who may call in one of these countries."""
    for agent in all_agents(session):
        countries = _countries(session, courses, agent, now)
        if countries:
            yield Caller(agent.agent_id, agent.languages, countries)


def _countries(session: Session, courses: Mapping[str, Course], agent: Agent, now: datetime) -> frozenset[str]:
    return frozenset(
        country for country, course in courses.items() if standing_of(session, course, agent.agent_id, now).certified
    )


def _to_share(call: WaitingCall) -> CallToShare:
    return CallToShare(call.call_id, call.country, call.language, call.deadline, call.taken_by)


def _why_none(session: Session, courses: Mapping[str, Course], agent_id: str, now: datetime) -> str:
    reasons = [standing_of(session, course, agent_id, now).reason for course in courses.values()]
    return f"{agent_id} may make none of the calls that wait: {'; '.join(reasons)}" if reasons else "no call waits"
