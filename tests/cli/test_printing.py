"""Tables on narrow screens: no word is broken, whatever it costs in lines."""

import pytest

from cli.printing import print_table

COLUMNS = ("agent", "#right party", "#complaints upheld", "quality")
ROWS = [("agent-1", 12, 1, "3 (1 failed)"), ("agent-22", 7, 0, "")]


def shown(width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of a table on a screen of that width, without what ends them."""
    monkeypatch.setattr("cli.printing._WIDTH_OF_A_PIPE", width)
    print_table("Agents", COLUMNS, ROWS)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_with_room_a_row_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(80, capsys, monkeypatch) == [
        "Agents",
        "agent     right party  complaints upheld  quality",
        "agent-1            12                  1  3 (1 failed)",
        "agent-22            7                  0",
    ]


def test_with_less_room_lines_are_parted_between_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown(36, capsys, monkeypatch)
    assert all(len(line) <= 36 for line in lines)
    words = " ".join(lines).split()
    for whole in ("agent-22", "right", "party", "complaints", "upheld", "quality", "failed)"):
        assert whole in words


def test_with_too_little_room_each_row_is_a_list_of_fields(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(30, capsys, monkeypatch) == [
        "Agents",
        "agent              agent-1",
        "right party        12",
        "complaints upheld  1",
        "quality            3 (1",
        "                   failed)",
        "",
        "agent              agent-22",
        "right party        7",
        "complaints upheld  0",
        "",
    ]
