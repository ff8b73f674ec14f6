"""How long a provider asks to be left alone."""

from datetime import timedelta

import pytest

from providers.http_answers import retry_after

ANSWERED_AT = "Tue, 24 Nov 2026 10:00:00 GMT"
ANSWERED_AT_SECONDS = 1795514400


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "30"}, timedelta(seconds=30)),
        ({"Retry-After": "Tue, 24 Nov 2026 10:02:00 GMT", "Date": ANSWERED_AT}, timedelta(minutes=2)),
        ({"X-RateLimit-Reset": str(ANSWERED_AT_SECONDS + 45), "Date": ANSWERED_AT}, timedelta(seconds=45)),
        ({"X-RateLimit-Reset": str(ANSWERED_AT_SECONDS - 5), "Date": ANSWERED_AT}, timedelta(0)),
        ({"X-RateLimit-Reset": str(ANSWERED_AT_SECONDS)}, None),
        ({"Retry-After": "soon", "Date": ANSWERED_AT}, None),
        ({}, None),
    ],
)
def test_the_pause_is_read_from_whatever_header_names_it(headers: dict[str, str], expected: timedelta | None) -> None:
    assert retry_after(headers) == expected
