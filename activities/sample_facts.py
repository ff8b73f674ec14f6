"""Facts with which every template is tried when a worker starts, unlike each other and any word of a template."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from domain.facts import ComplaintCategory
from domain.jurisdiction import Revival
from domain.ledger import Sums
from domain.messages import (
    CallOffers,
    Itemisation,
    Lender,
    MessageFacts,
    NoticeFacts,
    OccasionFacts,
    OtherAccount,
    PlanOffered,
    WaiverOffer,
)

_OWN_NAME = Lender(
    name="Nordlicht",
    collector="Nordlicht",
    pay_url="https://pay.example/now",
    help_phone="400 800 7101",
    complaint_phone="400 800 7202",
    complaint_email="complaints@nordlicht.example",
    postal_address="Tilia Lane, Example Town",
    link_base="https://read.example/m",
)

_EQUAL = MessageFacts(
    contact_id="c-sample",
    account_id="A-fjord",
    person_name="Zephyr Quill",
    product="Bluebell",
    currency="CNY",
    lender=_OWN_NAME,
    arrears=Sums(principal_minor=120_031, interest_minor=4_052, fees_minor=1_073),
    balance_minor=125_156,
    due_date=date(2026, 3, 14),
    days_overdue=1,
    as_of=datetime(2026, 5, 23, 9, 41, tzinfo=UTC),
    notice=NoticeFacts(
        Itemisation(date(2026, 2, 17), 118_203, Sums(7_011, 6_021, 5_017), 11_096), period_ends=date(2026, 7, 11)
    ),
    occasion=OccasionFacts(
        amounts={
            "instalment_amount": 31_289,
            "offer_first": 20_849,
            "offer_total": 125_093,
            "missed_amount": 31_287,
            "plan_left": 93_867,
            "plan_total": 125_154,
            "promise_amount": 40_127,
            "remedy_amount": 4_709,
            "owed_now": 83_647,
            "received_amount": 20_809,
            "refund_amount": 1_811,
            "credit_amount": 1_907,
        },
        dates={
            "answer_by": date(2026, 9, 3),
            "complained_on": date(2026, 5, 4),
            "decide_by": date(2026, 6, 7),
            "received_on": date(2026, 4, 29),
            "refunded_on": date(2026, 11, 25),
            "firm_until": date(2026, 8, 21),
            "grace_ends": date(2026, 7, 24),
            "instalment_date": date(2026, 8, 19),
            "offer_first_date": date(2026, 9, 28),
            "plan_agreed_on": date(2026, 5, 21),
            "promise_date": date(2026, 10, 23),
        },
        days={"plan_cure": 13},
        schedules={
            "offer_schedule": ((date(2026, 9, 28), 20_849), (date(2026, 10, 28), 104_244)),
            "plan_schedule": ((date(2026, 6, 27), 62_577), (date(2026, 7, 29), 62_577)),
        },
        texts={
            "offer_count": "36",
            "complaint_id": "C-7734",
            "outcome": "upheld",
            "owed_as": "balance",
            "explanation": "Quoth the raven, thrice.",
            "remedies": "correct_balance waive apologise restart_gentler cease_contact retrain_agent",
            "next_body": "Fairlight House",
            "next_body_phone": "400 800 7303",
            "next_body_site": "fairlight.example",
            "next_body_months": "6",
            "over_as": "cured",
            "has_credit": "yes",
        },
        complaint_category=ComplaintCategory.FREQUENCY,
    ),
    offers=CallOffers(37, 3_017, timedelta(days=419), 61, 27, timedelta(days=23), waiver_minor=2_013),
)

_OF_SOMEBODY_ELSE = replace(
    _EQUAL, lender=replace(_OWN_NAME, collector="Harbourlight"), balance_minor=987_654, days_overdue=76
)

_OFFERED = replace(_EQUAL, waiver_offers=(WaiverOffer(83_017, date(2026, 6, 17), 42_139, settles=True),))

_OTHERS = (
    OtherAccount("B-other", "Foxglove", Sums(53_017, 2_409, 611), 56_037, date(2026, 1, 19), 124),
    OtherAccount(
        "C-third", "Larkspur", Sums(61_029), 871_203, date(2026, 4, 8), 45, PlanOffered(29, 2_119, date(2026, 7, 6))
    ),
)

_OLD = replace(
    _EQUAL,
    arrears=Sums(principal_minor=120_031),
    balance_minor=120_031,
    currency="JPY",
    time_barred=True,
    offers=CallOffers(1, 3_017, timedelta(seconds=40), 61, 0, timedelta(seconds=20), waiver_minor=0),
)

_OF_WHO_NEEDS_TIME = replace(_OF_SOMEBODY_ELSE, plan_offered=PlanOffered(31, 4_037, date(2026, 7, 5)))

SAMPLES = (_EQUAL, _OF_SOMEBODY_ELSE, _OF_WHO_NEEDS_TIME, _OFFERED, *(replace(_OLD, revival=each) for each in Revival))
"""The lender itself with all due; somebody else with a part not yet due, also for who needs time; an open offer;
and old arrears without interest and fees, wherever the person lives."""

SAMPLES_OF_SEVERAL = (replace(_EQUAL, others=_OTHERS[:1]), replace(_OF_SOMEBODY_ELSE, others=_OTHERS))
"""The same on several accounts at once, which only demands are."""
