"""Loads the collection policies from their YAML files, and publishes the JSON Schema by which editors complete them.

Run as ``python -m config.policy_files`` it writes the schema anew.
"""

import json
from pathlib import Path

from config.yaml_documents import ConfigError, read_document, validate
from domain.policy import Policy

POLICIES = Path(__file__).parent / "policies"
"""The policies that come with the product."""

SCHEMA_FILE = POLICIES / "schema.json"


class PolicyError(ConfigError):
    """One or more policy files cannot be used."""


def load_policy(path: Path) -> Policy:
    """One policy from its file.

    Raises:
        PolicyError: naming every error with its line, its field and the mend.
    """
    try:
        document = read_document(path)
        policy = validate(Policy, document)
    except ConfigError as error:
        raise PolicyError(error.problems) from error
    if policy.name != path.stem:
        line = document.line_of(("name",))
        raise PolicyError((f"{path}:{line}: name: is {policy.name!r} in {path.name}; make the two the same",))
    return policy


def load_policies(folder: Path) -> dict[str, Policy]:
    """Every policy of a folder (``*.yaml``) by its name.

    Raises:
        PolicyError: naming every error of every file, or that there is no policy.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise PolicyError((f"{folder}: holds no policy; add a file such as fenfu-cn.yaml",))
    policies: dict[str, Policy] = {}
    problems: list[str] = []
    for path in paths:
        try:
            policies[path.stem] = load_policy(path)
        except PolicyError as error:
            problems += error.problems
    if problems:
        raise PolicyError(tuple(problems))
    return policies


def policy_schema() -> str:
    """The JSON Schema of a policy file, as it is published beside the policies."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(policy_schema(), encoding="utf-8")
