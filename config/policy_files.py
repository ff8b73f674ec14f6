"""Loads the collection policies from their YAML files, and publishes the JSON Schema by which editors complete them.

Run as ``python -m config.policy_files`` it writes the schema anew.
"""

from pathlib import Path

from config.document_folders import DocumentFolder
from config.yaml_documents import ConfigError
from domain.policy import Policy

POLICIES = Path(__file__).parent / "policies"
"""The policies that come with the product."""

SCHEMA_FILE = POLICIES / "schema.json"


class PolicyError(ConfigError):
    """One or more policy files cannot be used."""


_FOLDER = DocumentFolder(Policy, "name", "policy", "fenfu-cn.yaml", PolicyError)


def load_policy(path: Path) -> Policy:
    """One policy from its file.

    Raises:
        PolicyError: naming every error with its line, its field and the mend.
    """
    return _FOLDER.load_file(path)


def load_policies(folder: Path) -> dict[str, Policy]:
    """Every policy of a folder (``*.yaml``) by its name.

    Raises:
        PolicyError: naming every error of every file, or that there is no policy.
    """
    return _FOLDER.load(folder)


def policy_schema() -> str:
    """The JSON Schema of a policy file, as it is published beside the policies."""
    return _FOLDER.schema()


if __name__ == "__main__":
    SCHEMA_FILE.write_text(policy_schema(), encoding="utf-8")
