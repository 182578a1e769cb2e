"""The data folder: layout version, strangers' files, free space, one demo at a time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.local import data_folder
from deploy.local.data_folder import FolderLock, prepare
from deploy.local.errors import StartError


class Usage(NamedTuple):
    """What shutil tells of a disk, in bytes."""

    total: int
    used: int
    free: int


def test_a_new_folder_is_marked_and_found_again(tmp_path: Path) -> None:
    """The second start finds its own mark."""
    folder = tmp_path / "deep" / "data"
    prepare(folder)
    assert (folder / "version").read_text().strip() == data_folder.LAYOUT_VERSION
    (folder / "mongodb").mkdir()
    prepare(folder)


def test_another_layout_is_refused(tmp_path: Path) -> None:
    """Data of another version are neither read nor overwritten."""
    (tmp_path / "version").write_text("0\n")
    with pytest.raises(StartError, match=r"another version of Gastrack \(layout 0.*make clean"):
        prepare(tmp_path)
    assert (tmp_path / "version").read_text() == "0\n"


def test_a_strangers_folder_is_refused(tmp_path: Path) -> None:
    """Files that are not ours stay alone; our own lock does not count."""
    (tmp_path / "lock").touch()
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(StartError, match="not Gastrack's; set GASTRACK_DATA"):
        prepare(tmp_path)


def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how much there is and how much is needed."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12, 10**8))
    with pytest.raises(StartError, match=r"Only 0\.1 GiB are free .* 2 are needed; free some space"):
        prepare(tmp_path)


def test_a_place_where_no_folder_can_be(tmp_path: Path) -> None:
    """A file in the way is told with the name of the setting."""
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match=r"cannot be used .*; set GASTRACK_DATA"):
        prepare(tmp_path / "file" / "data")


def test_the_environment_chooses_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """GASTRACK_DATA, or ./data."""
    monkeypatch.setenv("GASTRACK_DATA", str(tmp_path))
    assert data_folder.chosen_folder() == tmp_path.resolve()
    monkeypatch.delenv("GASTRACK_DATA")
    assert data_folder.chosen_folder() == Path.cwd() / "data"


def test_a_second_demo_is_refused_at_once(tmp_path: Path) -> None:
    """While the owner lives nobody waits; the sentence names it."""
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.take()
    with pytest.raises(StartError, match=rf"A demo runs already on .* \(pid {os.getpid()}\)"):
        second.take()
    assert (first.held, second.held) == (True, False)
    first.release()
    second.take()
    second.release()


def test_children_of_a_crashed_demo_are_waited_for(tmp_path: Path) -> None:
    """The owner is dead but a child holds the lock: the next start gets it when the child ends, or gives up."""
    lock = FolderLock(tmp_path)
    lock.take()
    descriptor = lock.descriptor
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[descriptor]) as child:
        lock.release()
        (tmp_path / "lock").write_text("4194304999\n")  # no process has such a number
        with pytest.raises(StartError, match="A demo runs already"):
            FolderLock(tmp_path).take(crash_grace_s=0.1)
        assert child.stdin is not None
        child.stdin.close()
        FolderLock(tmp_path).take()


def test_a_lock_that_is_not_held_has_no_descriptor(tmp_path: Path) -> None:
    """Children can only inherit what is held."""
    with pytest.raises(StartError, match="is not locked"):
        _ = FolderLock(tmp_path).descriptor
