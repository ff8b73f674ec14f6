"""The settings: what is read, what is refused and in which words, and that no value is ever told."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.keys import parse_keys
from config.policy_files import POLICIES, load_policy
from config.settings import Profile, Settings, SettingsError, load_settings, variables
from domain.terms import Channel

_DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"
_SECRET = "hunter2"
_KEY = "key-1:aHVudGVyMi1odW50ZXIyLWh1bnRlcjItaHVudGVyMi0="
_TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": _SECRET, "TWILIO_FROM_NUMBER": "+12025550100"}
_SENDGRID = {"SENDGRID_API_KEY": _SECRET, "SENDGRID_FROM_EMAIL": "collections@lender.cn"}


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def settings_with(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    """The settings of a process in the dev profile, or another one, with these variables."""
    for name, value in ({"DUECOURSE_PROFILE": "dev"} | values).items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_a_newcomer_in_the_dev_profile_needs_to_set_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch)
    assert settings.database_url.get_secret_value().endswith("/.state/duecourse.db")
    assert not settings.uses_twilio
    assert not settings.uses_sendgrid
    assert settings.real_providers == ()
    assert (settings.policies_dir / "fenfu-cn.yaml").is_file()


def test_production_is_the_default_and_needs_keys() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    codec, data, signing = refused.value.problems
    assert codec.startswith("DUECOURSE_CODEC_KEYS: is needed outside the dev profile")
    assert data.startswith("DUECOURSE_DATA_KEYS: is needed outside the dev profile")
    assert signing.startswith("DUECOURSE_LEGAL_SIGNING_KEYS: is needed outside the dev profile, to sign")


def test_the_command_that_makes_a_key_makes_one_that_can_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    command = re.search(r'python -c "(.+)"$', str(refused.value))
    assert command is not None
    exec(command[1])  # noqa: S102
    key = capsys.readouterr().out.strip()
    keys = settings_with(monkeypatch, DUECOURSE_CODEC_KEYS=key).codec_keys
    assert keys is not None
    assert [key_id for key_id, _ in parse_keys(keys.get_secret_value())] == ["key-1"]


@pytest.mark.parametrize("written", ["hunter2", "key-1:hunter2", f"{_KEY},{_KEY}", f":{_KEY}"])
def test_keys_that_cannot_be_read_are_refused_without_telling_them(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(monkeypatch, DUECOURSE_DATA_KEYS=written)
    (problem,) = refused.value.problems
    assert problem.startswith("DUECOURSE_DATA_KEYS: key ")
    assert written not in problem


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"TWILIO_ACCOUNT_SID": "AC1"}, ["TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER"]),
        ({"TWILIO_AUTH_TOKEN": _SECRET}, ["TWILIO_ACCOUNT_SID", "TWILIO_FROM_NUMBER"]),
        ({"TWILIO_FROM_NUMBER": "+12025550100", "TWILIO_AUTH_TOKEN": _SECRET}, ["TWILIO_ACCOUNT_SID"]),
        ({"SENDGRID_API_KEY": _SECRET}, ["SENDGRID_FROM_EMAIL"]),
        ({"SENDGRID_FROM_EMAIL": "a@lender.cn"}, ["SENDGRID_API_KEY"]),
        ({"DUECOURSE_LEGAL_ENDPOINT": "https://counsel.cn/referrals"}, ["DUECOURSE_LEGAL_SECRET"]),
        ({"DUECOURSE_LEGAL_SECRET": _SECRET}, ["DUECOURSE_LEGAL_ENDPOINT"]),
    ],
)
def test_half_a_configuration_is_refused_with_the_name_of_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: list[str]
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(monkeypatch, **given)
    assert [problem.partition(": is missing while ")[0] for problem in refused.value.problems] == missing
    assert all(name in str(refused.value) for name in given)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DUECOURSE_PROFILE", "staging", "must be 'production' or 'dev'"),
        ("DUECOURSE_METRICS_PORT", "70000", "less than or equal to 65535"),
        ("DUECOURSE_METRICS_PORT", "ninety", "valid integer"),
        ("DUECOURSE_WORKER_CONCURRENCY", "0", "greater than or equal to 1"),
        ("DUECOURSE_SMS_PER_SECOND", "0", "greater than 0"),
        ("DUECOURSE_SMS_PER_SECOND", "inf", "finite number"),
        ("DUECOURSE_SMS_PER_SECOND", "nan", "finite number"),
        ("DUECOURSE_SMS_PER_SECOND", "1e9", "less than or equal to 10000"),
        ("DUECOURSE_LOG_FORMAT", "xml", "must be 'json' or 'console'"),
        ("DUECOURSE_LEGAL_ENDPOINT", "http://counsel.cn", "begins with https://"),
        ("TWILIO_BASE_URL", "twilio.internal", "begins with https://"),
        ("SENDGRID_BASE_URL", "ftp://localhost", "begins with https://"),
        ("DATABASE_URL", f"mysql://duecourse:{_SECRET}@db/duecourse", "begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("DATABASE_URL", "duecourse.db", "is not a database URL"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(monkeypatch, **{name: value})
    (problem,) = [each for each in refused.value.problems if each.startswith(f"{name}: ")]
    assert words in problem


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_with(monkeypatch, DUECOURSE_PROFILE="x", DUECOURSE_METRICS_PORT="x", DATABASE_URL="x")
    named = {problem.partition(":")[0] for problem in refused.value.problems}
    assert named == {"DUECOURSE_PROFILE", "DUECOURSE_METRICS_PORT", "DATABASE_URL"}


def what_loading_tells() -> str:
    """All that an error of the settings says, to whoever looks at it, or nothing."""
    try:
        load_settings()
    except SettingsError as error:
        return f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"
    return ""


@given(st.data())
def test_no_error_tells_a_value(data: st.DataObject) -> None:
    marked = data.draw(st.sampled_from(["hunter2", "1hunter2", "https://hunter2", "sqlite:///", "mysql://hunter2@h/x"]))
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in data.draw(st.sets(st.sampled_from(sorted(variables())), min_size=1)):
            monkeypatch.setenv(name, marked)
        assert _SECRET not in what_loading_tells()


def test_no_secret_shows_when_the_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(
        monkeypatch,
        **_TWILIO,
        **_SENDGRID,
        DUECOURSE_CODEC_KEYS=_KEY,
        DUECOURSE_LEGAL_ENDPOINT="https://counsel.cn",
        DUECOURSE_LEGAL_SECRET=_SECRET,
        DATABASE_URL=f"postgresql://duecourse:{_SECRET}@db/duecourse",
    )
    assert _SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert _SECRET in settings.database_url.get_secret_value()


def test_relative_paths_are_taken_from_the_working_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_with(monkeypatch, DATABASE_URL="sqlite:///records.db", DUECOURSE_OUTBOX_DIR="out")
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/records.db"
    assert settings.outbox_dir == tmp_path / "out"


def test_the_home_directory_may_be_written_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert settings_with(monkeypatch, DUECOURSE_PRINT_DIR="~/print").print_dir == tmp_path / "home" / "print"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "DUECOURSE_PROFILE=dev\nDUECOURSE_METRICS_PORT=9000\nDUECOURSE_LOG_FORMAT=console\nTEMPORAL_ADDRESS=x:7233\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("DUECOURSE_METRICS_PORT", "9100")
    settings = load_settings()
    assert (settings.profile, settings.metrics_port, settings.log_format) == (Profile.DEV, 9100, "console")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, DUECOURSE_METRICS_PORT="", TWILIO_ACCOUNT_SID="", DUECOURSE_CODEC_KEYS="")
    assert settings.metrics_port == 0
    assert not settings.uses_twilio


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("DUECOURSE_PROFLE", "DUECOURSE_PROFILE"),
        ("DUECOURSE_CODEC_KEY", "DUECOURSE_CODEC_KEYS"),
        ("duecourse_outbox_dirs", "DUECOURSE_OUTBOX_DIR"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_name_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{misspelt.upper()}: is no setting; write {meant} "):
        settings_with(monkeypatch, **{misspelt: _SECRET})


def test_a_misspelt_variable_in_the_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DUECOURSE_PROFLE=dev\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="write DUECOURSE_PROFILE "):
        load_settings()


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    settings_with(monkeypatch, DUECOURSE_SPECS="/specs", DUECOURSE_BENCH_ACCOUNTS="200")


@pytest.mark.parametrize(
    ("given", "real"),
    [
        (_TWILIO, ("Twilio",)),
        (_SENDGRID, ("SendGrid",)),
        (_TWILIO | _SENDGRID, ("Twilio", "SendGrid")),
        (_TWILIO | {"TWILIO_BASE_URL": "https://api.dublin.ie1.twilio.com"}, ("Twilio",)),
        (_TWILIO | {"TWILIO_BASE_URL": "http://127.0.0.1:4010"}, ()),
        (_SENDGRID | {"SENDGRID_BASE_URL": "http://localhost:4011/"}, ()),
        ({"DUECOURSE_PRINT_DIR": "print"}, ("the print service",)),
    ],
)
def test_a_provider_on_this_machine_is_a_stand_in_and_any_other_is_real(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], real: tuple[str, ...]
) -> None:
    assert settings_with(monkeypatch, **given).real_providers == real


def test_a_demonstration_is_unusable_with_a_real_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = load_policy(POLICIES / "demo.yaml")
    alone = settings_with(monkeypatch)
    assert alone.why_unusable("policy demo", policy.demonstration, policy.placeholders) is None
    with_twilio = settings_with(monkeypatch, **_TWILIO)
    reason = with_twilio.why_unusable("policy demo", policy.demonstration, policy.placeholders)
    assert reason == "policy demo is a demonstration; with Twilio configured, choose one that is not"


def test_a_policy_with_example_addresses_is_unusable_with_a_real_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = load_policy(POLICIES / "consumer-us.yaml")
    settings = settings_with(monkeypatch, **_SENDGRID)
    reason = str(settings.why_unusable("policy consumer-us", policy.demonstration, policy.placeholders))
    assert reason.endswith("write your own in: lenders.en.pay_url, lenders.en.complaint_email, lenders.en.link_base")


def test_a_policy_of_ones_own_is_usable_with_a_real_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_with(monkeypatch, **_TWILIO).why_unusable("policy own", demonstration=False) is None


def test_each_channel_that_a_machine_sends_has_its_limit_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {Channel.SMS: "SMS", Channel.VOICE: "VOICE", Channel.EMAIL: "EMAIL", Channel.LETTER: "LETTER"}
    rates = {f"DUECOURSE_{name}_PER_SECOND": f"{number}.5" for number, name in enumerate(names.values(), start=1)}
    settings = settings_with(monkeypatch, **rates)
    assert [settings.per_second(channel) for channel in names] == [1.5, 2.5, 3.5, 4.5]
    with pytest.raises(ValueError, match="call has no limit"):
        settings.per_second(Channel.CALL)


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    rows = re.findall(r"^\| `([A-Z][A-Z_]+)` \|", _DOCUMENTATION.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(rows) == sorted(variables())
