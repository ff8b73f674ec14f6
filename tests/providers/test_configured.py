"""Who carries each channel, by what is configured."""

from pathlib import Path

from domain.terms import Channel
from providers.configured import ProviderSettings, configured_providers
from providers.port import Accepted, NeverTaken, Provider, Rejected, RejectionKind
from tests.providers.builders import VALID_NUMBER, make_intent, sendgrid_account, twilio_account, utc_now
from tests.standins.provider_standin import ProviderStandIn


def names(providers: dict[Channel, Provider]) -> dict[Channel, str]:
    """Who carries each channel, by name."""
    return {channel: provider.name for channel, provider in providers.items()}


def test_without_accounts_the_outbox_keeps_every_channel(tmp_path: Path) -> None:
    providers = configured_providers(ProviderSettings(tmp_path), utc_now)
    assert names(providers) == dict.fromkeys((Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER), "outbox")
    for channel, provider in providers.items():
        result = provider.send(make_intent(channel))
        assert isinstance(result, Accepted)
        assert result.simulated


def test_where_others_reach_real_people_the_outbox_keeps_what_counts_as_not_sent(tmp_path: Path) -> None:
    sms = configured_providers(ProviderSettings(tmp_path, outbox_counts=False), utc_now)[Channel.SMS]
    intent = make_intent(Channel.SMS)
    assert sms.send(intent) == Rejected(RejectionKind.NOT_ALLOWED, "kept_in_outbox")
    assert list((tmp_path / "sms").iterdir()), "it can still be read"
    assert sms.lookup(intent, utc_now()) is NeverTaken.NEVER_TAKEN


def test_with_accounts_each_channel_goes_to_its_own_provider(tmp_path: Path) -> None:
    settings = ProviderSettings(
        tmp_path / "outbox",
        twilio=twilio_account("http://127.0.0.1:1"),
        sendgrid=sendgrid_account("http://127.0.0.1:1"),
        print_dir=tmp_path / "print",
    )
    assert names(configured_providers(settings, utc_now)) == {
        Channel.SMS: "twilio-sms",
        Channel.VOICE: "twilio-voice",
        Channel.EMAIL: "sendgrid",
        Channel.LETTER: "print-folder",
    }


def test_twilio_stands_behind_the_route_policy(standin: ProviderStandIn, tmp_path: Path) -> None:
    settings = ProviderSettings(tmp_path, twilio=twilio_account(standin.base_url))
    sms = configured_providers(settings, utc_now)[Channel.SMS]
    result = sms.send(make_intent(Channel.SMS, to=VALID_NUMBER))
    assert result == Rejected(RejectionKind.NOT_ALLOWED, "twilio-sms-prc")
