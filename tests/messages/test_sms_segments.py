"""Text messages are counted as carriers count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sms_segments import SmsEncoding, sms_size


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", SmsEncoding.GSM_7, 0, 1),
        ("a" * 160, SmsEncoding.GSM_7, 160, 1),
        ("a" * 161, SmsEncoding.GSM_7, 161, 2),
        ("a" * 306, SmsEncoding.GSM_7, 306, 2),
        ("a" * 307, SmsEncoding.GSM_7, 307, 3),
        ("€" * 80, SmsEncoding.GSM_7, 160, 1),
        ("€" * 81, SmsEncoding.GSM_7, 162, 2),
        ("中" * 70, SmsEncoding.UCS_2, 70, 1),
        ("中" * 71, SmsEncoding.UCS_2, 71, 2),
        ("中" * 96, SmsEncoding.UCS_2, 96, 2),
        ("中" * 134, SmsEncoding.UCS_2, 134, 2),
        ("中" * 135, SmsEncoding.UCS_2, 135, 3),
        ("😀" * 35, SmsEncoding.UCS_2, 70, 1),
        ("a" * 70 + "中", SmsEncoding.UCS_2, 71, 2),
    ],
)
def test_a_text_is_counted_in_units_and_segments(text: str, encoding: SmsEncoding, units: int, segments: int) -> None:
    size = sms_size(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_a_surrogate_pair_is_not_split_between_two_segments() -> None:
    assert sms_size("😀" * 67).segments == 3, "each segment of 67 units holds 33 pairs"


def test_an_escaped_character_is_not_split_between_two_segments() -> None:
    assert sms_size("€" * 153).segments == 3, "each segment of 153 units holds 76 pairs"


@given(st.text(max_size=400))
def test_units_of_other_scripts_are_those_of_utf_16(text: str) -> None:
    size = sms_size(text + "中")
    assert size.units == len((text + "中").encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(max_size=400), st.text(max_size=50))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert sms_size(text + more).segments >= sms_size(text).segments
