"""Facts and keys for tests of messages: plain ones by hand, and any that the records may hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from domain.ledger import Sums
from domain.messages import CallOffers, Lender, MessageFacts, MessageKey
from domain.terms import Channel, Stage

TEMPLATES = Path(__file__).resolve().parents[2] / "config" / "templates"
LANGUAGES = ("zh-CN", "en")
STAGES = (Stage.FIRST_REMINDER, Stage.GENTLE_REMINDER, Stage.ESCALATION, Stage.PRE_LEGAL)

LENDER = Lender(
    name="深圳市青禾网络小额贷款有限公司",
    collector="青禾客户服务中心",
    pay_url="https://pay.qinghe.example/pay",
    help_phone="+86 10 5550 0100",
    complaint_phone="+86 10 5550 0199",
    complaint_email="complaints@qinghe.example",
    postal_address="广东省深圳市南山区科苑路 15 号 2 层",
    link_base="https://m.qinghe.example/read",
)

FACTS = MessageFacts(
    contact_id="c-7f3a",
    account_id="FF-000123",
    person_name="欧阳晓月",
    product="分期购物",
    currency="CNY",
    lender=LENDER,
    arrears=Sums(principal_minor=1_234_500, interest_minor=6_789, fees_minor=1_000),
    balance_minor=9_876_543,
    due_date=date(2026, 9, 25),
    days_overdue=12,
    as_of=datetime(2026, 10, 7, 9, 5, tzinfo=timezone(timedelta(hours=8))),
    offers=CallOffers(12, 5_000, timedelta(days=365), 50, 20, timedelta(days=30), waiver_minor=3_895),
)


def facts(**changes: Any) -> MessageFacts:
    """The plain facts, but for what a test says."""
    return replace(FACTS, **changes)


def keys() -> list[MessageKey]:
    """Every demand there is."""
    return [
        MessageKey.demand(stage, channel, language) for language in LANGUAGES for stage in STAGES for channel in Channel
    ]


def names() -> st.SearchStrategy[str]:
    """Names as records hold them: of any script, with anything in them, but never without a visible letter."""
    odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    listed = st.sampled_from(
        [
            "O'Brien-Ñandú & Söhne",
            "古力娜扎·买买提·阿不都热西提",
            "李",
            "<b>Bold</b>",
            "{{ arrears }}",
            "Robert'); --",
            "А́нна",
            "𠮷野家",
            "=1+1",
        ]
    )
    return st.builds(lambda name, tail: f"{name}{tail}", listed, odd)


def any_facts() -> st.SearchStrategy[MessageFacts]:
    """Whatever the records may hold about an account that is overdue."""
    return st.builds(
        _built,
        sums=st.builds(Sums, *[st.integers(0, 10**11)] * 3).filter(lambda sums: sums.total_minor > 0),
        not_yet_due=st.just(0) | st.integers(1, 10**11),
        currency=st.sampled_from(["CNY", "USD", "GBP", "JPY", "KWD", "EUR", "HKD", "KRW"]),
        person_name=names(),
        own_name=st.booleans(),
        product=st.sampled_from(["分期购物", "Blue Card 2", "Ratenkauf <24>", "a|b", "5"])
        | names().map(lambda name: name[:24]),
        due_date=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
        days_overdue=st.integers(0, 4_000),
        zone=st.integers(-12 * 4, 14 * 4),
        minute=st.integers(0, 24 * 60 - 1),
    )


def _built(
    *,
    sums: Sums,
    not_yet_due: int,
    currency: str,
    person_name: str,
    own_name: bool,
    product: str,
    due_date: date,
    days_overdue: int,
    zone: int,
    minute: int,
) -> MessageFacts:
    moment = datetime(due_date.year, due_date.month, due_date.day, tzinfo=UTC) + timedelta(
        days=days_overdue, minutes=minute
    )
    return facts(
        person_name=person_name,
        product=product,
        currency=currency,
        lender=replace(LENDER, collector=LENDER.name) if own_name else LENDER,
        arrears=sums,
        balance_minor=sums.total_minor + not_yet_due,
        due_date=due_date,
        days_overdue=days_overdue,
        as_of=moment.astimezone(timezone(timedelta(minutes=15 * zone))),
    )
