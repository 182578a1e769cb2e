"""What is not ours is what it says it is: each vendored file has the sum that stands beside it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import services.query.pages

FOLDER = Path(services.query.pages.__file__).parent / "static" / "vendor"
ROW = re.compile(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def test_vendored_files_are_unchanged() -> None:
    """And none stands there without its origin."""
    told = dict(ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8")))
    found = {path.name: path for path in FOLDER.iterdir() if path.name != "README.md"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == told
