"""The version before this one: which it is, and its code in a folder of its own.

It runs with today's dependencies. `python -m services.query` puts the folder in which it is started before all others,
and so before the one that the environment names: `the_code_is_its_own` asks the code itself.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from deploy.local.services import SERVICES
from tests.pipeline.running import ROOT

COMMIT = "c25fc8871f2d649c1098ea3905d9f85d5fcdba26"
"""Where nothing has been released yet: the last commit that closed its part of the changelog (objectives, alerts,
doctor, restore). What stands before it is no version that works beside today's: its readers refuse a source that tells
when it was received, which ingest has written ever since. Once there is a tag `v…`, the newest one counts."""
CHOSEN = "GASTRACK_DRILL_BEFORE"
"""Names another commit in the environment, for a try."""
_WHERE = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(f"services.{name}.wiring")
ours = ("services", "shared", "deploy", "gastrack")
print(json.dumps([m.__file__ for n, m in sys.modules.items() if n.split(".")[0] in ours and m.__file__]))
"""


def name() -> str:
    """Return the commit or the tag of the version before."""
    if chosen := os.environ.get(CHOSEN, ""):
        return chosen
    released = _git("tag", "--list", "v*", "--merged", "HEAD", "--no-contains", "HEAD", "--sort=-v:refname")
    return released.split()[0] if released.split() else COMMIT


def code(folder: Path) -> Path:
    """Return a folder with the code of the version before; skip where this clone does not have it."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("the version before is taken from git, and this is no clone")
    before = name()
    try:
        packed = subprocess.run(["git", "archive", before], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607 - git by PATH, as its user has it
    except subprocess.CalledProcessError:
        pytest.skip(f"this clone does not have {before}, the version before (it may be shallow: git fetch --unshallow)")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def the_code_is_its_own(folder: Path) -> None:
    """Make sure that services which are started in a folder run the code that stands there, and no other."""
    files = [Path(one) for one in json.loads(answered(folder, _WHERE, *SERVICES))]
    assert len(files) > 100
    assert not [one for one in files if not one.is_relative_to(folder)]


def answered(folder: Path, text: str, *arguments: str, given: bytes = b"", **environment: str) -> str:
    """Return what a text of Python prints that runs on the code of a folder."""
    done = subprocess.run(
        [sys.executable, "-c", text, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        input=given,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 - as above
