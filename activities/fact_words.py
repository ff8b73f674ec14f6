"""Turns the facts of a message into the words that templates may use, in the message's language."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import assert_never

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from activities.language_files import Conventions
from domain.ledger import Sums
from domain.messages import (
    CallOffers,
    MessageFacts,
    MessageRefused,
    NoticeFacts,
    OccasionFacts,
    OtherAccount,
    PlanOffered,
    WaiverOffer,
    ending_of,
)
from domain.money import minor_digits
from domain.terms import Channel, MessageClass

AccountWords = Mapping[str, str | bool]
"""What templates may say of one more account, by the name under which they say it."""

FactWords = Mapping[str, str | bool | tuple[AccountWords, ...]]
"""What templates may say, by the name under which they say it; ``others`` are the accounts beside the message's own,
``waiver_offers`` the waivers that are offered on it."""

_SAID_ALOUD = frozenset({"collector", "person_name", "help_phone"})
"""All that an announcement may say: whoever hears it learns nothing of the debt."""

WRITTEN_FACTS = _SAID_ALOUD | {
    "lender_name",
    "collects_for_another",
    "product",
    "account_id",
    "account_ending",
    "time_barred",
    "revival",
    "arrears",
    "arrears_principal",
    "arrears_interest",
    "arrears_fees",
    "balance",
    "balance_differs",
    "due_date",
    "days_overdue",
    "as_of",
    "as_of_date",
    "pay_url",
    "link",
    "complaint_phone",
    "complaint_email",
    "postal_address",
    "waiver_offers",
    "others",
    "number_of_accounts",
    "arrears_of_all",
    "plan_offered",
    "plan_offered_count",
    "plan_offered_first",
    "plan_offered_date",
}
"""All that templates of messages in writing, and scripts of calls, may say."""

_OFFERS = frozenset(
    {
        "plan_most",
        "plan_smallest",
        "plan_longest",
        "plan_income",
        "plan_down",
        "asks_down_payment",
        "hardship_grace",
        "may_waive",
        "waiver_at_once",
    }
)
"""What the script of a call says beside the rest."""

NOTICE_FACTS = frozenset(
    {
        "itemised_on",
        "itemised_amount",
        "itemised_due",
        "itemised_interest",
        "itemised_fees",
        "itemised_paid",
        "period_ends",
    }
)
"""What the templates of notices may say beside the rest."""

OCCASION_FACTS = frozenset(
    {
        "answer_by",
        "grace_ends",
        "instalment_amount",
        "instalment_date",
        "missed_amount",
        "offer_count",
        "offer_first",
        "offer_first_date",
        "offer_schedule",
        "offer_total",
        "plan_agreed_on",
        "plan_cure",
        "plan_left",
        "plan_schedule",
        "plan_total",
        "promise_amount",
        "promise_date",
        "complaint_id",
        "complained_on",
        "complaint_about",
        "owed_as",
        "owed_now",
        "decide_by",
        "outcome",
        "explanation",
        "remedies",
        "remedy_amount",
        "next_body",
        "next_body_phone",
        "next_body_site",
        "next_body_months",
        "received_amount",
        "received_on",
        "refund_amount",
        "refunded_on",
        "over_as",
        "has_credit",
        "credit_amount",
        "firm_until",
    }
)
"""What the templates of service messages and replies may say beside the rest; each occasion has some of them."""

_ASKING = frozenset({MessageClass.DEMAND, MessageClass.STATUTORY})
"""Classes of messages that ask for what is overdue, so that something must be."""

ROW = " | "
"""Between what a row of a table tells of and its amount."""

_MARK_OF_ROWS = re.compile(r"\s*\|\s*")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Invisible characters that turn the reading direction and so could change how an amount reads."""


def variables_of(channel: Channel) -> frozenset[str]:
    """The names that templates of a channel may use."""
    match channel:
        case Channel.VOICE:
            return _SAID_ALOUD
        case Channel.CALL:
            return WRITTEN_FACTS | _OFFERS
        case _:
            return WRITTEN_FACTS


def names_for(message_class: MessageClass, channel: Channel) -> frozenset[str]:
    """The names that templates of a class may use on a channel."""
    match message_class:
        case MessageClass.DEMAND:
            return variables_of(channel)
        case MessageClass.STATUTORY:
            return variables_of(channel) | NOTICE_FACTS
        case MessageClass.SERVICE | MessageClass.REPLY:
            return variables_of(channel) | OCCASION_FACTS
        case _:
            assert_never(message_class)


def fact_words(
    facts: MessageFacts, locale: Locale, conventions: Conventions, message_class: MessageClass = MessageClass.DEMAND
) -> FactWords:
    """The facts as words for a message of a class.

    Raises:
        MessageRefused: if the facts allow no true message, such as a demand with nothing overdue or an empty name.
    """
    faults = [*_faults(facts, asking=message_class in _ASKING)]
    if faults:
        raise MessageRefused(f"contact {facts.contact_id}: {'; '.join(faults)}")
    words = _texts(facts) | _amounts(facts.arrears, facts.balance_minor, facts.currency, locale)
    words |= _times(facts, locale, conventions) | _together(facts, locale)
    if facts.notice is not None:
        words |= _notice(facts.notice, facts.currency, locale, conventions)
    words |= _occasion(facts.occasion, facts.currency, locale, conventions)
    if facts.offers is not None:
        words |= _offers(facts.offers, facts.currency, locale, conventions)
    empty = [name for name, value in words.items() if not value]
    if empty:
        raise MessageRefused(
            f"contact {facts.contact_id}: {', '.join(empty)} is empty; fill it in the policy or the account's record"
        )
    return words | {
        "collects_for_another": words["collector"] != words["lender_name"],
        "time_barred": facts.time_barred,
        "revival": facts.revival.value,
        "balance_differs": facts.balance_minor != facts.arrears.total_minor,
        "waiver_offers": tuple(
            _waiver_offer(each, facts.currency, locale, conventions) for each in facts.waiver_offers
        ),
        "others": tuple(_other(each, facts.currency, locale, conventions) for each in facts.others),
        **_plan_offered(facts.plan_offered, facts.currency, locale, conventions),
        "may_waive": facts.offers is not None and facts.offers.waiver_minor > 0,
        "asks_down_payment": facts.offers is not None and facts.offers.down_payment_percent > 0,
    }


def _faults(facts: MessageFacts, *, asking: bool) -> Iterator[str]:
    yield from _faults_of_account(facts, asking=asking)
    for account in facts.others:
        yield from _faults_of_account(account, asking=asking)
    if facts.as_of.tzinfo is None:
        yield "as_of has no time zone; give it in the person's own"


def _faults_of_account(account: MessageFacts | OtherAccount, *, asking: bool) -> Iterator[str]:
    arrears = account.arrears
    if min(arrears.principal_minor, arrears.interest_minor, arrears.fees_minor) < 0:
        yield "a part of the arrears is below zero; correct the ledger"
    if asking and (arrears.total_minor <= 0 or account.days_overdue is None):
        yield "nothing is overdue, so nothing may be demanded; close the case"
    if account.balance_minor < arrears.total_minor:
        yield "the balance is less than the arrears; correct the ledger"
    if account.days_overdue is not None and account.days_overdue < 0:
        yield "the due date has not come; wait for it"


def _texts(facts: MessageFacts) -> dict[str, str]:
    lender = facts.lender
    texts = {
        "collector": lender.collector,
        "person_name": facts.person_name,
        "help_phone": lender.help_phone,
        "lender_name": lender.name,
        "product": facts.product,
        "account_id": facts.account_id,
        "account_ending": facts.account_ending,
        "pay_url": lender.pay_url,
        "link": facts.link,
        "complaint_phone": lender.complaint_phone,
        "complaint_email": lender.complaint_email,
        "postal_address": lender.postal_address,
    }
    return {name: inert(text) for name, text in texts.items()}


def _amounts(arrears: Sums, balance_minor: int, currency: str, locale: Locale) -> dict[str, str]:
    amounts = {
        "arrears": arrears.total_minor,
        "arrears_principal": arrears.principal_minor,
        "arrears_interest": arrears.interest_minor,
        "arrears_fees": arrears.fees_minor,
        "balance": balance_minor,
    }
    return {name: write_amount(minor, currency, locale) for name, minor in amounts.items()}


def _together(facts: MessageFacts, locale: Locale) -> dict[str, str]:
    """How many accounts the message tells of, and what is overdue on all of them."""
    total = facts.arrears.total_minor + sum(each.arrears.total_minor for each in facts.others)
    number = str(1 + len(facts.others))
    return {"number_of_accounts": number, "arrears_of_all": write_amount(total, facts.currency, locale)}


def _other(account: OtherAccount, currency: str, locale: Locale, conventions: Conventions) -> AccountWords:
    texts = {"account_id": account.account_id, "account_ending": ending_of(account.account_id)}
    texts |= {"product": account.product}
    return {
        **{name: inert(text) for name, text in texts.items()},
        **_amounts(account.arrears, account.balance_minor, currency, locale),
        "due_date": _write_date(account.due_date, locale, conventions),
        "days_overdue": _write_days(account.days_overdue, conventions),
        "balance_differs": account.balance_minor != account.arrears.total_minor,
        **_plan_offered(account.plan_offered, currency, locale, conventions),
    }


def _plan_offered(
    offered: PlanOffered | None, currency: str, locale: Locale, conventions: Conventions
) -> dict[str, str | bool]:
    """The plan that a demand offers; where it offers none, whether it does says so and the rest is empty."""
    return {
        "plan_offered": offered is not None,
        "plan_offered_count": str(offered.count) if offered is not None else "",
        "plan_offered_first": write_amount(offered.first_minor, currency, locale) if offered is not None else "",
        "plan_offered_date": _write_date(offered.first_date, locale, conventions) if offered is not None else "",
    }


def _waiver_offer(offer: WaiverOffer, currency: str, locale: Locale, conventions: Conventions) -> AccountWords:
    return {
        "pay": write_amount(offer.pay_minor, currency, locale),
        "pay_by": _write_date(offer.pay_by, locale, conventions),
        "waived": write_amount(offer.waived_minor, currency, locale),
        "settles": offer.settles,
    }


def _times(facts: MessageFacts, locale: Locale, conventions: Conventions) -> dict[str, str]:
    times = {
        "as_of": _write_moment(facts.as_of, locale, conventions),
        "as_of_date": _write_date(facts.as_of.date(), locale, conventions),
    }
    if facts.due_date is not None:
        times["due_date"] = _write_date(facts.due_date, locale, conventions)
    if facts.days_overdue is not None:
        times["days_overdue"] = _write_days(facts.days_overdue, conventions)
    return times


def _notice(notice: NoticeFacts, currency: str, locale: Locale, conventions: Conventions) -> dict[str, str]:
    itemised = notice.itemisation
    amounts = {
        "itemised_amount": ("", itemised.amount_minor),
        "itemised_due": ("+ ", itemised.fell_due.principal_minor),
        "itemised_interest": ("+ ", itemised.fell_due.interest_minor),
        "itemised_fees": ("+ ", itemised.fell_due.fees_minor),
        "itemised_paid": ("- ", itemised.paid_minor),
    }
    words = {name: sign + write_amount(minor, currency, locale) for name, (sign, minor) in amounts.items()}
    words["itemised_on"] = _write_date(itemised.on, locale, conventions)
    if notice.period_ends is not None:
        words["period_ends"] = _write_date(notice.period_ends, locale, conventions)
    return words


def _occasion(told: OccasionFacts, currency: str, locale: Locale, conventions: Conventions) -> dict[str, str]:
    words = {name: write_amount(minor, currency, locale) for name, minor in told.amounts.items()}
    words |= {name: _write_date(day, locale, conventions) for name, day in told.dates.items()}
    words |= {name: _write_days(count, conventions) for name, count in told.days.items()}
    words |= {name: inert(text) for name, text in told.texts.items()}
    if told.complaint_category is not None:
        words["complaint_about"] = conventions.complaint_about[told.complaint_category]
    for name, schedule in told.schedules.items():
        rows = (_row(day, minor, currency, locale, conventions) for day, minor in schedule)
        words[name] = "\n".join(rows)
    return words


def _row(day: date, minor: int, currency: str, locale: Locale, conventions: Conventions) -> str:
    return f"{_write_date(day, locale, conventions)}{ROW}{write_amount(minor, currency, locale)}"


def _offers(offers: CallOffers, currency: str, locale: Locale, conventions: Conventions) -> dict[str, str]:
    return {
        "plan_most": str(offers.most_instalments),
        "plan_smallest": write_amount(offers.smallest_instalment_minor, currency, locale),
        "plan_longest": _write_days(_whole_days(offers.longest_plan), conventions),
        "plan_income": f"{offers.income_percent}%",
        "plan_down": f"{offers.down_payment_percent}%",
        "hardship_grace": _write_days(_whole_days(offers.hardship_grace), conventions),
        "waiver_at_once": write_amount(offers.waiver_minor, currency, locale),
    }


def _whole_days(length: timedelta) -> int:
    """Rounded up, since a demonstration's lengths are seconds."""
    return -(-length // timedelta(days=1))


def inert(text: str) -> str:
    """The text on one line, without anything that a layout takes for a mark or that changes how its neighbours read."""
    visible = "".join(each for each in text if each.isspace() or _is_harmless(each))
    return _MARK_OF_ROWS.sub("/", " ".join(visible.split()))


def _is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in _DIRECTION_MARKS


def write_amount(minor: int, currency: str, locale: Locale) -> str:
    """An amount with exactly the currency's own decimal places."""
    digits = minor_digits(currency)
    amount = Decimal(minor).scaleb(-digits)
    written = format_currency(amount, currency, format=_pattern(locale, digits), locale=locale, currency_digits=False)
    return written.replace("\N{NO-BREAK SPACE}", " ")


@cache
def _pattern(locale: Locale, digits: int) -> str:
    """The language's own pattern for money, with as many places as the currency has by ISO 4217."""
    places = "0." + "0" * digits if digits else "0"
    return re.sub(r"0\.0+", places, locale.currency_formats["standard"].pattern)


def _write_date(day: date, locale: Locale, conventions: Conventions) -> str:
    return format_date(day, conventions.date, locale=locale)


def _write_moment(moment: datetime, locale: Locale, conventions: Conventions) -> str:
    return format_datetime(moment, conventions.moment, locale=locale)


def _write_days(count: int, conventions: Conventions) -> str:
    return conventions.one_day if count == 1 else conventions.days.format(count=count)
