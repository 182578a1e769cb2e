"""A progress bar on standard error, where a person looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from gastrack_client.receiving import Progress as OnProgress
from gastrack_client.receiving import nobody


@contextmanager
def shown(*, wanted: bool) -> Iterator[OnProgress]:
    """Give what is to be told how far a download is; shows nothing where nobody looks, in a log for instance."""
    console = Console(stderr=True)
    if not wanted or not console.is_terminal:
        yield nobody
        return
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("fetching", total=None)
        yield lambda there, total: bar.update(task, completed=there, total=total)
