"""The template files of one folder: read once, checked before any is used, and rendered as they were checked."""

import hashlib
import json
import re
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.yaml_documents import ConfigError

ENDING = ".j2"

_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


class TemplateFiles:
    """Every template below a folder, by its path within it; a running worker keeps what it read."""

    def __init__(self, folder: Path) -> None:
        """Read the templates; raises :class:`ConfigError` if one is not UTF-8."""
        self._folder = folder
        self._sources = {
            path.relative_to(folder).as_posix(): _read(path) for path in sorted(folder.rglob(f"*{ENDING}"))
        }
        self._environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._load),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(f".html{ENDING}"),
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._trees: dict[str, nodes.Template] = {}
        self._included: dict[str, list[str]] = {}
        self._undeclared: dict[str, set[str]] = {}
        self._unreadable = tuple(filter(None, map(self._syntax_problem, self._sources)))

    def path(self, name: str) -> Path:
        """The file of a template."""
        return self._folder / name

    def syntax_problems(self) -> tuple[str, ...]:
        """What keeps any template of the folder from being read, each with its file and line."""
        return self._unreadable

    def plain_texts(self) -> Iterator[tuple[Path, str]]:
        """What each template says by itself, without comments and code, its lines where they were."""
        for name, source in self._sources.items():
            yield self.path(name), _CODE.sub(lambda code: "\n" * code[0].count("\n"), source)

    def problems(self, name: str, allowed: frozenset[str]) -> Iterator[str]:
        """What is wrong with a template and all that it includes, each with its file, line and mend."""
        if name not in self._sources:
            yield f"{self.path(name)}: is missing; write this template"
        for each in self._reach(name):
            yield from self._own_problems(each, allowed)

    def variables(self, name: str) -> frozenset[str]:
        """The variables that a template and all that it includes use."""
        return frozenset().union(*(self._undeclared[each] for each in self._reach(name)))

    def digest(self, name: str, *others: Path) -> str:
        """A digest of a template, of all that it includes, and of other files that shape its words."""
        sources = {each: self._sources[each] for each in self._reach(name)}
        shaping = [path.read_text(encoding="utf-8") for path in others]
        return hashlib.sha256(json.dumps([sources, shaping], sort_keys=True).encode()).hexdigest()[:32]

    def render(self, name: str, variables: Mapping[str, object]) -> str:
        """The template filled; raises jinja2's ``TemplateError``."""
        return self._environment.get_template(name).render(variables)

    def place_of(self, name: str, error: TemplateError) -> str:
        """File and line at which rendering a template failed."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{each.filename}:{each.lineno}" for each in frames if each.filename.startswith(str(self._folder))]
        return places[-1] if places else str(self.path(name))

    def _load(self, name: str) -> tuple[str, str, None] | None:
        source = self._sources.get(name)
        return None if source is None else (source, str(self.path(name)), None)

    def _reach(self, name: str) -> list[str]:
        """The template and all that it includes, directly or not, as far as they can be read."""
        reached, waiting = [], [name]
        while waiting:
            each = waiting.pop()
            if each in self._trees and each not in reached:
                reached.append(each)
                waiting.extend(self._included[each])
        return reached

    def _syntax_problem(self, name: str) -> str | None:
        """What keeps a template from being read, or none; its tree is kept, and what it brings in and uses."""
        try:
            tree = self._environment.parse(self._sources[name])
        except TemplateSyntaxError as error:
            return f"{self.path(name)}:{error.lineno}: cannot be read: {error.message}; correct it"
        self._trees[name] = tree
        self._included[name] = list(filter(None, meta.find_referenced_templates(tree)))
        self._undeclared[name] = meta.find_undeclared_variables(tree)
        return None

    def _own_problems(self, name: str, allowed: frozenset[str]) -> Iterator[str]:
        path, tree = self.path(name), self._trees[name]
        for include in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
            yield from self._include_problems(path, include)
        for unknown in sorted(self._undeclared[name] - allowed):
            known = ", ".join(sorted(allowed))
            yield f"{path}:{_line_of(unknown, tree)}: {{{{ {unknown} }}}} is not known here; use one of {known}"

    def _include_problems(self, path: Path, include: nodes.Node) -> Iterator[str]:
        if not isinstance(include, nodes.Include) or not isinstance(include.template, nodes.Const):
            yield f'{path}:{include.lineno}: hides which template it brings in; write {{% include "shared/..." %}}'
        elif include.template.value not in self._sources:
            missing = include.template.value
            yield f"{path}:{include.lineno}: includes {missing}, which is missing; write it or correct the name"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError((f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8",)) from error


def _line_of(variable: str, tree: nodes.Template) -> int:
    return next(node.lineno for node in tree.find_all(nodes.Name) if node.name == variable)
