"""Letters as PDF: fonts embedded, Chinese that can be read back, the same bytes each time, nothing in the window."""

import dataclasses
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from domain.messages import Words
from providers.letter_pdf import LetterNotSet, letter_blocks, typeset
from tests.providers.builders import LETTER_TEXT, POSTAL_ADDRESS

STAMP = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
WORDS = Words("zh-CN/demand/escalation.letter", "1", LETTER_TEXT, subject="关于您账户的通知")
MILLIMETRE = 72 / 25.4


def letter(words: Words = WORDS, *, language: str = "zh-CN", stamp: datetime = STAMP, mark: str = "") -> PdfReader:
    """The letter, set and opened again."""
    return PdfReader(BytesIO(letter_bytes(words, language=language, stamp=stamp, mark=mark)))


def letter_bytes(words: Words = WORDS, *, language: str = "zh-CN", stamp: datetime = STAMP, mark: str = "") -> bytes:
    """The letter, set."""
    return typeset(words, POSTAL_ADDRESS.splitlines(), language, reference="contact-0001", stamp=stamp, mark=mark)


def fonts_of(page: Any) -> list[Any]:
    """The descriptors of the fonts that a page uses."""
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    return [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]


def text_in_window(page: PageObject) -> str:
    """What an envelope's window shows: 20 to 110 mm from the left edge, 45 to 90 mm from the top."""
    height = float(page.mediabox.height)
    seen: list[str] = []

    def look(text: str, page_matrix: list[float], text_matrix: list[float], *_: Any) -> None:
        (a, b, c, d, e, f), (x, y) = page_matrix, text_matrix[4:]
        from_left, from_top = (a * x + c * y + e) / MILLIMETRE, (height - (b * x + d * y + f)) / MILLIMETRE
        if 20 <= from_left <= 110 and 45 <= from_top <= 90:
            seen.append(text)

    page.extract_text(visitor_text=look)
    return "".join(seen)


def test_chinese_text_can_be_read_back_from_the_page() -> None:
    page = letter().pages[0].extract_text()
    for line in ("关于您账户的通知", "尊敬的王芳女士：", "逾期金额合计", "¥1,234.56", "分付消费金融有限公司"):
        assert line in page


def test_every_font_is_embedded_and_is_the_packages_own() -> None:
    descriptors = fonts_of(letter().pages[0])
    assert all("/FontFile3" in descriptor for descriptor in descriptors)
    families = {descriptor["/FontName"].split("+")[1].split("-")[0] for descriptor in descriptors}
    assert families == {"NotoSerifSC", "NotoSansSC"}


def test_the_letter_is_an_archivable_pdf_with_title_and_language() -> None:
    reader = letter()
    metadata = reader.xmp_metadata
    assert metadata is not None
    packet = metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in packet
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in packet
    assert str(reader.root_object["/Lang"]) == "zh-CN"
    assert reader.metadata is not None
    assert reader.metadata.title == WORDS.subject


def test_the_same_letter_has_the_same_bytes_whenever_it_is_set() -> None:
    assert letter_bytes() == letter_bytes()
    assert letter_bytes() != letter_bytes(stamp=STAMP + timedelta(days=1))


def test_the_envelopes_window_shows_the_address_and_nothing_else() -> None:
    shown = text_in_window(letter().pages[0])
    assert "".join(shown.split()) == "".join(POSTAL_ADDRESS.split())


def test_the_words_are_data_and_never_code() -> None:
    hostile = dataclasses.replace(
        WORDS, text='#panic("x") $ #sys.version *bold* @ref <label> = Title\n\n#import "x.typ"'
    )
    page = letter(hostile).pages[0].extract_text()
    assert '#panic("x") $ #sys.version *bold* @ref <label> = Title' in page
    assert '#import "x.typ"' in page


def test_a_long_letter_numbers_its_pages_and_a_short_one_does_not() -> None:
    long = dataclasses.replace(WORDS, text="\n\n".join(f"段落 {number}" for number in range(90)))
    pages = letter(long).pages
    assert len(pages) > 1
    assert f"第 1 页，共 {len(pages)} 页" in pages[0].extract_text()
    assert "页，共" not in letter().pages[0].extract_text()


@pytest.mark.parametrize("name", ["Siân O’Connor-Nguyễn", "Łukasz Żółć", "Ελένη", "Юлия Щёкина", "王䶮", "Zoë Ñuñez"])
def test_names_of_many_alphabets_can_be_printed(name: str) -> None:
    named = dataclasses.replace(WORDS, text=f"Dear {name},")
    assert set(name) <= set(letter(named, language="en").pages[0].extract_text())


def test_a_character_in_no_font_is_refused_without_quoting_the_letter() -> None:
    with pytest.raises(LetterNotSet, match="contact-0001") as refusal:
        letter_bytes(dataclasses.replace(WORDS, text="Dear Ramses \U00013000,"))
    assert "Ramses" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_letters_text_falls_into_letterhead_table_margin_and_paragraphs() -> None:
    text = "# Lender\n# 1 High Street\n\nDear you,\n\nPrincipal | 1.00\n= Total | 1.00\n\n> 1 May\n\nYours,\nthe lender"
    assert letter_blocks(text) == [
        {"kind": "letterhead", "lines": ["Lender", "1 High Street"]},
        {"kind": "paragraph", "lines": ["Dear you,"]},
        {
            "kind": "table",
            "rows": [
                {"label": "Principal", "amount": "1.00", "total": False},
                {"label": "Total", "amount": "1.00", "total": True},
            ],
        },
        {"kind": "right", "lines": ["1 May"]},
        {"kind": "paragraph", "lines": ["Yours,", "the lender"]},
    ]


def test_one_line_without_an_amount_makes_a_paragraph_of_its_block() -> None:
    assert letter_blocks("Principal | 1.00\nand more")[0]["kind"] == "paragraph"
