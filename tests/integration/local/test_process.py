"""The watched child process, with small programs of our own."""

import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.errors import ServerDiedError, StartError
from deploy.local.process import WatchedProcess

FOREVER = "import signal; print('up', flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"


def program(folder: Path, text: str) -> WatchedProcess:
    """A watched Python program."""
    return WatchedProcess("Tiny", [sys.executable, "-u", "-c", text], folder / "logs" / "tiny.log")


def up(process: WatchedProcess) -> bool:
    """Whether it has said that it is up."""
    return "up" in process.log_tail()


def test_starts_waits_and_stops(tmp_path: Path) -> None:
    """A program that is up is running, has a session of its own, and ends by SIGTERM."""
    tiny = program(tmp_path, FOREVER)
    tiny.start()
    tiny.wait_until(lambda: up(tiny), 10)
    assert tiny.running
    assert psutil.Process(tiny.pid).ppid() == psutil.Process().pid
    tiny.stop()
    assert tiny.exit_code == -signal.SIGTERM
    assert not tiny.running


def test_a_death_while_waiting_is_told_at_once_with_the_end_of_the_log(tmp_path: Path) -> None:
    """Nobody waits for the deadline of a program that has ended."""
    tiny = program(tmp_path, "print('line 1'); raise SystemExit('cannot bind')")
    tiny.start()
    began = time.monotonic()
    with pytest.raises(
        ServerDiedError, match=r"(?s)Tiny ended with exit code 1.*line 1.*cannot bind|cannot bind.*line 1"
    ):
        tiny.wait_until(lambda: False, 60)
    assert time.monotonic() - began < 20


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """What the log says about the disk becomes advice, also where it says much after it, as MongoDB does."""
    tiny = program(
        tmp_path, "print('write failed: No space left on device', *range(50), sep='\\n'); raise SystemExit(1)"
    )
    tiny.start()
    with pytest.raises(ServerDiedError, match="The disk is full: free space"):
        tiny.wait_until(lambda: False, 60)


def test_one_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """The deadline ends the waiting."""
    tiny = program(tmp_path, FOREVER)
    tiny.start()
    with pytest.raises(ServerDiedError, match="did not answer within 0 s"):
        tiny.wait_until(lambda: False, 0.1)
    tiny.kill()


def test_one_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    """Stopping is certain."""
    tiny = program(tmp_path, STUBBORN)
    tiny.start()
    tiny.wait_until(lambda: up(tiny), 10)
    tiny.stop(grace_s=0.2)
    assert tiny.exit_code == -signal.SIGKILL


def test_restarts_after_a_kill_and_keeps_the_earlier_log(tmp_path: Path) -> None:
    """The same object starts again; the log of the run before lies beside."""
    tiny = program(tmp_path, FOREVER)
    tiny.start()
    tiny.wait_until(lambda: up(tiny), 10)
    first = tiny.pid
    with pytest.raises(StartError, match="runs already"):
        tiny.start()
    tiny.kill()
    tiny.start()
    tiny.wait_until(lambda: up(tiny), 10)
    assert tiny.pid != first
    assert (tmp_path / "logs" / "tiny.log.1").read_text() == "up\n"
    tiny.stop()


def test_a_program_that_takes_too_long_is_told(tmp_path: Path) -> None:
    """A short-lived helper has a deadline too."""
    tiny = program(tmp_path, FOREVER)
    tiny.start()
    with pytest.raises(ServerDiedError, match="did not finish"):
        tiny.wait_for_end(0.1)
    tiny.kill()


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file in the way of the log's folder, or a full disk: a sentence and no traceback."""
    (tmp_path / "logs").touch()
    with pytest.raises(StartError, match="Tiny cannot be started: its log"):
        program(tmp_path, FOREVER).start()


def test_what_was_never_started(tmp_path: Path) -> None:
    """Ending it is without effect; asking for its pid is a mistake."""
    tiny = program(tmp_path, FOREVER)
    tiny.stop()
    assert not tiny.running
    assert tiny.log_tail() == ""
    with pytest.raises(StartError, match="was not started"):
        _ = tiny.pid
