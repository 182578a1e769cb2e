"""Programs of Debian packages, the browser and nginx: found, installed, or asked for."""

import os
import shutil
from pathlib import Path

import pytest

from deploy.local import browser, debian_program
from deploy.local.browser import BROWSER
from deploy.local.errors import StartError
from deploy.local.nginx import NGINX
from deploy.local.prometheus import PROMETHEUS


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
    assert not BROWSER.may_install()
    with pytest.raises(StartError, match="sudo apt-get install chromium"):
        browser.require()
    assert BROWSER.main() == 1
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
    assert BROWSER.main() == 0
    assert capfd.readouterr().out == f"{programs}/chromium\n"


def test_a_server_is_not_opened_unasked(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where systemd runs, its package would start it for everybody; in a container it would not."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put(programs, "apt-get")
    monkeypatch.setattr(debian_program, "SYSTEMD", programs)
    assert BROWSER.may_install()
    assert not NGINX.may_install()
    assert not PROMETHEUS.may_install()
    monkeypatch.setattr(debian_program, "SYSTEMD", programs / "none")
    assert NGINX.may_install()


def test_who_can_do_without_it_is_told_and_goes_on(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tests of the edge then run on Envoy alone; a chosen nginx that is not there is none."""
    monkeypatch.setenv("GASTRACK_NGINX", str(programs / "nginx"))
    assert NGINX.main(needed=False) == 0
    assert "sudo apt-get install nginx" in capsys.readouterr().err
    path = put(programs, "nginx")
    assert NGINX.main(needed=False) == 0
    assert capsys.readouterr().out == f"{path}\n"
