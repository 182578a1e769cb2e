"""`gastrack download` as its users start it: the client's command, with its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.running import ROOT

OCTOBER = ("--line", "BE-0042-A", "--from", "2026-10-01", "--to", "2026-11-01")
NOBODY = "http://127.0.0.1:1"


def gastrack(folder: Path, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a folder where no demo runs."""
    environment = {name: text for name, text in os.environ.items() if name != "GASTRACK_URL"}
    told = {**environment, "PYTHONPATH": str(ROOT), "GASTRACK_DATA": str(folder / "none")}
    command = [sys.executable, "-m", "gastrack", "download", *arguments]
    given = {**told, "GASTRACK_URL": url} if url else told
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=120)


def test_a_file_is_fetched_and_verified(url: str, tmp_path: Path) -> None:
    """0, for people and for programs; then offline, and refused once a byte of it is another one."""
    done = gastrack(tmp_path, *OCTOBER, "--out", "a.csv", "--json", url=url)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["file"], told["manifest"]["rows"]) == ("a.csv", 745)
    assert gastrack(tmp_path, "verify", "a.csv", "a.csv.manifest", url=url).returncode == 0
    (tmp_path / "a.csv").write_bytes((tmp_path / "a.csv").read_bytes().replace(b"2026-10-01", b"2026-10-02", 1))
    wrong = gastrack(tmp_path, "verify", "a.csv", "a.csv.manifest", url=url)
    assert (wrong.returncode, wrong.stderr.split(":")[0]) == (1, "DIGEST")


@pytest.mark.parametrize(
    ("arguments", "url", "code", "word"),
    [
        (OCTOBER, "", 2, "name the address"),
        ((*OCTOBER, "--attempts", "1"), NOBODY, 1, "tried 1 times"),
        (("verify", "a.csv"), NOBODY, 2, "usage: gastrack download verify"),
        (("--nonsense",), NOBODY, 2, "usage: gastrack download"),
    ],
)
def test_exit_codes_say_whether_to_try_again(
    tmp_path: Path, arguments: tuple[str, ...], url: str, code: int, word: str
) -> None:
    """1 where it may pass by itself, 2 where it never will."""
    done = gastrack(tmp_path, *arguments, url=url)
    assert (done.returncode, word in done.stderr) == (code, True), done.stderr
    assert list(tmp_path.iterdir()) == []
