"""What makes an account known to us: who owes, how to reach them, and what is owed by which instalment."""

import hashlib
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, model_validator
from pydantic import field_validator as validates

from domain.facts import CurrencyCode, Day, ReasonCode, Reference
from domain.late_terms import LateTerms
from domain.money import MoneyError, parse_minor
from domain.terms import ADDRESS_KINDS, Channel, CreditKind

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_MAY_BE_UNSAID = ("consents", "terms", "credit_kind")
"""Fields that, left out, are not in the digest, so that a registration from before they existed has the same one."""
_PERSONAL_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9}|\d{3}-\d{2}-\d{4})(?!\d)")


def _opaque(identifier: str) -> str:
    """Ids stand in histories and search attributes, which are not for personal data."""
    if _PERSONAL_NUMBER.search(identifier):
        raise ValueError("looks like a personal number; ids must be opaque, so give another one")
    return identifier


def _amount(text: str) -> str:
    try:
        if parse_minor(text, "BHD") < 0:
            raise ValueError('must not be negative; write "0.00" for nothing')
    except MoneyError as error:
        raise ValueError('must be a decimal such as "120.00"') from error
    return text


OpaqueId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"), AfterValidator(_opaque)]
"""An id that says nothing of the person: letters, digits, dot, dash and underscore, at most 80."""

OwedAmount = Annotated[str, StringConstraints(strip_whitespace=True, max_length=24), AfterValidator(_amount)]
"""A decimal string, zero or more."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
"""Text of at most 400 characters."""


class OwedInstalment(BaseModel):
    """One instalment as the contract has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    number: Annotated[int, Field(ge=1, le=600)]
    due_date: date
    principal: OwedAmount
    interest: OwedAmount = "0.00"
    fees: OwedAmount = "0.00"


class GivenConsent(BaseModel):
    """That the person agreed to be reached by a channel at the registration's own address for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    channel: Channel
    given_on: Day
    """On the person's own calendar."""
    source: ReasonCode
    """Where it is on record, such as ``loan_agreement``."""
    confirmed_on: Day | None = None
    """When the address was last known to be the person's, if later."""

    @property
    def last_confirmed_on(self) -> date:
        """The later of both days."""
        return max(self.given_on, self.confirmed_on or self.given_on)


class Registration(BaseModel):
    """One account to be collected, with its person.

    ``phone``, ``email`` and ``postal_address`` may be empty; with none of them, a person is asked to find one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    account_id: OpaqueId
    debtor_id: OpaqueId
    debtor_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    phone: Line = ""
    email: Line = ""
    postal_address: Line = ""
    language: Line
    time_zone: Line
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,4})?$")]
    product: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    currency: CurrencyCode
    instalments: Annotated[tuple[OwedInstalment, ...], Field(min_length=1, max_length=600)]
    policy: Reference | None = None
    consents: Annotated[tuple[GivenConsent, ...], Field(max_length=len(Channel))] = ()
    """Given before the account came here; what the person says later is told by facts."""
    terms: LateTerms | None = None
    """What paying late costs by the contract; without any, nothing accrues."""
    credit_kind: CreditKind = CreditKind.CREDIT_AGREEMENT
    """What kind of credit it is, by which the law chooses the notices that are owed."""

    @validates("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if not _LANGUAGE.fullmatch(value):
            raise ValueError("must be a language tag such as zh-CN or en")
        return value

    @validates("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a zone of the tz database such as Asia/Shanghai")
        return value

    @validates("email")
    @classmethod
    def _plausible_email(cls, value: str) -> str:
        if value and not _EMAIL.fullmatch(value):
            raise ValueError("is not an email address; correct it or leave it empty")
        return value

    @validates("phone")
    @classmethod
    def _valid_number(cls, value: str) -> str:
        if not value:
            return value
        try:
            number = phonenumbers.parse(value, None)
        except phonenumbers.NumberParseException as error:
            raise ValueError("must be written with its country, such as +8613800138000") from error
        if not phonenumbers.is_valid_number(number):
            raise ValueError("is not a number that exists; correct it or leave it empty")
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    @validates("instalments")
    @classmethod
    def _distinct_numbers(cls, value: tuple[OwedInstalment, ...]) -> tuple[OwedInstalment, ...]:
        if len({each.number for each in value}) != len(value):
            raise ValueError("two instalments have the same number")
        return tuple(sorted(value, key=lambda each: each.number))

    @model_validator(mode="after")
    def _consistent(self, _info: ValidationInfo) -> Self:
        for each in (self.account_id, self.debtor_id):
            if self._tells_of_the_person(each):
                raise ValueError("account_id and debtor_id must not hold the person's name, number or email")
        if self.terms is not None:
            self.terms.reckoned_in(self.currency)
            if self.terms.contract_date > min(each.due_date for each in self.instalments):
                raise ValueError("terms.contract_date must not be later than the first due date")
        for instalment in self.instalments:
            if self._total_minor(instalment) <= 0:
                raise ValueError(f"instalment {instalment.number} owes nothing; leave it out")
        for consent in self.consents:
            if ADDRESS_KINDS[consent.channel] not in self.addresses:
                raise ValueError(f"a consent to {consent.channel} needs the address that it was given for")
        return self

    @property
    def digest(self) -> str:
        """A digest of everything it says, by which a second registration is compared with the first."""
        fields = type(self).model_fields
        unsaid = {"policy"} | {name for name in _MAY_BE_UNSAID if getattr(self, name) == fields[name].default}
        body = json.dumps(self.model_dump(mode="json", exclude=unsaid), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses given, by their kind."""
        given = {"phone": self.phone, "email": self.email, "postal": self.postal_address}
        return {kind: value for kind, value in given.items() if value}

    def _tells_of_the_person(self, identifier: str) -> bool:
        folded = identifier.casefold()
        digits = self.phone.lstrip("+")
        named = len(self.debtor_name) > 3 and self.debtor_name.casefold().replace(" ", "") in folded
        return (
            named or (bool(digits) and digits[-8:] in folded) or (bool(self.email) and self.email.casefold() in folded)
        )

    def _total_minor(self, instalment: OwedInstalment) -> int:
        parts = (instalment.principal, instalment.interest, instalment.fees)
        return sum(parse_minor(part, self.currency) for part in parts)


def start_of_day(day: date, time_zone: str) -> datetime:
    """The UTC instant at which a day begins in a zone."""
    return datetime.combine(day, time(0), ZoneInfo(time_zone)).astimezone(UTC)


def end_of_day(day: date, time_zone: str) -> datetime:
    """The UTC instant at which a day ends in a zone."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)
