"""Calls that wait for agents, and which agent has taken one on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    chosen = select(CallTask, Account, Debtor).where(
        col(CallTask.ended_at).is_(None),
        col(CallTask.account_id) == col(Account.account_id),
        col(Account.debtor_id) == col(Debtor.debtor_id),
        col(Account.state) == AccountState.OPEN,
    )
    calls = [waiting_call(session, *row, now) for row in session.exec(chosen)]
    return sorted((each for each in calls if each.deadline > now), key=lambda each: (each.deadline, each.call_id))


def take_next(session: Session, courses: Mapping[str, Course], agent_id: str, now: datetime) -> WaitingCall:
    """Give an agent the call that is due soonest among those that suit and that nobody has taken.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        NoCallToTake: if there is none, or the agent has a fair part already, in words.
    """
    waiting = waiting_calls(session, now)
    here = {each.country: courses[each.country] for each in waiting if each.country in courses}
    callers = list(_callers(session, here, now))
    if agent_id not in {each.agent_id for each in callers}:
        raise NoCallToTake(_why_none(session, here, agent_id, now))
    chosen = next_call([_to_share(each) for each in waiting], callers, agent_id)
    return take(session, courses, chosen.call_id, agent_id, now)


def take(session: Session, courses: Mapping[str, Course], call_id: str, agent_id: str, now: datetime) -> WaitingCall:
    """Give an agent a call, so that others leave it alone; taken again, it is held anew.

    Raises:
        UnknownAgentError: if nobody of that id is registered.
        NoCallToTake: if it does not wait, another has it, or the agent may not make it.
    """
    find_agent(session, agent_id)
    call = _locked(session, call_id, now)
    refusal = refusal_of_agent(session, courses, call, agent_id, now)
    if refusal is not None:
        raise NoCallToTake(refusal.words)
    until = now + _CLAIM_LASTS
    session.merge(CallClaim(call_id=call_id, agent_id=agent_id, claimed_at=now, until=until))
    audit.append(session, call.account_id, now, "call_taken", call_id, agent_id=agent_id)
    session.flush()
    return _locked(session, call_id, now)


def give_back(session: Session, call_id: str, agent_id: str, now: datetime) -> None:
    """Return a call that an agent had taken, so that others may make it.

    Raises:
        NoCallToTake: if the agent does not have it.
    """
    call = _locked(session, call_id, now)
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


def _locked(session: Session, call_id: str, now: datetime) -> WaitingCall:
    """The call, with its person locked, as it is now.

    Raises:
        NoCallToTake: if it does not wait for an agent.
    """
    task = session.get(CallTask, call_id)
    if task is not None:
        account, debtor = lock_account(session, task.account_id)
        session.refresh(task)
        call = waiting_call(session, task, account, debtor, now)
        if task.ended_at is None and account.state == AccountState.OPEN and now < call.deadline:
            return call
    raise NoCallToTake(f"no call {call_id} waits for an agent; see those that do with: tasks")


def waiting_call(session: Session, task: CallTask, account: Account, debtor: Debtor, now: datetime) -> WaitingCall:
    """A call with who has taken it, as it is now."""
    claim = session.get(CallClaim, task.call_id, populate_existing=True)
    taken = claim if claim is not None and now < claim.until else None
    return WaitingCall(
        account_id=account.account_id,
        call_id=task.call_id,
        stage=task.stage,
        requested_at=task.requested_at,
        deadline=_deadline(session, task, account),
        jurisdiction=account.jurisdiction,
        language=debtor.language,
        taken_by=taken.agent_id if taken is not None else None,
        taken_until=taken.until if taken is not None else None,
    )


def _deadline(session: Session, task: CallTask, account: Account) -> datetime:
    version = account.policy_version
    deadline = task.requested_at
    if version is not None:
        deadline += kept_policy(session, version).calls.within
    permits = select(func.max(CallPermission.until)).where(col(CallPermission.call_id) == task.call_id)
    permitted = session.exec(permits).one()
    return max(deadline, permitted) if permitted is not None else deadline


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
    find_agent(session, agent_id)
    reasons = [standing_of(session, course, agent_id, now).reason for course in courses.values()]
    return f"{agent_id} may make none of the calls that wait: {'; '.join(reasons)}" if reasons else "no call waits"
