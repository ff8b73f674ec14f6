"""Text messages: the real Twilio client over HTTP against the stand-in."""

from datetime import timedelta

import pytest

from domain.terms import Channel
from providers.port import Accepted, Busy, Rejected, RejectionKind, Unknown
from providers.twilio_sms import TwilioSms
from tests.providers.builders import make_intent, twilio_account, utc_now
from tests.standins import twilio_double
from tests.standins.provider_standin import ProviderStandIn


@pytest.fixture
def sms(standin: ProviderStandIn) -> TwilioSms:
    return TwilioSms(twilio_account(standin.base_url), utc_now)


def test_a_message_is_taken_with_its_words_and_a_validity_that_ends_with_the_window(
    standin: ProviderStandIn, sms: TwilioSms
) -> None:
    intent = make_intent(Channel.SMS, valid_for=timedelta(minutes=30))
    result = sms.send(intent)
    (message,) = standin.messages
    assert result == Accepted("twilio-sms", message["sid"])
    assert (message["to"], message["body"]) == (intent.to, intent.words.text)
    assert 1790 <= int(message["validity_period"]) <= 1800


def test_the_validity_never_exceeds_what_twilio_takes(standin: ProviderStandIn, sms: TwilioSms) -> None:
    sms.send(make_intent(Channel.SMS, valid_for=timedelta(hours=14)))
    assert standin.messages[0]["validity_period"] == "36000"


def test_nothing_is_handed_over_once_the_window_is_past(standin: ProviderStandIn, sms: TwilioSms) -> None:
    assert sms.send(make_intent(Channel.SMS, valid_for=timedelta(milliseconds=900))) == Busy("window_over")
    assert standin.messages == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13800138000", Rejected(RejectionKind.ADDRESS_INVALID, "21211")),
        (twilio_double.INVALID_NUMBER, Rejected(RejectionKind.ADDRESS_INVALID, "21211")),
        (twilio_double.LANDLINE_NUMBER, Rejected(RejectionKind.ADDRESS_INVALID, "21614")),
        (twilio_double.UNSUBSCRIBED_NUMBER, Rejected(RejectionKind.OPTED_OUT, "21610")),
        (twilio_double.UNROUTABLE_NUMBER, Rejected(RejectionKind.NOT_ALLOWED, "21612")),
        (twilio_double.UNPERMITTED_NUMBER, Rejected(RejectionKind.NOT_ALLOWED, "21408")),
    ],
)
def test_twilios_refusals_are_told_apart_by_its_own_codes(sms: TwilioSms, number: str, expected: Rejected) -> None:
    assert sms.send(make_intent(Channel.SMS, to=number)) == expected


def test_wrong_credentials_of_ours_never_cost_a_person_their_contact(standin: ProviderStandIn) -> None:
    sms = TwilioSms(twilio_account(standin.base_url, auth_token="wrong"), utc_now)
    assert sms.send(make_intent(Channel.SMS)) == Busy("20003")


def test_a_message_that_was_taken_is_found_by_its_words(standin: ProviderStandIn, sms: TwilioSms) -> None:
    begun_at = utc_now()
    sent = [sms.send(make_intent(Channel.SMS, contact_id=name)) for name in ("contact-a", "contact-b", "contact-c")]
    assert sms.lookup(make_intent(Channel.SMS, contact_id="contact-b"), begun_at) == sent[1]


def test_a_message_that_arrived_is_found_as_delivered(standin: ProviderStandIn, sms: TwilioSms) -> None:
    intent, begun_at = make_intent(Channel.SMS), utc_now()
    sms.send(intent)
    standin.messages[0]["status"] = "delivered"
    assert sms.lookup(intent, begun_at) == Accepted("twilio-sms", standin.messages[0]["sid"], delivered=True)


def test_a_message_that_is_not_listed_may_still_have_been_taken(sms: TwilioSms) -> None:
    assert sms.lookup(make_intent(Channel.SMS), utc_now()) == Unknown("not_listed")


def test_an_older_message_of_the_same_words_is_not_taken_for_this_one(sms: TwilioSms) -> None:
    confirmation = make_intent(Channel.SMS, text="您已退订短信，我们不会再向此号码发送短信。")
    sms.send(confirmation)
    assert sms.lookup(confirmation, utc_now() + timedelta(hours=1)) == Unknown("not_listed")
    assert isinstance(sms.lookup(confirmation, utc_now()), Accepted)


def test_the_token_and_the_number_are_not_shown_when_an_account_is_printed(standin: ProviderStandIn) -> None:
    shown = repr(twilio_account(standin.base_url))
    assert twilio_double.AUTH_TOKEN not in shown
    assert twilio_double.FROM_NUMBER not in shown
