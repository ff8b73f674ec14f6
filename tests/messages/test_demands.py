"""Every demand tells the person all that they have a right to know, whatever the facts are."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given, settings

from activities.composer import Composer
from activities.fact_words import inert, write_amount
from config.yaml_documents import ConfigError
from domain.ledger import Sums
from domain.messages import MessageFacts, MessageKey, MessageRefused, PlanOffered
from domain.money import minor_digits
from domain.sms_segments import sms_size
from domain.terms import Channel, MessageClass, Stage
from tests.messages.builders import LANGUAGES, LENDER, STAGES, any_facts, facts, keys

quick = settings(max_examples=60, deadline=None)


class VisibleText(HTMLParser):
    """Collects what a reader of the HTML sees, and which elements it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    @property
    def text(self) -> str:
        return "".join(self.seen)


def locale_of(key: MessageKey) -> Locale:
    return Locale.parse(key.language, sep="-")


@pytest.mark.parametrize("key", keys(), ids=lambda key: f"{key.language}/{key.occasion}.{key.channel}")
def test_every_demand_can_be_written(composer: Composer, key: MessageKey) -> None:
    words = composer.compose(key, facts())
    assert words.template_id == f"{key.language}/demand/{key.occasion}.{key.channel}"
    assert words.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER, Channel.CALL])
@quick
@given(given_facts=any_facts())
def test_the_amounts_stand_one_a_line_and_add_up(
    composer: Composer, language: str, channel: Channel, given_facts: MessageFacts
) -> None:
    for stage in STAGES:
        key = MessageKey.demand(stage, channel, language)
        text = composer.compose(key, given_facts).text
        amounts = [
            minor_of(line.rsplit(" | ", 1)[1], given_facts.currency) for line in text.splitlines() if " | " in line
        ]
        principal, interest, fees, total, *balance = amounts
        assert principal + interest + fees == total == given_facts.arrears.total_minor
        assert balance == ([] if given_facts.balance_minor == total else [given_facts.balance_minor])


@pytest.mark.parametrize("language", LANGUAGES)
@quick
@given(given_facts=any_facts())
def test_every_written_demand_states_its_facts(composer: Composer, language: str, given_facts: MessageFacts) -> None:
    for stage in STAGES:
        for channel in (Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.CALL):
            key = MessageKey.demand(stage, channel, language)
            text = composer.compose(key, given_facts).text
            day = given_facts.due_date
            assert day is not None
            due = f"{day.year}年{day.month}月{day.day}日" if language == "zh-CN" else f"{day:%-d %b %Y}"
            days = given_facts.days_overdue
            overdue = f"{days}天" if language == "zh-CN" else f"{days} day{'' if days == 1 else 's'}"
            owed = write_amount(given_facts.arrears.total_minor, given_facts.currency, locale_of(key))
            for value in (LENDER.name, inert(given_facts.product), owed, due, overdue, LENDER.help_phone):
                assert value in text
            assert f"{given_facts.as_of:%M}" in text


@pytest.mark.parametrize("language", LANGUAGES)
@quick
@given(given_facts=any_facts())
def test_an_email_shows_the_same_words_in_html_and_in_plain_text(
    composer: Composer, language: str, given_facts: MessageFacts
) -> None:
    words = composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.EMAIL, language), given_facts)
    html = VisibleText(words.html).text
    for line in words.text.splitlines():
        for part in line.removeprefix("= ").split(" | "):
            assert part in html


@pytest.mark.parametrize("language", LANGUAGES)
@quick
@given(given_facts=any_facts())
def test_an_announcement_says_no_fact_of_the_debt(composer: Composer, language: str, given_facts: MessageFacts) -> None:
    for stage in STAGES:
        text = composer.compose(MessageKey.demand(stage, Channel.VOICE, language), given_facts).text
        named = [given_facts.lender.collector, inert(given_facts.person_name), LENDER.help_phone]
        for name in named:
            assert name in text
            text = text.replace(name, "")
        assert not re.search(r"\d", text)
        assert not re.search(r"欠|债|逾期|还款|贷|账|owe|debt|overdue|payment|loan|account", text)


@pytest.mark.parametrize("key", keys(), ids=lambda key: f"{key.language}/{key.occasion}.{key.channel}")
def test_subjects_and_the_first_lines_of_emails_reveal_nothing(composer: Composer, key: MessageKey) -> None:
    words = composer.compose(key, facts())
    seen = {Channel.EMAIL: words.subject + words.text[:70], Channel.LETTER: words.subject}.get(key.channel, "")
    for value in (LENDER.name, "分期购物", "12", "逾期", "overdue", "debt", "2026", "青禾"):
        assert value not in seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_thing_that_a_mail_program_shows_of_the_html_is_the_subject(
    composer: Composer, language: str
) -> None:
    words = composer.compose(MessageKey.demand(Stage.PRE_LEGAL, Channel.EMAIL, language), facts())
    body = VisibleText(words.html.partition("</head>")[2]).text.strip()
    assert body.startswith(words.subject)
    assert not re.search(r"[\w]", body.removeprefix(words.subject)[:200]), "blank characters follow it, not the letter"


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agent_verifies_the_person_before_any_fact_of_the_debt(
    composer: Composer, language: str, stage: Stage
) -> None:
    text = composer.compose(MessageKey.demand(stage, Channel.CALL, language), facts()).text
    verified = text.index("两项只有本人知道" if language == "zh-CN" else "two details that only they")
    for value in (LENDER.name, "分期购物", "12,422.89", "12天" if language == "zh-CN" else "12 days"):
        assert text.index(value) > verified


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.CALL])
def test_only_the_last_stage_mentions_a_referral_and_only_after_a_review(
    composer: Composer, language: str, channel: Channel
) -> None:
    about_law = re.compile("法律|referred")
    for stage, text in {
        stage: composer.compose(MessageKey.demand(stage, channel, language), facts()).text for stage in STAGES
    }.items():
        assert bool(about_law.search(text)) is (stage is Stage.PRE_LEGAL)
    assert "先由工作人员复核" in text or "until a person has reviewed" in text
    assert (
        "期限届满之前不会" in text or "not before your time to answer" in text or "not happen before your time" in text
    )


def test_a_collector_for_another_says_that_it_is_one_and_a_lender_does_not(composer: Composer) -> None:
    key = MessageKey.demand(Stage.FIRST_REMINDER, Channel.EMAIL, "en")
    agency = replace(LENDER, name="Harbour Bank", collector="Quayside Services")
    lender = replace(agency, collector="Harbour Bank")
    assert "a debt by Quayside Services, a debt collector, and" in composer.compose(key, facts(lender=agency)).text
    assert "a debt by Harbour Bank, and" in composer.compose(key, facts(lender=lender)).text


@pytest.mark.parametrize(
    "key", [key for key in keys() if key.channel is Channel.SMS], ids=lambda key: f"{key.language}/{key.occasion}"
)
def test_no_text_message_takes_more_than_eight_segments_with_long_names(composer: Composer, key: MessageKey) -> None:
    lender = {
        "zh-CN": replace(
            LENDER,
            name="内蒙古自治区呼和浩特市青禾互联网金融小额贷款股份有限公司",
            collector="青禾消费金融股份有限公司客户关怀与服务中心",
        ),
        "en": replace(
            LENDER, name="Evergreen Consumer Finance (Shenzhen) Co., Ltd.", collector="Evergreen Customer Care"
        ),
    }[key.language]
    long = facts(
        contact_id="ff-000123-escalation-12-sms",
        product="青禾优享购物分期（十二期）",
        lender=lender,
        arrears=Sums(1_234_567_89, 34_567_89, 4_567_89),
        balance_minor=9_876_543_21,
        days_overdue=123,
    )
    size = sms_size(composer.compose(key, long).text)
    assert size.segments <= 8


def test_a_text_message_in_chinese_begins_with_the_signature(composer: Composer) -> None:
    for stage in STAGES:
        text = composer.compose(MessageKey.demand(stage, Channel.SMS, "zh-CN"), facts()).text
        assert text.startswith("【青禾客户服务中心】")


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL, Channel.LETTER])
def test_no_chinese_follows_an_address_on_its_heels_as_programs_would_take_it_for_a_part(
    composer: Composer, channel: Channel
) -> None:
    for stage in STAGES:
        text = composer.compose(MessageKey.demand(stage, channel, "zh-CN"), facts()).text
        for address in (LENDER.pay_url, facts().link, LENDER.complaint_email):
            assert not re.search(re.escape(address) + r"\S", text)


def test_a_text_message_carries_what_filled_its_template(composer: Composer) -> None:
    words = composer.compose(MessageKey.demand(Stage.FIRST_REMINDER, Channel.SMS, "zh-CN"), facts())
    assert words.parameters is not None
    assert words.parameters["arrears"] == "¥12,422.89"
    assert all(value in words.text for value in words.parameters.values())


def test_yen_have_no_decimal_places_and_dinars_three(composer: Composer) -> None:
    key = MessageKey.demand(Stage.FIRST_REMINDER, Channel.SMS, "en")
    owed = {"arrears": Sums(1_234_567), "balance_minor": 1_234_567}
    assert "¥1,234,567 overdue" in composer.compose(key, facts(currency="JPY", **owed)).text
    assert "KWD1,234.567 overdue" in composer.compose(key, facts(currency="KWD", **owed)).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arrears": Sums(), "balance_minor": 0}, "nothing is overdue"),
        ({"arrears": Sums(100, -1, 0)}, "below zero"),
        ({"balance_minor": 1}, "balance is less than the arrears"),
        ({"days_overdue": -1}, "due date has not come"),
        ({"as_of": facts().as_of.replace(tzinfo=None)}, "no time zone"),
        ({"person_name": " \u200e\n"}, "person_name is empty"),
        ({"lender": replace(LENDER, complaint_phone="")}, "complaint_phone is empty"),
    ],
)
def test_facts_that_allow_no_true_demand_are_refused(
    composer: Composer, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(MessageRefused, match=words) as refused:
        composer.compose(MessageKey.demand(Stage.FIRST_REMINDER, Channel.EMAIL, "zh-CN"), facts(**changes))
    assert "欧阳" not in str(refused.value)


def test_a_text_message_that_names_make_too_long_is_refused(composer: Composer) -> None:
    with pytest.raises(MessageRefused, match="segments, more than 8"):
        composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.SMS, "zh-CN"), facts(product="分期" * 200))


def test_a_name_that_tells_of_collection_is_not_said_aloud(composer: Composer) -> None:
    agency = replace(LENDER, collector="Quayside Debt Recovery")
    composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.EMAIL, "en"), facts(lender=agency))
    with pytest.raises(MessageRefused, match="aloud"):
        composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.VOICE, "en"), facts(lender=agency))


def test_a_collector_that_calls_itself_an_authority_is_refused(composer: Composer) -> None:
    posing = replace(LENDER, collector="某某公安")
    with pytest.raises(MessageRefused, match="impersonation"):
        composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.SMS, "zh-CN"), facts(lender=posing))


def test_a_person_whose_name_or_street_is_a_forbidden_word_is_written_to(composer: Composer) -> None:
    lender = replace(LENDER, postal_address="1 Police Street, Example Town")
    composer.compose(
        MessageKey.demand(Stage.ESCALATION, Channel.LETTER, "en"), facts(person_name="Jail Singh", lender=lender)
    )


def test_a_message_for_an_occasion_without_a_template_is_refused(composer: Composer) -> None:
    with pytest.raises(MessageRefused, match="has no demand for legal by sms"):
        composer.compose(MessageKey.demand(Stage.LEGAL, Channel.SMS, "en"), facts())
    with pytest.raises(MessageRefused, match="has no reply"):
        composer.compose(MessageKey(MessageClass.REPLY, "unheard_of", Channel.SMS, "en"), facts())
    with pytest.raises(MessageRefused, match="no templates in 'fr'"):
        composer.compose(MessageKey.demand(Stage.ESCALATION, Channel.SMS, "fr"), facts())


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("zh-CN", "zh-CN"),
        ("zh_CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-HK", "zh-CN"),
        ("en", "en"),
        ("en-GB", "en"),
        ("EN-us", "en"),
        ("fr-FR", "en"),
        ("", "en"),
    ],
)
def test_a_person_is_written_to_in_the_nearest_language(composer: Composer, wanted: str, written: str) -> None:
    assert composer.language_for(wanted) == written


def minor_of(written: str, currency: str) -> int:
    """The minor units of a written amount, read back without the product's own code."""
    digits = re.sub(r"[^0-9.]", "", written)
    places = len(digits.partition(".")[2])
    assert places == minor_digits(currency)
    return int(digits.replace(".", ""))


@pytest.mark.parametrize("key", keys(), ids=lambda key: f"{key.language}/{key.occasion}.{key.channel}")
def test_a_demand_to_who_needs_time_offers_the_plan_and_no_other_demand_does(
    composer: Composer, key: MessageKey
) -> None:
    plan = PlanOffered(31, 4_037, date(2027, 7, 5))
    offering, plain = (composer.compose(key, facts(plan_offered=each)).text for each in (plan, None))
    said = [f"{31}" in offering, "40.37" in offering]
    assert said == ([False, False] if key.channel is Channel.VOICE else [True, True])
    assert "40.37" not in plain


@pytest.mark.parametrize("file", ["sms_amount.j2", "help.j2", "call_limits.j2"])
def test_a_template_that_leaves_the_plan_out_stops_the_worker(copied_templates: Path, file: str) -> None:
    path = copied_templates / "en" / "shared" / file
    path.write_text(path.read_text(encoding="utf-8").replace("if plan_offered ", "if false "), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"offers no plan although the track does; say \{\{ plan_offered_count \}\}"):
        Composer(copied_templates)
