"""Which provider may carry what to which country: rules as data, and the provider that obeys them.

A rule records why it is there. It is the provider's own terms that are kept here, not the law of contact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import phonenumbers

from domain.terms import Channel
from providers.port import ContactIntent, LookupResult, NeverTaken, Provider, Rejected, RejectionKind, SendResult


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Denies a provider a channel to some countries."""

    rule_id: str
    provider: str
    """The provider's name, as in its ``name``."""
    channel: Channel
    countries: frozenset[str]
    """ISO 3166 alpha-2 codes."""
    reason: str
    source: str
    as_of: date
    """When the source was last changed or read."""
    unless_first_party: bool = False
    """Whether a lender that collects its own debts is free of it."""


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """Every rule of routing. What no rule denies is allowed."""

    rules: tuple[RouteRule, ...]

    def denial(self, provider: str, channel: Channel, country: str, *, first_party: bool) -> RouteRule | None:
        """Return the rule that denies the route, if one does."""
        for rule in self.rules:
            applies = (rule.provider, rule.channel) == (provider, channel) and country in rule.countries
            if applies and not (rule.unless_first_party and first_party):
                return rule
        return None


DEFAULT_ROUTES = RoutePolicy(
    (
        RouteRule(
            rule_id="twilio-sms-prc",
            provider="twilio-sms",
            channel=Channel.SMS,
            countries=frozenset({"CN"}),
            reason="Twilio forbids messages about finance, loans and credit cards to, from and within mainland China.",
            source="Twilio, PRC Messaging Restrictions: "
            "https://www.twilio.com/en-us/legal/service-country-specific-terms/prc-messaging-restrictions",
            as_of=date(2021, 3, 30),
        ),
        RouteRule(
            rule_id="twilio-sms-third-party-debt",
            provider="twilio-sms",
            channel=Channel.SMS,
            countries=frozenset({"US", "CA"}),
            reason="Twilio forbids text messages that collect a debt owed to somebody else than their sender.",
            source="Twilio, error 30863, Disallowed: Third Party Debt Collection: "
            "https://www.twilio.com/docs/api/errors/30863",
            as_of=date(2026, 11, 24),
            unless_first_party=True,
        ),
    )
)
"""What Twilio's own terms forbid. Have Twilio confirm it for your account before production."""


class NotConfigured:
    """The empty slot where a provider would stand: refuses everything and has never taken anything."""

    def __init__(self, name: str, code: str) -> None:
        self.name = name
        self._code = code

    def send(self, intent: ContactIntent) -> SendResult:  # noqa: ARG002
        """Refuse, naming why nobody carries this."""
        return Rejected(RejectionKind.NOT_ALLOWED, self._code)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:  # noqa: ARG002
        """Tell that it never took the message."""
        return NeverTaken.NEVER_TAKEN


class RoutedProvider:
    """Carries a channel that goes by phone number: by a country's own provider, else by the main one where it may."""

    def __init__(
        self,
        main: Provider,
        policy: RoutePolicy,
        *,
        first_party: bool,
        domestic: Mapping[str, Provider] | None = None,
    ) -> None:
        self._main = main
        self._policy = policy
        self._first_party = first_party
        self._domestic = domestic or {}

    @property
    def name(self) -> str:
        """The main provider's name; an accepted message names the one that took it."""
        return self._main.name

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the message to whoever may carry it, or refuse with the id of the rule that denies it."""
        country = country_of(intent.to)
        if country is None:
            return Rejected(RejectionKind.ADDRESS_INVALID, "not_a_phone_number")
        return self._carrier(country, intent.channel).send(intent)

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """Ask whoever would carry the message."""
        country = country_of(intent.to)
        if country is None:
            return NeverTaken.NEVER_TAKEN
        return self._carrier(country, intent.channel).lookup(intent, since)

    def _carrier(self, country: str, channel: Channel) -> Provider:
        if country in self._domestic:
            return self._domestic[country]
        denial = self._policy.denial(self._main.name, channel, country, first_party=self._first_party)
        return NotConfigured(f"domestic-{country}", denial.rule_id) if denial else self._main


def country_of(number: str) -> str | None:
    """Return the ISO country of a number in E.164, or None when it cannot be a phone number.

    A number that no plan assigns yet, such as one made up for an example, belongs to its calling code's main country.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    region = phonenumbers.region_code_for_number(parsed)
    return region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
