"""The providers' own OpenAPI documents: where they are on this machine, and whether a request fits them.

They are not part of this repository. ``DUECOURSE_PROVIDER_SPECS`` names the folder that holds ``twilio_api_v2010.json``
(in the npm package ``@twilio/cli-core``) and ``sendgrid_mail_v3.json`` (``tsg_mail_v3.json`` in ``twilio/sendgrid-oai``
on GitHub).
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

FOLDER_VARIABLE = "DUECOURSE_PROVIDER_SPECS"
TWILIO = "twilio_api_v2010.json"
SENDGRID = "sendgrid_mail_v3.json"

ACCOUNT_PATHS = "/2010-04-01/Accounts/{AccountSid}"
USED_PATHS = {
    TWILIO: (f"{ACCOUNT_PATHS}/Messages.json", f"{ACCOUNT_PATHS}/Messages/{{Sid}}.json", f"{ACCOUNT_PATHS}/Calls.json"),
    SENDGRID: ("/v3/mail/send",),
}
"""The part of each document that is looked at; Twilio's whole takes a minute to load."""

_HOST = "http://standin"


def specs_folder() -> Path | None:
    """The folder of the documents, or None where this machine has none."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "specs"
    folder = Path(os.environ.get(FOLDER_VARIABLE) or beside)
    return folder if (folder / TWILIO).exists() and (folder / SENDGRID).exists() else None


def require_specs() -> Path:
    """The folder of the documents; skips the test where there is none."""
    folder = specs_folder()
    if folder is None:
        pytest.skip(f"needs the providers' OpenAPI documents: set {FOLDER_VARIABLE} to the folder that holds them")
    return folder


@cache
def used_part(folder: Path, name: str) -> dict[str, Any]:
    """One document, cut down to :data:`USED_PATHS` and what they refer to."""
    document: dict[str, Any] = json.loads((folder / name).read_text())
    paths = {path: _without_servers(document["paths"][path]) for path in USED_PATHS[name]}
    components: dict[str, dict[str, Any]] = {"securitySchemes": document["components"].get("securitySchemes", {})}
    _collect(paths, document["components"], components)
    return {**document, "paths": paths, "components": components}


def violation(folder: Path, name: str, method: str, path: str, sent: "SentRequest") -> str | None:
    """What the document has against the request, or None."""
    request = MockRequest(
        _HOST,
        method,
        path,
        args=dict(sent.query),
        headers=dict(sent.headers),
        data=sent.body,
        content_type=sent.headers.get("content-type", "").split(";")[0],
    )
    try:
        checker(folder, name).validate_request(request)
    except OpenAPIError as error:
        return f"{method} {path}: {error}"
    return None


class SentRequest:
    """What a client sent, as far as a document can judge it."""

    def __init__(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> None:
        self.query = query
        self.headers = headers
        self.body = body


@cache
def checker(folder: Path, name: str) -> OpenAPI:
    """The used part of one document, ready to judge requests."""
    return OpenAPI.from_dict({**used_part(folder, name), "servers": [{"url": _HOST}]})


def _without_servers(path: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in path.items() if key != "servers"}


def _collect(part: object, source: dict[str, Any], collected: dict[str, dict[str, Any]]) -> None:
    for kind, name in _references(part):
        if name not in collected.setdefault(kind, {}):
            collected[kind][name] = source[kind][name]
            _collect(source[kind][name], source, collected)


def _references(part: object) -> Iterator[tuple[str, str]]:
    yield from re.findall(r'"#/components/(\w+)/([^"/]+)', json.dumps(part))
