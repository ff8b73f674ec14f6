"""How many segments a text message takes, which decides its price and whether a carrier takes it at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Characters that take two units, an escape and the character, which stay in one segment (3GPP TS 23.038)."""

_LAST_OF_THE_BASIC_PLANE = 0xFFFF


class SmsEncoding(StrEnum):
    """The alphabet in which a text message travels."""

    GSM_7 = "gsm-7"
    """Latin letters: 160 units alone, 153 in each of several segments."""
    UCS_2 = "ucs-2"
    """Every other script: 70 units alone, 67 in each of several segments."""


_ALONE = {SmsEncoding.GSM_7: 160, SmsEncoding.UCS_2: 70}
_IN_EACH_OF_SEVERAL = {SmsEncoding.GSM_7: 153, SmsEncoding.UCS_2: 67}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text message takes on its way."""

    encoding: SmsEncoding
    units: int
    """Septets of GSM-7, or UTF-16 code units."""
    segments: int


def sms_size(text: str) -> SmsSize:
    """Measure a text message as carriers do; an empty one takes one segment."""
    encoding = SmsEncoding.GSM_7 if set(text) <= _GSM_BASIC | _GSM_EXTENDED else SmsEncoding.UCS_2
    costs = [_cost(character, encoding) for character in text]
    units = sum(costs)
    segments = 1 if units <= _ALONE[encoding] else _segments(costs, _IN_EACH_OF_SEVERAL[encoding])
    return SmsSize(encoding, units, segments)


def _cost(character: str, encoding: SmsEncoding) -> int:
    if encoding is SmsEncoding.GSM_7:
        return 2 if character in _GSM_EXTENDED else 1
    return 2 if ord(character) > _LAST_OF_THE_BASIC_PLANE else 1


def _segments(costs: Iterable[int], room: int) -> int:
    """Fill one segment after the other; a character of two units is never split between two of them."""
    segments, used = 1, 0
    for cost in costs:
        if used + cost > room:
            segments, used = segments + 1, 0
        used += cost
    return segments
