"""What networks and providers do at times, and what each adapter makes of it."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from domain.terms import Channel
from providers.port import Accepted, Busy, Provider, Unknown
from providers.sendgrid_email import SendGridEmail
from providers.twilio_sms import TwilioSms
from providers.twilio_voice import TwilioVoice
from tests.providers.builders import make_intent, sendgrid_account, twilio_account, utc_now
from tests.standins.fault_proxy import Fault, closed_port_url, crowded_url
from tests.standins.provider_standin import ProviderStandIn

IMPATIENT_SECONDS = 0.7
"""Less than the time that the fault proxy lets a slow answer take."""

CHANNELS = (Channel.SMS, Channel.VOICE, Channel.EMAIL)

every_channel = pytest.mark.parametrize("channel", CHANNELS)
TAKEN_BUT_NOT_ANSWERED = (Fault.ACCEPTED_THEN_CUT, Fault.ACCEPTED_THEN_SLOW)


def provider_at(url: str, channel: Channel, *, timeout_seconds: float = 10.0) -> Provider:
    """The real client for a channel, pointed at a URL."""
    if channel is Channel.EMAIL:
        return SendGridEmail(sendgrid_account(url, timeout_seconds=timeout_seconds), utc_now)
    adapter = TwilioSms if channel is Channel.SMS else TwilioVoice
    return adapter(twilio_account(url, timeout_seconds=timeout_seconds), utc_now)


def patience(fault: Fault) -> float:
    """How long a client waits where a fault is about to happen."""
    return IMPATIENT_SECONDS if fault is Fault.ACCEPTED_THEN_SLOW else 10.0


def taken(standin: ProviderStandIn, channel: Channel) -> list[dict[str, Any]]:
    """What the stand-in took by a channel."""
    return {Channel.SMS: standin.messages, Channel.VOICE: standin.calls, Channel.EMAIL: standin.emails}[channel]


@every_channel
def test_a_pause_that_the_provider_asks_for_is_kept_and_nothing_was_taken(
    standin: ProviderStandIn, channel: Channel
) -> None:
    standin.fail_next(Fault.TOO_MANY)
    result = provider_at(standin.base_url, channel).send(make_intent(channel))
    assert result == Busy("http_429", timedelta(seconds=standin.proxy.retry_after_seconds))
    assert taken(standin, channel) == []


@every_channel
def test_a_refused_connection_has_certainly_handed_nothing_over(channel: Channel) -> None:
    assert provider_at(closed_port_url(), channel).send(make_intent(channel)) == Busy("not_connected")


@every_channel
def test_a_host_without_an_address_has_certainly_been_handed_nothing(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    def no_address(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    assert provider_at("http://provider.invalid", channel).send(make_intent(channel)) == Busy("not_connected")


@every_channel
def test_a_host_that_lets_nobody_in_has_certainly_been_handed_nothing(channel: Channel) -> None:
    with crowded_url() as url:
        assert provider_at(url, channel, timeout_seconds=IMPATIENT_SECONDS).send(make_intent(channel)) == Busy(
            "not_connected"
        )


@every_channel
@pytest.mark.parametrize("fault", TAKEN_BUT_NOT_ANSWERED)
def test_a_hand_off_without_an_answer_is_unknown_although_it_was_taken(
    standin: ProviderStandIn, channel: Channel, fault: Fault
) -> None:
    standin.fail_next(fault)
    provider = provider_at(standin.base_url, channel, timeout_seconds=patience(fault))
    result = provider.send(make_intent(channel))
    assert result == Unknown("no_answer")
    assert len(taken(standin, channel)) == 1


@every_channel
def test_an_internal_error_may_hide_a_message_that_was_taken(standin: ProviderStandIn, channel: Channel) -> None:
    standin.fail_next(Fault.ACCEPTED_THEN_500)
    assert isinstance(provider_at(standin.base_url, channel).send(make_intent(channel)), Unknown)
    assert len(taken(standin, channel)) == 1


@every_channel
def test_a_connection_cut_before_the_provider_saw_it_is_unknown_too(standin: ProviderStandIn, channel: Channel) -> None:
    standin.fail_next(Fault.CUT_BEFORE)
    assert provider_at(standin.base_url, channel).send(make_intent(channel)) == Unknown("no_answer")
    assert taken(standin, channel) == []


@every_channel
def test_no_client_repeats_a_send_by_itself(standin: ProviderStandIn, channel: Channel) -> None:
    provider = provider_at(standin.base_url, channel)
    provider.send(make_intent(channel, contact_id="contact-before"))
    standin.fail_next(Fault.CUT_BEFORE)
    provider.send(make_intent(channel, contact_id="contact-cut"))
    assert len(taken(standin, channel)) == 1


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
@pytest.mark.parametrize("fault", [*TAKEN_BUT_NOT_ANSWERED, Fault.ACCEPTED_THEN_500])
def test_a_message_taken_without_an_answer_is_found_again(
    standin: ProviderStandIn, channel: Channel, fault: Fault
) -> None:
    provider = provider_at(standin.base_url, channel, timeout_seconds=patience(fault))
    intent, begun_at = make_intent(channel), utc_now()
    standin.fail_next(fault)
    provider.send(intent)
    found = provider.lookup(intent, begun_at)
    assert found == Accepted(provider.name, taken(standin, channel)[0]["sid"])


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.TOO_MANY, Fault.ACCEPTED_THEN_500])
def test_a_lookup_that_fails_says_that_it_is_unknown(standin: ProviderStandIn, channel: Channel, fault: Fault) -> None:
    provider, intent, begun_at = provider_at(standin.base_url, channel), make_intent(channel), utc_now()
    provider.send(intent)
    standin.fail_next(fault)
    assert isinstance(provider.lookup(intent, begun_at), Unknown)
