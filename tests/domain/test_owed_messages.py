"""Messages that a case owes beside its stages: their turn, their holds, their channels, and what they keep waiting."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.case import Case, PlannedContact, Referral
from domain.contact_orders import events_after, order_of
from domain.events import (
    BarsSet,
    CaseEvent,
    ChannelOpened,
    ContactDeferred,
    ContactFailed,
    ContactSent,
    DeliveryFailed,
    MessageSettled,
    MessagesOwed,
    MomentFound,
    PersonAsked,
    TimePassed,
    apply,
)
from domain.next_step import Step, StepKind, next_step, wanted_at
from domain.orders import ContactOutcome, ContactResult
from domain.owed_messages import Bar, Barred, OwedMessage
from domain.terms import Channel, HoldKind, MessageClass, Stage
from tests.domain.builders import case, day, days, hold

LETTER_OR_EMAIL = (Channel.LETTER, Channel.EMAIL)


def notice(due: float = 2, message_id: str = "notice.1", **changes: object) -> OwedMessage:
    """A notice that the law demands."""
    plain = OwedMessage(message_id, MessageClass.STATUTORY, "notice", LETTER_OR_EMAIL, day(due))
    return replace(plain, **changes)  # type: ignore[arg-type]


def reminder(due: float = 2, message_id: str = "reminder.1", **changes: object) -> OwedMessage:
    """A service message."""
    plain = OwedMessage(message_id, MessageClass.SERVICE, "plan_reminder", (Channel.SMS, Channel.EMAIL), day(due))
    return replace(plain, **changes)  # type: ignore[arg-type]


def after(start: Case, *events: CaseEvent) -> Case:
    for event in events:
        start = apply(start, event)
    return start


def owing(*messages: OwedMessage, **changes: object) -> Case:
    """A plain case that owes messages, its next demand planned for day 8."""
    planned = PlannedContact(day(8), "cadence")
    return after(case(**{"planned": planned, **changes}), MessagesOwed(messages))


def bar(what: Barred, until: float | None = None, bar_id: str = "notice.1") -> Bar:
    return Bar(bar_id, what, day(0), None if until is None else day(until), "the notice's period runs")


def test_an_owed_message_goes_when_its_time_has_come_and_the_demand_keeps_its_own() -> None:
    owed = owing(notice(due=2))
    step = next_step(owed, day(1))
    assert (step.kind, step.due_at, step.channel, step.message_id) == (
        StepKind.CONTACT,
        day(2),
        Channel.LETTER,
        "notice.1",
    )
    sent = apply(owed, ContactSent(Channel.LETTER, day(2), PlannedContact(day(8), "cadence"), message_id="notice.1"))
    assert next_step(sent, day(2)).due_at == day(8)
    assert (sent.touches, sent.attempts, sent.last_touch_at, sent.contacts) == (0, 0, None, {})
    assert sent.contacts_left == {Channel.LETTER: 1}


def test_a_message_that_moves_a_cap_moves_the_next_demand() -> None:
    sent = apply(owing(notice()), ContactSent(Channel.LETTER, day(2), PlannedContact(day(9), "cap"), True, "notice.1"))
    assert next_step(sent, day(3)).due_at == day(9)


def test_what_the_law_demands_goes_before_other_messages_and_both_before_a_demand_that_is_due() -> None:
    owed = owing(reminder(due=1), notice(due=8))
    first = next_step(owed, day(9))
    assert first.message_id == "notice.1"
    second = apply(owed, ContactSent(Channel.LETTER, day(9), None, True, "notice.1"))
    assert next_step(second, day(9)).message_id == "reminder.1"
    third = apply(second, ContactSent(Channel.SMS, day(9), None, True, "reminder.1"))
    assert next_step(third, day(9)).message_id == ""


def test_a_hold_that_does_not_allow_a_message_makes_it_wait_and_the_hold_is_never_broken_by_a_demand() -> None:
    held = owing(notice(allowed_in=(HoldKind.MANUAL,)), reminder(), holds=(hold(0, 30),), planned=None)
    assert next_step(held, day(2)).message_id == "notice.1"
    sent = apply(held, ContactSent(Channel.LETTER, day(2), None, True, "notice.1"))
    step = next_step(sent, day(3))
    assert (step.kind, step.due_at) == (StepKind.WAIT, day(30))
    resumed = next_step(apply(sent, TimePassed(day(30))), day(30))
    assert resumed.message_id == "reminder.1"


def test_every_open_hold_must_allow_it() -> None:
    holds = (hold(0, 30), hold(0, 20, "h2", HoldKind.HARDSHIP))
    held = owing(notice(allowed_in=(HoldKind.MANUAL,)), holds=holds, planned=None)
    assert (next_step(held, day(2)).kind, next_step(held, day(2)).due_at) == (StepKind.WAIT, day(20))
    assert next_step(held, day(20)).message_id == "notice.1"


def test_a_message_falls_back_over_its_channels_and_then_a_person_is_asked() -> None:
    owed = apply(owing(notice()), ContactFailed(Channel.LETTER, day(2), unusable=False, message_id="notice.1"))
    assert next_step(owed, day(2)).channel is Channel.EMAIL
    assert owed.channel is Channel.SMS, "the stage's own channels are untouched"
    failed = apply(owed, ContactFailed(Channel.EMAIL, day(2), unusable=False, message_id="notice.1"))
    asked = next_step(failed, day(2))
    assert (asked.kind, asked.subject) == (StepKind.ASK_PERSON, "duty:notice.1")


def test_each_try_by_another_channel_is_a_contact_of_its_own() -> None:
    owed = owing(notice())
    failed = apply(owed, ContactFailed(Channel.LETTER, day(2), unusable=False, message_id="notice.1"))
    orders = [order_of(each, next_step(each, day(2)), Channel.LETTER, day(2)) for each in (owed, failed)]
    demand = order_of(failed, Step(StepKind.CONTACT, day(8), ""), Channel.SMS, day(8))
    assert len({demand.contact_id, *(each.contact_id for each in orders)}) == 3


def test_after_the_question_it_is_tried_anew_and_asked_again_no_sooner_than_the_deadline() -> None:
    owed = owing(notice(channels=(Channel.LETTER,)))
    failed = apply(owed, ContactFailed(Channel.LETTER, day(2), unusable=False, message_id="notice.1"))
    asked = apply(failed, PersonAsked("duty:notice.1", day(7)))
    assert next_step(asked, day(3)).message_id == "notice.1"
    again = apply(asked, ContactFailed(Channel.LETTER, day(3), unusable=False, message_id="notice.1"))
    assert (next_step(again, day(3)).kind, next_step(again, day(3)).due_at) == (StepKind.ASK_PERSON, day(7))


def test_a_person_is_warned_before_the_deadline_of_what_could_not_go() -> None:
    owed = owing(notice(deadline=day(6), warn_at=day(4)), holds=(hold(0),), planned=None)
    owed = apply(owed, PersonAsked("hold:h1", day(20)))
    assert next_step(owed, day(2)).due_at == day(4)
    step = next_step(owed, day(4))
    assert (step.kind, step.subject) == (StepKind.ASK_PERSON, "duty:notice.1")


def test_an_address_that_opens_again_is_tried_again() -> None:
    owed = owing(notice(channels=(Channel.LETTER,)), unusable=(Channel.LETTER,))
    assert next_step(owed, day(2)).kind is StepKind.ASK_PERSON
    opened = apply(owed, ChannelOpened(Channel.LETTER))
    assert next_step(opened, day(2)).message_id == "notice.1"


def test_a_service_message_whose_time_is_over_or_that_nothing_can_carry_is_given_up() -> None:
    late = apply(owing(reminder(deadline=day(5))), TimePassed(day(5)))
    stopped = apply(owing(reminder(), unusable=(Channel.SMS, Channel.EMAIL)), TimePassed(day(1)))
    for given_up in (late, stopped):
        assert not given_up.owed_messages
        assert [each.kind for each in given_up.milestones] == ["message_given_up"]


def test_a_message_that_is_settled_is_never_owed_again() -> None:
    settled = apply(owing(notice()), MessageSettled("notice.1"))
    assert not apply(settled, MessagesOwed((notice(),))).owed_messages


def test_owing_the_same_message_twice_changes_nothing_and_new_times_are_taken() -> None:
    owed = owing(notice())
    assert apply(owed, MessagesOwed((notice(),))) == owed
    moved = apply(owed, MessagesOwed((notice(due=5),)))
    assert next_step(moved, day(1)).due_at == day(5)
    assert moved.contact_number == owed.contact_number


def test_a_rule_moves_a_message_without_moving_the_demand() -> None:
    moved = apply(owing(notice()), ContactDeferred(PlannedContact(day(3), "quiet hours"), "notice.1"))
    assert (next_step(moved, day(2)).due_at, moved.planned) == (day(3), PlannedContact(day(8), "cadence"))


def test_an_owed_message_that_did_not_arrive_gives_no_attempt_back() -> None:
    owed = owing(notice(), attempts=1, contacts={Channel.LETTER: 1})
    returned = apply(owed, DeliveryFailed("acc-1.1", Channel.LETTER, owed.stage, unusable=False, owed=True))
    assert (returned.attempts, returned.contacts) == (1, {Channel.LETTER: 1})


def test_a_barred_stage_is_not_entered_until_its_bar_ends() -> None:
    ready = owing(stage=Stage.ESCALATION, attempts=2, stage_entered_at=day(30), planned=PlannedContact(day(61), ""))
    barred = apply(ready, BarsSet((bar(Barred.PRE_LEGAL, until=70),), 1))
    assert apply(ready, TimePassed(day(61))).stage is Stage.PRE_LEGAL
    assert apply(barred, TimePassed(day(61))).stage is Stage.ESCALATION
    later = replace(barred, planned=PlannedContact(day(71), ""))
    assert apply(later, TimePassed(day(71))).stage is Stage.PRE_LEGAL


def ready_for_review(**changes: object) -> Case:
    """A case whose last waiting period ended on day 100."""
    plain: dict[str, object] = {
        "stage": Stage.PRE_LEGAL,
        "stage_entered_at": day(60),
        "attempts": 2,
        "contacts": {Channel.LETTER: 2, Channel.EMAIL: 2},
        "delivered": 1,
        "last_touch_at": day(86),
    }
    return case(**(plain | changes))


def test_a_review_waits_for_the_bar_and_is_opened_when_it_ends() -> None:
    barred = apply(ready_for_review(), BarsSet((bar(Barred.REFERRAL, until=120),), 1))
    step = next_step(barred, day(101))
    assert (step.kind, step.due_at) == (StepKind.WAIT, day(120))
    assert next_step(barred, day(120)).kind is StepKind.OPEN_REVIEW


def test_an_approved_referral_is_not_handed_over_while_it_is_barred() -> None:
    referral = Referral("r1", "digest", approved_by="boss")
    barred = apply(ready_for_review(referral=referral), BarsSet((bar(Barred.REFERRAL, until=120),), 1))
    assert next_step(barred, day(101)).kind is StepKind.WAIT
    assert next_step(barred, day(120)).kind is StepKind.REFER


def test_a_bar_without_an_end_that_nothing_owed_will_lift_is_a_persons_task() -> None:
    barred = apply(ready_for_review(), BarsSet((bar(Barred.REFERRAL),), 1))
    step = next_step(barred, day(101))
    assert (step.kind, step.subject) == (StepKind.ASK_PERSON, "bar:notice.1")
    asked = apply(barred, PersonAsked("bar:notice.1", day(106)))
    assert (next_step(asked, day(101)).kind, next_step(asked, day(101)).due_at) == (StepKind.AWAIT_PERSON, day(106))


def test_an_earlier_word_on_the_bars_that_comes_later_changes_nothing() -> None:
    newer, older = BarsSet((), 2), BarsSet((bar(Barred.PRE_LEGAL),), 1)
    assert after(case(), newer, older).bars == after(case(), older, newer).bars == ()


def test_a_message_that_nothing_asks_for_any_more_is_settled_by_its_contact() -> None:
    owed = owing(notice())
    order = order_of(owed, next_step(owed, day(2)), Channel.LETTER, day(2))
    events = events_after(ContactOutcome(ContactResult.NOT_NEEDED), order, day(2))
    assert not after(owed, *events).owed_messages


def test_a_case_stored_before_messages_could_be_owed_still_loads() -> None:
    cases = TypeAdapter(Case)
    stored = cases.dump_python(case(), mode="json")
    for name in ("owed_messages", "settled_messages", "messages_left", "bars", "bars_revision"):
        del stored[name]
    assert cases.validate_python(stored) == case()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_about_messages_may_come_in_any_order(order: tuple[int, ...]) -> None:
    events: list[CaseEvent] = [MessagesOwed((notice(),)), MessageSettled("notice.1"), MessageSettled("notice.1")]
    settled = after(case(), *(events[each] for each in order))
    assert (settled.owed_messages, settled.settled_messages) == ((), ("notice.1",))


ANSWERS = st.lists(st.sampled_from(["sent", "unknown", "failed", "gone", "later"]), min_size=1, max_size=30)


@st.composite
def messages(draw: st.DrawFn) -> tuple[OwedMessage, ...]:
    made = []
    for number in range(draw(st.integers(0, 4))):
        due = draw(st.integers(0, 40))
        deadline = draw(st.none() | st.integers(due, due + 20))
        make = draw(st.sampled_from([notice, reminder]))
        made.append(
            make(
                due,
                f"m.{number}",
                deadline=None if deadline is None else day(deadline),
                warn_at=None if deadline is None else day(deadline - 1),
                allowed_in=tuple(draw(st.sets(st.sampled_from([HoldKind.MANUAL, HoldKind.HARDSHIP])))),
            )
        )
    return tuple(made)


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[int, int, HoldKind]]:
    kinds = st.sampled_from([HoldKind.MANUAL, HoldKind.HARDSHIP])
    return draw(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 30), kinds), max_size=3))


@given(messages(), spans(), st.none() | st.integers(1, 200), ANSWERS)
def test_whatever_is_owed_a_life_goes_on_and_holds_and_bars_are_kept(
    owed: tuple[OwedMessage, ...], stopped: list[tuple[int, int, HoldKind]], barred: int | None, answers: list[str]
) -> None:
    holds = tuple(hold(since, since + length, f"h{n}", kind) for n, (since, length, kind) in enumerate(stopped))
    lived = case(holds=holds)
    bars = (bar(Barred.PRE_LEGAL, barred, "m.0"), bar(Barred.REFERRAL, barred, "m.0")) if barred else ()
    lived, now, turn, used = after(lived, MessagesOwed(owed), BarsSet(bars, 1)), day(0), 0, set[str]()
    while now < day(150):
        lived = apply(lived, TimePassed(now))
        step = next_step(lived, now)
        assert step.reason
        if step.due_at > now:
            now = step.due_at
            continue
        message = lived.owed_message(step.message_id)
        if step.kind is StepKind.CONTACT:
            open_kinds = {each.kind for each in lived.open_holds(now)}
            assert open_kinds <= set(message.allowed_in) if message is not None else not open_kinds
            contact_id = order_of(lived, step, step.channel or Channel.SMS, now).contact_id
            answer = answers[turn % len(answers)]
            lived, turn = _answered(lived, step, answer, now), turn + 1
            assert contact_id not in used, "a contact that is over is not made again"
            used |= {contact_id} if answer != "later" else set()
        elif step.kind is StepKind.OPEN_REVIEW:
            assert barred is None or now >= day(barred)
            return
        elif step.kind is StepKind.FIND_MOMENT:
            lived = apply(lived, MomentFound(PlannedContact(wanted_at(lived, now), "wanted")))
        elif step.kind is StepKind.ASK_PERSON:
            lived = apply(lived, PersonAsked(step.subject or "", now + days(5)))
        else:
            now += timedelta(hours=1)
        assert lived.stage is not Stage.PRE_LEGAL or barred is None or now >= day(barred)


def _answered(lived: Case, step: Step, answer: str, now: datetime) -> Case:
    channel, message_id = step.channel or Channel.SMS, step.message_id
    following = PlannedContact(max(now, lived.planned.at) if message_id and lived.planned else now + days(7), "cadence")
    match answer:
        case "sent" | "unknown":
            return apply(lived, ContactSent(channel, now, following, answer == "sent", message_id))
        case "later":
            return apply(lived, ContactDeferred(PlannedContact(now + days(1), "a rule"), message_id))
        case _:
            return apply(lived, ContactFailed(channel, now, answer == "gone", message_id))


def reply(due: float = 2, **changes: object) -> OwedMessage:
    """An answer that the person waits for."""
    plain = OwedMessage("answer.1", MessageClass.REPLY, "receipt", (Channel.EMAIL,), day(due), deadline=day(due + 10))
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_message_that_a_hold_owes_falls_away_with_the_hold() -> None:
    owed = owing(reminder(due=9, owed_by="h1"), reminder(due=9, message_id="reminder.2"), holds=(hold(0, 5),))
    assert len(after(owed, TimePassed(day(4))).owed_messages) == 2
    assert [each.message_id for each in after(owed, TimePassed(day(5))).owed_messages] == ["reminder.2"]


def test_a_case_in_which_all_is_paid_ends_when_its_replies_have_gone() -> None:
    paid = replace(owing(reply(due=2), reminder(due=1)), debt=replace(case().debt, open=()))
    step = next_step(paid, day(1))
    assert (step.kind, step.due_at, step.message_id) == (StepKind.CONTACT, day(2), "answer.1")
    answered = after(paid, ContactSent(Channel.EMAIL, day(2), message_id="answer.1"))
    assert next_step(answered, day(2)).kind is StepKind.CLOSE


def test_a_reply_that_cannot_go_keeps_no_case_open() -> None:
    paid = replace(owing(reply(due=2)), debt=replace(case().debt, open=()))
    assert next_step(after(paid, TimePassed(day(12))), day(12)).kind is StepKind.CLOSE
    assert next_step(after(replace(paid, unusable=(Channel.EMAIL,)), TimePassed(day(2))), day(2)).kind is StepKind.CLOSE
