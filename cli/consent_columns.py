"""The optional columns and options by which an account is registered with the consents that the person gave before."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

CONSENT_COLUMNS = ("sms_consent", "voice_consent", "consent_source", "phone_confirmed")
"""The days on which the person agreed to texts and to recorded announcements, where that is on record, and the day on
which the number was last known to be theirs."""

_CHANNELS = {"sms_consent": "sms", "voice_consent": "voice"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


def consents_of(row: Mapping[str, str]) -> list[dict[str, Any]]:
    """The consents of a row as a registration takes them."""
    confirmed = {"confirmed_on": row["phone_confirmed"]} if row.get("phone_confirmed") else {}
    source = row.get("consent_source")
    given = ((channel, row.get(column)) for column, channel in _CHANNELS.items())
    return [{"channel": channel, "given_on": day, "source": source, **confirmed} for channel, day in given if day]


def wrong_consents(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each column of consents that cannot be read, with the reason."""
    for column in (*_CHANNELS, "phone_confirmed"):
        if row.get(column) and not _is_day(row[column]):
            yield column, "must be a day of the calendar written year-month-day, such as 2026-11-24, or empty"
    source, consented = row.get("consent_source", ""), any(row.get(column) for column in _CHANNELS)
    if consented and not _CODE.fullmatch(source):
        yield "consent_source", "must say where the consent is on record, in a code such as loan_agreement"
    if row.get("phone_confirmed") and not consented:
        yield "phone_confirmed", "goes with a consent; give the day of sms_consent or voice_consent too"


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False
