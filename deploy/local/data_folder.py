"""The folder in which the local servers keep their data: its layout version, its free space, its owner."""

import fcntl
import os
import shutil
import time
from pathlib import Path

from deploy.local.errors import StartError

LAYOUT_VERSION = "1"  # raised when a newer Gastrack can no longer read what an older one wrote here
NEEDED_FREE_BYTES = 2 * 1024**3  # three years of 12 lines take 0.3 GB; MongoDB and Kafka each refuse to run near zero
CRASH_GRACE_S = (
    10.0  # the kernel kills a crashed supervisor's children within a second; ten leave room on a busy machine
)
DEFAULT_FOLDER = "data"


def chosen_folder() -> Path:
    """The folder that GASTRACK_DATA names, `./data` without it."""
    return Path(os.environ.get("GASTRACK_DATA") or DEFAULT_FOLDER).resolve()


def prepare(folder: Path) -> None:
    """Make the folder, or recognise it. Raises StartError for another version's, a stranger's, or a full disk."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _require_our_version(folder)
        _require_space(folder)
        (folder / "version").write_text(LAYOUT_VERSION + "\n")
    except OSError as error:
        raise StartError(
            f"The data folder {folder} cannot be used ({error.strerror}); set GASTRACK_DATA to one that you may write."
        ) from error


def _require_our_version(folder: Path) -> None:
    mark = folder / "version"
    if mark.exists() and (found := mark.read_text().strip()) != LAYOUT_VERSION:
        raise StartError(
            f"{folder} was written by another version of Gastrack (layout {found}, this one reads {LAYOUT_VERSION}); "
            "remove it with make clean, or set GASTRACK_DATA to another folder."
        )
    if not mark.exists() and any(entry.name != "lock" for entry in folder.iterdir()):
        raise StartError(f"{folder} holds files that are not Gastrack's; set GASTRACK_DATA to another folder.")


def _require_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_FREE_BYTES:
        raise StartError(
            f"Only {free / 1024**3:.1f} GiB are free for {folder} and {NEEDED_FREE_BYTES / 1024**3:.0f} are needed; "
            "free some space, or set GASTRACK_DATA to a folder on another disk."
        )


class FolderLock:
    """One demo per folder. The descriptor is handed to every child, so the lock lasts as long as any of them lives."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether the folder is ours now."""
        return self._descriptor is not None

    @property
    def descriptor(self) -> int:
        """To be inherited by every child."""
        if self._descriptor is None:
            raise StartError(f"{self._path} is not locked.")
        return self._descriptor

    def take(self, crash_grace_s: float = CRASH_GRACE_S) -> None:
        """Take the lock. Raises StartError if another demo runs here; waits for the children of one that crashed."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + crash_grace_s
        while not _try_lock(descriptor):
            owner = os.pread(descriptor, 32, 0).decode().strip()
            if _is_alive(owner) or time.monotonic() > deadline:
                os.close(descriptor)
                raise StartError(
                    f"A demo runs already on {self._path.parent} (pid {owner}); end it, "
                    "or set GASTRACK_DATA to another folder for a second one."
                )
            time.sleep(0.05)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give our hold back; children that still live keep theirs."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: str) -> bool:
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()
