"""Money as integer minor units of one currency, parsed from and written as decimal strings, never as floats."""

import re
from dataclasses import dataclass
from typing import Self

_MINOR_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,4}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class MoneyError(ValueError):
    """An amount or currency that cannot be taken; the message says why and how to write it."""


def minor_digits(currency: str) -> int:
    """How many decimal places a currency's amounts have (ISO 4217).

    Raises:
        MoneyError: if the code is not three capital letters.
    """
    if not _CURRENCY.fullmatch(currency):
        raise MoneyError(f"currency must be three capital letters such as CNY, not {currency!r}")
    return _MINOR_DIGITS.get(currency, 2)


def parse_minor(text: str, currency: str) -> int:
    """The minor units that a decimal string such as ``"120.00"`` names.

    Raises:
        MoneyError: if it is not a plain decimal, or has more places than the currency.
    """
    match = _DECIMAL.fullmatch(text.strip())
    digits = minor_digits(currency)
    if match is None:
        raise MoneyError(f'amount must be a decimal such as "120.00", not {text[:40]!r}')
    sign, whole, fraction = match[1], match[2], match[3] or ""
    if len(fraction) > digits:
        raise MoneyError(f"{currency} has {digits} decimal places; {text[:40]!r} has {len(fraction)}")
    minor = int(whole + fraction.ljust(digits, "0"))
    return -minor if sign else minor


def format_minor(minor: int, currency: str) -> str:
    """The decimal string of an amount in minor units, the inverse of :func:`parse_minor`."""
    digits = minor_digits(currency)
    sign = "-" if minor < 0 else ""
    if digits == 0:
        return f"{sign}{abs(minor)}"
    whole, fraction = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of one currency in its minor units."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a decimal string; raises :class:`MoneyError`."""
        return cls(parse_minor(text, currency), currency)

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency)} {self.currency}"


def split_evenly(total_minor: int, parts: int) -> tuple[int, ...]:
    """Split an amount into parts that differ by at most one minor unit and add up to it exactly, larger parts first.

    Raises:
        MoneyError: if there is no part, or fewer minor units than parts.
    """
    if parts < 1 or total_minor < parts:
        raise MoneyError(f"cannot split {total_minor} minor units into {parts} parts of at least one")
    quotient, remainder = divmod(total_minor, parts)
    return tuple(quotient + 1 if index < remainder else quotient for index in range(parts))
