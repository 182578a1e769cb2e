"""Whatever ends the demo leaves no process behind: signals, a crash, the death of make, a closed terminal."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest

from deploy.local.data_folder import FolderLock

GONE_WITHIN_S = 10.0
ROOT = Path(__file__).parents[3]
FAMILY = [sys.executable, "-m", "tests.integration.local.family"]


class Family:
    """A running family: who started it, its head, and its children."""

    def __init__(self, starter: subprocess.Popen[bytes], lines: IO[bytes]) -> None:
        """Wait until it is ready."""
        self.starter = starter
        said = lines.readline().decode()
        while not said.startswith("ready: "):
            assert said, "the family ended before it was ready"
            said = lines.readline().decode()
        self.children = [psutil.Process(int(pid)) for pid in said.split()[1:]]
        parent = self.children[0].parent()
        assert parent is not None
        self.head = parent
        for child in self.children:  # until the leash has become the command, which alone could live for ever
            while any("leash" in word for word in child.cmdline()):
                assert child.is_running()

    def end(self) -> None:
        """Kill whoever a failed test left, so that nobody waits for them."""
        for process in [self.head, *self.children]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def assert_gone(self, folder: Path) -> None:
        """All have ended, and the folder is free for the next one."""
        _, alive = psutil.wait_procs([self.head, *self.children], GONE_WITHIN_S)
        self.end()
        assert alive == []
        FolderLock(folder).take()


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    """A family that was started without make and without a terminal."""
    with subprocess.Popen(
        [*FAMILY, str(tmp_path)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as starter:
        assert starter.stdout is not None
        try:
            yield Family(starter, starter.stdout)
        finally:
            starter.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_everybody_in_order(family: Family, tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and SIGHUP end the children and then the head, which says that all is well."""
    family.starter.send_signal(number)
    family.assert_gone(tmp_path)
    assert family.starter.wait() == 0


def test_a_killed_head_takes_its_children_along(family: Family, tmp_path: Path) -> None:
    """After kill -9 of the supervisor the kernel ends its children."""
    family.starter.kill()
    family.assert_gone(tmp_path)


def test_impatience_does_not_leave_anybody(family: Family, tmp_path: Path) -> None:
    """Ctrl-C again and again while it ends changes nothing."""
    for _ in range(5):
        if family.head.is_running():
            family.starter.send_signal(signal.SIGINT)
    family.assert_gone(tmp_path)
    assert family.starter.wait() == 0


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_the_end_of_make_ends_everybody(tmp_path: Path, end: signal.Signals) -> None:
    """Make is the direct parent, so that even its kill -9 is noticed."""
    makefile = tmp_path / "Makefile"
    data = tmp_path / "data"
    makefile.write_text(f"family:\n\t@exec {' '.join(FAMILY)} {data}\n")
    with subprocess.Popen(
        ["make", "-f", str(makefile)],  # noqa: S607 - make is on everybody's PATH
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as make:
        assert make.stdout is not None
        family = Family(make, make.stdout)
        make.send_signal(end)
        family.assert_gone(data)


def test_a_closed_terminal_ends_everybody(tmp_path: Path) -> None:
    """A closed terminal is noticed even where the kernel sends no SIGHUP, as to a background job."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*FAMILY, str(tmp_path)], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as starter:
        os.close(theirs)
        with os.fdopen(ours, "rb") as terminal:
            family = Family(starter, terminal)
        family.assert_gone(tmp_path)


def test_nohup_outlives_its_terminal(tmp_path: Path) -> None:
    """Who was started with SIGHUP ignored stays when it comes, and still ends by SIGTERM."""
    ignoring = [sys.executable, "-c", _IGNORE_HANG_UP, *FAMILY, str(tmp_path)]
    with subprocess.Popen(
        ignoring, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as starter:
        assert starter.stdout is not None
        family = Family(starter, starter.stdout)
        starter.send_signal(signal.SIGHUP)
        stayed = _stays(lambda: family.head.is_running() and all(child.is_running() for child in family.children))
        starter.terminate()
        family.assert_gone(tmp_path)
        assert stayed


_IGNORE_HANG_UP = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""


def _stays(holds: Callable[[], bool], seconds: float = 0.5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not holds():
            return False
        time.sleep(0.02)
    return True
