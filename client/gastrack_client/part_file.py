"""A file that grows under another name and gets its own in one moment, once it is whole and verified."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gastrack_client.errors import BusyError, DownloadError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: there a second process cannot open what is being renamed
    fcntl = None  # type: ignore[assignment]  # that is what is asked below

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")


class PartFile:
    """`name.part` beside `name`; locked, so that two programs do not write it at once."""

    def __init__(self, final: Path) -> None:
        self.final, self.path = final, final.with_name(final.name + ".part")
        self._file: BinaryIO | None = None

    def open(self) -> None:
        """Open it, with what an earlier program left in it.

        Raises:
            BusyError: another program has it open.
            DownloadError: the folder is not there, or must not be written; or what has the name is no file.
        """
        if self.final.exists() and not self.final.is_file():
            raise DownloadError(f"{self.final} is there and is no file: a device, for instance, is never replaced")
        with _writing(self.path):
            self._file = self.path.open("ab")
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise BusyError(f"another program is fetching {self.final}") from None

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._opened.tell()

    def restart(self) -> None:
        """Throw away what is there."""
        self.cut(0)

    def cut(self, size: int) -> None:
        """Keep so many bytes."""
        with _writing(self.path):
            self._opened.flush()
            self._opened.truncate(size)
            self._opened.seek(size)

    def write(self, block: bytes) -> None:
        """Append a block."""
        with _writing(self.path):
            self._opened.write(block)

    def flush(self) -> None:
        """Let what was written rest on the disk."""
        with _writing(self.path):
            self._opened.flush()
            os.fsync(self._opened.fileno())

    def publish(self) -> None:
        """Give it its name, in place of what had it before."""
        with _writing(self.final):
            self.path.replace(self.final)

    def discard(self) -> None:
        """Leave nothing behind."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close it; what is there stays for the next attempt."""
        if self._file is not None:
            self._file.close()

    @property
    def _opened(self) -> BinaryIO:
        assert self._file is not None  # noqa: S101 - whoever writes has opened it
        return self._file


def write_whole(path: Path, text: str) -> None:
    """Write a small file in one moment.

    Raises:
        DownloadError: it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    with _writing(path):
        part.write_text(text, encoding="utf-8")
        part.replace(path)


def place_for(to: Path, offered: str) -> Path:
    """Return where a file goes: into a folder under the name that the service offers, else exactly there.

    Raises:
        DownloadError: the service offers a name that is none, a path for instance.
    """
    if not to.is_dir():
        return to
    if not _SAFE_NAME.fullmatch(offered):
        raise DownloadError(f"the service offers {offered[:80]!r} as a file's name: name a file yourself")
    return to / offered


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell in one sentence why something cannot be written: no folder, no right, no room."""
    try:
        yield
    except OSError as fault:
        raise DownloadError(f"{path} cannot be written: {fault.strerror}") from fault
