"""What every adapter must do, whatever it hands messages to. A new adapter joins by a line in ``ADAPTERS``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from domain.terms import Channel
from providers.letters import LetterFolder
from providers.outbox import Outbox
from providers.port import Accepted, ContactIntent, NeverTaken, Provider, Unknown
from providers.sendgrid_email import SendGridEmail
from providers.twilio_sms import TwilioSms
from providers.twilio_voice import TwilioVoice
from tests.providers.builders import make_intent, sendgrid_account, twilio_account, utc_now
from tests.standins.provider_standin import ProviderStandIn


@dataclass(frozen=True)
class Adapter:
    """One adapter under test."""

    channel: Channel
    build: Callable[[str, Path], Provider]
    """From the stand-in's URL and an empty folder."""
    taken: Callable[[ProviderStandIn, Path], int]
    """How many messages have got through to the other side."""


def files(folder: Path) -> int:
    """How many messages lie in a folder of the outbox."""
    return len([path for path in folder.glob("*/*") if not path.name.startswith(".")])


ADAPTERS = {
    "outbox-sms": Adapter(Channel.SMS, lambda _, folder: Outbox(folder), lambda _, folder: files(folder)),
    "outbox-voice": Adapter(Channel.VOICE, lambda _, folder: Outbox(folder), lambda _, folder: files(folder)),
    "outbox-email": Adapter(Channel.EMAIL, lambda _, folder: Outbox(folder), lambda _, folder: files(folder)),
    "outbox-letter": Adapter(Channel.LETTER, lambda _, folder: Outbox(folder), lambda _, folder: files(folder)),
    "letter-folder": Adapter(
        Channel.LETTER,
        lambda _, folder: LetterFolder(folder),
        lambda _, folder: len(list(folder.glob("jobs/*.json"))),
    ),
    "twilio-sms": Adapter(
        Channel.SMS,
        lambda url, _: TwilioSms(twilio_account(url), utc_now),
        lambda standin, _: len(standin.messages),
    ),
    "twilio-voice": Adapter(
        Channel.VOICE,
        lambda url, _: TwilioVoice(twilio_account(url), utc_now),
        lambda standin, _: len(standin.calls),
    ),
    "sendgrid": Adapter(
        Channel.EMAIL,
        lambda url, _: SendGridEmail(sendgrid_account(url), utc_now),
        lambda standin, _: len(standin.emails),
    ),
}


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ADAPTERS[request.param]


@pytest.fixture
def provider(adapter: Adapter, standin: ProviderStandIn, tmp_path: Path) -> Provider:
    return adapter.build(standin.base_url, tmp_path)


def send_as_an_activity_does(provider: Provider, intent: ContactIntent, *, begun_before: bool) -> object:
    """Hand over; an attempt that follows a begun one asks first, and sends only what was certainly never taken."""
    if begun_before:
        found = provider.lookup(intent, utc_now() - timedelta(minutes=1))
        if found is not NeverTaken.NEVER_TAKEN:
            return found
    return provider.send(intent)


def test_a_message_is_handed_over_once_and_has_a_reference(
    adapter: Adapter, provider: Provider, standin: ProviderStandIn, tmp_path: Path
) -> None:
    result = provider.send(make_intent(adapter.channel))
    assert isinstance(result, Accepted)
    assert result.provider == provider.name
    assert result.provider_ref
    assert adapter.taken(standin, tmp_path) == 1


def test_an_attempt_after_a_crash_never_doubles_a_message(
    adapter: Adapter, provider: Provider, standin: ProviderStandIn, tmp_path: Path
) -> None:
    intent = make_intent(adapter.channel)
    first = provider.send(intent)
    restarted = adapter.build(standin.base_url, tmp_path)
    second = send_as_an_activity_does(restarted, intent, begun_before=True)
    assert second == first or isinstance(second, Unknown)
    assert adapter.taken(standin, tmp_path) == 1


def test_an_attempt_after_a_crash_before_the_hand_over_never_claims_that_it_happened(
    adapter: Adapter, provider: Provider, standin: ProviderStandIn, tmp_path: Path
) -> None:
    found = provider.lookup(make_intent(adapter.channel), utc_now())
    assert not isinstance(found, Accepted)
    assert adapter.taken(standin, tmp_path) == 0


def test_one_contacts_message_is_never_taken_for_anothers(
    adapter: Adapter, provider: Provider, standin: ProviderStandIn, tmp_path: Path
) -> None:
    elsewhere = make_intent(adapter.channel, contact_id="contact-other", to=_another_address(adapter.channel))
    provider.send(make_intent(adapter.channel, contact_id="contact-sent"))
    assert not isinstance(provider.lookup(elsewhere, utc_now() - timedelta(minutes=1)), Accepted)


def test_different_contacts_are_all_handed_over(
    adapter: Adapter, provider: Provider, standin: ProviderStandIn, tmp_path: Path
) -> None:
    for number in range(3):
        provider.send(make_intent(adapter.channel, contact_id=f"contact-{number}"))
    assert adapter.taken(standin, tmp_path) == 3


def test_looking_up_sends_nothing(
    adapter: Adapter, provider: Provider, standin: ProviderStandIn, tmp_path: Path
) -> None:
    for _ in range(3):
        provider.lookup(make_intent(adapter.channel), utc_now())
    assert adapter.taken(standin, tmp_path) == 0


def test_nothing_that_is_logged_names_the_person(
    adapter: Adapter, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    intent = make_intent(adapter.channel)
    with caplog.at_level("DEBUG"):
        provider.send(intent)
        provider.lookup(intent, utc_now())
    logged = caplog.text
    assert not any(line in logged for line in (*intent.to.splitlines(), intent.to.replace("+", "%2B")))
    assert intent.words.text not in logged


def _another_address(channel: Channel) -> str:
    return {Channel.SMS: "+8613900139000", Channel.VOICE: "+8613900139000", Channel.EMAIL: "li.lei@example.cn"}.get(
        channel, "上海市\n李雷 先生 收"
    )
