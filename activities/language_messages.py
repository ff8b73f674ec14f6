"""All messages of one language: its templates, its conventions and its lists, checked together before any is sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import assert_never

from jinja2 import TemplateError

from activities.email_layout import EmailLayout
from activities.fact_words import FactWords, fact_words, names_for
from activities.language_files import CONVENTIONS, RequiredPoint, load_conventions, load_required_words, locale_of
from activities.listed_messages import ListedMessage, load_messages, load_notices
from activities.right_to_know import (
    discloses_to_others,
    late_points,
    missing,
    missing_in_listed,
    unfit,
    unmade_points,
)
from activities.sample_facts import SAMPLES, SAMPLES_OF_SEVERAL
from activities.template_files import ENDING, TemplateFiles
from activities.wording import ForbiddenWords
from config.yaml_documents import ConfigError
from domain.messages import MessageFacts, MessageKey, MessageRefused, Words
from domain.terms import Channel, MessageClass, Stage

_STAGES = (Stage.FIRST_REMINDER, Stage.GENTLE_REMINDER, Stage.ESCALATION, Stage.PRE_LEGAL)
"""Stages in which people are written to; after a referral nobody is."""

_SUBJECT = "Subject:"


@dataclass(frozen=True, slots=True)
class _Template:
    """One message's template and what is known of it before any facts come."""

    message_class: MessageClass
    occasion: str
    channel: Channel
    file: str
    template_id: str
    version: str
    variables: frozenset[str]
    points: tuple[RequiredPoint, ...]
    listed: ListedMessage | None
    """What it must tell; none for demands, which all tell the same."""


class LanguageMessages:
    """Composes the messages of one language."""

    def __init__(self, folder: Path, layout: EmailLayout) -> None:
        """Read and check everything in the language's folder, which is named after the language.

        Raises:
            ConfigError: naming every template, variable or word that is missing or wrong, and how to mend it.
        """
        self._language = folder.name
        self._layout = layout
        self._locale = locale_of(folder)
        self._conventions = load_conventions(folder)
        self._required = load_required_words(folder)
        self._forbidden = ForbiddenWords.load(folder)
        self._files = TemplateFiles(folder)
        listed = (*load_notices(folder.parent), *load_messages(folder.parent))
        self._listed = tuple(each for each in listed if folder.name in each.languages)
        _raise_any(self._problems_of_files())
        shaping = (folder / CONVENTIONS, layout.path)
        known = self._known_templates(shaping)
        self._templates = {(each.message_class, each.occasion, each.channel): each for each in known}
        _raise_any(self._problems_of_samples())

    def writes(self, message_class: MessageClass, occasion: str, channel: Channel) -> bool:
        """Whether there is a template for a message."""
        return (message_class, occasion, channel) in self._templates

    def compose(self, key: MessageKey, facts: MessageFacts) -> Words:
        """The words of a message.

        Raises:
            MessageRefused: if there is no such message, or its words would lack what the person has a right to know,
                tell others, or hold what is forbidden.
        """
        template = self._templates.get((key.message_class, key.occasion, key.channel))
        if template is None:
            raise MessageRefused(f"{self._language} has no {key.message_class} for {key.occasion} by {key.channel}")
        said = fact_words(facts, self._locale, self._conventions, key.message_class)
        unknown = sorted(template.variables - said.keys())
        if unknown:
            raise MessageRefused(f"{template.template_id} needs {', '.join(unknown)}, which is not known here")
        words = self._words(template, said)
        faults = [*self._faults(template, words, said)]
        if faults:
            raise MessageRefused("; ".join(f"{template.template_id} {each}" for each in faults))
        return words

    def _known_templates(self, shaping: tuple[Path, ...]) -> Iterator[_Template]:
        for file, stage, channel in _demands():
            points = self._required.for_demand(stage, channel)
            yield self._template(file, MessageClass.DEMAND, stage, channel, points, None, shaping)
        for file, listed, channel in self._listed_files():
            points = self._required.for_listed(listed.message_class, listed.occasion, channel)
            yield self._template(file, listed.message_class, listed.occasion, channel, points, listed, shaping)

    def _template(
        self,
        file: str,
        message_class: MessageClass,
        occasion: str,
        channel: Channel,
        points: tuple[RequiredPoint, ...],
        listed: ListedMessage | None,
        shaping: tuple[Path, ...],
    ) -> _Template:
        template_id = f"{self._language}/{file.removesuffix(ENDING)}"
        version, variables = self._files.digest(file, *shaping), self._files.variables(file)
        return _Template(message_class, occasion, channel, file, template_id, version, variables, points, listed)

    def _listed_files(self) -> Iterator[tuple[str, ListedMessage, Channel]]:
        for each in self._listed:
            for channel in each.channels:
                yield f"{each.message_class}/{each.occasion}.{channel}{ENDING}", each, channel

    def _words(self, template: _Template, said: FactWords) -> Words:
        names = names_for(template.message_class, template.channel)
        offered = {name: said[name] for name in names if name in said}
        rendered = _tidy(self._files.render(template.file, offered))
        subject, text = "", rendered
        match template.channel:
            case Channel.SMS | Channel.VOICE:
                text = self._conventions.joins_lines_with.join(line.strip() for line in rendered.splitlines() if line)
            case Channel.EMAIL | Channel.LETTER:
                subject, text = _split_subject(rendered)
            case Channel.CALL:
                pass
            case _:
                assert_never(template.channel)
        return Words(
            template_id=template.template_id,
            template_version=template.version,
            text=text,
            subject=subject,
            html=self._html(subject, text, said) if template.channel is Channel.EMAIL else "",
            parameters=_parameters(template, said, text) if template.channel is Channel.SMS else None,
        )

    def _html(self, subject: str, text: str, said: FactWords) -> str:
        return self._layout.html(subject, text, self._language, (str(said["pay_url"]), str(said["link"])))

    def _faults(self, template: _Template, words: Words, said: FactWords) -> Iterator[str]:
        if template.listed is None:
            yield from missing(template.channel, words, said)
        else:
            yield from missing_in_listed(template.channel, words, said, template.listed.states, template.listed.rows)
        yield from unfit(template.channel, words, said, self._conventions)
        yield from unmade_points(words, template.points, said)
        yield from map(str, self._forbidden.findings(_impersonal(words, said)))

    def _problems_of_files(self) -> Iterator[str]:
        yield from self._files.syntax_problems()
        for file, _, channel in _demands():
            yield from self._files.problems(file, names_for(MessageClass.DEMAND, channel))
        for file, listed, channel in self._listed_files():
            yield from self._files.problems(file, names_for(listed.message_class, channel))
        for path, text in self._files.plain_texts():
            for finding in self._forbidden.findings(text):
                yield f"{path}:{finding.line}: {finding}; take it out"

    def _problems_of_samples(self) -> Iterator[str]:
        samples = {each: self._samples_of(each) for each in MessageClass}
        for template in self._templates.values():
            for said in samples[template.message_class]:
                yield from self._problems_of_sample(template, said)

    def _samples_of(self, message_class: MessageClass) -> list[FactWords]:
        samples = (*SAMPLES, *SAMPLES_OF_SEVERAL) if message_class is MessageClass.DEMAND else SAMPLES
        return [fact_words(facts, self._locale, self._conventions, message_class) for facts in samples]

    def _problems_of_sample(self, template: _Template, said: FactWords) -> Iterator[str]:
        try:
            words = self._words(template, said)
        except TemplateError as error:
            yield f"{self._files.place_of(template.file, error)}: cannot be filled: {error.message}; correct it"
            return
        faults = chain(
            self._faults(template, words, said),
            discloses_to_others(template.channel, words, said),
            late_points(template.channel, words, template.points, said),
        )
        for each in faults:
            yield f"{self._files.path(template.file)}: {each}"


def _demands() -> Iterator[tuple[str, Stage, Channel]]:
    for stage in _STAGES:
        for channel in Channel:
            yield f"demand/{stage}.{channel}{ENDING}", stage, channel


def _raise_any(problems: Iterator[str]) -> None:
    found = tuple(dict.fromkeys(problems))
    if found:
        raise ConfigError(found)


_TWO_STOPS = re.compile(r"(?<=\w)\.\.(?![.\w])")
"""As in ``Co., Ltd..``, where a sentence ends with a name."""


def _tidy(rendered: str) -> str:
    """Without spaces at lines' ends, with one blank line between paragraphs, and one stop after a name with its own."""
    lines = "\n".join(line.rstrip() for line in rendered.splitlines())
    lines = _TWO_STOPS.sub(".", lines)
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _split_subject(rendered: str) -> tuple[str, str]:
    first, _, text = rendered.partition("\n")
    return (first.removeprefix(_SUBJECT).strip(), text.strip()) if first.startswith(_SUBJECT) else ("", rendered)


def _impersonal(words: Words, said: FactWords) -> str:
    """The words without names that may happen to be forbidden words: of the person, and of streets."""
    text = f"{words.subject}\n{words.text}"
    for name in ("person_name", "postal_address"):
        text = text.replace(str(said[name]), " ")
    return text


def _parameters(template: _Template, said: FactWords, text: str) -> dict[str, str] | None:
    """What filled the template, for carriers that take a registered template's id and its parameters.

    None for a text on several accounts or with an offer: a registered template has a fixed number of places to fill.
    """
    if said["others"] or said["waiver_offers"]:
        return None
    filled = ((name, said[name]) for name in sorted(template.variables))
    return {name: value for name, value in filled if isinstance(value, str) and value and value in text}
