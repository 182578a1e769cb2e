"""What the demo tells the person at the keyboard: lines, and a bar while history fills. A closed terminal is fine."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Protocol, TextIO

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

PLAIN_STEP_PERCENT = 10


class Bar(Protocol):
    """Progress of one long task."""

    def show(self, fraction: float, detail: str) -> None:
        """Show that `fraction` (0 to 1) is done, with a few words."""


def say(line: str) -> None:
    """Print a line at once; on a terminal that has closed, nothing."""
    _write(sys.stdout, line)


def complain(line: str) -> None:
    """Print a line on standard error; all that follows `ready:` goes there, so that it stays the last line."""
    _write(sys.stderr, line)


@contextlib.contextmanager
def progress(title: str) -> Iterator[Bar]:
    """A bar on a terminal, a line at every tenth of the way elsewhere."""
    if not sys.stdout.isatty():
        yield PlainBar(title)
        return
    columns = (
        TextColumn(title),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[d]}"),
    )
    drawn = Progress(*columns, auto_refresh=False)
    task = drawn.add_task(title, total=1.0, d="")
    try:
        yield _DrawnBar(drawn, task)
    finally:
        with contextlib.suppress(OSError):
            drawn.stop()


class PlainBar:
    """For a pipe or a file: a line whenever another tenth is done."""

    def __init__(self, title: str) -> None:
        """`title` begins every line."""
        self._title = title
        self._said_percent = -PLAIN_STEP_PERCENT

    def show(self, fraction: float, detail: str) -> None:
        """Print a line if another tenth is done."""
        percent = int(100 * fraction)
        if percent >= self._said_percent + PLAIN_STEP_PERCENT:
            self._said_percent = percent - percent % PLAIN_STEP_PERCENT
            say(f"{self._title}: {percent} % {detail}".rstrip())


class _DrawnBar:
    def __init__(self, drawn: Progress, task: TaskID) -> None:
        self._drawn = drawn
        self._task = task
        drawn.start()

    def show(self, fraction: float, detail: str) -> None:
        with contextlib.suppress(OSError):
            self._drawn.update(self._task, completed=fraction, d=detail, refresh=True)


def _write(stream: TextIO, line: str) -> None:
    with contextlib.suppress(OSError):  # the ending goes on even if nobody reads any more
        stream.write(line + "\n")
        stream.flush()
