"""What an agent types for the person is held against the forbidden words before it is taken."""

import pytest

from storage.tables import StoredText
from tests.records.lone_case import House, Open, american


def typed(house: House, text: str) -> None:
    with house.database.writing() as session:
        session.add(StoredText(text_ref="text-1", account_id="acc-1", text=text, stored_at=house.now))


def resolved(house: House) -> str | None:
    house.tell("file_complaint", complaint_id="c1", category="conduct")
    answer = {"outcome": "rejected", "resolved_by": "lead-1", "explanation_ref": "text-1"}
    refusal = house.ask("resolve_complaint", complaint_id="c1", **answer).refusal
    return refusal.words if refusal is not None else None


@pytest.mark.parametrize("text", ["Pay now or we will have you arrested.", "不还钱就报警"])
def test_a_threat_in_an_explanation_is_refused_with_the_reason_in_whatever_language(
    open_house: Open, text: str
) -> None:
    house = open_house(american())
    typed(house, text)
    words = resolved(house)
    assert words is not None
    assert "is forbidden" in words
    assert "write it in other words" in words
    assert text not in words
    assert house.case.complaints[0].outcome is None


def test_plain_words_are_taken(open_house: Open) -> None:
    house = open_house(american())
    typed(house, "The amount was checked and is right. We are sorry for the wait.")
    assert resolved(house) is None


def test_what_the_person_writes_is_never_judged(open_house: Open) -> None:
    house = open_house(american())
    typed(house, "Your agent said: pay now or we will have you arrested.")
    assert house.tell("file_complaint", complaint_id="c1", category="conduct", text_ref="text-1").refusal is None
