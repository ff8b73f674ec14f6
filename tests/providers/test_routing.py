"""Which provider carries what to which country, and under which rule it does not."""

from datetime import date
from pathlib import Path

import pytest

from domain.terms import Channel
from providers.outbox import Outbox
from providers.port import Accepted, NeverTaken, Rejected, RejectionKind
from providers.routing import DEFAULT_ROUTES, RoutedProvider, RoutePolicy, RouteRule, country_of
from providers.twilio_sms import TwilioSms
from providers.twilio_voice import TwilioVoice
from tests.providers.builders import make_intent, twilio_account, utc_now
from tests.standins.provider_standin import ProviderStandIn

CHINA, UNITED_STATES, CANADA, BRITAIN = "+8613800138000", "+12025550123", "+14165550123", "+447700900123"


def twilio_sms(standin: ProviderStandIn, *, first_party: bool = False) -> RoutedProvider:
    """Text messages by Twilio, under the default rules."""
    return RoutedProvider(TwilioSms(twilio_account(standin.base_url), utc_now), DEFAULT_ROUTES, first_party=first_party)


def test_twilio_carries_no_text_message_to_mainland_china(standin: ProviderStandIn) -> None:
    result = twilio_sms(standin, first_party=True).send(make_intent(Channel.SMS, to=CHINA))
    assert result == Rejected(RejectionKind.NOT_ALLOWED, "twilio-sms-prc")
    assert standin.messages == []


def test_a_refused_route_has_never_taken_anything(standin: ProviderStandIn) -> None:
    looked_up = twilio_sms(standin).lookup(make_intent(Channel.SMS, to=CHINA), utc_now())
    assert looked_up is NeverTaken.NEVER_TAKEN


def test_a_domestic_provider_in_its_slot_carries_what_twilio_may_not(standin: ProviderStandIn, tmp_path: Path) -> None:
    main = TwilioSms(twilio_account(standin.base_url), utc_now)
    domestic = Outbox(tmp_path)
    provider = RoutedProvider(main, DEFAULT_ROUTES, first_party=True, domestic={"CN": domestic})
    intent = make_intent(Channel.SMS, to=CHINA)
    assert isinstance(provider.send(intent), Accepted)
    assert provider.lookup(intent, utc_now()) == domestic.lookup(intent, utc_now())
    assert standin.messages == []


def test_twilio_still_calls_mainland_china(standin: ProviderStandIn) -> None:
    voice = TwilioVoice(twilio_account(standin.base_url), utc_now)
    routed = RoutedProvider(voice, DEFAULT_ROUTES, first_party=False)
    assert isinstance(routed.send(make_intent(Channel.VOICE, to=CHINA)), Accepted)


@pytest.mark.parametrize("number", [UNITED_STATES, CANADA])
def test_only_a_lender_that_collects_its_own_debts_may_text_north_america(
    standin: ProviderStandIn, number: str
) -> None:
    intent = make_intent(Channel.SMS, to=number)
    refused = Rejected(RejectionKind.NOT_ALLOWED, "twilio-sms-third-party-debt")
    assert twilio_sms(standin, first_party=False).send(intent) == refused
    assert isinstance(twilio_sms(standin, first_party=True).send(intent), Accepted)
    assert len(standin.messages) == 1


def test_a_route_that_no_rule_denies_is_allowed(standin: ProviderStandIn) -> None:
    assert isinstance(twilio_sms(standin).send(make_intent(Channel.SMS, to=BRITAIN)), Accepted)


@pytest.mark.parametrize("number", ["13800138000", "not a number", "+86", "+999123456789", ""])
def test_what_cannot_be_a_phone_number_reaches_no_provider(standin: ProviderStandIn, number: str) -> None:
    result = twilio_sms(standin).send(make_intent(Channel.SMS, to=number))
    assert result == Rejected(RejectionKind.ADDRESS_INVALID, "not_a_phone_number")
    assert standin.messages == []


@pytest.mark.parametrize(
    ("number", "country"),
    [(CHINA, "CN"), ("+85261234567", "HK"), (UNITED_STATES, "US"), (CANADA, "CA"), (BRITAIN, "GB")],
)
def test_a_numbers_country_is_read_from_its_plan(number: str, country: str) -> None:
    assert country_of(number) == country


def test_a_number_made_up_for_an_example_belongs_to_its_codes_main_country() -> None:
    assert country_of("+15005550006") == "US"
    assert country_of("+8600000000000") == "CN"


def test_every_rule_says_why_and_where_it_is_from() -> None:
    for rule in DEFAULT_ROUTES.rules:
        assert rule.reason.endswith(".")
        assert "https://" in rule.source
    ids = [rule.rule_id for rule in DEFAULT_ROUTES.rules]
    assert len(ids) == len(set(ids))


def test_a_rule_binds_its_own_provider_channel_and_countries_alone() -> None:
    rule = RouteRule("r", "twilio-sms", Channel.SMS, frozenset({"FR"}), "Because.", "https://example.com", date.min)
    policy = RoutePolicy((rule,))
    assert policy.denial("twilio-sms", Channel.SMS, "FR", first_party=True) == rule
    assert policy.denial("twilio-sms", Channel.SMS, "DE", first_party=True) is None
    assert policy.denial("twilio-voice", Channel.SMS, "FR", first_party=True) is None
    assert policy.denial("twilio-sms", Channel.VOICE, "FR", first_party=True) is None
