"""Facts and requests: what is well formed, and in which words the rest is refused, without repeating what was given."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.facts import FACTS, PERSON_WIDE_FACTS, Message, RecordPayment, ReportHardship, digest_of
from domain.requests import REQUESTS, HoldCase, ProposePlan

PAYMENT = {
    "event_id": "e-1",
    "occurred_at": "2026-03-01T08:00:00+08:00",
    "payment_id": "p-1",
    "amount": "120.00",
    "currency": "CNY",
    "received_at": "2026-03-01T00:00:00Z",
}
HARDSHIP = {"event_id": "e-2", "occurred_at": "2026-03-01T00:00:00Z", "hardship_id": "h-1", "reason_code": "job_lost"}
TELLING = "Wang Xiaoming +86 138 0013 8000"
"""What nobody may find in an error."""


def words(model: type[Message], body: dict[str, Any]) -> str:
    """In which words a body is refused; fails if it is not."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate(body)
    return "; ".join(
        f"{each['loc']} {each['msg']}"
        for each in refused.value.errors(include_url=False, include_input=False, include_context=False)
    )


def test_a_payment_is_read_and_its_moments_are_kept_in_utc() -> None:
    fact = RecordPayment.model_validate(PAYMENT)
    assert fact.occurred_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert fact.occurred_at.tzinfo is UTC
    assert (fact.amount, fact.reference) == ("120.00", None)


@pytest.mark.parametrize("field", sorted(PAYMENT))
def test_a_payment_that_lacks_a_field_is_refused_with_its_name(field: str) -> None:
    body = {name: value for name, value in PAYMENT.items() if name != field}
    assert f"('{field}',) Field required" in words(RecordPayment, body)


def test_a_field_that_nobody_reads_is_refused() -> None:
    assert "Extra inputs are not permitted" in words(RecordPayment, {**PAYMENT, "note": TELLING})


@pytest.mark.parametrize("field", sorted(PAYMENT))
def test_whatever_stands_in_a_field_is_not_repeated_when_it_is_refused(field: str) -> None:
    assert TELLING not in words(RecordPayment, {**PAYMENT, field: TELLING})


@given(st.sampled_from(sorted(PAYMENT)), st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_no_value_makes_a_field_fail_otherwise_than_by_refusing_it(field: str, value: object) -> None:
    try:
        RecordPayment.model_validate({**PAYMENT, field: value})
    except ValidationError as refused:
        assert all(each["loc"] == (field,) for each in refused.errors())  # noqa: PT017 - only if it is refused


@pytest.mark.parametrize("amount", ["0", "0.00", "-1.00"])
def test_an_amount_is_above_zero(amount: str) -> None:
    assert "must be above zero" in words(RecordPayment, {**PAYMENT, "amount": amount})


@pytest.mark.parametrize("amount", ["twelve", "1,000", "1e3", "1.0001", "NaN", ""])
def test_an_amount_is_a_plain_decimal(amount: str) -> None:
    assert 'such as "120.00"' in words(RecordPayment, {**PAYMENT, "amount": amount})


@pytest.mark.parametrize("amount", [120, 120.0, None, True])
def test_an_amount_is_never_a_number_because_numbers_are_rounded_on_their_way(amount: object) -> None:
    assert "valid string" in words(RecordPayment, {**PAYMENT, "amount": amount})


@pytest.mark.parametrize("moment", ["2026-03-01", "2026-03-01T08:00:00", "yesterday", "", None])
def test_a_moment_has_its_offset(moment: object) -> None:
    assert "occurred_at" in words(RecordPayment, {**PAYMENT, "occurred_at": moment})


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "2199-12-31T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_moment_that_no_clock_can_reckon_with_is_refused_like_any_other_mistake(moment: str) -> None:
    assert "occurred_at" in words(RecordPayment, {**PAYMENT, "occurred_at": moment})


@pytest.mark.parametrize("reference", ["", "-a", "a b", "a/b", "ü", "a" * 101, "+8613800138000", "a\n", None, 7])
def test_a_reference_is_an_opaque_identifier(reference: object) -> None:
    assert "payment_id" in words(RecordPayment, {**PAYMENT, "payment_id": reference})


@pytest.mark.parametrize("reason", ["Job lost", "lost her job", "JOB_LOST", "", "1st", "a" * 65])
def test_a_reason_is_a_code_and_never_free_text(reason: str) -> None:
    assert "reason_code" in words(ReportHardship, {**HARDSHIP, "reason_code": reason})


def test_an_end_may_be_a_day_or_a_moment() -> None:
    assert ReportHardship.model_validate({**HARDSHIP, "until": "2026-03-31"}).until == date(2026, 3, 31)
    exact = ReportHardship.model_validate({**HARDSHIP, "until": "2026-03-31T20:00:00+08:00"}).until
    assert exact == datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("until", ["soon", "2026-02-30", "2026-03-31T20:00:00", "9999-12-31", "0001-01-01", True])
def test_an_end_that_is_neither_is_refused_in_one_sentence(until: object) -> None:
    sentence = "must be a day such as 2026-03-31, or a moment with its offset, from 1970 to 2199"
    assert words(ReportHardship, {**HARDSHIP, "until": until}) == f"('until',) Value error, {sentence}"


@pytest.mark.parametrize("count", [0, -1, 121, "many", 1.5])
def test_a_plan_has_between_one_and_a_hundred_and_twenty_instalments(count: object) -> None:
    body = {"request_id": "r-1", "instalment_count": count, "first_due_date": "2026-03-31", "proposed_by": "agent-1"}
    assert "instalment_count" in words(ProposePlan, body)


def test_a_message_cannot_be_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RecordPayment.model_validate(PAYMENT).amount = "1.00"  # type: ignore[misc]


def test_the_same_words_have_the_same_digest_and_others_another() -> None:
    fact = RecordPayment.model_validate(PAYMENT)
    same = RecordPayment.model_validate({**dict(reversed(PAYMENT.items())), "occurred_at": "2026-03-01T00:00:00Z"})
    other = RecordPayment.model_validate({**PAYMENT, "amount": "120.01"})
    assert digest_of(same) == digest_of(fact)
    assert digest_of(other) != digest_of(fact)


def test_a_message_comes_back_the_same_from_the_body_that_the_records_keep() -> None:
    request = HoldCase.model_validate(
        {"request_id": "r-1", "hold_id": "m-1", "reason_code": "asked", "held_by": "lead-1", "until": "2026-03-31"}
    )
    body = request.model_dump(mode="json", exclude_none=True)
    assert HoldCase.model_validate(body) == request


def test_a_message_has_one_name_and_is_either_a_fact_or_a_request() -> None:
    assert not FACTS.keys() & REQUESTS.keys()
    assert FACTS.keys() >= PERSON_WIDE_FACTS
    assert all("event_id" in model.model_fields for model in FACTS.values())
    assert all("request_id" in model.model_fields for model in REQUESTS.values())
