"""Words that threaten, insult, pretend or promise what cannot be are found, also when they are disguised."""

import pytest

from activities.composer import Composer
from activities.wording import ForbiddenWords, WordingKind
from domain.messages import MessageKey
from tests.messages.builders import LANGUAGES, TEMPLATES, facts, keys


@pytest.fixture(scope="module", params=LANGUAGES)
def forbidden(request: pytest.FixtureRequest) -> ForbiddenWords:
    return ForbiddenWords.load(TEMPLATES / request.param)


@pytest.fixture(scope="module")
def chinese() -> ForbiddenWords:
    return ForbiddenWords.load(TEMPLATES / "zh-CN")


@pytest.fixture(scope="module")
def english() -> ForbiddenWords:
    return ForbiddenWords.load(TEMPLATES / "en")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("再不还款就要坐牢了", WordingKind.THREAT),
        ("请在24小时内还清", None),
        ("限您24小时内还清", WordingKind.PRESSURE),
        ("你这个老赖", WordingKind.INSULT),
        ("这里是公安局经侦大队", WordingKind.IMPERSONATION),
        ("您的案件已经立案", WordingKind.FALSE_CLAIM),
        ("我们会通知您的家人", WordingKind.EXPOSURE),
        ("可以先找朋友借一点", WordingKind.BORROWING),
        ("还清后可以消除征信记录", WordingKind.CREDIT_PROMISE),
        ("坐 牢", WordingKind.THREAT),
        ("坐.牢", WordingKind.THREAT),
        ("坐\u200b牢", WordingKind.THREAT),
        ("请您抽空处理，谢谢", None),
    ],
)
def test_forbidden_chinese_is_told_apart_from_polite_words(
    chinese: ForbiddenWords, text: str, kind: WordingKind | None
) -> None:
    found = {finding.rule.kind for finding in chinese.findings(text)}
    assert found == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("You will go to jail", WordingKind.THREAT),
        ("WE WILL\n SUE", WordingKind.THREAT),
        ("Pay within 3 hours or face it", WordingKind.PRESSURE),
        ("only a deadbeat does this", WordingKind.INSULT),
        ("This is the Sheriff", WordingKind.IMPERSONATION),
        ("A lawsuit has been filed", WordingKind.FALSE_CLAIM),
        ("we will contact your employer", WordingKind.EXPOSURE),
        ("you could ask your family", WordingKind.BORROWING),
        ("we will clean your credit", WordingKind.CREDIT_PROMISE),
        ("ｊａｉｌ", WordingKind.THREAT),
        ("ja\u00adil", WordingKind.THREAT),
        ("Arresting views of the sea", None),
        ("Mr Jailer, thank you for calling", None),
    ],
)
def test_forbidden_english_is_found_as_whole_words_only(
    english: ForbiddenWords, text: str, kind: WordingKind | None
) -> None:
    found = {finding.rule.kind for finding in english.findings(text)}
    assert found == ({kind} if kind else set())


def test_a_finding_names_line_phrase_rule_and_reason_and_not_the_text(chinese: ForbiddenWords) -> None:
    (finding,) = chinese.findings("欧阳先生您好\n请注意\n后 果 自 负")
    assert finding.line == 3
    assert str(finding).startswith('"后果自负" is forbidden (threat, rule CN-08): ')
    assert "欧阳" not in str(finding)


def test_every_kind_of_forbidden_words_is_listed_in_every_language(forbidden: ForbiddenWords) -> None:
    assert {rule.kind for _, rule in forbidden.phrases} == set(WordingKind)


def test_every_listed_phrase_is_found_where_it_is_said(forbidden: ForbiddenWords) -> None:
    for phrase, rule in forbidden.phrases:
        said = phrase.replace("…", "一二")
        assert any(finding.rule is rule for finding in forbidden.findings(f"x {said} x"))


@pytest.mark.parametrize("key", keys(), ids=lambda key: f"{key.language}/{key.occasion}.{key.channel}")
def test_no_message_of_ours_holds_a_forbidden_word_in_any_language(
    composer: Composer, chinese: ForbiddenWords, english: ForbiddenWords, key: MessageKey
) -> None:
    words = composer.compose(key, facts())
    for text in (words.text, words.subject, words.html):
        assert chinese.findings(text) == ()
        assert english.findings(text) == ()
