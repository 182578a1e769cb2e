"""Decisions are one page each, are found in the index, and name what enforces them; the changelog knows the version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, shown

FOLDER = ROOT / "docs" / "adr"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
ONE_PAGE = 60
PATH = re.compile(r"`([\w./-]+[/.][\w./-]+)`")


def test_decisions_are_numbered_without_gap() -> None:
    """A number is never taken twice and never given back."""
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04d}" for n in range(1, len(DECISIONS) + 1)]
    assert len(DECISIONS) > 0


def test_the_index_lists_every_decision_by_its_title() -> None:
    """So that nobody decides twice."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \|$", index, re.MULTILINE)
    titles = [path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in DECISIONS]
    assert [(f"{number} {title}", name) for number, name, title in rows] == [
        (title, path.name) for title, path in zip(titles, DECISIONS, strict=True)
    ]


@pytest.mark.parametrize("path", DECISIONS, ids=shown)
def test_a_decision_is_one_page_and_says_what_enforces_it(path: Path) -> None:
    """Its last line does, and the files that it names exist."""
    lines = path.read_text(encoding="utf-8").rstrip().splitlines()
    assert len(lines) <= ONE_PAGE
    assert lines[-1].startswith("Enforced by: ")
    assert not [name for name in PATH.findall(lines[-1]) if not (ROOT / name).exists()]


def test_the_changelog_begins_with_this_version() -> None:
    """Under its heading stands what the next release brings."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == version
