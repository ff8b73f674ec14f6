"""The real clients through Prism, which judges requests and answers by the providers' own OpenAPI documents.

Behind Prism stands a Twilio that is not ours where Node can run it, else the stand-in of the other tests.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.terms import Channel
from providers.port import Accepted, Busy, Provider
from providers.sendgrid_email import SendGridEmail
from providers.twilio_sms import TwilioSms
from providers.twilio_voice import TwilioVoice
from tests.providers.builders import make_intent, sendgrid_account, twilio_account, utc_now
from tests.providers.node_tools import EMULATE_NEEDS_NODE, emulated_twilio, node_version, prism
from tests.standins import twilio_double
from tests.standins.fault_proxy import FaultProxy
from tests.standins.provider_standin import ProviderStandIn
from tests.standins.specs import SENDGRID, TWILIO, require_specs, used_part

RELATIVE = [["response", "body", "uri"], ["response", "body", "first_page_uri"]]
"""Twilio's document calls these URIs, but Twilio's own answers have paths here."""

MESSAGES = f"/2010-04-01/Accounts/{twilio_double.ACCOUNT_SID}/Messages.json"


@contextmanager
def watched(node: Path, document: str, upstream: str, folder: Path) -> Iterator[FaultProxy]:
    """Prism before ``upstream``, and a proxy before Prism that keeps its judgements."""
    cut_down = folder / document
    cut_down.write_text(json.dumps(used_part(require_specs(), document)))
    with prism(node, cut_down, upstream) as url:
        proxy = FaultProxy(url)
        proxy.start()
        yield proxy
        proxy.stop()


@pytest.fixture(scope="module")
def twilio(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultProxy]:
    require_specs()
    folder = tmp_path_factory.mktemp("twilio")
    if node_version(node) >= EMULATE_NEEDS_NODE:
        with emulated_twilio(node, folder) as upstream, watched(node, TWILIO, upstream, folder) as proxy:
            yield proxy
    else:
        with ProviderStandIn() as own, watched(node, TWILIO, own.direct_url, folder) as proxy:
            yield proxy


@pytest.fixture(scope="module")
def sendgrid(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultProxy]:
    require_specs()
    folder = tmp_path_factory.mktemp("sendgrid")
    with ProviderStandIn() as own, watched(node, SENDGRID, own.direct_url, folder) as proxy:
        yield proxy


def violations(proxy: FaultProxy) -> list[dict[str, Any]]:
    """What Prism has against requests and answers since the proxy was last told to forget."""
    judgements = [exchange.headers.get("sl-violations", "[]") for exchange in proxy.exchanges]
    return [each for judgement in judgements for each in json.loads(judgement) if each["location"] not in RELATIVE]


@pytest.mark.parametrize(("adapter", "channel"), [(TwilioSms, Channel.SMS), (TwilioVoice, Channel.VOICE)])
def test_what_twilio_is_asked_fits_its_document_and_is_found_again(
    twilio: FaultProxy, adapter: type[TwilioSms | TwilioVoice], channel: Channel
) -> None:
    twilio.forget()
    provider: Provider = adapter(twilio_account(twilio.base_url), utc_now)
    intent, begun_at = make_intent(channel, contact_id=f"contact-{channel}"), utc_now()
    sent = provider.send(intent)
    assert isinstance(sent, Accepted)
    assert provider.lookup(intent, begun_at) == sent
    assert len(twilio.exchanges) == 2
    assert violations(twilio) == []


def test_twilio_refuses_a_wrong_token_as_a_fault_of_ours(twilio: FaultProxy) -> None:
    provider = TwilioSms(twilio_account(twilio.base_url, auth_token="wrong"), utc_now)
    assert provider.send(make_intent(Channel.SMS)) == Busy("20003")


def test_what_sendgrid_is_asked_fits_its_document(sendgrid: FaultProxy) -> None:
    sendgrid.forget()
    provider = SendGridEmail(sendgrid_account(sendgrid.base_url), utc_now)
    assert isinstance(provider.send(make_intent(Channel.EMAIL, html="<p>您好</p>")), Accepted)
    assert len(sendgrid.exchanges) == 1
    assert violations(sendgrid) == []


def test_prism_reports_a_request_that_does_not_fit(twilio: FaultProxy) -> None:
    twilio.forget()
    credentials = (twilio_double.ACCOUNT_SID, twilio_double.AUTH_TOKEN)
    form = {"To": "+8613800138000", "From": twilio_double.FROM_NUMBER, "Body": "x", "ValidityPeriod": "an hour"}
    httpx.post(twilio.base_url + MESSAGES, data=form, auth=credentials, timeout=30)
    assert [each["location"] for each in violations(twilio)] == [["request", "body", "ValidityPeriod"]]
