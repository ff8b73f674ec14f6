"""The policy as a value: its timetable, its version, its limits, whom it may be used for."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.ledger import Sums
from domain.policy import Policy, PolicyLanguageError
from domain.terms import Channel, Stage, Track
from domain.written import LONGEST, parse_duration, write_duration
from tests.config.policy_files_for_tests import fenfu_document, fenfu_policy_with

_STAGES = ("first_reminder", "gentle_reminder", "escalation", "pre_legal")
_MACHINES = st.sampled_from([each for each in Channel if each is not Channel.CALL])


@st.composite
def touches(draw: st.DrawFn) -> dict[str, Any]:
    channels = draw(st.permutations(list(Channel)))[: draw(st.integers(1, len(Channel)))]
    if channels[-1] is Channel.CALL:
        channels = (
            [*channels, draw(_MACHINES.filter(lambda each: each not in channels))]
            if len(channels) < 5
            else channels[:-1]
        )
    return {"channel": channels[0].value, "fallbacks": [each.value for each in channels[1:]]}


@st.composite
def policy_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents of valid policies that differ in everything that decides when and how people are contacted."""
    document = fenfu_document()
    starts = sorted(draw(st.sets(st.integers(0, 400), min_size=4, max_size=4)))
    for name, start in zip(_STAGES, starts, strict=True):
        document["stages"][name] = {
            "starts_after": f"{start}d",
            "minimum": f"{draw(st.integers(1, 200))}d",
            "cadence": f"{draw(st.integers(4, 60))}d",
            "attempts": draw(st.integers(1, 20)),
            "touches": draw(st.lists(touches(), min_size=1, max_size=4)),
        }
    document["stages"]["pre_legal"]["touches"].append({"channel": "letter", "fallbacks": ["email"]})
    document["tracks"] = {"supportive": draw(st.floats(1, 10)), "firm": draw(st.floats(0.25, 1))}
    document["calls"]["within"] = f"{draw(st.integers(1, 1000))}{draw(st.sampled_from('smhd'))}"
    return document


@given(policy_documents())
def test_the_timetable_of_a_valid_policy_has_the_stages_in_order(document: dict[str, Any]) -> None:
    timetable = Policy.model_validate(document).timetable()
    assert [plan.stage for plan in timetable.stages] == [each for each in Stage if each is not Stage.LEGAL]
    starts = [plan.starts_after for plan in timetable.stages]
    assert starts == sorted(set(starts))


@given(policy_documents())
def test_no_track_of_a_valid_policy_contacts_a_person_more_than_once_a_day(document: dict[str, Any]) -> None:
    timetable = Policy.model_validate(document).timetable()
    assert set(timetable.track_pace) == set(Track)
    pace = timetable.track_pace
    assert pace[Track.FIRM] <= pace[Track.STANDARD] == 1 <= pace[Track.SUPPORTIVE]
    assert all(plan.cadence * pace[track] >= timedelta(days=1) for plan in timetable.stages for track in Track)


@given(policy_documents())
def test_no_touch_of_a_valid_policy_ends_in_a_call_that_nobody_may_make(document: dict[str, Any]) -> None:
    for plan in Policy.model_validate(document).timetable().stages:
        assert all(touch.channels[-1] is not Channel.CALL for touch in plan.touches)


@given(policy_documents(), policy_documents())
def test_two_policies_share_a_version_only_if_they_say_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = Policy.model_validate(one), Policy.model_validate(other)
    assert (first.version == second.version) == (first == second)


@given(policy_documents())
def test_a_policy_read_again_from_its_record_is_the_same(document: dict[str, Any]) -> None:
    policy = Policy.model_validate(document)
    again = Policy.model_validate(policy.model_dump(mode="json"))
    assert again.version == policy.version
    assert again == policy
    assert again.timetable() == policy.timetable()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Another"),
        ("demonstration", True),
        ("jurisdictions", ["CN", "US"]),
        ("role", "third_party"),
        ("goal.recover_percent", 81),
        ("lenders.en.help_phone", "+86 400 000 0009"),
        ("payment_order", ["principal", "interest", "fees"]),
        ("stages.pre_legal.attempts", 4),
        ("stages.escalation.touches", [{"channel": "email"}]),
        ("tracks.firm", 0.76),
        ("plans.smallest_instalment", {"CNY": "50.01"}),
        ("legal_review.final_notice_wait", "15d"),
        ("hardship.grace", "31d"),
        ("complaints.decide_within", "14d"),
    ],
)
def test_a_change_of_any_field_is_another_version(path: str, value: Any) -> None:
    assert fenfu_policy_with(path, value).version != Policy.model_validate(fenfu_document()).version


def test_the_same_meaning_written_otherwise_is_the_same_version() -> None:
    document = fenfu_document()
    reversed_keys = dict(reversed(document.items()))
    reversed_keys["calls"] = {"within": "48h"}
    reversed_keys["tracks"] = {**dict(reversed(document["tracks"].items())), "firm": 0.750}
    assert Policy.model_validate(reversed_keys).version == Policy.model_validate(document).version


def test_a_policy_cannot_be_changed() -> None:
    policy = Policy.model_validate(fenfu_document())
    with pytest.raises(ValidationError, match="frozen"):
        policy.title = "Another"  # type: ignore[misc]


def test_the_timetable_carries_every_wait_and_limit() -> None:
    timetable = Policy.model_validate(fenfu_document()).timetable()
    assert timetable.policy == "fenfu-cn"
    assert timetable.call_within == timedelta(days=2)
    assert timetable.resume_after == timedelta(days=3)
    assert timetable.plan_cure == timedelta(days=5)
    assert timetable.promise_grace == timedelta(days=2)
    assert timetable.review_within == timedelta(days=5)
    assert timetable.final_notice_wait == timedelta(days=14)
    assert (timetable.channels_for_exhaustion, timetable.deliveries_for_exhaustion) == (2, 1)


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Small Loan"), ("en-GB", "Small Loan"), ("zh-CN", "示例"), ("zh", "示例")]
)
def test_the_lender_is_named_in_the_persons_language(language: str, name: str) -> None:
    assert name in Policy.model_validate(fenfu_document()).lender_for(language).name


def test_a_variety_of_a_language_is_preferred_over_another() -> None:
    document = fenfu_document()
    document["lenders"] = {"en": document["lenders"]["zh-CN"], "en-GB": document["lenders"]["en"]}
    policy = Policy.model_validate(document)
    assert policy.lender_for("en-GB").name == document["lenders"]["en-GB"]["name"]
    assert policy.lender_for("en").name == document["lenders"]["en"]["name"]


def test_nobody_is_written_to_in_a_language_that_the_policy_lacks() -> None:
    with pytest.raises(PolicyLanguageError, match="no lender's details in fr; it has zh-CN, en"):
        Policy.model_validate(fenfu_document()).lender_for("fr")


@pytest.mark.parametrize(
    ("jurisdiction", "currency", "language", "words"),
    [
        ("US", "CNY", "en", "not for jurisdiction US, only for CN"),
        ("CN", "USD", "en", "not for accounts in USD, only in CNY"),
        ("CN", "CNY", "fr", "no lender's details in fr"),
    ],
)
def test_an_account_that_a_policy_is_not_for_is_refused(
    jurisdiction: str, currency: str, language: str, words: str
) -> None:
    assert words in str(Policy.model_validate(fenfu_document()).refusal_of(jurisdiction, currency, language))


def test_an_account_that_a_policy_is_for_is_taken() -> None:
    assert Policy.model_validate(fenfu_document()).refusal_of("CN", "CNY", "zh-CN") is None


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 100))
def test_an_agent_waives_a_share_of_interest_and_fees_and_never_principal(
    principal: int, interest: int, fees: int, percent: int
) -> None:
    authority = fenfu_policy_with("waivers.at_once_percent", percent).waivers
    limit = authority.at_once_minor(Sums(principal, interest, fees))
    assert limit * 100 <= (interest + fees) * percent < (limit + 1) * 100


def test_the_smallest_instalment_is_in_minor_units() -> None:
    assert Policy.model_validate(fenfu_document()).plans.smallest_instalment_minor("CNY") == 5000


@pytest.mark.parametrize("host", ["pay.lender.example", "pay.lender.test", "www.example.com", "pay.invalid"])
def test_an_address_that_leads_nowhere_is_a_placeholder(host: str) -> None:
    policy = fenfu_policy_with("lenders.en.pay_url", f"https://{host}:8443/cn")
    assert "lenders.en.pay_url" in policy.placeholders


def test_a_lender_with_addresses_of_its_own_has_no_placeholders() -> None:
    document = fenfu_document()
    del document["lenders"]["en"]
    document["lenders"]["zh-CN"] |= {
        "pay_url": "https://pay.wallet.cn/",
        "complaint_email": "tousu@wallet.cn",
        "link_base": "https://myexample.cn/m",
    }
    assert Policy.model_validate(document).placeholders == ()


def test_a_demonstration_may_be_hasty() -> None:
    document = fenfu_document()
    document["stages"]["first_reminder"] |= {"cadence": "4s", "minimum": "4s"}
    with pytest.raises(ValidationError):
        Policy.model_validate(document)
    document["demonstration"] = True
    assert Policy.model_validate(document).timetable().stages[0].cadence == timedelta(seconds=4)


@given(st.timedeltas(timedelta(0), LONGEST).map(lambda length: timedelta(seconds=length // timedelta(seconds=1))))
def test_a_length_of_time_is_read_as_it_was_written(length: timedelta) -> None:
    assert parse_duration(write_duration(length)) == length


@pytest.mark.parametrize("text", ["", "7", "d", "7 d", "7D", "1.5d", "-1d", "07d", "1d12h", "7d\n", "９d", "1w"])
def test_a_length_of_time_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number and one unit"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("channels", "words"),
    [(["call"], "given in writing"), (["sms", "sms"], "keep each once"), ([], "at least 1 item")],
)
def test_receipts_are_given_in_writing_by_channels_named_once(channels: list[str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        fenfu_policy_with("receipts", {"channels": channels})
