"""Letters handed to a print service's folder: each once, whatever the print service and a crash do."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.terms import Channel
from providers.letters import LetterFolder
from providers.port import Accepted, NeverTaken
from tests.providers.builders import POSTAL_ADDRESS, make_intent, utc_now

LETTER = make_intent(Channel.LETTER)
HANDED_OVER = Accepted("print-folder", "contact-0001")


def test_a_letter_is_handed_over_with_a_ticket_that_names_its_bytes(tmp_path: Path) -> None:
    assert LetterFolder(tmp_path).send(LETTER) == HANDED_OVER
    ticket = json.loads((tmp_path / "jobs" / "contact-0001.json").read_text())
    letter = (tmp_path / "jobs" / ticket["letter"]).read_bytes()
    assert letter.startswith(b"%PDF-")
    assert ticket["sha256"] == hashlib.sha256(letter).hexdigest()


def test_the_ticket_holds_neither_address_nor_words(tmp_path: Path) -> None:
    LetterFolder(tmp_path).send(LETTER)
    ticket = (tmp_path / "jobs" / "contact-0001.json").read_text()
    assert not any(line in ticket for line in (*POSTAL_ADDRESS.splitlines(), LETTER.words.subject))


def test_the_print_services_group_may_read_the_jobs_and_nobody_else(tmp_path: Path) -> None:
    LetterFolder(tmp_path).send(LETTER)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "jobs").iterdir()}
    assert modes == {0o640}
    assert (tmp_path / "jobs").stat().st_mode & 0o007 == 0


def test_a_letter_that_was_printed_and_cleared_away_is_not_handed_over_again(tmp_path: Path) -> None:
    folder = LetterFolder(tmp_path)
    folder.send(LETTER)
    for job in (tmp_path / "jobs").iterdir():
        job.unlink()
    assert folder.lookup(LETTER, utc_now()) == HANDED_OVER
    assert folder.send(LETTER) == HANDED_OVER
    assert list((tmp_path / "jobs").iterdir()) == []


class Crash(BaseException):
    """The worker dies here."""


@pytest.mark.parametrize("step", range(1, 5))
def test_a_crash_at_any_step_of_the_hand_over_leaves_a_true_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    _crash_at_rename(monkeypatch, step)
    with pytest.raises(Crash):
        LetterFolder(tmp_path).send(LETTER)
    monkeypatch.undo()
    ticket = tmp_path / "jobs" / "contact-0001.json"
    assert not ticket.exists()
    assert LetterFolder(tmp_path).lookup(LETTER, utc_now()) is NeverTaken.NEVER_TAKEN
    assert LetterFolder(tmp_path).send(LETTER) == HANDED_OVER
    assert ticket.exists()


def test_a_crash_right_after_the_hand_over_is_known_as_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.letters.flush_folder", _crash)
    with pytest.raises(Crash):
        LetterFolder(tmp_path).send(LETTER)
    assert LetterFolder(tmp_path).lookup(LETTER, utc_now()) == HANDED_OVER


def _crash(*_: object) -> None:
    raise Crash


def _crash_at_rename(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Crash just before the file that is the ``step``-th to be put in place gets there."""
    put_in_place = 0

    def counted(original: Callable[..., None]) -> Callable[..., None]:
        def rename(*paths: Path) -> None:
            nonlocal put_in_place
            put_in_place += 1
            if put_in_place == step:
                raise Crash
            original(*paths)

        return rename

    monkeypatch.setattr(os, "replace", counted(os.replace))
    monkeypatch.setattr(os, "rename", counted(os.rename))
