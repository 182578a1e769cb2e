"""`make clean` removes our data and nothing else."""

from pathlib import Path

import pytest

from deploy.local import clean, data_folder
from deploy.local.data_folder import FolderLock


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Clean the folder as make does."""
    monkeypatch.setenv("GASTRACK_DATA", str(folder))
    return clean.main()


def test_our_folder_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data of any layout version are removed; a second time there is nothing to do."""
    folder = tmp_path / "data"
    data_folder.prepare(folder)
    (folder / "version").write_text("0")
    (folder / "mongodb").mkdir()
    assert run(folder, monkeypatch) == 0
    assert not folder.exists()
    assert run(folder, monkeypatch) == 0


def test_a_strangers_folder_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """GASTRACK_DATA may point anywhere: what we did not make we do not remove."""
    (tmp_path / "thesis.docx").touch()
    assert run(tmp_path, monkeypatch) == 1
    assert (tmp_path / "thesis.docx").exists()
    assert "so it stays" in capsys.readouterr().err


def test_a_running_demo_keeps_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """First end it, then clean."""
    data_folder.prepare(tmp_path)
    running = FolderLock(tmp_path)
    running.take()
    assert run(tmp_path, monkeypatch) == 1
    assert "A demo runs already" in capsys.readouterr().err
    running.release()
