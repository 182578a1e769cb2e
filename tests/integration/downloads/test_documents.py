"""What docs/downloads.md tells people to write works: each command is run against the service, as they run it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.services import Service
from tests.integration.downloads.rough_way import RoughWay
from tests.integration.downloads.test_certificates import Issuer, guarded_way
from tests.pipeline.running import ROOT

PAGE = (ROOT / "docs" / "downloads.md").read_text(encoding="utf-8")
ADDRESS = "https://gas.example"
MOST_LINES_OF_CURL = 20


def blocks(kind: str) -> list[str]:
    """Return the blocks of a kind, in their order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """The search path of a machine on which the client is installed."""
    command = tmp_path / "bin" / "gastrack-client"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gastrack_client "$@"\n')
    command.chmod(0o755)
    return f"{command.parent}{os.pathsep}{os.environ['PATH']}"


def run(command: Sequence[str], folder: Path, path: str, **more: str) -> str:
    """Run a command in a folder; return what it says."""
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PATH": path, **more}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def test_the_commands_work(url: str, path: str, tmp_path: Path) -> None:
    """All blocks of the shell in one go: later ones use what earlier ones made."""
    script = "set -eu\n" + "\n".join(blocks("sh")).replace(ADDRESS, url)
    said = run(["sh", "-c", script], tmp_path / "work", path)
    assert "october.csv: OK" in said
    assert "Signature Verified Successfully" in said
    assert said.count("745 of 745 hours present, verified with key") == 3
    last = json.loads(next(line for line in said.splitlines() if '"replaces' in line or '"next_since"' in line))
    assert last["manifest"]["query"]["since"] == (tmp_path / "work" / "changes" / "since").read_text().strip()
    assert last["manifest"]["rows"] == 0, "nothing has changed between the two"


def test_curl_alone_needs_no_more_lines() -> None:
    """Few enough to be copied."""
    assert len(blocks("sh")[-1].splitlines()) <= MOST_LINES_OF_CURL


def test_the_crontab_works(url: str, path: str, tmp_path: Path) -> None:
    """Read as cron reads it: settings, five fields, and a command in which a percent sign has a backslash."""
    (crontab,) = blocks("crontab")
    settings, entry = crontab.splitlines()
    name, _, value = settings.partition("=")
    *when, command = entry.split(" ", 5)
    assert when == ["0", "11", "*", "*", "*"]
    assert not re.search(r"(?<!\\)%", command), "cron takes a bare percent sign for the end of the line"
    folder = tmp_path / "gas"
    folder.mkdir()
    written = command.replace("\\%", "%").replace("/data/gas", shlex.quote(str(folder)))
    run(["sh", "-c", written], tmp_path / "home", path, **{name: value.replace(ADDRESS, url)})
    assert sorted(file.suffix for file in folder.iterdir()) == [".csv", ".manifest"]


def test_the_cron_job_works(service: Service, path: str, tmp_path: Path) -> None:
    """Its container's command, with its environment and its volumes, over a connection that wants the certificate."""
    (told,) = blocks("yaml")
    job: dict[str, Any] = yaml.safe_load(told)
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    (rule,) = job["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]["containerName"]) == ("FailJob", container["name"])
    issuer = Issuer.named("Gastrack test")
    mounts = {mount["mountPath"]: tmp_path / mount["name"] for mount in container["volumeMounts"]}
    for folder in mounts.values():
        folder.mkdir()
    issuer.issue_secret("reader", mounts["/certificate"])
    with guarded_way(service, issuer, tmp_path) as way:
        command = [_mounted(word, mounts) for word in (*container["command"], *container["args"])]
        environment = {one["name"]: one["value"].replace(ADDRESS, way.url) for one in container["env"]}
        for _ in range(2):
            run(command, tmp_path / "home", path, **environment)
        assert isinstance(way, RoughWay)
    names = sorted(file.name for file in mounts["/data"].iterdir())
    assert len([name for name in names if name.endswith(".csv")]) == 2, "everything, and then nothing more"
    assert "since" in names
    assert not [name for name in names if name.endswith(".part")]


def _mounted(word: str, mounts: dict[str, Path]) -> str:
    for mount, folder in mounts.items():
        word = word.replace(f"={mount}", f"={folder}")
    return word
