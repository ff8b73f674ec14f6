"""Turns the facts of a message into the words that templates may use, in the message's language."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

from activities.language_files import Conventions
from domain.messages import MessageFacts, MessageRefused, NoticeFacts
from domain.money import minor_digits
from domain.terms import Channel

FactWords = Mapping[str, str | bool]
"""What templates may say, by the name under which they say it."""

_SAID_ALOUD = frozenset({"collector", "person_name", "help_phone"})
"""All that an announcement may say: whoever hears it learns nothing of the debt."""

WRITTEN_FACTS = _SAID_ALOUD | {
    "lender_name",
    "collects_for_another",
    "product",
    "account_id",
    "account_ending",
    "time_barred",
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
}
"""All that templates of messages in writing, and scripts of calls, may say."""

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

_MARK_OF_ROWS = re.compile(r"\s*\|\s*")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Invisible characters that turn the reading direction and so could change how an amount reads."""


def variables_of(channel: Channel) -> frozenset[str]:
    """The names that templates of a channel may use."""
    return _SAID_ALOUD if channel is Channel.VOICE else WRITTEN_FACTS


def fact_words(facts: MessageFacts, locale: Locale, conventions: Conventions) -> FactWords:
    """The facts as words.

    Raises:
        MessageRefused: if the facts allow no true demand, such as nothing overdue or a name that is empty.
    """
    faults = [*_faults(facts)]
    if faults:
        raise MessageRefused(f"contact {facts.contact_id}: {'; '.join(faults)}")
    words = _texts(facts) | _amounts(facts, locale) | _times(facts, locale, conventions)
    if facts.notice is not None:
        words |= _notice(facts.notice, facts.currency, locale, conventions)
    empty = [name for name, value in words.items() if not value]
    if empty:
        raise MessageRefused(
            f"contact {facts.contact_id}: {', '.join(empty)} is empty; fill it in the policy or the account's record"
        )
    return words | {
        "collects_for_another": words["collector"] != words["lender_name"],
        "time_barred": facts.time_barred,
        "balance_differs": facts.balance_minor != facts.arrears.total_minor,
    }


def _faults(facts: MessageFacts) -> Iterator[str]:
    arrears = facts.arrears
    if min(arrears.principal_minor, arrears.interest_minor, arrears.fees_minor) < 0:
        yield "a part of the arrears is below zero; correct the ledger"
    if arrears.total_minor <= 0:
        yield "nothing is overdue, so nothing may be demanded; close the case"
    if facts.balance_minor < arrears.total_minor:
        yield "the balance is less than the arrears; correct the ledger"
    if facts.days_overdue < 0:
        yield "the due date has not come; wait for it"
    if facts.as_of.tzinfo is None:
        yield "as_of has no time zone; give it in the person's own"


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


def _amounts(facts: MessageFacts, locale: Locale) -> dict[str, str]:
    amounts = {
        "arrears": facts.arrears.total_minor,
        "arrears_principal": facts.arrears.principal_minor,
        "arrears_interest": facts.arrears.interest_minor,
        "arrears_fees": facts.arrears.fees_minor,
        "balance": facts.balance_minor,
    }
    return {name: write_amount(minor, facts.currency, locale) for name, minor in amounts.items()}


def _times(facts: MessageFacts, locale: Locale, conventions: Conventions) -> dict[str, str]:
    return {
        "due_date": _write_date(facts.due_date, locale, conventions),
        "days_overdue": _write_days(facts.days_overdue, conventions),
        "as_of": _write_moment(facts.as_of, locale, conventions),
        "as_of_date": _write_date(facts.as_of.date(), locale, conventions),
    }


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
