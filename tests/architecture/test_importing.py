"""Importing a module opens nothing, starts nothing and reads no environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, modules, name_of

RECORDER = Path(__file__).with_name("import_recorder.py")
PROGRAMS = {"__main__"}


def _deeds(folder: Path, *names: str) -> str:
    """Return what modules below a folder did while they were imported, one line each."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, str(RECORDER), *names]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_importing_our_modules_does_nothing_else() -> None:
    """All of them, in a process of their own; programs (`__main__`) do something, that is what they are for."""
    names = [name_of(path) for path in modules(*PACKAGES, "client") if path.stem not in PROGRAMS]
    assert _deeds(ROOT, *names) == ""


@pytest.mark.parametrize(
    ("source", "deed"),
    [
        ("import os\nos.environ.get('X')", "reads X from the environment"),
        ("import os\nos.getenv('X')", "reads X from the environment"),
        ("import os\ndict(os.environ)", "reads the environment"),
        ("import pathlib\npathlib.Path(__file__).read_text()", "open"),
        ("import socket\nsocket.socket().close()", "socket.__new__"),
        ("import threading\nthreading.Thread(target=int).start()", "starts a thread"),
        ("from inner import *", "reads Y from the environment"),
    ],
)
def test_the_recorder_sees_what_a_module_does(tmp_path: Path, source: str, deed: str) -> None:
    """Each deed that is not wanted, done by a module made for it."""
    package = tmp_path / "services"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "inner.py").write_text("import os\nos.environ.get('Y')")
    (package / "guilty.py").write_text(source.replace("from inner", "from services.inner"))
    assert deed in _deeds(tmp_path, "services.guilty")
