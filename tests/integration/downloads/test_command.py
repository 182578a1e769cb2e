"""`gastrack download` as its users start it: the client's command, with its exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gastrack_client import Mode
from tests.integration.downloads.rough_way import RoughWay, Stall
from tests.pipeline.running import ROOT, until

THREE_YEARS = ("--line", "BE-0042-A", "--from", "2024-01-01", "--to", "2026-11-01")
STALLS_AFTER_BYTES = 200_000
"""Within the file, and within its compressed form; more than what answers before it come to."""
OCTOBER = ("--line", "BE-0042-A", "--from", "2026-10-01", "--to", "2026-11-01")
NOBODY = "http://127.0.0.1:1"


def started(folder: Path, *arguments: str, url: str = "") -> subprocess.Popen[str]:
    """Start the command in a folder where no demo runs."""
    environment = {name: text for name, text in os.environ.items() if name != "GASTRACK_URL"}
    told = {**environment, "PYTHONPATH": str(ROOT), "GASTRACK_DATA": str(folder / "none")}
    command = [sys.executable, "-m", "gastrack", "download", *arguments]
    given = {**told, "GASTRACK_URL": url} if url else told
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=given, stdout=pipe, stderr=pipe, text=True)


def gastrack(folder: Path, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    with started(folder, *arguments, url=url) as running:
        out, err = running.communicate(timeout=120)
        return subprocess.CompletedProcess(running.args, running.returncode, out, err)


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


@pytest.mark.parametrize("mode", [Mode.AT_ONCE, Mode.JOB])
def test_a_program_that_was_killed_is_started_again(way: RoughWay, tmp_path: Path, mode: Mode) -> None:
    """As cron does on the next day: the old file stood whole meanwhile; a job goes on with the bytes that are there."""
    (tmp_path / "a.csv").write_text("yesterday's")
    asked = (*THREE_YEARS, "--out", "a.csv", "--mode", mode, "--no-progress")
    way.always = Stall(STALLS_AFTER_BYTES)
    with started(tmp_path, *asked, url=way.url) as running:
        assert way.stalled.wait(60)
        part = tmp_path / "a.csv.part"
        until(lambda: part.exists() and part.stat().st_size > 0, 60, "something has come")
        running.kill()
    assert running.returncode == -signal.SIGKILL
    there = part.stat().st_size
    assert (tmp_path / "a.csv").read_text() == "yesterday's"
    way.always, way.seen = None, []
    done = gastrack(tmp_path, *asked, "--json", url=way.url)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["manifest"]
    assert hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest() == told["file"]["sha256"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "a.csv.manifest"}
    assert any(f"range: bytes={there}-" in head.lower() for head in way.seen) == (mode is Mode.JOB)


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


def test_a_moment_that_cannot_be_kept_is_told(url: str, tmp_path: Path) -> None:
    """In a sentence: the next time begins where this one did. An empty file keeps no moment: changes begin with all."""
    lost = gastrack(tmp_path, *OCTOBER, "--out", "a.csv", "--since-file", "none/since", url=url)
    assert (lost.returncode, lost.stderr) == (1, "none/since cannot be written: No such file or directory\n")
    (tmp_path / "since").touch()
    done = gastrack(tmp_path, *OCTOBER, "--out", "b.csv", "--since-file", "since", "--json", url=url)
    told = json.loads(done.stdout)["manifest"]
    assert told["query"]["since"] == "1970-01-01T00:00:00Z"
    assert (tmp_path / "since").read_text().strip() == told["next_since"]
