"""Loads the jurisdiction packs from their YAML files, and publishes the JSON Schema by which editors complete them.

Run as ``python -m config.jurisdiction_files`` it writes the schema anew.
"""

from pathlib import Path

from config.document_folders import DocumentFolder
from config.yaml_documents import ConfigError
from domain.jurisdiction import Pack

JURISDICTIONS = Path(__file__).parent / "jurisdictions"
"""The packs that come with the product."""

SCHEMA_FILE = JURISDICTIONS / "schema.json"


class PackError(ConfigError):
    """One or more jurisdiction packs cannot be used."""


_FOLDER = DocumentFolder(Pack, "jurisdiction", "jurisdiction pack", "CN.yaml", PackError)


def load_pack(path: Path) -> Pack:
    """One pack from its file.

    Raises:
        PackError: naming every error with its line, its field and the mend.
    """
    return _FOLDER.load_file(path)


def load_packs(folder: Path) -> dict[str, Pack]:
    """Every pack of a folder (``*.yaml``) by its jurisdiction, so that adding a file adds a jurisdiction.

    Raises:
        PackError: naming every error of every file, or that there is no pack.
    """
    return _FOLDER.load(folder)


def pack_schema() -> str:
    """The JSON Schema of a pack file, as it is published beside the packs."""
    return _FOLDER.schema()


if __name__ == "__main__":
    SCHEMA_FILE.write_text(pack_schema(), encoding="utf-8")
