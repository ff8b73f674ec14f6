"""That the stand-in holds requests against the providers' own OpenAPI documents. Skipped where there are none."""

from collections.abc import Iterator

import httpx
import pytest

from tests.standins import sendgrid_double, twilio_double
from tests.standins.provider_standin import ProviderStandIn
from tests.standins.specs import require_specs

MESSAGES = f"/2010-04-01/Accounts/{twilio_double.ACCOUNT_SID}/Messages.json"
CALLS = f"/2010-04-01/Accounts/{twilio_double.ACCOUNT_SID}/Calls.json"
NUMBERS = {"To": "+8613800138000", "From": twilio_double.FROM_NUMBER}


@pytest.fixture
def strict() -> Iterator[ProviderStandIn]:
    with ProviderStandIn(require_specs()) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (MESSAGES, {**NUMBERS, "Body": "x", "ValidityPeriod": "an hour"}),
        (CALLS, {**NUMBERS, "Twiml": "<Response/>", "Timeout": "long"}),
    ],
)
def test_a_twilio_request_that_does_not_fit_is_refused(
    strict: ProviderStandIn, path: str, form: dict[str, str]
) -> None:
    credentials = (twilio_double.ACCOUNT_SID, twilio_double.AUTH_TOKEN)
    assert httpx.post(strict.base_url + path, data=form, auth=credentials).status_code == 400
    assert len(strict.violations) == 1
    assert strict.messages == strict.calls == []


def test_a_sendgrid_request_that_does_not_fit_is_refused(strict: ProviderStandIn) -> None:
    email = {
        "from": {"email": sendgrid_double.FROM_EMAIL},
        "personalizations": [{"to": [{"email": "wang.fang@example.cn"}]}],
        "subject": 7,
        "content": [{"type": "text/plain", "value": "x"}],
    }
    credentials = {"Authorization": f"Bearer {sendgrid_double.API_KEY}"}
    assert httpx.post(f"{strict.base_url}/v3/mail/send", json=email, headers=credentials).status_code == 400
    assert len(strict.violations) == 1
    assert strict.emails == []
