"""Emails: the real SendGrid client over HTTP against the stand-in."""

from datetime import timedelta

import pytest

from domain.terms import Channel
from providers.port import Accepted, Busy, Rejected, RejectionKind, Unknown
from providers.sendgrid_email import SendGridEmail
from tests.providers.builders import make_intent, sendgrid_account, utc_now
from tests.standins import sendgrid_double
from tests.standins.provider_standin import ProviderStandIn


@pytest.fixture
def email(standin: ProviderStandIn) -> SendGridEmail:
    return SendGridEmail(sendgrid_account(standin.base_url), utc_now)


def test_an_email_is_taken_with_its_words_as_text_and_html(standin: ProviderStandIn, email: SendGridEmail) -> None:
    intent = make_intent(Channel.EMAIL, html="<p>您好</p>")
    assert isinstance(email.send(intent), Accepted)
    (taken,) = standin.emails
    assert taken["personalizations"][0]["to"] == [{"email": intent.to}]
    assert taken["subject"] == intent.words.subject
    assert taken["content"] == [
        {"type": "text/plain", "value": intent.words.text},
        {"type": "text/html", "value": "<p>您好</p>"},
    ]


def test_an_email_carries_its_contacts_id_so_that_delivery_reports_find_it(
    standin: ProviderStandIn, email: SendGridEmail
) -> None:
    email.send(make_intent(Channel.EMAIL, contact_id="contact-77"))
    assert standin.emails[0]["personalizations"][0]["custom_args"] == {"contact_id": "contact-77"}


def test_nothing_that_a_person_reads_or_clicks_is_tracked(standin: ProviderStandIn, email: SendGridEmail) -> None:
    email.send(make_intent(Channel.EMAIL))
    tracking = standin.emails[0]["tracking_settings"]
    assert {name: setting["enable"] for name, setting in tracking.items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
    }


def test_the_messages_id_at_sendgrid_is_kept(standin: ProviderStandIn, email: SendGridEmail) -> None:
    result = email.send(make_intent(Channel.EMAIL))
    assert isinstance(result, Accepted)
    assert result.provider_ref == standin.proxy.exchanges[-1].headers["x-message-id"]


def test_an_address_that_is_none_is_not_used_again(email: SendGridEmail) -> None:
    result = email.send(make_intent(Channel.EMAIL, to="wang.fang at example"))
    assert result == Rejected(RejectionKind.ADDRESS_INVALID, "http_400")


def test_words_that_sendgrid_refuses_leave_the_address_usable(email: SendGridEmail) -> None:
    assert email.send(make_intent(Channel.EMAIL, text="")) == Rejected(RejectionKind.NOT_ALLOWED, "http_400")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"api_key": "SG.wrong"}, "http_401"),
        ({"from_email": "other@example.com"}, "http_403"),
        ({"from_email": "collections"}, "http_400"),
    ],
)
def test_wrong_credentials_of_ours_never_cost_a_person_their_contact(
    standin: ProviderStandIn, wrong: dict[str, str], code: str
) -> None:
    account = sendgrid_account(
        standin.base_url,
        api_key=wrong.get("api_key", sendgrid_double.API_KEY),
        from_email=wrong.get("from_email", sendgrid_double.FROM_EMAIL),
    )
    assert SendGridEmail(account, utc_now).send(make_intent(Channel.EMAIL)) == Busy(code)


def test_nothing_is_handed_over_once_the_window_is_past(standin: ProviderStandIn, email: SendGridEmail) -> None:
    assert email.send(make_intent(Channel.EMAIL, valid_for=timedelta(0))) == Busy("window_over")
    assert standin.emails == []


def test_sendgrid_cannot_tell_what_became_of_an_email(email: SendGridEmail) -> None:
    intent = make_intent(Channel.EMAIL)
    email.send(intent)
    assert email.lookup(intent, utc_now()) == Unknown("no_lookup")
