"""docs/security.md names tests that exist, and every chapter of the standard."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.architecture.sources import tree
from tests.pipeline.running import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)
ROWS = [line.strip("|").split(" | ") for line in PAGE.split("| requirement |")[1].splitlines() if line.startswith("| ")]
CHAPTERS = 17
LEAST_ROWS = 40


@cache
def _tests_of(path: str) -> set[str]:
    nodes = ast.walk(tree(ROOT / path))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("path", "test"), sorted(set(NAMED)))
def test_a_test_that_the_table_names_exists(path: str, test: str) -> None:
    """Whoever renames or removes a test says what shows the requirement now."""
    assert (ROOT / path).is_file()
    assert test in _tests_of(path)


def test_every_row_is_shown_by_a_test() -> None:
    """A requirement, how it is met, and at least one test."""
    assert len(ROWS) > LEAST_ROWS
    assert not [row for row in ROWS if len(row) != 3 or not re.match(r" ?(\*\*V[0-9]+ \w+\*\* )?[0-9]+\.[0-9]", row[0])]
    assert not [row[0] for row in ROWS if not re.search(r"`tests/[\w/]+\.py::test_\w+`", row[2])]


def test_every_chapter_is_spoken_of() -> None:
    """By rows, or by the reason why it does not apply."""
    assert [number for number in range(1, CHAPTERS + 1) if not re.search(rf"\*\*V{number} ", PAGE)] == []
