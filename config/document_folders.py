"""A folder of YAML files of one kind, each named after what it holds."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from config.yaml_documents import ConfigError, read_document, validate

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class DocumentFolder(Generic[M]):
    """How the files of one kind are read, and what is said when they cannot be."""

    model: type[M]
    name_field: str
    """Which field must be the same as the file's name."""
    kind: str
    """What a file holds, in words."""
    example: str
    """A file's name, for the error of an empty folder."""
    error: type[ConfigError]

    def load_file(self, path: Path) -> M:
        """One document from its file.

        Raises:
            ConfigError: of the folder's own kind, naming every error with its line, its field and the mend.
        """
        try:
            document = read_document(path)
            loaded = validate(self.model, document)
        except ConfigError as error:
            raise self.error(error.problems) from error
        name = getattr(loaded, self.name_field)
        if name != path.stem:
            place = f"{path}:{document.line_of((self.name_field,))}: {self.name_field}"
            raise self.error((f"{place}: is {name!r} in {path.name}; make the two the same",))
        return loaded

    def load(self, folder: Path) -> dict[str, M]:
        """Every document of a folder (``*.yaml``) by its name.

        Raises:
            ConfigError: of the folder's own kind, naming every error of every file, or that there is none.
        """
        paths = sorted(folder.glob("*.yaml"))
        if not paths:
            raise self.error((f"{folder}: holds no {self.kind}; add a file such as {self.example}",))
        loaded: dict[str, M] = {}
        problems: list[str] = []
        for path in paths:
            try:
                loaded[path.stem] = self.load_file(path)
            except self.error as error:
                problems += error.problems
        if problems:
            raise self.error(tuple(problems))
        return loaded

    def schema(self) -> str:
        """The JSON Schema of a file, as it is published beside the files."""
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **self.model.model_json_schema()}
        return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
