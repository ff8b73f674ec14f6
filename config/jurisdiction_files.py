"""Loads the jurisdiction packs from their YAML files, and publishes the JSON Schema by which editors complete them.

Run as ``python -m config.jurisdiction_files`` it writes the schema anew.
"""

import json
from pathlib import Path

from config.yaml_documents import ConfigError, read_document, validate
from domain.jurisdiction import Pack

JURISDICTIONS = Path(__file__).parent / "jurisdictions"
"""The packs that come with the product."""

SCHEMA_FILE = JURISDICTIONS / "schema.json"


class PackError(ConfigError):
    """One or more jurisdiction packs cannot be used."""


def load_pack(path: Path) -> Pack:
    """One pack from its file.

    Raises:
        PackError: naming every error with its line, its field and the mend.
    """
    try:
        document = read_document(path)
        pack = validate(Pack, document)
    except ConfigError as error:
        raise PackError(error.problems) from error
    if pack.jurisdiction != path.stem:
        place = f"{path}:{document.line_of(('jurisdiction',))}: jurisdiction"
        raise PackError((f"{place}: is {pack.jurisdiction!r} in {path.name}; make the two the same",))
    return pack


def load_packs(folder: Path) -> dict[str, Pack]:
    """Every pack of a folder (``*.yaml``) by its jurisdiction, so that adding a file adds a jurisdiction.

    Raises:
        PackError: naming every error of every file, or that there is no pack.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise PackError((f"{folder}: holds no jurisdiction pack; add a file such as CN.yaml",))
    packs: dict[str, Pack] = {}
    problems: list[str] = []
    for path in paths:
        try:
            packs[path.stem] = load_pack(path)
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(tuple(problems))
    return packs


def pack_schema() -> str:
    """The JSON Schema of a pack file, as it is published beside the packs."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Pack.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(pack_schema(), encoding="utf-8")
