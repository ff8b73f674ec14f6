"""The settings of a process, from its environment and an ``.env`` file. Temporal's own are read by its SDK, not here.

Nothing here prints a value: most of them are secrets or lead to some.
"""

import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from config.keys import parse_keys
from config.yaml_documents import ConfigError
from domain.faults import Fault, FaultsFound
from domain.terms import Channel

_PREFIX = "DUECOURSE_"
_PROJECT = Path(__file__).parents[1]
_STATE = _PROJECT / ".state"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NEW_KEY = "python -c \"import base64, os; print('key-1:' + base64.b64encode(os.urandom(32)).decode())\""


class SettingsError(ConfigError):
    """The settings cannot be used. ``problems`` name each variable and the mend, never a value."""


class Profile(StrEnum):
    """What the process is for."""

    PRODUCTION = "production"
    """Real accounts: payloads must be encrypted."""
    DEV = "dev"
    """A developer's machine, a demonstration or a test."""


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    """One JSON object a line, for machines."""
    CONSOLE = "console"
    """Plain lines, for people."""


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    secure = parts.scheme == "https" and parts.hostname
    at_home = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if secure or at_home:
        return address.rstrip("/")
    raise ValueError("must be an address that begins with https:// (http:// for this machine only)")


def _database_url(url: SecretStr) -> SecretStr:
    """The URL with a SQLite file's path made absolute."""
    try:
        parsed = make_url(url.get_secret_value())
    except ArgumentError:
        raise ValueError(
            "is not a database URL; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return url
    if parsed.drivername != "sqlite":
        raise ValueError("must begin with sqlite:/// or postgresql://; no other database is supported")
    if not parsed.database or parsed.database == ":memory:":
        raise ValueError("must name a file, as in sqlite:///FILE; a database in memory would forget who was contacted")
    absolute = parsed.set(database=str(_absolute(Path(parsed.database))))
    return SecretStr(absolute.render_as_string(hide_password=False))


def _readable_keys(keys: SecretStr) -> SecretStr:
    parse_keys(keys.get_secret_value())
    return keys


Keys = Annotated[SecretStr, AfterValidator(_readable_keys)]
Folder = Annotated[Path, AfterValidator(_absolute)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
PerSecond = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]


class Settings(BaseSettings):
    """Every setting, validated together. Relative paths are taken from the working directory."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    profile: Profile = Profile.PRODUCTION
    codec_keys: Keys | None = None
    """Encrypt what Temporal stores: ``id:base64key`` pairs parted by commas, the key in use first."""
    data_keys: Keys | None = None
    """Encrypt personal data in the records; written in the same way."""
    database_url: DatabaseUrl = Field(
        SecretStr(f"sqlite:///{_STATE / 'duecourse.db'}"), validation_alias="DATABASE_URL"
    )

    policies_dir: Folder = _PROJECT / "config" / "policies"
    jurisdictions_dir: Folder = _PROJECT / "config" / "jurisdictions"
    templates_dir: Folder = _PROJECT / "config" / "templates"
    training_dir: Folder = _PROJECT / "config" / "training"

    twilio_account_sid: str | None = Field(None, validation_alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr | None = Field(None, validation_alias="TWILIO_AUTH_TOKEN")
    twilio_from_number: str | None = Field(None, validation_alias="TWILIO_FROM_NUMBER")
    twilio_base_url: WebAddress | None = Field(None, validation_alias="TWILIO_BASE_URL")
    sendgrid_api_key: SecretStr | None = Field(None, validation_alias="SENDGRID_API_KEY")
    sendgrid_from_email: str | None = Field(None, validation_alias="SENDGRID_FROM_EMAIL")
    sendgrid_base_url: WebAddress | None = Field(None, validation_alias="SENDGRID_BASE_URL")
    outbox_dir: Folder = _STATE / "outbox"
    """Where messages go that no provider takes."""
    print_dir: Folder | None = None
    """The folder from which a print service takes letters."""

    legal_endpoint: WebAddress | None = None
    """Where referrals are posted."""
    legal_secret: SecretStr | None = None
    """Signs what is posted there."""
    legal_signing_keys: Keys | None = None
    """Sign the files of referrals: written as the keys above, each a private key for Ed25519."""
    legal_dir: Folder = _STATE / "legal"
    """Where referrals are written when there is no endpoint."""

    worker_concurrency: Annotated[int, Field(ge=1, le=1000)] = 50
    """Activities at the same time in one worker."""
    sms_per_second: PerSecond = 1.0
    voice_per_second: PerSecond = 1.0
    email_per_second: PerSecond = 10.0
    letter_per_second: PerSecond = 10.0

    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Where Prometheus reads, 0 for nowhere."""
    log_format: LogFormat = LogFormat.JSON

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        faults = [*self._faults_of_encryption(), *self._faults_of_providers(), *self._faults_of_legal()]
        if faults:
            raise FaultsFound(faults)
        return self

    @property
    def uses_twilio(self) -> bool:
        """Whether SMS and voice go through Twilio, or its stand-in."""
        return self.twilio_account_sid is not None

    @property
    def uses_sendgrid(self) -> bool:
        """Whether email goes through SendGrid, or its stand-in."""
        return self.sendgrid_api_key is not None

    @property
    def real_providers(self) -> tuple[str, ...]:
        """Whoever would reach real people; a provider whose address is this machine is a stand-in."""
        real = []
        if self.uses_twilio and not _is_stand_in(self.twilio_base_url):
            real.append("Twilio")
        if self.uses_sendgrid and not _is_stand_in(self.sendgrid_base_url):
            real.append("SendGrid")
        if self.print_dir is not None:
            real.append("the print service")
        return tuple(real)

    def per_second(self, channel: Channel) -> float:
        """The most contacts a second by a channel, over all workers together.

        Raises:
            ValueError: for calls by people, which no machine sends.
        """
        limits = {
            Channel.SMS: self.sms_per_second,
            Channel.VOICE: self.voice_per_second,
            Channel.EMAIL: self.email_per_second,
            Channel.LETTER: self.letter_per_second,
        }
        if channel not in limits:
            raise ValueError(f"{channel} has no limit a second")
        return limits[channel]

    def why_unusable(self, document: str, demonstration: bool, placeholders: Sequence[str] = ()) -> str | None:
        """Why a policy or jurisdiction pack cannot be used with these settings, in words, or none if it can.

        A demonstration, or a policy whose lender's addresses are examples, must never reach a real person.
        """
        providers = " and ".join(self.real_providers)
        if providers and demonstration:
            return f"{document} is a demonstration; with {providers} configured, choose one that is not"
        if providers and placeholders:
            fields = ", ".join(placeholders)
            return (
                f"{document} still has example addresses; before {providers} may be used, write your own in: {fields}"
            )
        return None

    def _faults_of_encryption(self) -> Iterator[Fault]:
        purposes = {
            "codec_keys": "to encrypt what Temporal stores",
            "data_keys": "to encrypt personal data in the records",
            "legal_signing_keys": "to sign the files of referrals",
        }
        for field, purpose in purposes.items():
            if self.profile is not Profile.DEV and getattr(self, field) is None:
                words = f"is needed outside the dev profile, {purpose}; make one with: {_NEW_KEY}"
                yield Fault((field,), words)

    def _faults_of_providers(self) -> Iterator[Fault]:
        yield from self._missing("Twilio", ("twilio_account_sid", "twilio_auth_token", "twilio_from_number"))
        yield from self._missing("SendGrid", ("sendgrid_api_key", "sendgrid_from_email"))

    def _missing(self, provider: str, fields: Sequence[str]) -> Iterator[Fault]:
        given = [field for field in fields if getattr(self, field) is not None]
        for field in fields:
            if given and field not in given:
                names = ", ".join(_variable(each) for each in given)
                yield Fault((field,), f"is missing while {names} is set; {provider} needs all of them, or none")

    def _faults_of_legal(self) -> Iterator[Fault]:
        if self.legal_endpoint is not None and self.legal_secret is None:
            yield Fault(
                ("legal_secret",), f"is missing while {_variable('legal_endpoint')} is set; referrals are signed"
            )
        if self.legal_endpoint is None and self.legal_secret is not None:
            yield Fault(("legal_endpoint",), f"is missing while {_variable('legal_secret')} is set; set both or none")


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process; the environment wins over the file, and a file that is not there says nothing.

    Raises:
        SettingsError: naming every variable that is wrong, without its value.
    """
    names = [*os.environ, *(dotenv_values(env_file) if env_file is not None else ())]
    misspelt = tuple(_misspelt(names))
    if misspelt:
        raise SettingsError(misspelt)
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        problems = tuple(each for details in error.errors(include_input=False) for each in _problems(details))
    raise SettingsError(problems)


def variables() -> dict[str, str]:
    """Every variable that is read here, and the name of its setting."""
    return {_variable(field): field for field in Settings.model_fields}


def _variable(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else _PREFIX + field.upper()


def _misspelt(names: Iterable[str]) -> Iterator[str]:
    known = [name.removeprefix(_PREFIX) for name in variables() if name.startswith(_PREFIX)]
    for name in sorted({each.upper() for each in names if each.upper().startswith(_PREFIX)}):
        close = difflib.get_close_matches(name.removeprefix(_PREFIX), known, n=1, cutoff=0.85)
        if close and name.removeprefix(_PREFIX) not in known:
            yield f"{name}: is no setting; write {_PREFIX}{close[0]} if that is what was meant, else another name"


def _problems(details: ErrorDetails) -> Iterator[str]:
    raised = details.get("ctx", {}).get("error")
    if isinstance(raised, FaultsFound):
        for fault in raised.faults:
            yield f"{_variable(str(fault.location[0]))}: {fault.words}"
        return
    name = str(details["loc"][0])
    variable = name if name in variables() else _variable(name)
    yield f"{variable}: {raised if raised is not None else details['msg'].replace('Input should', 'must')}"


def _is_stand_in(base_url: str | None) -> bool:
    return base_url is not None and urlsplit(base_url).hostname in _LOOPBACK
