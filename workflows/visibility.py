"""What an operator sees in the Temporal UI: search attributes to filter by, and the case's story in Markdown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

with workflow.unsafe.imports_passed_through():
    from domain.case import Case
    from domain.money import Money
    from domain.next_step import Step, StepKind
    from domain.terms import CaseState, Stage

STAGE = SearchAttributeKey.for_keyword("CollectionStage")
STATE = SearchAttributeKey.for_keyword("CollectionState")
HOLDS = SearchAttributeKey.for_keyword_list("Holds")
NEXT_CONTACT_AT = SearchAttributeKey.for_datetime("NextContactAt")
OUTSTANDING = SearchAttributeKey.for_int("OutstandingMinor")
JURISDICTION = SearchAttributeKey.for_keyword("Jurisdiction")
RISK_BAND = SearchAttributeKey.for_keyword("RiskBand")
DEBTOR_REF = SearchAttributeKey.for_keyword("DebtorRef")

SEARCH_ATTRIBUTES = (STAGE, STATE, HOLDS, NEXT_CONTACT_AT, OUTSTANDING, JURISDICTION, RISK_BAND, DEBTOR_REF)
"""Every search attribute that a namespace must know before a case starts."""

_TITLES = {
    StepKind.CONTACT: "Contact",
    StepKind.REQUEST_CALL: "Ask an agent to call",
    StepKind.AWAIT_CALL: "Call by an agent",
    StepKind.FIND_MOMENT: "Find the lawful moment",
    StepKind.WAIT: "Wait",
    StepKind.ASK_PERSON: "Ask a person",
    StepKind.AWAIT_PERSON: "Decision by a person",
    StepKind.OPEN_REVIEW: "Open the legal review",
    StepKind.REFER: "Refer to legal",
    StepKind.CLOSE: "Close",
    StepKind.ENDED: "Closed",
}


def starting_attributes(
    outstanding_minor: int, jurisdiction: str, debtor_ref: str, stage: Stage = Stage.FIRST_REMINDER
) -> TypedSearchAttributes:
    """The attributes that a starter gives a new case, where they cost nothing."""
    pairs: Sequence[SearchAttributePair[str] | SearchAttributePair[int] | SearchAttributePair[Sequence[str]]] = [
        SearchAttributePair(STAGE, stage.value),
        SearchAttributePair(STATE, CaseState.COLLECTING.value),
        SearchAttributePair(HOLDS, []),
        SearchAttributePair(OUTSTANDING, outstanding_minor),
        SearchAttributePair(JURISDICTION, jurisdiction),
        SearchAttributePair(DEBTOR_REF, debtor_ref),
    ]
    return TypedSearchAttributes(pairs)


def show_attributes(case: Case, step: Step, now: datetime) -> None:
    """Upsert the search attributes, in one command, if something an operator filters by has changed."""
    next_at = step.due_at if step.kind in (StepKind.CONTACT, StepKind.REQUEST_CALL) else None
    changed = [
        *_change(STAGE, case.stage.value),
        *_change(STATE, case.state(now).value),
        *_change(HOLDS, sorted({hold.kind.value for hold in case.open_holds(now)})),
        *_change(OUTSTANDING, case.debt.arrears_minor(now)),
        *_change(JURISDICTION, case.jurisdiction),
        *_change(DEBTOR_REF, case.debtor_ref),
    ]
    if changed:
        workflow.upsert_search_attributes([*changed, *_change(NEXT_CONTACT_AT, next_at)])


def _change(key: SearchAttributeKey[Any], value: Any) -> Sequence[SearchAttributeUpdate[Any]]:
    """The update of one attribute, if it needs any; no list and an empty one are the same."""
    known = workflow.info().typed_search_attributes.get(key)
    if known == value or (known is None and value == []):
        return ()
    return (key.value_unset(),) if value is None else (key.value_set(value),)


def story(case: Case, step: Step, now: datetime) -> str:
    """The case in Markdown, for its page in the Temporal UI: where it stands, what comes next, when and why."""
    lines = [
        f"**Stage** {case.stage} since {_moment(case.stage_entered_at)},"
        f" **state** {case.state(now)}, track {case.track}",
        "",
        f"**Next** {headline(step)}: {_moment(step.due_at)}, because {step.reason}",
        "",
        f"**Owed** {Money(case.debt.arrears_minor(now), case.currency)} overdue"
        f" of {Money(case.debt.balance_minor, case.currency)} in all;"
        f" paid {Money(case.debt.paid_minor, case.currency)}",
        "",
        # The run's own summary says this too, and is lost when the case goes on in a fresh history.
        f"**Policy** {case.timetable.policy} ({case.timetable.version}), {case.jurisdiction}",
    ]
    if case.contacts_left:
        counts = ", ".join(f"{channel} {count}" for channel, count in sorted(case.contacts_left.items()))
        lines += ["", f"**Contacts that left** {counts}"]
    holds = [
        f"- {hold.kind} since {_moment(hold.since)}{_until(hold.ends_at)} {hold.reason}"
        for hold in case.open_holds(now)
    ]
    if holds:
        lines += ["", "**On hold**", *holds]
    if case.owed_messages:
        owed = (f"- {each.occasion} from {_moment(each.due_at)}" for each in case.owed_messages)
        lines += ["", "**Owed beside the stages**", *owed]
    if case.plan is not None and case.plan.agreed_at is None and case.plan.stands_until is not None:
        offered = Money(case.plan.total_minor, case.currency)
        number, until = len(case.plan.instalments), _moment(case.plan.stands_until)
        lines += ["", f"**Offered** plan {case.plan.plan_id}: {offered} in {number} instalments, until {until}"]
    bars = [f"- {each.what}: {each.reason}" for each in case.bars if each.stands_at(now)]
    if bars:
        lines += ["", "**May not begin**", *bars]
    if case.referral is not None:
        missing = ", ".join(case.referral.missing) or "nothing"
        lines += ["", f"**Referral** {case.referral.referral_id}, missing: {missing}"]
    return "\n".join(lines)


def headline(step: Step) -> str:
    """The step's name, with its channel where that is not plain from it."""
    by = f" by {step.channel}" if step.kind is StepKind.CONTACT else ""
    return f"{_TITLES[step.kind]}{by}"


def timer_summary(step: Step) -> str:
    """What a running timer waits for, in a line."""
    return f"{headline(step)} at {_moment(step.due_at)}: {step.reason}"[:180]


def _moment(moment: datetime) -> str:
    # Not by strftime, which imports a module at every call; the sandbox makes each import dear.
    return f"{moment.isoformat(' ', 'minutes')[:16]} UTC"


def _until(moment: datetime | None) -> str:
    return f" until {_moment(moment)}" if moment is not None else " until a person ends it"
