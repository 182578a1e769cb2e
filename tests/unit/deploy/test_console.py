"""What the demo prints."""

import sys
from io import StringIO

import pytest

from deploy.local import console


class ClosedTerminal(StringIO):
    """A terminal that has gone."""

    def write(self, _text: str) -> int:
        """Fail as the kernel does."""
        raise OSError(5, "Input/output error")

    def isatty(self) -> bool:
        """It was one."""
        return True


class Terminal(StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_lines_go_to_their_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """Progress on standard output, complaints on standard error."""
    console.say("ready: x")
    console.complain("query ended")
    assert capsys.readouterr() == ("ready: x\n", "query ended\n")


def test_a_closed_terminal_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ending goes on although nobody can read any more."""
    monkeypatch.setattr(sys, "stdout", ClosedTerminal())
    console.say("Ending …")


def test_a_pipe_gets_a_line_at_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    """No more than eleven lines, the last one at 100 %."""
    with console.progress("History") as bar:
        for percent in range(0, 101, 3):
            bar.show(percent / 100, "can be read")
        bar.show(1.0, "can be read")
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["History: 0 % can be read", "History: 12 % can be read"]
    assert said[-1] == "History: 100 % can be read"
    assert len(said) <= 11


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar shows its title and how much is done."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with console.progress("History") as bar:
        bar.show(0.5, "of 10 hours")
    assert "History" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
