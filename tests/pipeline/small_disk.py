"""A disk so small that a test can fill it, and enlarge it again: a filesystem of its own, mounted in memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

FILLED_AT_ONCE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A folder whose filesystem is its own."""

    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def free_bytes(self) -> int:
        """Return what can still be written."""
        told = os.statvfs(self.folder)
        return told.f_bavail * told.f_frsize

    def fill(self, leave_bytes: int = 0) -> None:
        """Write until no more than this is free, and leave it there; again, where room has come free meanwhile."""
        descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while not leave_bytes or self.free_bytes() > leave_bytes:
                os.write(descriptor, bytes(FILLED_AT_ONCE_BYTES))
        except OSError:
            return  # that is what we came for
        finally:
            os.close(descriptor)

    def enlarge(self) -> None:
        """Give back what `fill` took, as a volume that is made larger."""
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path, size_mib: int) -> Iterator[SmallDisk]:
    """Mount a disk at a folder, which is made; the test is skipped where whoever runs it may not mount."""
    folder.mkdir(parents=True)
    if why := _refusal("mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "gastrack-test", str(folder)):
        pytest.skip(f"a disk of the test's own cannot be had: {why}")
    try:
        yield SmallDisk(folder)
    finally:
        why = _refusal("umount", str(folder))
        assert not why, why


def _refusal(*command: str) -> str:
    """Return why a command did not do its work; "" where it did."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as fault:
        return str(fault)
    return done.stderr.partition("\n")[0] or f"exit code {done.returncode}" if done.returncode else ""
