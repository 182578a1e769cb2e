"""One watched child process: its own session, its own log, gone when we are gone, its death noticed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from deploy.local import leash
from deploy.local.errors import ServerDiedError, StartError

ASK_AGAIN_S = 0.05  # between two questions "are you ready?"; a question costs about a millisecond
STOP_GRACE_S = 15.0  # after SIGTERM: longer than a service's own deadline for finishing its batch (10 s)
KILL_GRACE_S = 10.0  # after SIGKILL: only a process stuck in the kernel (a dead disk) takes that long
NOTHING_LEFT_BYTES = 16 * 1024**2  # one journal file of MongoDB or one index of Kafka is 10 MB
LOG_TAIL_LINES = 15
LAST_WORDS_LINES = 200  # MongoDB tells where it stood, in some 50 lines, after what killed it
EARLIER_ERRORS = 3  # a server's parting words can be longer than the tail
TELLS_OF_AN_ERROR = re.compile(r'"s":"[EF]"| (?:ERROR|FATAL) ')  # as MongoDB and Kafka mark them
DISK_FULL = "No space left on device"


@dataclass
class WatchedProcess:
    """A program that we start, watch, and end; the same object starts it again after its death.

    Start it from the main thread: the kernel ties the child's life to the starting *thread*.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    inherited_descriptors: Sequence[int] = ()
    working_folder: Path | None = None
    _child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the running, or of the last, child."""
        return self._started().pid

    @property
    def exit_code(self) -> int | None:
        """Exit code (negative: the signal that ended it), None while it runs."""
        return self._started().poll()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it; the log of the run before is kept beside as `.1`. Raises StartError if it cannot be run."""
        if self.running:
            raise StartError(f"{self.name} runs already (pid {self.pid}); stop it before starting it again.")
        leashed = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *self.command]
        with self._new_log() as log:
            self._child = subprocess.Popen(  # noqa: S603 - the command is ours
                leashed,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                cwd=self.working_folder,
                start_new_session=True,  # Ctrl-C reaches us alone; we end the children in order
                pass_fds=tuple(self.inherited_descriptors),
            )

    def _new_log(self) -> BinaryIO:
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists():
                self.log.replace(self.log.with_name(self.log.name + ".1"))
            return self.log.open("wb")
        except OSError as error:
            raise StartError(f"{self.name} cannot be started: its log {self.log}: {error.strerror}.") from error

    def wait_until(self, ready: Callable[[], bool], within_s: float) -> None:
        """Ask `ready()` until it says yes. Raises ServerDiedError when the process ends, or after `within_s`."""
        deadline = time.monotonic() + within_s
        while not ready():
            self.require_alive()
            if time.monotonic() > deadline:
                raise ServerDiedError(f"{self.name} did not answer within {within_s:.0f} s. {self._end_of_log()}")
            time.sleep(ASK_AGAIN_S)

    def require_alive(self) -> None:
        """Raise ServerDiedError with the end of its log if the process has ended."""
        if not self.running:
            raise ServerDiedError(f"{self.describe_death()} {self._end_of_log()}")

    def wait_for_end(self, within_s: float) -> int:
        """Wait for it to end by itself and give its exit code. Raises ServerDiedError if it takes longer."""
        try:
            return self._started().wait(within_s)
        except subprocess.TimeoutExpired as error:
            raise ServerDiedError(f"{self.name} did not finish within {within_s:.0f} s.") from error

    def terminate(self) -> None:
        """Ask it to end (SIGTERM) and do not wait."""
        self.send_signal(signal.SIGTERM)

    def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """Ask it to end, and kill it if it has not after `grace_s`. Without effect if it has ended."""
        self.terminate()
        self.end(grace_s)

    def end(self, grace_s: float) -> None:
        """Wait `grace_s` for a process that was asked to end, then kill it."""
        if self._child is None:
            return
        try:
            self._child.wait(max(grace_s, 0.0))
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash does, and wait until it is gone."""
        self.send_signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait(KILL_GRACE_S)

    def send_signal(self, number: int) -> None:
        """Send any signal, SIGSTOP and SIGCONT for instance; without effect if it has ended."""
        if self._child is not None:
            self._child.send_signal(number)

    def describe_death(self) -> str:
        """One sentence: how it ended, and what to do where we know."""
        code = self.exit_code
        how = f"by signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"with exit code {code}"
        full = f" The disk is full: free space for {self.log.parent.parent}." if self._disk_is_full() else ""
        return f"{self.name} ended {how}.{full}"

    def log_tail(self, lines: int = LOG_TAIL_LINES) -> str:
        """The last lines of its log, after earlier ones that tell of an error; empty if there is no log."""
        written = self._written()
        earlier = [line for line in written[:-lines] if TELLS_OF_AN_ERROR.search(line)]
        return "\n".join([*earlier[-EARLIER_ERRORS:], *written[-lines:]])

    def _disk_is_full(self) -> bool:
        """Whether it said so, or could not even say it."""
        folder = self.log.parent
        said = any(DISK_FULL in line for line in self._written()[-LAST_WORDS_LINES:])
        return said or (folder.exists() and shutil.disk_usage(folder).free < NOTHING_LEFT_BYTES)

    def _written(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []

    def _end_of_log(self) -> str:
        return f"The end of {self.log}:\n{self.log_tail()}"

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise StartError(f"{self.name} was not started.")
        return self._child
