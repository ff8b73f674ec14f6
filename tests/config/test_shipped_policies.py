"""The policies that come with the product, and how long a person who never pays is accompanied by each of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from config.policy_files import POLICIES, load_policies, load_policy
from domain.case import CallTask, Case, PlannedContact
from domain.events import CallRequested, CaseEvent, ContactSent, DeliveryProved, MomentFound, TimePassed, apply
from domain.ledger import Debt, OpenInstalment
from domain.next_step import StepKind, next_step, wanted_at
from domain.policy import Policy
from domain.terms import Channel, Stage

_OVERDUE_FROM = datetime(2026, 3, 1, 16, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a life."""

    after: timedelta
    stage: Stage
    channel: Channel


def contacts_until_review(policy: Policy) -> tuple[list[Contact], timedelta]:
    """The life of a person who never pays and whom no agent calls: its contacts, and when the review opens."""
    case, now, contacts = _case(policy), _OVERDUE_FROM, list[Contact]()
    while True:
        case = apply(case, TimePassed(now))
        step = next_step(case, now)
        if step.due_at > now:
            now = step.due_at
            continue
        if step.kind is StepKind.OPEN_REVIEW:
            return contacts, now - _OVERDUE_FROM
        if step.kind is StepKind.CONTACT and step.channel is not None:
            contacts.append(Contact(now - _OVERDUE_FROM, case.stage, step.channel))
        for event in _events(case, step.kind, now):
            case = apply(case, event)


def _events(case: Case, kind: StepKind, now: datetime) -> tuple[CaseEvent, ...]:
    match kind:
        case StepKind.FIND_MOMENT:
            return (MomentFound(PlannedContact(wanted_at(case, now), "as wanted")),)
        case StepKind.REQUEST_CALL:
            return (CallRequested(CallTask(case.contact_id, now + case.timetable.call_within)),)
        case StepKind.CONTACT:
            return (ContactSent(next_step(case, now).channel or Channel.SMS, now), DeliveryProved(case.contact_id))
        case _:
            raise AssertionError(f"a life without events does not come to {kind}")


def _case(policy: Policy) -> Case:
    return Case(
        account_id="A-1",
        debtor_ref="D-1",
        jurisdiction=policy.jurisdictions[0],
        currency=policy.currencies[0],
        timetable=policy.timetable(),
        opened_at=_OVERDUE_FROM,
        debt=Debt((OpenInstalment(_OVERDUE_FROM, 10_000),)),
        stage_entered_at=_OVERDUE_FROM,
        collect_from=_OVERDUE_FROM,
    )


@pytest.mark.parametrize("name", ["fenfu-cn", "consumer-us", "consumer-uk", "demo"])
def test_every_shipped_policy_loads(name: str) -> None:
    assert load_policies(POLICIES)[name].name == name


@pytest.mark.parametrize("name", ["fenfu-cn", "consumer-us", "consumer-uk"])
def test_a_whole_life_takes_four_to_six_months(name: str) -> None:
    _, review_after = contacts_until_review(load_policy(POLICIES / f"{name}.yaml"))
    assert timedelta(days=120) <= review_after <= timedelta(days=180)


def test_a_whole_life_of_the_demonstration_takes_about_a_minute() -> None:
    _, review_after = contacts_until_review(load_policy(POLICIES / "demo.yaml"))
    assert timedelta(seconds=50) <= review_after <= timedelta(seconds=80)


@pytest.mark.parametrize("name", ["fenfu-cn", "consumer-us", "consumer-uk", "demo"])
def test_every_stage_has_its_contacts_in_every_shipped_policy(name: str) -> None:
    policy = load_policy(POLICIES / f"{name}.yaml")
    contacts, _ = contacts_until_review(policy)
    for plan in policy.timetable().stages:
        assert len([each for each in contacts if each.stage is plan.stage]) >= plan.attempts


def test_fenfu_contacts_weekly_early_then_every_two_weeks_then_monthly() -> None:
    contacts, _ = contacts_until_review(load_policy(POLICIES / "fenfu-cn.yaml"))
    days = {stage: [each.after.days for each in contacts if each.stage is stage] for stage in Stage}
    two_days_for_the_call = 2
    assert days[Stage.FIRST_REMINDER] == [0, 7, 14]
    assert days[Stage.GENTLE_REMINDER] == [21, 28]
    first, *others = days[Stage.ESCALATION]
    assert first == 35 + two_days_for_the_call
    assert others == [first + 14, first + 28, first + 42 + two_days_for_the_call]
    first, *others = days[Stage.PRE_LEGAL]
    assert first == days[Stage.ESCALATION][-1] + 14
    assert others == [first + 30, first + 60 + two_days_for_the_call]


def test_fenfu_writes_and_rings_early_and_gives_its_final_notice_by_letter() -> None:
    contacts, _ = contacts_until_review(load_policy(POLICIES / "fenfu-cn.yaml"))
    early = {each.channel for each in contacts if each.stage in (Stage.FIRST_REMINDER, Stage.GENTLE_REMINDER)}
    assert early == {Channel.SMS, Channel.VOICE}
    late = [each.channel for each in contacts if each.stage is Stage.PRE_LEGAL]
    assert late[:2] == [Channel.LETTER, Channel.EMAIL]


def test_fenfu_has_a_person_call_in_the_escalation() -> None:
    policy = load_policy(POLICIES / "fenfu-cn.yaml")
    assert policy.stages.escalation.touches[0].channel is Channel.CALL
    assert {Channel.EMAIL, Channel.LETTER} <= policy.stages.escalation.channels


def test_only_the_demonstration_is_marked_as_one() -> None:
    assert [name for name, policy in load_policies(POLICIES).items() if policy.demonstration] == ["demo"]
