"""The production-like set-up is a valid project of Docker Compose and keeps what docs/deployment.md promises of it."""

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.settings import variables
from tools.fetch import ROOT, TOOLS, FetchError, run_telling_progress, say
from workflows.hosting import FINISH_WITHIN

COMPOSE_FILE = ROOT / "docker-compose.yml"
PARSER = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"
"""The parser that Docker Compose itself is built on, as a program of its own."""

SECRETS = {
    "POSTGRES_PASSWORD": "1",
    "TEMPORAL_DB_PASSWORD": "2",
    "PRODUCT_DB_PASSWORD": "3",
    "DUECOURSE_CODEC_KEYS": "key-1:4",
    "DUECOURSE_DATA_KEYS": "key-1:5",
    "DUECOURSE_LEGAL_SIGNING_KEYS": "key-1:6",
}
ONCE = {"temporal-schema", "temporal-namespace", "migrate", "prepare"}


@pytest.fixture(scope="session")
def services() -> dict[str, Any]:
    """The services as they are written, before any value is filled in."""
    parsed: dict[str, Any] = YAML(typ="safe").load(COMPOSE_FILE)["services"]
    return parsed


@pytest.fixture(scope="session")
def parser() -> Path:
    """The parser, built where there is a Go toolchain."""
    built = TOOLS / "compose" / "cmd"
    if not built.is_file():
        try:
            run_telling_progress(
                ["go", "install", PARSER], "Building the Compose parser", say, {"GOBIN": str(built.parent)}
            )
        except FetchError as missing:
            pytest.skip(f"the parser of Docker Compose cannot be built here: {missing}")
    return built


@pytest.fixture(scope="session")
def docker() -> str:
    """Docker with its Compose plugin; no engine has to run."""
    found = shutil.which("docker")
    if found is None or subprocess.run([found, "compose", "version"], capture_output=True, timeout=60).returncode != 0:
        pytest.skip("there is no Docker Compose: install Docker with its compose plugin")
    return found


def parse(parser: Path, compose_file: Path) -> subprocess.CompletedProcess[str]:
    command = [str(parser), "--no-interpolation", str(compose_file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def read_project(docker: str, secrets: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in SECRETS} | secrets
    command = [docker, "compose", "--env-file", "/dev/null", "--file", str(COMPOSE_FILE), "config", "--format", "json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_the_parser_of_docker_compose_takes_the_file(parser: Path) -> None:
    answer = parse(parser, COMPOSE_FILE)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_parser_of_docker_compose_would_refuse_a_misspelt_key(parser: Path, tmp_path: Path) -> None:
    misspelt = tmp_path / "docker-compose.yml"
    misspelt.write_text(COMPOSE_FILE.read_text().replace("stop_grace_period", "stop_grace_time"))
    assert "services." in parse(parser, misspelt).stderr


@pytest.mark.parametrize("missing", SECRETS)
def test_without_a_secret_nothing_starts_and_the_secret_is_named(docker: str, missing: str) -> None:
    answer = read_project(docker, {name: value for name, value in SECRETS.items() if name != missing})
    assert answer.returncode != 0
    assert f"required variable {missing} is missing a value" in answer.stderr


def test_each_database_user_has_a_password_of_its_own(docker: str) -> None:
    answer = read_project(docker, SECRETS)
    assert answer.returncode == 0, answer.stderr
    services = json.loads(answer.stdout)["services"]
    assert services["temporal"]["environment"]["SQL_PASSWORD"] == "2"
    assert services["worker"]["environment"]["DATABASE_URL"] == "postgresql://duecourse:3@postgres/duecourse"


def test_every_secret_is_demanded() -> None:
    demanded = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE_FILE.read_text()))
    assert demanded == set(SECRETS)


def test_no_secret_is_written_in_the_file(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL", name):
                assert "${" in value, name


def test_no_secret_has_a_default() -> None:
    assert not re.findall(r"\$\{[A-Z_]*(?:PASSWORD|SECRET|TOKEN|KEYS?):?-[^}]", COMPOSE_FILE.read_text())


def test_every_image_is_pinned_to_a_version(services: dict[str, Any]) -> None:
    for name, service in services.items():
        built_here = service.get("build") == "."
        assert built_here or re.search(r":\d+\.\d+", service["image"]), name


def test_everything_that_keeps_running_has_a_health_check(services: dict[str, Any]) -> None:
    checked = {name for name, service in services.items() if "test" in service.get("healthcheck", {})}
    assert checked == set(services) - ONCE


def test_everything_runs_with_the_least_that_it_needs(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_nothing_is_reached_from_another_machine(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_databases_and_temporal_see_nothing_outside(services: dict[str, Any]) -> None:
    assert YAML(typ="safe").load(COMPOSE_FILE)["networks"]["inside"] == {"internal": True}
    assert {name for name, service in services.items() if "outside" in service["networks"]} == {"temporal-ui", "worker"}


def test_workers_can_be_scaled(services: dict[str, Any]) -> None:
    assert not {"container_name", "ports", "hostname"} & set(services["worker"])


def test_workers_wait_until_the_records_and_the_namespace_are_ready(services: dict[str, Any]) -> None:
    assert services["worker"]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert set(services["prepare"]["depends_on"]) == {"temporal-namespace", "migrate"}


def test_a_worker_gets_the_time_to_finish_what_it_holds(services: dict[str, Any]) -> None:
    grace = int(services["worker"]["stop_grace_period"].removesuffix("s"))
    assert timedelta(seconds=grace) > FINISH_WITHIN


def test_the_product_knows_every_setting_that_it_is_given(services: dict[str, Any]) -> None:
    given = {name for name in services["worker"]["environment"] if not name.startswith("TEMPORAL_")}
    assert given <= set(variables())


def test_what_is_mounted_is_there(services: dict[str, Any]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", ())]
    sources = [ROOT / mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert sources
    assert all(source.exists() for source in sources)
