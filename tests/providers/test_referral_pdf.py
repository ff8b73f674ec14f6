"""The pages of a referral file: complete, in both languages, findable, archivable, and checked by the schema."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from activities.referral_pages import referral_pages
from activities.referral_vocabulary import require_words, vocabularies
from config.jurisdiction_files import load_packs
from config.referral_schema import SCHEMA_FILE
from config.referral_words import load_referral_words
from config.yaml_documents import ConfigError
from domain.referral_document import PlanPayment, ReferralDocument, ToldLine, referral_schema
from providers.referral_pdf import typeset_pages
from tests.referral_files import DAY, amounts, contact, day, referral_file

CONFIG = Path(__file__).parents[2] / "config"
WORDS = load_referral_words(CONFIG / "templates", ("zh-CN", "en"))
PACKS = load_packs(CONFIG / "jurisdictions")


def pages_of(document: ReferralDocument, language: str) -> PdfReader:
    """The file, set and opened again."""
    pages = referral_pages(document, WORDS[language], language, "cd" * 32)
    return PdfReader(BytesIO(typeset_pages(pages, DAY)))


def text_of(reader: PdfReader) -> str:
    """All that stands on the pages, without the breaks of lines."""
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_part_of_the_file_stands_on_the_pages(language: str) -> None:
    text = text_of(pages_of(referral_file(), language))
    for words in ("王小明", "示例小额贷款有限公司", "1,134.56", "1,234.56", "pay-1", "head-of-collections"):
        assert words in text
    for words in ("complaint-1", "我认为费用不对", "promise-1", "plan-1", "567.28", "job_lost", "正式的书面通知"):
        assert words in text
    assert "ab" * 32 in text, "the head of the audit trail"
    assert "cd" * 32 in text, "the digest of the data"


@pytest.mark.parametrize(
    ("language", "claim", "last"), [("zh-CN", "债权", "第5页，共5页"), ("en", "Theclaim", "Page5of5")]
)
def test_a_reader_finds_the_way_by_contents_bookmarks_and_page_numbers(language: str, claim: str, last: str) -> None:
    reader = pages_of(referral_file(), language)
    sections = [each for each in reader.outline if not isinstance(each, list)]
    titles = list(WORDS[language].titles.model_dump().values())
    assert all(any(str(each.title).endswith(title) for title in titles) for each in sections)
    assert len(sections) == 13
    first = "".join(reader.pages[0].extract_text().split())
    assert claim in first, "the contents stand on the first page"
    assert last in "".join(reader.pages[-1].extract_text().split())


def test_the_pages_may_be_archived_for_years() -> None:
    reader = pages_of(referral_file(), "zh-CN")
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert (metadata.pdfaid_part, metadata.pdfaid_conformance) == ("2", "A")
    assert reader.metadata is not None
    assert reader.metadata.title == "移送法律处理案卷 referral-acc-1-1"


def test_a_message_that_reached_nobody_is_not_told_as_sent() -> None:
    simulated = contact(1, "sms", "first_reminder", "x", simulated=True)
    assert "notsent,keptintheoutbox" in text_of(pages_of(referral_file(contacts=(simulated,)), "en"))


@pytest.mark.parametrize(
    ("connected", "conversation", "direction", "words"),
    [
        (True, True, "outbound", "spoken with"),
        (True, False, "outbound", "answered"),
        (False, None, "outbound", "not answered"),
        (True, True, "inbound", "from the debtor, spoken with"),
    ],
)
def test_a_call_is_told_by_what_came_of_it(
    connected: bool, conversation: bool | None, direction: str, words: str
) -> None:
    spoken = {"connected": connected, "conversation": conversation, "direction": direction}
    document = referral_file(contacts=(contact(1, "call", "escalation", "", **spoken),))
    pages = referral_pages(document, WORDS["en"], "en", "")
    assert pages["sections"][4]["blocks"][1]["rows"][0][5] == words


@pytest.mark.parametrize(
    ("language", "done"),
    [("en", "balance corrected: fees 12.00, apology"), ("zh-CN", "更正多计的金额： 费用 12.00、书面道歉")],
)
def test_a_complaint_is_told_with_what_was_done_about_it_and_the_reasons_given(language: str, done: str) -> None:
    pages = referral_pages(referral_file(), WORDS[language], language, "")
    table, complaint, reasons = pages["sections"][7]["blocks"]
    assert table["rows"][0][-1] == done
    assert (complaint["text"], reasons["text"]) == ("我认为费用不对。", "多收的费用已经退回。")


def test_what_was_reported_is_told_without_the_marks_of_a_program() -> None:
    remedies = [{"kind": "waive", "amount": "20.00"}, {"kind": "apologise"}]
    told = ToldLine(
        message_id="r", name="resolve_complaint", booked_at=day(40), body={"event_id": "e", "remedies": remedies}
    )
    pages = referral_pages(referral_file(told=(told,)), WORDS["en"], "en", "")
    assert pages["sections"][10]["blocks"][0]["rows"][0][2] == "remedies: waive 20.00, apologise"


def test_an_instalment_of_a_plan_has_the_day_by_which_it_is_paid() -> None:
    """A plan's instalment lasts until the midnight after its day, in the debtor's zone."""
    end_of_the_fifth = datetime(2027, 5, 5, 16, tzinfo=UTC)
    payment = PlanPayment(due_at=end_of_the_fifth, amount="567.28")
    plan = referral_file().plans[0].model_copy(update={"instalments": (payment,)})
    pages = referral_pages(referral_file(plans=(plan,)), WORDS["en"], "en", "")
    assert pages["sections"][6]["blocks"][1]["rows"] == [["1", "2027-05-05", "567.28"]]


def test_instalments_end_in_their_sum() -> None:
    document = referral_file()
    pages = referral_pages(document, WORDS["en"], "en", "")
    tables = [block for block in pages["sections"][0]["blocks"] if block["kind"] == "table"]
    assert tables[1]["rows"][-1] == ["", "Total", "1,000.00", "200.00", "34.56", "1,234.56", "10.00", "1,134.56"]
    assert tables[0]["rows"][3] == ["Paid", "", "", "", "110.00"]
    assert tables[2]["rows"][1][1:] == ["Payment", "pay-1", "0.00", "−75.44", "−34.56", "−110.00", "0.00"]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "its arrival is proved (letter): acc-1.3\narrival of acc-1.3 (Contact 3), 2027-03-25"),
        ("zh-CN", "已证明送达（信函）：acc-1.3\n送达回执 acc-1.3 (第 3 次联系), 2027-03-25"),
    ],
)
def test_a_condition_is_shown_in_words_and_by_records_that_can_be_looked_up(language: str, shown: str) -> None:
    pages = referral_pages(referral_file(), WORDS[language], language, "")
    assert pages["sections"][1]["blocks"][0]["rows"][0][2] == shown


def test_thousands_are_set_apart_and_nothing_else_of_an_amount_changes() -> None:
    large = amounts("1234567.80", "0.00", "0.05", "1234567.85")
    statement = referral_file().statement.model_copy(update={"arrears": large})
    pages = referral_pages(referral_file(statement=statement), WORDS["en"], "en", "")
    assert ("Overdue now", "1,234,567.85 CNY") in pages["summary"]


def test_both_languages_have_words_for_the_same_codes() -> None:
    chinese, english = ({name: codes.keys() for name, codes in WORDS[each].codes.items()} for each in ("zh-CN", "en"))
    assert chinese == english


def test_every_code_of_the_vocabularies_has_a_word_in_both_languages() -> None:
    require_words(WORDS, PACKS)


@pytest.mark.parametrize("language", list(WORDS))
@pytest.mark.parametrize("vocabulary", list(vocabularies(PACKS)))
def test_a_worker_does_not_start_while_a_code_has_no_word(vocabulary: str, language: str) -> None:
    code = sorted(vocabularies(PACKS)[vocabulary])[0]
    codes = WORDS[language].codes
    spoilt = codes | {vocabulary: {each: word for each, word in codes[vocabulary].items() if each != code}}
    with pytest.raises(ConfigError, match=rf"{language}/referral.yaml: codes.{vocabulary}.{code}: has no word"):
        require_words({**WORDS, language: WORDS[language].model_copy(update={"codes": spoilt})}, PACKS)


def test_a_notice_that_only_a_pack_names_needs_a_word() -> None:
    (notice,) = [each for each in PACKS["CN"].duties if each.id == "debt_verification"]
    pack = PACKS["CN"].model_copy(update={"duties": (notice.model_copy(update={"id": "our_own_notice"}),)})
    with pytest.raises(ConfigError, match=r"codes.notice.our_own_notice: has no word"):
        require_words(WORDS, {"CN": pack})


def test_the_published_schema_is_that_of_the_code_and_files_fit_it() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == referral_schema(), "run: python -m config.referral_schema"
    validator = Draft202012Validator(json.loads(referral_schema()))
    validator.validate(json.loads(referral_file().as_bytes()))
    spoilt: dict[str, Any] = json.loads(referral_file().as_bytes())
    spoilt["unknown"] = 1
    assert not validator.is_valid(spoilt)
    assert ReferralDocument.model_validate_json(referral_file().as_bytes()) == referral_file()


def test_an_old_checklist_without_proofs_still_makes_a_file() -> None:
    old: dict[str, Any] = {"name": "way_out_offered", "fulfilled": True, "evidence": "calls asked for: 1"}
    checklist = referral_file().checklist.model_copy(update={"items": ()})
    document = referral_file(checklist=checklist.model_validate({**checklist.model_dump(), "items": [old]}))
    assert document.checklist.items[0].proofs == ()
