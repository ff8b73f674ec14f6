"""Each rule of a referral judges its own item by the records, shows its evidence, and says what is missing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.case import Complaint
from domain.checklist import ChecklistItem, ProofKind, as_documents, checklist_digest, missing
from domain.findings import Finding, Says, finding
from domain.referral_disputes import DisputeOnRecord
from domain.referral_rules import (
    RULES,
    DemandOnRecord,
    DutyStanding,
    OfferOnRecord,
    ReferralFacts,
    RefusalOnRecord,
    evaluate,
)
from domain.statements import statement
from domain.terms import Channel, Stage
from tests.domain.builders import case, day, hold, instalment, payment

NOTICE = DemandOnRecord("acc-1.7", Channel.LETTER, Stage.PRE_LEGAL, day(60), "d7", day(63))
REMINDER = DemandOnRecord("acc-1.1", Channel.SMS, Stage.FIRST_REMINDER, day(1), "d1")
NOTHING_OVERDUE = finding(Says.NOTHING_OVERDUE)


def facts(**changes: Any) -> ReferralFacts:
    """An account on day 100 of which every item is true, but for what is named."""
    exhausted = case(
        stage=Stage.PRE_LEGAL,
        stage_entered_at=day(60),
        attempts=2,
        delivered=1,
        contacts={Channel.SMS: 2, Channel.LETTER: 1},
        last_touch_at=day(74),
    )
    plain = ReferralFacts(
        case=exhausted,
        now=day(100),
        statement=statement((instalment(),), ()),
        holds=(),
        demands=(REMINDER, NOTICE),
        offers=(OfferOnRecord(ProofKind.CALL, "acc-1.5", day(40)),),
        limitation_ends_at=day(1095),
        duties_standing=(),
        duties_given=("arrears_notice",),
    )
    return replace(plain, **changes)


def item(name: str, **changes: Any) -> ChecklistItem:
    """One item of the checklist."""
    return next(each for each in evaluate(facts(**changes)) if each.name == name)


def test_an_account_that_was_treated_as_the_policy_says_misses_nothing() -> None:
    assert missing(evaluate(facts())) == ()
    assert [each.name for each in evaluate(facts())] == [rule.__name__ for rule in RULES]


UNDECIDED = replace(facts().case, complaints=(Complaint("c-1", "fees", day(70)),))


@pytest.mark.parametrize(
    ("changes", "name", "missing_is"),
    [
        (
            {"case": replace(facts().case, attempts=1)},
            "stages_exhausted",
            finding(Says.STAGE_CONTACTED, stage="pre_legal", count=1, wanted=2),
        ),
        (
            {"demands": (REMINDER, replace(NOTICE, simulated=True))},
            "really_sent",
            finding(Says.STAGE_SHORT, stage="pre_legal", count=0, wanted=2),
        ),
        (
            {"demands": (REMINDER, replace(NOTICE, simulated=True))},
            "really_sent",
            finding(Says.ARRIVALS_PROVED, count=0, wanted=1),
        ),
        ({"demands": (REMINDER, replace(NOTICE, simulated=True))}, "final_notice_sent", finding(Says.NO_NOTICE)),
        ({"holds": (hold(90),)}, "no_open_hold", finding(Says.HOLD_OPEN, hold="manual", reference="h1")),
        ({"case": UNDECIDED}, "complaints_decided", finding(Says.COMPLAINT_UNDECIDED, reference="c-1")),
        ({"statement": statement((instalment(),), (payment(10_000),))}, "arrears_verified", NOTHING_OVERDUE),
        ({"demands": (REMINDER,)}, "final_notice_sent", finding(Says.NO_NOTICE)),
        ({"demands": (replace(NOTICE, arrived_at=None),)}, "final_notice_delivered", finding(Says.NO_ARRIVAL)),
        ({"now": day(87)}, "waiting_period_over", finding(Says.WAIT_RUNS, moment="2026-04-03T00:00:00Z")),
        ({"demands": ()}, "waiting_period_over", finding(Says.WAIT_NOT_BEGUN)),
        ({"offers": ()}, "way_out_offered", finding(Says.NO_WAY_OUT)),
        ({"limitation_ends_at": day(100)}, "within_limitation", finding(Says.TIME_BARRED, day="2026-04-15T00:00:00Z")),
        (
            {"duties_standing": (DutyStanding("default_notice", given=False),)},
            "duties_done",
            finding(Says.LAW_NOTICE_OWED, notice="default_notice"),
        ),
        (
            {"duties_standing": (DutyStanding("default_notice", given=True),)},
            "duties_done",
            finding(Says.LAW_NOTICE_UNPROVED, notice="default_notice"),
        ),
        (
            {"duties_standing": (DutyStanding("default_notice", given=True, until=day(107)),)},
            "duties_done",
            finding(Says.LAW_NOTICE_RUNS, notice="default_notice", moment="2026-04-22T00:00:00Z"),
        ),
    ],
)
def test_what_is_missing_is_found(changes: dict[str, Any], name: str, missing_is: Finding) -> None:
    found = item(name, **changes)
    assert not found.fulfilled
    assert missing_is in found.findings
    assert name in missing(evaluate(facts(**changes)))


DISPUTE = DisputeOnRecord("d-1", "rejected", must_verify=True)
VERIFIED = replace(DISPUTE, verification="acc-1.9", verified_at=day(75))
ARRIVED = replace(VERIFIED, arrived_at=day(78))
CORRECTED = replace(DISPUTE, correction="remedy:d-1:1", corrected_at=day(76))


@pytest.mark.parametrize(
    ("dispute", "settled", "says"),
    [
        (DISPUTE, False, Says.DISPUTE_UNVERIFIED),
        (VERIFIED, False, Says.DISPUTE_UNPROVED),
        (ARRIVED, True, Says.DISPUTE_VERIFIED),
        (replace(DISPUTE, must_verify=False), True, Says.DISPUTE_DECIDED),
        (replace(ARRIVED, outcome="partly_upheld"), True, Says.DISPUTE_VERIFIED),
        (replace(ARRIVED, outcome="upheld"), False, Says.DISPUTE_UNCORRECTED),
        (replace(CORRECTED, outcome="upheld"), True, Says.DISPUTE_CORRECTED),
        (replace(DISPUTE, must_verify=False, outcome="upheld"), False, Says.DISPUTE_UNCORRECTED),
    ],
)
def test_a_dispute_is_settled_by_verification_and_one_that_was_right_by_correction(
    dispute: DisputeOnRecord, settled: bool, says: Says
) -> None:
    for disputes in ((dispute,), (CORRECTED, dispute)):
        found = item("disputes_settled", disputes=disputes)
        assert found.fulfilled is settled
        assert found.findings[-1].says is says


def test_what_settled_a_dispute_can_be_looked_up() -> None:
    proofs = item("disputes_settled", disputes=(ARRIVED, CORRECTED)).proofs
    assert [(each.kind, each.reference) for each in proofs] == [
        (ProofKind.VERIFICATION, "acc-1.9"),
        (ProofKind.ARRIVAL, "acc-1.9"),
        (ProofKind.ENTRY, "remedy:d-1:1"),
    ]


def test_a_finding_speaks_of_what_its_words_speak_of_and_of_nothing_else() -> None:
    with pytest.raises(ValueError, match=r"hold_open speaks of \['hold', 'reference'\], not of \['hold'\]"):
        finding(Says.HOLD_OPEN, hold="manual")


def carried(stage: Stage, number: int, channel: Channel = Channel.EMAIL) -> tuple[DemandOnRecord, ...]:
    """So many contacts of a stage that really left."""
    return tuple(DemandOnRecord(f"{stage}.{n}", channel, stage, day(1), "") for n in range(number))


def test_texts_kept_in_the_outbox_bar_nothing_where_other_channels_made_the_contacts() -> None:
    kept = replace(REMINDER, simulated=True)
    wanted = {each.stage: each.attempts for each in facts().case.timetable.stages}
    others = tuple(each for stage, number in wanted.items() for each in carried(stage, number))
    found = item("really_sent", demands=(kept, *others, NOTICE))
    assert found.fulfilled
    assert [each.says for each in found.findings] == [Says.KEPT_IN_OUTBOX, Says.ENOUGH_CARRIED]
    gentle = tuple(each for each in others if each.stage is not Stage.GENTLE_REMINDER)
    late = (*gentle, *carried(Stage.ESCALATION, 9))
    short = item("really_sent", demands=(kept, *late, NOTICE))
    assert not short.fulfilled, "what came later does not stand for a gentle reminder"
    assert finding(Says.STAGE_SHORT, stage="gentle_reminder", count=0, wanted=2) in short.findings


def test_on_a_developers_machine_messages_that_reached_nobody_count_and_the_evidence_says_so() -> None:
    simulated = item("really_sent", demands=(replace(NOTICE, simulated=True),), simulated_counts=True)
    assert simulated.fulfilled
    assert simulated.findings == (finding(Says.KEPT_IN_OUTBOX, channel="letter", references="acc-1.7"),)


def test_an_announcement_by_telephone_is_no_final_notice() -> None:
    announced = replace(NOTICE, channel=Channel.VOICE)
    assert not item("final_notice_sent", demands=(announced,)).fulfilled


def test_evidence_names_contacts_with_their_dates_and_the_digests_of_their_words() -> None:
    (arrival,) = item("final_notice_delivered").proofs
    assert (arrival.kind, arrival.reference, arrival.digest) == ("arrival", "acc-1.7", "d7")
    assert arrival.at == "2026-03-09T00:00:00Z"
    assert [each.reference for each in item("stages_exhausted").proofs] == ["acc-1.1", "acc-1.7"]
    assert [each.reference for each in item("way_out_offered").proofs] == ["acc-1.5"]


def test_time_on_hold_does_not_count_towards_the_waiting_period() -> None:
    held = replace(facts().case, holds=(hold(75, 85),))
    assert not item("waiting_period_over", case=held, now=day(97)).fulfilled
    assert item("waiting_period_over", case=held, now=day(98)).fulfilled


def test_another_day_alone_gives_the_same_checklist_and_a_payment_another_one() -> None:
    read = checklist_digest(evaluate(facts()))
    assert checklist_digest(evaluate(facts(now=day(100) + timedelta(days=20)))) == read
    paid = facts(statement=statement((instalment(),), (payment(100),)))
    assert checklist_digest(evaluate(paid)) != read


def test_that_counsel_refused_before_is_no_bar_but_must_be_read_anew() -> None:
    refused = facts(refused_by_counsel=(RefusalOnRecord("referral-acc-1-1", "no_address", day(99)),))
    assert missing(evaluate(refused)) == ()
    assert checklist_digest(evaluate(refused)) != checklist_digest(evaluate(facts()))
    (told,) = evaluate(refused)[-1].findings
    assert told == finding(Says.REFUSED_BY_COUNSEL, reference="referral-acc-1-1", code="no_address")


def test_a_checklist_is_kept_as_plain_json() -> None:
    documents = as_documents(evaluate(facts()))
    assert documents[0]["proofs"][0] == {"kind": "contact", "reference": "acc-1.1", "at": "2026-01-06T00:00:00Z"} | {
        "digest": "d1"
    }
