"""A progress bar on standard error, where a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gastrack_client.receiving import Progress, nobody


@contextmanager
def shown(*, wanted: bool) -> Iterator[Progress]:
    """Give what is to be told how far a download is; shows nothing where nobody looks, in a log for instance."""
    if not wanted or not sys.stderr.isatty():
        yield nobody
        return
    from rich import progress  # noqa: PLC0415 - a quarter of the start of a command, and cron needs none
    from rich.console import Console  # noqa: PLC0415 - as above

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("fetching", total=None)
        yield lambda there, total: bar.update(task, completed=there, total=total)
