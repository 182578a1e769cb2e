"""The browser of the page tests: found, installed, or asked for."""

import os
import shutil
from pathlib import Path

import pytest

from deploy.local import browser
from deploy.local.errors import StartError


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what the test puts there; not root."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("GASTRACK_BROWSER", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


def put(folder: Path, name: str, script: str = "") -> str:
    """Put a program on the PATH."""
    program = folder / name
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    return str(program)


def test_found_on_the_path_or_by_name(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chromium or Chrome; a chosen one goes first."""
    chrome = put(programs, "google-chrome")
    assert browser.require() == chrome
    assert browser.require() == chrome
    chosen = put(programs, "my-browser")
    monkeypatch.setenv("GASTRACK_BROWSER", chosen)
    assert browser.require() == chosen


def test_asked_for_in_one_sentence(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without rights to install, the sentence says what to do; exit code 1."""
    put(programs, "apt-get", "touch $(dirname $0)/chromium")
    assert not browser.may_install()
    with pytest.raises(StartError, match="sudo apt-get install chromium"):
        browser.require()
    assert browser.main() == 1
    assert "GASTRACK_BROWSER" in capsys.readouterr().err


def test_installed_where_that_is_allowed(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Root with apt-get: the first try fails for want of fresh lists, then it is installed."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    script = f"""
if [ "$1" = update ]; then : > {programs}/fresh; exit 0; fi
[ -e {programs}/fresh ] || exit 100
: > {programs}/chromium; {shutil.which("chmod", path="/bin:/usr/bin")} +x {programs}/chromium
"""
    put(programs, "apt-get", script)
    assert browser.main() == 0
    assert capfd.readouterr().out == f"{programs}/chromium\n"
