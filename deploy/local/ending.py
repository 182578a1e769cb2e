"""What may end the demo, brought to one exception: Ctrl-C, SIGTERM, SIGHUP, the end of make, a closed terminal."""

import os
import select
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from deploy.local.leash import ask_kernel_for_signal_at_parents_end

MAKES = ("make", "gmake")


class EndedError(BaseException):
    """The demo was asked to end; passes through everything that handles faults."""


class Ending:
    """From its making on, a request to end raises EndedError in the main thread, once; further ones are ignored."""

    def __init__(self) -> None:
        self.requested = False
        hang_up_counts = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN  # nohup asks us to outlive the terminal
        numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hang_up_counts else [])]
        self._before = {number: signal.signal(number, self._end) for number in numbers}
        end_with_make()
        if hang_up_counts:
            watch_terminals(_own_terminals())

    def check(self) -> None:
        """Raise EndedError if the request came where an exception could not pass."""
        if self.requested:
            raise EndedError

    def ignore_further(self) -> None:
        """From now on nothing interrupts: everything is being ended already."""
        self.requested = True

    def restore(self) -> None:
        """Handle signals again as before; for callers that go on living."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        if not self.requested:
            self.requested = True
            raise EndedError


def end_with_make() -> None:
    """If make started us, have the kernel send SIGTERM when it dies: killed with -9 it can tell nobody."""
    try:
        starter = Path(f"/proc/{os.getppid()}/comm").read_text().strip()
    except OSError:  # not Linux, or the starter is gone: then there is no make to follow
        return
    if starter in MAKES:
        ask_kernel_for_signal_at_parents_end(signal.SIGTERM)


def watch_terminals(descriptors: list[int]) -> None:
    """Send ourselves SIGHUP when one of these terminals closes: a background job is not told by the kernel."""
    if descriptors:
        threading.Thread(target=_wait_for_hang_up, args=(descriptors,), name="terminal", daemon=True).start()


def _wait_for_hang_up(descriptors: list[int]) -> None:
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, 0)  # no event asked for: only the hang-up, which is always reported
    poll.poll()
    os.kill(os.getpid(), signal.SIGHUP)


def _own_terminals() -> list[int]:
    return [stream.fileno() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__) if stream and stream.isatty()]
