"""Recorded announcements: the real Twilio client over HTTP against the stand-in."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from domain.terms import Channel
from providers.port import Accepted, Busy, Rejected, RejectionKind, Unknown
from providers.twilio_voice import TwilioVoice
from tests.providers.builders import make_intent, twilio_account, utc_now
from tests.standins import twilio_double
from tests.standins.provider_standin import ProviderStandIn


@pytest.fixture
def voice(standin: ProviderStandIn) -> TwilioVoice:
    return TwilioVoice(twilio_account(standin.base_url), utc_now)


def test_a_call_reads_the_words_out_in_their_language_and_ends(standin: ProviderStandIn, voice: TwilioVoice) -> None:
    intent = make_intent(Channel.VOICE, text="您好，请致电 400-800-1234 <分付>。")
    result = voice.send(intent)
    (call,) = standin.calls
    assert result == Accepted("twilio-voice", call["sid"])
    spoken = ElementTree.fromstring(call["twiml"])  # noqa: S314
    assert [verb.tag for verb in spoken] == ["Pause", "Say", "Hangup"]
    assert spoken[1].text == intent.words.text
    assert spoken[1].attrib == {"language": "cmn-CN", "voice": "Polly.Zhiyu", "loop": "2"}


def test_no_call_is_placed_that_could_still_ring_after_the_window(standin: ProviderStandIn, voice: TwilioVoice) -> None:
    assert voice.send(make_intent(Channel.VOICE, valid_for=timedelta(seconds=20))) == Busy("window_over")
    assert standin.calls == []


def test_no_call_is_placed_in_a_language_without_a_voice(standin: ProviderStandIn, voice: TwilioVoice) -> None:
    result = voice.send(make_intent(Channel.VOICE, language="sw"))
    assert result == Rejected(RejectionKind.NOT_ALLOWED, "no_voice_for_sw")
    assert standin.calls == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (twilio_double.INVALID_NUMBER, Rejected(RejectionKind.ADDRESS_INVALID, "21217")),
        (twilio_double.UNROUTABLE_NUMBER, Rejected(RejectionKind.ADDRESS_INVALID, "21214")),
        (twilio_double.UNPERMITTED_NUMBER, Rejected(RejectionKind.NOT_ALLOWED, "21215")),
        (twilio_double.UNSUBSCRIBED_NUMBER, Rejected(RejectionKind.NOT_ALLOWED, "21216")),
    ],
)
def test_twilios_refusals_are_told_apart_by_its_own_codes(voice: TwilioVoice, number: str, expected: Rejected) -> None:
    assert voice.send(make_intent(Channel.VOICE, to=number)) == expected


def test_wrong_credentials_of_ours_never_cost_a_person_their_contact(standin: ProviderStandIn) -> None:
    voice = TwilioVoice(twilio_account(standin.base_url, auth_token="wrong"), utc_now)
    assert voice.send(make_intent(Channel.VOICE)) == Busy("20003")


def test_the_only_call_since_the_hand_off_is_the_one(voice: TwilioVoice) -> None:
    intent, begun_at = make_intent(Channel.VOICE), utc_now()
    sent = voice.send(intent)
    assert voice.lookup(intent, begun_at) == sent


def test_two_calls_since_the_hand_off_prove_nothing(voice: TwilioVoice) -> None:
    begun_at = utc_now()
    for name in ("contact-a", "contact-b"):
        voice.send(make_intent(Channel.VOICE, contact_id=name))
    assert voice.lookup(make_intent(Channel.VOICE, contact_id="contact-a"), begun_at) == Unknown("2_calls_listed")


def test_an_older_call_is_not_taken_for_this_one(voice: TwilioVoice) -> None:
    intent = make_intent(Channel.VOICE)
    voice.send(intent)
    assert voice.lookup(intent, utc_now() + timedelta(hours=1)) == Unknown("0_calls_listed")
