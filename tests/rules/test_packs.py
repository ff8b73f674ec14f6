"""The packs as files: every row of the law has its place, the schema is current, and each error names line and mend."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.jurisdiction_files import JURISDICTIONS, SCHEMA_FILE, PackError, load_packs, pack_schema
from domain.contact_facts import Person
from domain.jurisdiction import Pack
from domain.jurisdiction_rules import Cap, Counted, Hours, Origin, Per, Rule, Window
from domain.terms import Channel, HoldKind
from tests.rules.people import CN, IN_SHANGHAI, PACKS, UK, US, attempt, demand, is_lawful, utc, verdict_of

DEMONSTRATION = Path(__file__).parents[2] / "examples" / "demo" / "jurisdictions"

_ONE_TO = {"CN": 24, "US": 22, "UK": 14}
_PARTS = {
    "CN": {"CN-15B", "CN-15C"},
    "US": {"US-01B", "US-01-TALK", "US-12B", "US-12C", "US-12D", "US-18-ALL"}
    | {f"US-22-{each}" for each in ("MA", "WA", "WA-HOURS", "DC-CALLS", "DC-TEXTS", "FL-HOURS", "NYC")},
    "UK": set(),
}
_PRODUCT = {
    "CN": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 25},
    "US": {1, 2, 4, 5, 6, 8, 10, 11, 12, 13, 14, 21, 22},
    "UK": {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 20, 21, 23, 24, 25},
}


def ids_of(pack: Pack) -> set[str]:
    """Every rule of the jurisdiction that the pack speaks of, wherever in it."""
    figures = [pack.replies, pack.spread, pack.complaints, pack.stop_of_contact, pack.limitation, pack.retention]
    figures += [
        *pack.notices,
        *pack.cost_caps,
        *pack.interest_limits,
        *([pack.breathing_space] if pack.breathing_space else []),
    ]
    return {each.id for each in (*pack.rules, *pack.elsewhere)} | {each.rule for each in figures}


@pytest.mark.parametrize("code", PACKS)
def test_every_row_of_the_law_and_of_the_product_has_its_place_in_the_pack(code: str) -> None:
    rows = {f"{code}-{number:02}" for number in range(1, _ONE_TO[code] + 1)} - {"US-22"}
    product = {f"PR-{number:02}" for number in _PRODUCT[code]}
    assert ids_of(PACKS[code]) == rows | _PARTS[code] | product


@pytest.mark.parametrize("code", PACKS)
def test_every_figure_has_a_source_and_what_is_not_verified_says_what_to_check(code: str) -> None:
    pack = PACKS[code]
    sourced = [
        *pack.rules,
        *pack.elsewhere,
        *pack.notices,
        *pack.cost_caps,
        *pack.interest_limits,
        pack.complaints,
        pack.limitation,
    ]
    assert all(each.source for each in sourced)
    assert all(each.verified or each.to_check for each in sourced)


@pytest.mark.parametrize(("code", "decided", "years", "kept"), [("CN", 15, 3, 5), ("US", 15, 3, 3), ("UK", 56, 5, 6)])
def test_deadlines_limitation_and_retention_are_those_of_the_law(
    code: str, decided: int, years: int, kept: int
) -> None:
    pack = PACKS[code]
    assert pack.complaints.acknowledge_within_working_days == 1
    assert (pack.complaints.decide_within_days, pack.limitation.years, pack.retention.years) == (decided, years, kept)
    assert pack.limitation.warn_days_before == (180, 60)


def test_china_extends_complaints_to_30_and_60_days_and_alone_restarts_on_a_demand() -> None:
    assert CN.complaints.extended_days == (30, 60)
    assert "delivered_demand" in CN.limitation.restarted_by
    assert US.limitation.restarted_by == UK.limitation.restarted_by == ()


def test_scotland_extinguishes_after_five_years_and_the_rest_of_britain_bars_after_six() -> None:
    assert UK.limitation.years_by_region == {"ENG": 6, "WLS": 6, "NIR": 6, "SCT": 5}
    assert UK.limitation.extinguished_in == ("SCT",)


def test_breathing_space_is_sixty_days_or_thirty_after_treatment_without_interest() -> None:
    space = UK.breathing_space
    assert space is not None
    assert (space.days, space.crisis_days_after_treatment, space.interest_runs) == (60, 30, False)


@pytest.mark.parametrize(
    ("lender", "contract", "percent"),
    [
        ("small_loan", date(2017, 8, 3), "24"),
        ("small_loan", date(2024, 5, 1), "24"),
        ("bank", date(2026, 1, 1), "24"),
        ("private", date(2021, 12, 19), "15.4"),
        ("private", date(2021, 12, 20), "15.2"),
        ("private", date(2019, 1, 1), "12.0"),
        ("", date(2026, 1, 1), "12.0"),
        ("unheard_of", date(2026, 1, 1), "12.0"),
    ],
)
def test_a_loan_is_capped_by_its_lender_and_the_date_of_its_contract_or_by_the_strictest_row(
    lender: str, contract: date, percent: str
) -> None:
    cap = CN.cost_cap(lender, contract)
    assert cap is not None
    assert cap.annual_percent == percent


def test_no_pack_caps_what_its_law_does_not() -> None:
    assert UK.cost_cap("bank", date(2026, 1, 1)) is None
    assert US.cost_cap("bank", date(2026, 1, 1)) is None


def test_interest_stops_in_a_moratorium_and_is_lowered_for_who_serves() -> None:
    for pack in (CN, US, UK):
        assert pack.interest_limit(HoldKind.BREATHING_SPACE) == 0
        assert pack.interest_limit(HoldKind.COMPLAINT) is None
    assert US.interest_limit(HoldKind.ACTIVE_DUTY) == 6
    assert UK.interest_limit(HoldKind.ACTIVE_DUTY) is None


def test_every_american_state_has_a_limitation_period_and_an_unknown_one_the_shortest() -> None:
    assert set(US.limitation.years_by_region) == set(US.regions)
    assert US.limitation.years == min(US.limitation.years_by_region.values())
    assert not US.limitation.verified


def test_the_published_schema_is_that_of_the_model() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == pack_schema(), "run python -m config.jurisdiction_files"


@pytest.mark.parametrize(
    "path", [*JURISDICTIONS.glob("*.yaml"), *DEMONSTRATION.glob("*.yaml")], ids=lambda path: path.stem
)
def test_every_pack_names_the_schema_by_which_editors_complete_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == SCHEMA_FILE
    json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def test_the_demonstration_packs_say_so_and_are_open_round_the_clock() -> None:
    packs = load_packs(DEMONSTRATION)
    assert sorted(packs) == ["CN", "US"]
    assert all(pack.demonstration and pack.title.startswith("Demonstration only") for pack in packs.values())
    for code, zone in (("CN", "Asia/Shanghai"), ("US", "America/Chicago")):
        person = Person((zone,), code)
        hours = [utc("2026-02-17T00:00") + timedelta(hours=number) for number in range(48)]
        assert all(is_lawful(packs[code], person, demand(channel), now) for now in hours for channel in Channel)


def test_no_shipped_pack_is_a_demonstration() -> None:
    assert not any(pack.demonstration for pack in PACKS.values())


def test_the_digest_follows_the_meaning_and_not_the_layout(tmp_path: Path) -> None:
    text = (JURISDICTIONS / "CN.yaml").read_text(encoding="utf-8")
    (tmp_path / "CN.yaml").write_text(f"{text}\n# A remark.\n", encoding="utf-8")
    assert load_packs(tmp_path)["CN"].digest == CN.digest
    (tmp_path / "CN.yaml").write_text(text.replace("at_most: 6", "at_most: 5"), encoding="utf-8")
    assert load_packs(tmp_path)["CN"].digest != CN.digest


def test_the_log_must_reach_back_over_the_longest_window() -> None:
    assert (CN.longest_window, US.longest_window) == (timedelta(days=7), timedelta(days=8))


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('opens: "08:00"', 'opens: "8:00"', "rules[0].opens", "must be a time such as 08:00"),
        ('opens: "08:00"', 'open: "08:00"', "rules[0].open", "write 'opens', if that is what was meant"),
        ('opens: "08:00"', 'opens: "23:00"', "rules[0]", "a day must open before it closes"),
        ("kind: hours", "kind: hour", "rules[0].kind", "must be one of 'hours'"),
        ("at_most: 3", 'at_most: "3"', "rules[2].at_most", "integer"),
        ("{calendar_days: 1}", "{}", "rules[2].window", "either calendar_days, such as 1, or rolling, such as 7d"),
        ("rolling: 7d", "rolling: 36h", "rules[5].window.rolling", "must be whole days"),
        ("holds: [complaint]", "holds: [complaints]", "rules[10].holds[0]", "must be one of 'complaint'"),
        ("holds: [complaint]", "holds: [dispute]", "rules", "no rule of kind stop with complaint among its holds"),
        ("kind: usable_address", "kind: known_purpose", "rules", "no rule of kind usable_address binds demand by sms"),
        (
            "allows: [plan_reminder, plan_agreement, plan_missed]",
            "allows: [reminder]",
            "rules[14].allows",
            "'reminder' is no message",
        ),
        ("[Asia/Shanghai]", "[Asia/Shangai]", "time_zones[0]", "is no time zone"),
        ("country: CN", "country: XX", "holidays", "Country XX not available"),
        ("holiday: Chinese New Year", "holiday: New Year", "rules[1].festival.holiday", "is no holiday there in 2026"),
        ("id: PR-03", "id: PR-01", "rules[1].id", "is used twice"),
        ("kind: opt_outs\n", "kind: opt_outs\n    regions: [BJ]\n", "rules[9].regions", "'BJ' is not among"),
        ("verified: true\n", "verified: false\n", "replies", "write to_check"),
        ("jurisdiction: CN", "jurisdiction: US", "jurisdiction", "make the two the same"),
        ("years: 3", "years: 3\n  year: 4", "limitation.year", "is not a field here"),
    ],
)
def test_an_error_names_its_file_line_field_and_mend(
    tmp_path: Path, old: str, new: str, place: str, words: str
) -> None:
    text = (JURISDICTIONS / "CN.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "CN.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load_packs(tmp_path)
    told = [each for each in refused.value.problems if each.startswith(str(tmp_path / "CN.yaml:"))]
    assert any(f": {place}: " in each and words in each for each in told), refused.value


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"holds no jurisdiction pack; add a file such as CN\.yaml"):
        load_packs(tmp_path)


def test_a_quiet_rule_without_a_day_is_refused(tmp_path: Path) -> None:
    text = (JURISDICTIONS / "UK.yaml").read_text(encoding="utf-8")
    text = text.replace("    weekdays: [sunday]\n    public_holidays: true\n", "")
    (tmp_path / "UK.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match="names no quiet day"):
        load_packs(tmp_path)


def test_adding_a_file_adds_a_jurisdiction(tmp_path: Path) -> None:
    text = (JURISDICTIONS / "UK.yaml").read_text(encoding="utf-8")
    hong_kong = (
        text.replace("jurisdiction: UK", "jurisdiction: HK")
        .replace("  country: GB\n  subdivisions: {ENG: ENG, WLS: WLS, SCT: SCT, NIR: NIR}\n", "  country: HK\n")
        .replace("regions: [ENG, WLS, SCT, NIR]", "regions: []")
        .replace("  years_by_region: {ENG: 6, WLS: 6, NIR: 6, SCT: 5}\n", "")
        .replace("  extinguished_in: [SCT]\n", "")
    )
    (tmp_path / "HK.yaml").write_text(hong_kong, encoding="utf-8")
    pack = load_packs(tmp_path)["HK"]
    person = Person(("Asia/Hong_Kong",), "HK")
    assert is_lawful(pack, person, demand(), utc("2026-07-02T12:00+08:00"))
    assert not is_lawful(pack, person, demand(), utc("2026-07-01T12:00+08:00")), "establishment day"


def policy_rule(number: int, **fields: object) -> Rule:
    base = {
        "id": f"POLICY-{number}",
        "title": "Stricter.",
        "origin": Origin.POLICY,
        "source": "Ours.",
        "verified": True,
    }
    if "opens" in fields:
        return Hours.model_validate({**base, "kind": "hours", **fields})
    return Cap.model_validate({**base, "kind": "cap", "per": Per.PERSON, "counts": Counted.ATTEMPTS, **fields})


policy_rules = st.lists(
    st.one_of(
        st.builds(
            lambda opens, length: {"opens": f"{opens:02}:00", "closes": f"{min(opens + length, 24):02}:00"},
            st.integers(0, 23),
            st.integers(1, 24),
        ),
        st.builds(
            lambda most, length: {"at_most": most, "window": Window(rolling=timedelta(days=length))},
            st.integers(1, 9),
            st.integers(1, 30),
        ),
    ),
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(
    policy_rules, st.lists(st.integers(0, 20 * 24), max_size=6), st.integers(0, 40 * 24), st.sampled_from(list(Channel))
)
def test_a_policy_can_only_make_a_pack_stricter(
    fields: list[dict[str, object]], log_hours: list[int], hour: int, channel: Channel
) -> None:
    stricter = CN.stricter_by(tuple(policy_rule(number, **each) for number, each in enumerate(fields)))
    start = datetime(2026, 11, 1, tzinfo=UTC)
    log = tuple(attempt(start + timedelta(hours=each), Channel.EMAIL) for each in log_hours)
    now = start + timedelta(hours=hour)
    if is_lawful(stricter, IN_SHANGHAI, demand(channel), now, log):
        assert is_lawful(CN, IN_SHANGHAI, demand(channel), now, log)


def test_a_cap_refuses_only_until_its_last_day_is_over_everywhere() -> None:
    ending = policy_rule(1, at_most=1, window=Window(rolling=timedelta(days=30)), effective_to=date(2026, 11, 24))
    pack = UK.stricter_by((ending,))
    person = Person(("Europe/London", "Europe/Lisbon"), "UK", "ENG")
    log = (attempt(utc("2026-11-20T12:00"), Channel.LETTER),)
    verdict = verdict_of("POLICY-1", pack, person, demand(), utc("2026-11-24T12:00"), log)
    assert (verdict.allowed, verdict.until) == (False, utc("2026-11-25T00:00"))
    assert is_lawful(pack, person, demand(), utc("2026-11-25T08:00"), log)


def test_a_rule_begins_on_the_date_that_the_first_of_the_persons_clocks_shows() -> None:
    beginning = policy_rule(1, at_most=1, window=Window(rolling=timedelta(days=30)), effective_from=date(2026, 11, 25))
    pack = US.stricter_by((beginning,))
    person = Person(("America/New_York", "Asia/Tokyo"), "US", "TX")
    log = (attempt(utc("2026-11-20T12:00"), Channel.LETTER),)
    assert not verdict_of("POLICY-1", pack, person, demand(), utc("2026-11-25T00:00+09:00"), log).allowed
    assert verdict_of("POLICY-1", pack, person, demand(), utc("2026-11-24T23:59+09:00"), log).allowed


def test_a_policys_rule_must_say_that_it_is_the_policys() -> None:
    legal = CN.rules[0]
    with pytest.raises(ValueError, match="has the origin 'policy', not 'legal'"):
        CN.stricter_by((legal,))


def test_a_policys_rule_binds() -> None:
    stricter = CN.stricter_by((policy_rule(1, opens="09:00", closes="18:00"),))
    assert not is_lawful(stricter, IN_SHANGHAI, demand(), utc("2026-11-24T08:30+08:00"))
    assert is_lawful(stricter, IN_SHANGHAI, demand(), utc("2026-11-24T09:00+08:00"))
    assert stricter.digest != CN.digest
