"""The kinds of rule that a jurisdiction pack is made of; one that names no channels, classes or regions binds all.

Every rule that binds must allow a contact, so that adding one can only make a pack stricter.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.terms import Channel, HoldKind, MessageClass, Weekday
from domain.written import Duration, Form

RuleId = Annotated[str, Form(r"^[A-Z][A-Z0-9-]{1,39}$", "capital letters, digits and dashes, such as CN-01")]
RegionCode = Annotated[str, Form(r"^[A-Z]{2,3}$", "two or three capital letters, such as MA")]
OccasionName = Annotated[str, Form(r"^[a-z][a-z0-9_]{1,39}$", "small letters, digits and underscores")]
Sentence = Annotated[
    str, Form(r"^\S(.{0,698}\S)?$", "one line of text without spaces at its ends, at most 700 letters")
]
ClockTime = Annotated[str, Form(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "a time such as 08:00, at most 24:00")]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Flag = Annotated[bool, Field(strict=True)]


class Part(BaseModel):
    """What every part of a pack obeys: immutable, and no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Sourced(Part):
    """Something that somebody else has laid down."""

    source: Sentence
    """Where it stands: law and article, or the decision of the product."""
    verified: Flag
    """Whether figure and place are certain; false means that counsel has still to check them."""
    to_check: Sentence | None = None
    """What counsel has to check; only and always with ``verified: false``."""

    @model_validator(mode="after")
    def _says_what_to_check(self) -> Self:
        if self.verified is (self.to_check is not None):
            raise ValueError("write to_check, what counsel has to check, with 'verified: false' and only with it")
        return self


class Origin(StrEnum):
    """Who laid a rule down."""

    LEGAL = "legal"
    """A law, regulation or standard."""
    PRODUCT = "product"
    """This product, on top of the law."""
    POLICY = "policy"
    """One lender's policy, on top of both."""


class Per(StrEnum):
    """Over what a rule counts."""

    PERSON = "person"
    """Everything that reaches the person, over all accounts."""
    DEBT = "debt"
    """Each of the person's accounts by itself."""
    ADDRESS = "address"
    """Each number or address by itself, over all accounts."""


class Counted(StrEnum):
    """What a cap counts. What the person begins never counts."""

    ATTEMPTS = "attempts"
    """Everything that left or was dialled, answered or not."""
    CONNECTED = "connected"
    """Calls that were answered; one of which it is not known yet counts as answered."""


class RuleBase(Sourced):
    """What every rule says."""

    id: RuleId
    """Under which verdicts name it."""
    title: Sentence
    """The rule in one sentence."""
    origin: Origin
    regions: tuple[RegionCode, ...] = ()
    """Where it binds, if not everywhere; it also binds who lives nobody knows where."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = tuple(Channel)
    classes: Annotated[tuple[MessageClass, ...], Field(min_length=1)] = tuple(MessageClass)
    effective_from: date | None = None
    """The first day on which it binds; none: always so far."""
    effective_to: date | None = None
    """The last day on which it binds; none: until further notice."""

    def in_force_on(self, day: date) -> bool:
        """Whether it binds on a date."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


class Hours(RuleBase):
    """When contact is allowed on a day: from ``opens`` on, and strictly before ``closes``, on the person's clock."""

    kind: Literal["hours"]
    opens: ClockTime
    closes: ClockTime

    @property
    def opens_minute(self) -> int:
        """Minutes from midnight."""
        return _minutes(self.opens)

    @property
    def closes_minute(self) -> int:
        """Minutes from midnight."""
        return _minutes(self.closes)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens_minute >= self.closes_minute:
            raise ValueError(f"opens at {self.opens} and closes at {self.closes}; a day must open before it closes")
        return self


class Festival(Part):
    """A holiday with the days around it."""

    holiday: Sentence
    """Its English name in the holidays library."""
    days_before: Annotated[int, Field(strict=True, ge=0, le=30)]
    """Quiet days before its first day."""
    days_after: Annotated[int, Field(strict=True, ge=0, le=30)]
    """Quiet days after its first day."""


class QuietDays(RuleBase):
    """Whole days without contact."""

    kind: Literal["quiet_days"]
    weekdays: tuple[Weekday, ...] = ()
    public_holidays: Flag = False
    festival: Festival | None = None


class Window(Part):
    """Over how long a rule counts: dates, today included, or a length of time that ends now."""

    calendar_days: Count | None = None
    rolling: Duration | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.calendar_days is None) == (self.rolling is None):
            raise ValueError("must be either calendar_days, such as 1, or rolling, such as 7d")
        return self


class Cap(RuleBase):
    """No more than so many within a window. Only contacts of the rule's own channels and classes count."""

    kind: Literal["cap"]
    at_most: Count
    per: Per
    window: Window
    counts: Counted


class Cooldown(RuleBase):
    """No call within a window that begins with a conversation by telephone, whoever called whom."""

    kind: Literal["cooldown"]
    per: Per
    window: Window


class Stop(RuleBase):
    """What an open hold stops, and the few messages that may still go."""

    kind: Literal["stop"]
    holds: Annotated[tuple[HoldKind, ...], Field(min_length=1)]
    allows: tuple[OccasionName, ...] = ()
    """Service messages that the hold itself owes, and notices that the law wants in spite of it."""


class OptOuts(RuleBase):
    """A channel or address that the person has stopped is not used."""

    kind: Literal["opt_outs"]
    together: tuple[Channel, ...] = ()
    """Channels of which a stop to one stops all."""


class ConsentNeeded(RuleBase):
    """Contact needs the person's recorded consent to the channel or address."""

    kind: Literal["consent"]
    confirmed_within: Duration | None = None
    """How fresh the consent, or the last proof that the address is still theirs, must be."""


class UsableAddress(RuleBase):
    """An address that is known to be somebody else's is not used."""

    kind: Literal["usable_address"]


class SomethingOwed(RuleBase):
    """There must be arrears, and an open case."""

    kind: Literal["something_owed"]


class KnownPurpose(RuleBase):
    """A message goes by the freedoms of its class only if it is one of those that the class is for."""

    kind: Literal["known_purpose"]


Rule = Annotated[
    Hours | QuietDays | Cap | Cooldown | Stop | OptOuts | ConsentNeeded | UsableAddress | SomethingOwed | KnownPurpose,
    Field(discriminator="kind"),
]
"""Every kind of rule."""


def look_back(rule: Cap | Cooldown) -> timedelta:
    """How far back the log must reach for the rule to be judged, any clock change included."""
    if rule.window.rolling is not None:
        return rule.window.rolling
    return timedelta(days=(rule.window.calendar_days or 1) + 1)


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])
