"""What shows that an item of the checklist is true, or what is missing, in the words of one language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.referral_words import ReferralWords

CODES = {
    "stage": "stage",
    "channel": "channel",
    "channels": "channel",
    "hold": "hold",
    "outcome": "outcome",
    "notice": "notice",
    "notices": "notice",
}
"""The values of findings that are codes, with the vocabulary that has their words."""

_SEVERAL = frozenset({"channels", "notices", "references"})


def evidence_of(item: Mapping[str, Any], words: ReferralWords, time_zone: str) -> str:
    """What an item of a checklist, as the records keep it, is shown by, a line each.

    Args:
        item: the item; one from before findings were kept has its words in English.
        words: of the language.
        time_zone: in which days and times are written.
    """
    said = (words.findings[each["says"]].format(**_written(each["values"], words, time_zone)) for each in _found(item))
    return "\n".join(said) or str(item.get("evidence", ""))


def local_moment(moment: datetime, time_zone: str) -> str:
    """A moment as the file writes it."""
    return f"{moment.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"


def figure(amount: str) -> str:
    """A decimal with its thousands set apart."""
    sign, digits = ("−", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{places}"


def _found(item: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = item.get("findings", ())
    return found


def _written(values: Mapping[str, str], words: ReferralWords, time_zone: str) -> dict[str, str]:
    return {name: _value(name, value, words, time_zone) for name, value in values.items()}


def _value(name: str, value: str, words: ReferralWords, time_zone: str) -> str:
    if name in ("day", "moment"):
        written = local_moment(datetime.fromisoformat(value), time_zone)
        return written[:10] if name == "day" else written
    if name in ("amount", "paid", "waived"):
        return figure(value)
    codes = value.split(",") if name in _SEVERAL and value else [value] if value else []
    spoken = [words.code(CODES[name], each) if name in CODES else each for each in codes]
    return words.phrases.separator.join(spoken) or words.phrases.none_of_them
