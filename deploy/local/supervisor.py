"""Keeps the demo's processes alive: one that dies is started again, later each time it dies soon."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from deploy.local.process import STOP_GRACE_S, WatchedProcess

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0  # who lived that long begins again with the shortest pause


class Member(Protocol):
    """A server or a service."""

    @property
    def process(self) -> WatchedProcess:
        """What is watched."""

    def start(self) -> None:
        """Start it and do not wait."""


@dataclass
class _Watch:
    member: Member
    layer: int
    started: float
    finishes: bool
    pause_s: float = FIRST_PAUSE_S
    due: float | None = None  # when to start again, None while it runs


@dataclass
class Supervisor:
    """Starts members, starts them again, and ends them layer by layer. Not for use by several threads."""

    say: Callable[[str], None]
    now: Callable[[], float] = time.monotonic
    _watches: list[_Watch] = field(default_factory=list)

    def start(self, member: Member, layer: int, *, finishes: bool = False) -> None:
        """Start a member and keep it alive from now on; it may use those of lower layers until its end.

        One that `finishes` may end with exit code 0.
        """
        self._watches.append(_Watch(member, layer, self.now(), finishes))
        member.start()

    def check(self) -> None:
        """Look once at everybody; call it several times a second. Tells of every death and every new start."""
        for watch in self._watches:
            process = watch.member.process
            if watch.due is None and not process.running and not (watch.finishes and process.exit_code == 0):
                self._note_death(watch)
            elif watch.due is not None and self.now() >= watch.due:
                self._start_again(watch)

    def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """End everybody, the highest layer first and each layer side by side; kill who has not ended in `grace_s`."""
        for layer in sorted({watch.layer for watch in self._watches}, reverse=True):
            processes = [watch.member.process for watch in self._watches if watch.layer == layer]
            for process in processes:
                process.terminate()
            deadline = self.now() + grace_s
            for process in processes:
                process.end(deadline - self.now())
        self._watches.clear()

    def _note_death(self, watch: _Watch) -> None:
        if self.now() - watch.started > STEADY_AFTER_S:
            watch.pause_s = FIRST_PAUSE_S
        watch.due = self.now() + watch.pause_s
        process = watch.member.process
        self.say(f"{process.describe_death()} It starts again in {watch.pause_s:.1f} s; its log: {process.log}")
        watch.pause_s = min(2 * watch.pause_s, LONGEST_PAUSE_S)

    def _start_again(self, watch: _Watch) -> None:
        watch.due, watch.started = None, self.now()
        watch.member.start()
        self.say(f"{watch.member.process.name} runs again (pid {watch.member.process.pid}).")
