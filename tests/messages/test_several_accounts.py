"""A demand on several accounts tells of each what the person has a right to know, and what they come to."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from activities.composer import Composer
from domain.ledger import Sums
from domain.messages import MessageKey, MessageRefused, OtherAccount
from domain.terms import Channel, Stage
from tests.messages.builders import LANGUAGES, facts
from tests.messages.test_templates_at_start import problems_with, spoil

OTHERS = (
    OtherAccount("FF-000777", "Loop", Sums(50_000, 210, 5), 80_000, date(2026, 9, 28), 9),
    OtherAccount("FF-000888", "Trip", Sums(70_000, 310), 70_310, date(2026, 9, 29), 8),
)
STAGES = (Stage.FIRST_REMINDER, Stage.GENTLE_REMINDER, Stage.ESCALATION)
SHORT = replace(facts().lender, name="Qinghe", collector="Qinghe", postal_address="15 Keyuan Road")


def text_of(composer: Composer, stage: Stage, channel: Channel, language: str) -> str:
    told = facts(others=OTHERS, product="Shop", currency="USD", lender=SHORT, person_name="Ann Lee")
    return composer.compose(MessageKey.demand(stage, channel, language), told).text


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL, Channel.LETTER])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_states_of_each_account_what_it_states_of_one(
    composer: Composer, language: str, channel: Channel, stage: Stage
) -> None:
    text = text_of(composer, stage, channel, language)
    named = ("0123", "0777", "0888") if channel is Channel.SMS else ("FF-000123", "FF-000777", "FF-000888")
    days = ("12天", "9天", "8天") if language == "zh-CN" else ("12 days", "9 days", "8 days")
    for value in (*named, *days, "Loop", "Trip", "12,422.89", "502.15", "703.10", "800.00", "13,628.14"):
        assert value in text


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_account_has_its_own_table_and_the_total_stands_last(
    composer: Composer, language: str, channel: Channel
) -> None:
    text = text_of(composer, Stage.ESCALATION, channel, language)
    rows = [line.rsplit(" | ", 1)[1].strip("US$") for line in text.splitlines() if " | " in line]
    own = ["12,345.00", "67.89", "10.00", "12,422.89", "98,765.43"]
    loop, trip = ["500.00", "2.10", "0.05", "502.15", "800.00"], ["700.00", "3.10", "0.00", "703.10"]
    assert rows == [*own, *loop, *trip, "13,628.14"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_announcement_says_no_more_for_several_than_for_one(composer: Composer, language: str) -> None:
    key = MessageKey.demand(Stage.FIRST_REMINDER, Channel.VOICE, language)
    assert composer.compose(key, facts(others=OTHERS)).text == composer.compose(key, facts()).text


def test_a_text_with_no_room_for_them_is_refused(composer: Composer) -> None:
    many = tuple(replace(OTHERS[0], account_id=f"FF-00{number}") for number in range(1000, 1008))
    with pytest.raises(MessageRefused, match="more than 8"):
        composer.compose(MessageKey.demand(Stage.FIRST_REMINDER, Channel.SMS, "zh-CN"), facts(others=many))


def test_an_account_with_nothing_overdue_is_refused(composer: Composer) -> None:
    paid = replace(OTHERS[0], arrears=Sums())
    with pytest.raises(MessageRefused, match="nothing is overdue"):
        composer.compose(MessageKey.demand(Stage.FIRST_REMINDER, Channel.EMAIL, "en"), facts(others=(paid,)))


def test_carriers_of_registered_templates_get_no_parameters_that_leave_an_account_out(composer: Composer) -> None:
    key = MessageKey.demand(Stage.FIRST_REMINDER, Channel.SMS, "zh-CN")
    assert composer.compose(key, facts(others=OTHERS)).parameters is None


@pytest.mark.parametrize(
    ("file", "old", "words"),
    [
        ("sms_amount.j2", "{{ each.arrears }}", "does not state arrears of each account"),
        ("sms_amount.j2", "{{ each.days_overdue }}", "does not state days_overdue of each account"),
        ("sms_amount.j2", "{{ arrears_of_all }}", "does not state what is overdue on all accounts"),
        ("sms_amount.j2", "Account ending {{ account_ending }}: ", "does not tell its own account from the others"),
        ("other_accounts.j2", "{{ each.account_id }}", "does not state account_id of each account"),
        ("other_accounts.j2", "Fees | {{ each.arrears_fees }}\n", "does not list"),
    ],
)
def test_a_template_that_leaves_something_out_is_refused_when_a_worker_starts(
    copied_templates: Path, file: str, old: str, words: str
) -> None:
    spoil(copied_templates / "en" / "shared" / file, old, "")
    assert words in problems_with(copied_templates)
