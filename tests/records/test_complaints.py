"""Complaints in the records: acknowledged, extended, decided, remedied, and told before contact resumes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from activities.records import Records
from cli.worklists import waiting_decisions
from domain.agents import AgentCard
from domain.events import ComplaintTold, HoldPlaced, StageRestarted
from domain.orders import Booking, ContactResult, PersonToAsk
from domain.terms import HoldKind, MessageClass, Stage
from storage.agents import register_agent
from storage.audit import trail
from storage.complaints import filed_under_other_event
from storage.person_tasks import open_tasks
from storage.registration import register
from storage.tables import Account, FactDelivery, LedgerEntry, PersonFact, RecordedHold, StoredText
from tests.records.lone_case import House, Open
from tests.registrations import owed, registration

REASONS = "您说得对，我们的人不该那样说话。"


def complained(house: House, category: str = "conduct", **body: Any) -> House:
    """A complaint about agent-7, filed now."""
    house.tell("file_complaint", complaint_id="c-1", category=category, agent_id="agent-7", **body)
    return house


def decide(
    house: House,
    outcome: str = "upheld",
    remedies: list[dict[str, str]] | None = None,
    *,
    by: str = "ombudsman",
    reasons: str = REASONS,
) -> Booking:
    """The complaint is decided, with reasons that are stored."""
    with house.database.writing() as session:
        if session.get(StoredText, "text-1") is None:
            session.add(StoredText(text_ref="text-1", account_id="acc-1", text=reasons, stored_at=house.now))
    decision = {"outcome": outcome, "resolved_by": by, "explanation_ref": "text-1"}
    return house.ask("resolve_complaint", complaint_id="c-1", remedies=remedies or [], **decision)


def appoint(house: House, agent_id: str, authority: int) -> None:
    """Register somebody who may decide as far as that."""
    card = AgentCard(agent_id=agent_id, name="陈经理", languages=("zh-CN",), authority=authority)
    with house.database.writing() as session:
        register_agent(session, card, house.now)


def extend(house: House, days: int, by: str = "owner") -> Booking:
    """The complaint gets until that many days from now."""
    until = (house.now + timedelta(days=days)).isoformat()
    return house.ask("extend_complaint", complaint_id="c-1", until=until, reason_code="complex", extended_by=by)


def held(house: House) -> list[str]:
    """The holds that the guard sees."""
    with house.reading() as session:
        open_ones = session.exec(select(RecordedHold).where(col(RecordedHold.ended_at).is_(None)))
        return [each.kind for each in open_ones]


def told_in(house: House) -> str:
    """The words of the answer."""
    return next(each.words for each in house.sent() if each.occasion == "complaint_outcome")


def told_to(house: House) -> str:
    """The words of the answer, once it has left."""
    for _ in range(4):
        house.contact()
        if any(each.occasion == "complaint_outcome" for each in house.sent()):
            return told_in(house)
    raise AssertionError("the outcome has not left")


def code_of(booking: Booking) -> str | None:
    return booking.refusal.code if booking.refusal is not None else None


def test_a_complaint_is_acknowledged_once_with_the_day_of_the_decision(open_house: Open) -> None:
    house = complained(open_house(registration()))
    assert house.contact().result is ContactResult.SENT
    (sent,) = house.sent()
    assert (sent.message_class, sent.occasion, sent.channel) == (
        MessageClass.REPLY,
        "complaint_acknowledgement",
        "email",
    )
    assert "2027年3月17日" in sent.words
    assert (house.case.owed_messages, held(house)) == ((), ["complaint"])


def test_more_time_is_told_and_moves_the_decision(open_house: Open) -> None:
    house = complained(open_house(registration()))
    house.contact()
    house.pass_time(timedelta(days=10))
    answer = extend(house, 15).answer
    assert answer is not None
    assert house.contact().result is ContactResult.SENT
    assert "2027年3月27日" in house.sent()[-1].words
    assert house.case.complaints[0].decide_by.isoformat() == answer["decide_by"]


def test_extensions_end_where_the_jurisdiction_ends_them(open_house: Open) -> None:
    house = complained(open_house(registration()))
    assert code_of(extend(house, 31)) == "extension_too_long"
    assert code_of(extend(house, 30)) is None
    house.pass_time(timedelta(hours=1))
    assert code_of(extend(house, 61)) == "extension_too_long"
    house.pass_time(timedelta(hours=1))
    assert code_of(extend(house, 59)) is None
    house.pass_time(timedelta(hours=1))
    assert code_of(extend(house, 59)) == "no_extension"


def test_where_the_jurisdiction_knows_no_extension_there_is_none(open_house: Open) -> None:
    assert code_of(extend(complained(open_house()), 20)) == "no_extension"


def test_an_extension_mends_no_deadline_that_has_passed(open_house: Open) -> None:
    house = complained(open_house(registration()))
    house.pass_time(timedelta(days=15))
    assert code_of(extend(house, 10)) == "complaint_overdue"


def test_the_outcome_is_told_with_reasons_and_where_to_go_next_and_then_contact_resumes(open_house: Open) -> None:
    house = complained(open_house(registration()))
    house.contact()
    decide(house)
    assert held(house) == ["complaint"]
    outcome = house.contact()
    assert any(isinstance(each, ComplaintTold) for each in outcome.events)
    words = told_in(house)
    assert all(each in words for each in ("您的投诉成立", REASONS, "12378"))
    house.pass_time(timedelta(seconds=1))
    assert (held(house), house.case.open_holds(house.now)) == ([], ())


def test_the_outcome_names_the_day_of_the_complaint_its_subject_and_what_is_owed_now(open_house: Open) -> None:
    house = complained(open_house(registration()), "frequency")
    house.pass_time(timedelta(days=3))
    decide(house, remedies=[{"kind": "waive", "amount": "1.00"}])
    words = told_to(house)
    assert "您在2027年3月2日向我们投诉，事由是：我们联系您的次数或时间。" in words
    assert "尚有¥1,233.56未还。本答复不要求您付款。" in words


def test_an_outcome_tells_of_what_is_not_due_yet_that_it_is_in_the_balance(open_house: Open) -> None:
    house = complained(open_house(registration(instalments=(owed("2027-01-04"), owed("2027-06-04", number=2)))))
    decide(house)
    assert "尚有¥2,469.12未还，其中包括尚未到期的部分。本答复不要求您付款。" in told_to(house)


def test_an_outcome_after_which_nothing_is_owed_says_so(open_house: Open) -> None:
    house = complained(open_house(registration(language="en")))
    house.pay("1234.56")
    decide(house)
    assert "You owe nothing on your 分期购: CN¥0.00 is left on" in told_to(house)


def test_an_outcome_names_no_balance_where_the_complaint_came_from_another_account(open_house: Open) -> None:
    house = open_house(registration())
    event_id = "heard-elsewhere"
    with house.database.writing() as session:
        register(session, registration("acc-2"), "fenfu-cn", house.now)
        fact = PersonFact(
            debtor_id="deb-1",
            event_id=event_id,
            name="file_complaint",
            body={},
            heard_by="acc-2",
            occurred_at=house.now,
        )
        session.add(fact)
    complained(house, event_id=event_id)
    decide(house)
    words = told_to(house)
    assert ("未还" in words, "本答复不要求您付款。" in words) == (False, True)


def test_an_outcome_whose_answer_was_lost_is_told_once(open_house: Open) -> None:
    house = complained(open_house(registration()))
    house.contact()
    decide(house)
    house.contact(answer_is_lost=True)
    assert [each.occasion for each in house.sent()].count("complaint_outcome") == 1
    house.pass_time(timedelta(seconds=1))
    assert (held(house), house.case.open_holds(house.now)) == ([], ())


def test_a_complaint_is_decided_once(open_house: Open) -> None:
    house = complained(open_house(registration()))
    assert code_of(decide(house)) is None
    house.pass_time(timedelta(seconds=1))
    assert code_of(decide(house, "rejected")) == "unknown_complaint"


def test_a_correction_takes_off_what_was_never_owed_and_money_is_conserved(open_house: Open) -> None:
    house = complained(open_house(registration()), "fees")
    remedies = [
        {"kind": "correct_balance", "component": "fees", "amount": "30.00"},
        {"kind": "waive", "amount": "100.00"},
        {"kind": "apologise"},
    ]
    appoint(house, "head-1", authority=4)
    answer = decide(house, remedies=remedies, by="head-1").answer
    assert answer is not None
    assert (answer["balance"], answer["remedies"]) == ("1104.56", ["correct_balance", "waive", "apologise"])
    assert house.case.debt.balance_minor == 123_456 - 13_000
    assert house.contact().result is ContactResult.NOT_NEEDED
    house.contact()
    words = told_in(house)
    assert "减去了¥130.00" in words
    assert "诚恳道歉" in words


@pytest.mark.parametrize(
    ("remedies", "code"),
    [
        ([{"kind": "correct_balance", "component": "fees", "amount": "34.57"}], "remedy_exceeds"),
        ([{"kind": "waive", "amount": "234.57"}], "remedy_exceeds"),
        ([{"kind": "waive", "amount": "1.00"}, {"kind": "waive", "amount": "2.00"}], "remedy_twice"),
        ([{"kind": "restart_gentler", "stage": "escalation"}], "not_gentler"),
    ],
)
def test_a_remedy_beyond_its_limits_is_refused_and_nothing_is_done(
    open_house: Open, remedies: list[dict[str, str]], code: str
) -> None:
    house = complained(open_house(registration()))
    assert code_of(decide(house, remedies=remedies)) == code
    with house.reading() as session:
        assert session.exec(select(LedgerEntry)).all() == []
    assert house.case.complaints[0].outcome is None


def test_a_rejected_complaint_has_no_remedy_but_an_apology(open_house: Open) -> None:
    house = complained(open_house(registration()))
    assert code_of(decide(house, "rejected", [{"kind": "waive", "amount": "1.00"}])) == "remedy_without_ground"
    assert code_of(decide(house, "rejected", [{"kind": "apologise"}])) is None


def test_a_case_begins_anew_with_plain_reminders(open_house: Open) -> None:
    house = complained(open_house(registration()))
    booking = decide(house, remedies=[{"kind": "restart_gentler", "stage": "first_reminder"}])
    assert StageRestarted(Stage.FIRST_REMINDER, house.now) in booking.events
    assert house.case.stage_entered_at == house.now


def test_contact_that_is_to_cease_ceases_on_every_account(open_house: Open) -> None:
    house = open_house(registration())
    with house.database.writing() as session:
        register(session, registration("acc-2"), "fenfu-cn", house.now)
    complained(house)
    booking = decide(house, remedies=[{"kind": "cease_contact"}])
    assert [each.hold.kind for each in booking.events if isinstance(each, HoldPlaced)] == [HoldKind.CEASE_CONTACT]
    house.contact()
    house.contact()
    assert held(house) == ["cease_contact"]


def test_an_agent_who_is_to_be_retrained_is_suspended_and_somebody_is_asked_to_see_to_it(open_house: Open) -> None:
    house = complained(open_house(registration()))
    decide(house, remedies=[{"kind": "retrain_agent"}])
    with house.reading() as session:
        assert [each.subject for each in open_tasks(session, "acc-1")] == ["retrain:agent-7"]
        assert "retrain_agent" in [each.kind for each in trail(session, "acc-1")]
        assert "agent_suspended" not in [each.kind for each in trail(session, "@agent-8")]
    done = house.ask("complete_task", subject="retrain:agent-7", completed_by="trainer")
    assert done.answer == {"subject": "retrain:agent-7", "status": "completed"}
    with house.reading() as session:
        assert open_tasks(session, "acc-1") == []


def test_who_cannot_be_written_to_is_told_by_a_person(open_house: Open) -> None:
    house = open_house(registration(email="", postal_address=""))
    house.tell("opt_out", channel="sms")
    complained(house)
    decide(house)
    house.pass_time(timedelta(0))
    subject = "tell:complaint_outcome.c-1"
    assert "complaint_outcome.c-1" in house.case.untold
    Records(house.database, house.library).ask_person(
        PersonToAsk("acc-1", subject, house.now + timedelta(days=5), house.now)
    )
    assert held(house) == []
    with house.reading() as session:
        assert subject in [each.subject for each in waiting_decisions(session, house.now)]
    told = house.ask("complete_task", subject=subject, completed_by="ombudsman")
    assert (told.refusal, house.case.untold) == (None, ("complaint_acknowledgement.c-1",))


def test_nobody_tells_an_outcome_before_there_is_one(open_house: Open) -> None:
    house = complained(open_house(registration()))
    told = house.ask("complete_task", subject="tell:complaint_outcome.c-1", completed_by="ombudsman")
    assert code_of(told) == "complaint_open"


def test_the_other_accounts_hear_when_the_person_has_been_told(open_house: Open) -> None:
    house = complained(open_house(registration()))
    house.contact()
    with house.database.writing() as session:
        register(session, registration("acc-2"), "fenfu-cn", house.now)
    decide(house)
    outcome = house.contact()
    assert outcome.tell.startswith("told-")
    with house.reading() as session:
        assert [each.account_id for each in session.exec(select(FactDelivery))] == []


def test_a_decided_complaint_is_off_the_list_and_a_later_day_is_shown_after_an_extension(open_house: Open) -> None:
    house = complained(open_house(registration()))
    with house.reading() as session:
        (waiting,) = waiting_decisions(session, house.now)
    extend(house, 25)
    with house.reading() as session:
        (later,) = waiting_decisions(session, house.now)
    assert waiting.deadline is not None
    assert later.deadline is not None
    assert later.deadline - waiting.deadline == timedelta(days=10)
    decide(house)
    with house.reading() as session:
        assert waiting_decisions(session, house.now) == []


def test_an_answer_that_left_and_did_not_arrive_is_told_by_a_person(open_house: Open) -> None:
    house = complained(open_house(registration()))
    house.contact()
    decide(house)
    house.contact()
    answer = next(each for each in house.sent() if each.occasion == "complaint_outcome")
    house.tell("report_delivery", contact_id=answer.contact_id, status="failed", at=house.now.isoformat())
    with house.reading() as session:
        assert [each.subject for each in open_tasks(session, "acc-1")] == ["tell:complaint_outcome.c-1"]
    done = house.ask("complete_task", subject="tell:complaint_outcome.c-1", completed_by="ombudsman")
    assert done.refusal is None
    with house.reading() as session:
        assert open_tasks(session, "acc-1") == []


@pytest.mark.parametrize("spelled", ["agent-7", "Agent-7", "AGENT_7", "agent.7"])
def test_the_agent_whom_a_complaint_names_deals_with_it_under_no_spelling(open_house: Open, spelled: str) -> None:
    house = complained(open_house(registration()))
    assert code_of(decide(house, by=spelled)) == "conflict_of_interest"
    assert code_of(extend(house, 20, by=spelled)) == "conflict_of_interest"
    assert code_of(decide(house)) is None


def test_another_complaint_under_a_known_id_is_refused_and_not_taken_for_the_first(open_house: Open) -> None:
    house = complained(open_house(registration()))
    again = house.tell("file_complaint", event_id="other", complaint_id="c-1", category="fees")
    assert code_of(again) == "complaint_known"
    decide(house)
    after = house.tell("file_complaint", event_id="later", complaint_id="c-1", category="conduct")
    assert code_of(after) == "complaint_known"


def test_a_dispute_of_several_accounts_may_have_one_id(open_house: Open) -> None:
    house = complained(open_house(registration()), "dispute")
    with house.database.writing() as session:
        register(session, registration("acc-2"), "fenfu-cn", house.now)
        second = session.get_one(Account, "acc-2")
        assert filed_under_other_event(session, second, "c-1", "dispute", "event-2") is None
        assert filed_under_other_event(session, second, "c-1", "conduct", "event-2") is not None


def test_a_decision_gives_the_person_reasons(open_house: Open) -> None:
    house = complained(open_house(registration()))
    assert code_of(decide(house, reasons=" \n")) == "no_explanation"


def test_who_is_to_be_retrained_by_name_is_an_agent_who_is_known(open_house: Open) -> None:
    house = complained(open_house(registration()))
    assert code_of(decide(house, remedies=[{"kind": "retrain_agent", "agent_id": "agent-77"}])) == "unknown_agent"


def test_a_remedy_gives_up_no_more_than_whoever_decides_could_waive(open_house: Open) -> None:
    house = complained(open_house(registration()), "fees")
    assert code_of(decide(house, remedies=[{"kind": "waive", "amount": "200.00"}])) == "no_authority"
    assert code_of(decide(house, remedies=[{"kind": "waive", "amount": "10.00"}])) is None, "as any agent may"


def test_a_debt_that_is_verified_again_is_told_of_once(open_house: Open) -> None:
    house = complained(open_house(registration()), "dispute")

    def verify(number: int) -> str:
        body = {"request_id": f"v-{number}", "complaint_id": "c-1", "evidence_ref": "contract", "verified_by": "boss"}
        return str((house.ask("verify_debt", **body).answer or {})["status"])

    assert [verify(1), verify(2)] == ["verification_owed"] * 2
    house.contact()
    house.send()
    assert verify(3) == "verification_sent"
    assert [each.occasion for each in house.sent()].count("debt_verification") == 1
    assert [each for each in house.states() if each[2] != "given"] == []
