"""Policy files: what is refused, on which line, in which words; and what the shipped ones promise."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy_files import POLICIES, SCHEMA_FILE, PolicyError, load_policies, load_policy, policy_schema
from tests.config.policy_files_for_tests import write_fenfu_with

_WRITTEN_NOTICES = "      - {channel: letter, fallbacks: [email]}\n      - {channel: email, fallbacks: [letter]}\n"


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("goal:\n  recover_percent: 80\n", "goal:\n", "goal.recover_percent", "is missing; add it"),
        ("recover_percent: 80", "recover_percnt: 80", "goal.recover_percnt", "write 'recover_percent'"),
        ("recover_percent: 80", "recover_percent: 101", "goal.recover_percent", "less than or equal to 100"),
        ("recover_percent: 80", 'recover_percent: "80"', "goal.recover_percent", "valid integer"),
        ("role: first_party", "role: cousin", "role", "'first_party', 'third_party' or 'debt_buyer', not 'cousin'"),
        ("[CN]", "[China]", "jurisdictions[0]", "two capital letters, such as CN, not 'China'"),
        ("[CN]", "\n  - CN\n§  - cn", "jurisdictions[1]", "two capital letters, such as CN, not 'cn'"),
        ("[CN]", "[]", "jurisdictions", "must have at least 1"),
        ("[CN]", "[CN, CN]", "jurisdictions", "names one twice"),
        ("[CN]", "CN", "jurisdictions", "must be a list, one '- item' a line, not 'CN'"),
        ("[CNY]", "[yuan]", "currencies[0]", "three capital letters"),
        ("within: 2d", "within: 2 days", "calls.within", "such as 20s, 36h or 7d, not '2 days'"),
        ("within: 2d", "within: 2", "calls.within", "one unit (s, m, h or d)"),
        ("within: 2d", "within: 0d", "calls.within", "longer than zero"),
        ("within: 2d", "within: -2d", "calls.within", "whole number and one unit"),
        ("within: 2d", "within: 3661d", "calls.within", "at most 3660d"),
        ("within: 2d", "within: [2d]", "calls.within", "whole number and one unit"),
        ("supportive: 1.5", "supportive: 0.9", "tracks.supportive", "greater than or equal to 1"),
        ("firm: 0.75", "firm: 1.25", "tracks.firm", "less than or equal to 1"),
        ("firm: 0.75", "firm: 0", "tracks.firm", "greater than 0"),
        ("firm: 0.75", "firm: 0.1", "tracks.firm", "more than once a day in first_reminder"),
        (
            "starts_after: 35d",
            "starts_after: 21d",
            "stages.escalation.starts_after",
            "later than gentle_reminder starts (21d)",
        ),
        ("cadence: 14d", "cadence: 12h", "stages.escalation.cadence", "more than once a day"),
        ("minimum: 56d", "minimum: 5h", "stages.escalation.minimum", "shorter than a day"),
        ("call, fallbacks: [voice, sms]", "call", "stages.escalation.touches[0].channel", "needs a channel behind it"),
        ("[voice, sms]", "[voice, call]", "stages.escalation.touches[0].fallbacks", "was named before it"),
        ("[sms, letter]", "[sms, call]", "stages.escalation.touches[1].fallbacks", "end the list with another channel"),
        (
            "{channel: call, fallbacks: [voice, sms]}",
            "{channel: neighbour}",
            "stages.escalation.touches[0].channel",
            "must be one of 'sms', 'voice', 'email', 'letter' or 'call'",
        ),
        (
            "[fees, interest, principal]",
            "[fees, fees, principal]",
            "payment_order",
            "each of principal, interest, fees once",
        ),
        ('CNY: "50.00"', "CNY: 50.00", "plans.smallest_instalment.CNY", "must be text; write it in quotes"),
        ('CNY: "50.00"', 'CNY: "0.00"', "plans.smallest_instalment.CNY", "above zero"),
        ('CNY: "50.00"', 'CNY: "5.001"', "plans.smallest_instalment.CNY", "CNY has 2 decimal places"),
        ('CNY: "50.00"', 'USD: "5.00"', "plans.smallest_instalment", "and no other: CNY"),
        ("  deliveries: 1", "  deliveries: 50", "legal_review.deliveries", "12 contacts altogether"),
        ("  channels: 2", "  channels: 1", "legal_review.channels", "greater than or equal to 2"),
        ('help_phone: "400 000 0000"', "help_phone: 400", "lenders.zh-CN.help_phone", "write it in quotes"),
        (
            'help_phone: "400 000 0000"',
            "help_phone: the desk",
            "lenders.zh-CN.help_phone",
            "a telephone number of digits",
        ),
        ("address: Example", "address:\n      street: Example", "lenders.en.postal_address", "must be text"),
        ("hardship:\n  grace: 30d\n", "hardship: 30d\n", "hardship", "must be a mapping of fields"),
    ],
)
def test_a_wrong_field_is_told_with_its_line_and_the_mend(
    tmp_path: Path, old: str, new: str, field: str, words: str
) -> None:
    path, line = write_fenfu_with(tmp_path, old, new)
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    told = [problem for problem in refused.value.problems if problem.startswith(f"{path}:{line}: {field}: ")]
    assert any(words in problem for problem in told), refused.value


@pytest.mark.parametrize(
    ("lender_field", "value"),
    [
        ("pay_url", "http://pay.lender.cn"),
        ("pay_url", "https://"),
        ("link_base", "javascript:alert(1)"),
        ("complaint_email", "complaints"),
        ("complaint_email", "a b@lender.cn"),
        ("name", '" Lender"'),
        ("name", '"two\\nlines"'),
    ],
)
def test_a_lender_whom_nobody_could_reach_is_refused(tmp_path: Path, lender_field: str, value: str) -> None:
    path = tmp_path / "fenfu-cn.yaml"
    lines = (POLICIES / "fenfu-cn.yaml").read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith(f"    {lender_field}:"))
    lines[number] = f"    {lender_field}: {value}"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PolicyError, match=f":{number + 1}: lenders.zh-CN.{lender_field}: must be "):
        load_policy(path)


def test_every_error_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path, _ = write_fenfu_with(
        tmp_path, "tracks:\n  supportive: 1.5\n  firm: 0.75\n", "tracks:\n  supportive: 0\n  firn: 1\n"
    )
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    fields = [problem.split(": ")[1] for problem in refused.value.problems]
    assert fields == ["tracks.supportive", "tracks.firm", "tracks.firn"]


def test_every_contradiction_between_fields_is_told_at_once(tmp_path: Path) -> None:
    path, _ = write_fenfu_with(
        tmp_path, "tracks:\n  supportive: 1.5\n  firm: 0.75\n", "tracks:\n  supportive: 1\n  firm: 0.05\n"
    )
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    named = [problem.rpartition(" in ")[2].partition(";")[0] for problem in refused.value.problems]
    assert named == ["first_reminder", "gentle_reminder", "escalation"]


@pytest.mark.parametrize("stage", ["first_reminder", "gentle_reminder", "escalation", "pre_legal"])
def test_a_policy_without_one_of_the_stages_is_refused(tmp_path: Path, stage: str) -> None:
    path, _ = write_fenfu_with(tmp_path, f"  {stage}:\n", "  legal:\n")
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    stages_at = path.read_text(encoding="utf-8").splitlines().index("stages:") + 1
    assert f"{path}:{stages_at}: stages.{stage}: is missing; add it" in refused.value.problems
    assert any("stages.legal: is not a field here" in problem for problem in refused.value.problems)


def test_a_final_notice_must_be_in_writing(tmp_path: Path) -> None:
    path, _ = write_fenfu_with(tmp_path, _WRITTEN_NOTICES, "")
    with pytest.raises(PolicyError, match=r"stages\.pre_legal\.touches: a final notice is given in writing"):
        load_policy(path)


def test_a_review_that_no_account_could_reach_is_refused(tmp_path: Path) -> None:
    path, _ = write_fenfu_with(tmp_path, "  channels: 2", "  channels: 5")
    load_policy(path)
    text = path.read_text(encoding="utf-8").replace("letter", "email").replace("[email, sms]", "[sms]")
    path.write_text(
        text.replace("email, fallbacks: [email]", "email").replace("[email, email]", "[email]"), encoding="utf-8"
    )
    with pytest.raises(
        PolicyError, match=r"legal_review\.channels: no account could reach the review: the stages use 4"
    ):
        load_policy(path)


def test_a_repeated_key_is_refused_where_it_is_repeated(tmp_path: Path) -> None:
    path, line = write_fenfu_with(tmp_path, "review_within: 5d\n", "review_within: 5d\n§review_within: 9d\n")
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    assert refused.value.problems == (f"{path}:{line}: review_within: stands twice in the same mapping; keep one",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name: [fenfu-cn\ntitle: x\n", ":2: is not YAML: "),
        (b"", ":1: must be a mapping of fields"),
        (b"- fenfu-cn\n", ":1: must be a mapping of fields"),
        (b"name: a\n---\nname: b\n", ":2: is not YAML: but found another document"),
        (b"name: !!python/name:os.system x\n", ":1: is not YAML: could not determine a constructor"),
        (b"name: \x00\n", "is not YAML: "),
        (b"name: \xff\n", "is not UTF-8 at byte 6; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_yaml_mapping_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "fenfu-cn.yaml"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    assert str(refused.value).startswith(str(path))
    assert words in str(refused.value)


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"absent\.yaml: cannot be read"):
        load_policy(tmp_path / "absent.yaml")


def test_the_name_in_a_file_is_the_name_of_the_file(tmp_path: Path) -> None:
    path, line = write_fenfu_with(tmp_path, "name: fenfu-cn\n", "name: fenfu\n")
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    assert str(refused.value) == f"{path}:{line}: name: is 'fenfu' in fenfu-cn.yaml; make the two the same"


@given(st.text(max_size=200))
def test_no_text_breaks_the_loader_otherwise_than_by_a_policy_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    with pytest.raises(PolicyError):
        load_policy(path)


def test_a_folder_is_loaded_by_name_and_all_its_errors_are_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="holds no policy"):
        load_policies(tmp_path)
    write_fenfu_with(tmp_path, "within: 2d", "within: 3d")
    assert set(load_policies(tmp_path)) == {"fenfu-cn"}
    (tmp_path / "a.yaml").write_text("name: 1\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("nothing", encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policies(tmp_path)
    assert {Path(problem.partition(":")[0]).name for problem in refused.value.problems} == {"a.yaml", "b.yaml"}


def test_the_published_schema_is_the_models() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == policy_schema(), "run: python -m config.policy_files"


def test_the_schema_explains_every_field_to_an_editor() -> None:
    schema = json.loads(policy_schema())
    explained = [schema, *(each for each in schema["$defs"].values() if "properties" in each)]
    for part in explained:
        for name, field in part["properties"].items():
            group = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
            assert "description" in field | group, f"{part['title']}.{name}"


def test_editors_complete_every_shipped_policy() -> None:
    for path in POLICIES.glob("*.yaml"):
        first_line = path.read_text(encoding="utf-8").splitlines()[0]
        assert first_line == "# yaml-language-server: $schema=schema.json", path.name


def test_every_field_is_documented() -> None:
    text = (POLICIES.parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
    schema = json.loads(policy_schema())
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", text))))
    assert {name for part in (schema, *schema["$defs"].values()) for name in part.get("properties", {})} <= words


def test_the_example_of_an_error_in_the_documentation_is_what_is_told(tmp_path: Path) -> None:
    text = (POLICIES.parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
    lines = (POLICIES / "fenfu-cn.yaml").read_text(encoding="utf-8").splitlines()
    lines[lines.index("    cadence: 7d")] = "    cadence: 12h"
    path = tmp_path / "fenfu-cn.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy(path)
    assert f"config/policies/{str(refused.value).removeprefix(f'{tmp_path}/')}" in text
