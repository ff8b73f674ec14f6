"""Whatever happens while a complaint is open: nothing is asked for, no stage advances, and it ends when it is told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.case import Case, Complaint, PlannedContact
from domain.complaints import answer_id
from domain.contact_facts import ReplyOccasion
from domain.events import (
    CaseEvent,
    ChannelOpened,
    ChannelStopped,
    ComplaintExtended,
    ComplaintFiled,
    ComplaintResolved,
    ComplaintTold,
    ContactFailed,
    ContactSent,
    DebtChanged,
    HoldPlaced,
    MessagesOwed,
    MomentFound,
    PersonAsked,
    StageRestarted,
    TaskCompleted,
    TimePassed,
    apply,
)
from domain.next_step import StepKind, next_step
from domain.owed_messages import OwedMessage
from domain.statements import statement
from domain.terms import Channel, HoldKind, MessageClass, Stage
from tests.domain.builders import case, day, days, hold, instalment, payment

HAPPENINGS = st.sampled_from(
    ["extended", "resolved", "channel stopped", "channel opened", "hold", "part payment", "restarted", "nothing"]
)


class Complained:
    """A case with a complaint of day 5, whose steps are taken as they come, and which somebody else disturbs."""

    def __init__(self) -> None:
        complaint = Complaint("c-1", "conduct", day(20), remind_at=day(17))
        self.case: Case = case(stage=Stage.GENTLE_REMINDER, planned=PlannedContact(day(4), "cadence"))
        self.now = day(5)
        self.resolved = self.told = False
        self.tell(ComplaintFiled(complaint, self.now))

    def tell(self, *events: CaseEvent) -> None:
        for event in events:
            self.case = apply(self.case, event)

    def happen(self, what: str, number: int) -> None:
        """Something happens from outside."""
        match what:
            case "extended":
                self.tell(ComplaintExtended("c-1", self.now + days(30), self.now + days(27)))
            case "resolved" if not self.resolved:
                self.resolved = True
                self.tell(ComplaintResolved("c-1", "upheld", self.now, to_tell=True), MessagesOwed((self._answer(),)))
            case "channel stopped":
                self.tell(ChannelStopped(Channel.EMAIL))
            case "channel opened":
                self.tell(ChannelOpened(Channel.EMAIL))
            case "hold":
                self.tell(HoldPlaced(hold(0, 5 + number, f"h{number}")))
            case "part payment":
                self.tell(DebtChanged(statement((instalment(),), [payment(10, f"p{n}") for n in range(number)]).debt()))
            case "restarted":
                self.tell(StageRestarted(Stage.FIRST_REMINDER, self.now))

    def go_on(self, length: timedelta, fails: bool) -> None:
        """Let time pass, and do each step as its time comes."""
        end = self.now + length
        for _ in range(200):
            self.tell(TimePassed(self.now))
            step = next_step(self.case, self.now)
            assert self.told or step.kind is not StepKind.REQUEST_CALL
            assert self.told or step.kind is not StepKind.CONTACT or step.message_id == answer_id("c-1")
            if step.due_at > end:
                break
            self.now = max(self.now, step.due_at)
            self._do(step.kind, step.subject or "", step.message_id, fails)
        self.now = end
        self.tell(TimePassed(self.now))

    def _do(self, kind: StepKind, subject: str, message_id: str, fails: bool) -> None:
        self.tell(TimePassed(self.now))
        match kind:
            case StepKind.ASK_PERSON:
                self.tell(PersonAsked(subject, self.now + days(5), self.now))
                self.told = self.told or subject == f"tell:{answer_id('c-1')}"
            case StepKind.CONTACT if fails:
                self.tell(ContactFailed(Channel.EMAIL, self.now, unusable=False, message_id=message_id))
            case StepKind.CONTACT:
                self.tell(ContactSent(Channel.EMAIL, self.now, message_id=message_id))
                if message_id:
                    self.told = True
                    self.tell(ComplaintTold("c-1", self.now))
            case StepKind.FIND_MOMENT:
                self.tell(MomentFound(PlannedContact(self.now + days(1), "cadence")))
            case _:
                self.now += timedelta(hours=1)

    def _answer(self) -> OwedMessage:
        return OwedMessage(
            answer_id("c-1"),
            MessageClass.REPLY,
            ReplyOccasion.COMPLAINT_OUTCOME,
            (Channel.EMAIL,),
            self.now,
            deadline=self.now + days(30),
            allowed_in=tuple(HoldKind),
            by_person=True,
        )


@given(st.lists(st.tuples(HAPPENINGS, st.integers(0, 40), st.booleans()), max_size=8))
def test_contact_resumes_only_once_the_person_knows_the_outcome(script: list[tuple[str, int, bool]]) -> None:
    life = Complained()
    for number, (what, wait, fails) in enumerate(script, start=1):
        stage = life.case.stage
        life.happen(what, number)
        life.go_on(days(wait), fails)
        held = any(each.kind is HoldKind.COMPLAINT for each in life.case.open_holds(life.now))
        assert held is not life.told
        assert life.told or life.case.stage in (stage, Stage.FIRST_REMINDER)
        assert life.told <= life.resolved


@given(st.lists(st.tuples(HAPPENINGS, st.integers(0, 40), st.booleans()), max_size=8))
def test_a_decided_complaint_ends_within_its_time_however_the_message_fares(
    script: list[tuple[str, int, bool]],
) -> None:
    life = Complained()
    for number, (what, wait, fails) in enumerate(script, start=1):
        life.happen(what, number)
        life.go_on(days(wait), fails)
    life.happen("resolved", 0)
    life.go_on(days(60), fails=True)
    assert life.told
    life.tell(TaskCompleted(f"tell:{answer_id('c-1')}", life.now))
    assert life.case.untold == ()
