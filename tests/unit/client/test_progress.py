"""The progress bar: for people alone."""

from __future__ import annotations

import io

import pytest

from gastrack_client.progress import shown
from gastrack_client.receiving import nobody


class Terminal(io.StringIO):
    """A screen."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_nobody_who_does_not_look_is_shown_anything() -> None:
    """Neither a log nor a program."""
    for wanted in (True, False):
        with shown(wanted=wanted) as tell:
            assert tell is nobody
            tell(1, None)


def test_a_person_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is left of it in the end."""
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with shown(wanted=True) as tell:
        tell(512_000, 1_024_000)
    assert "fetching" in screen.getvalue()
