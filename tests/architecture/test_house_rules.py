"""The house rules that no linter knows: sizes, names, docstrings, reasons, and what must not be written anywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import CODE, files, modules, shown, tree

MOST_LINES = 400
VAGUE = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
EXCEPTION = re.compile(r"# (noqa|type: ignore|pragma: no \w+)(.*)")
REASONED = re.compile(
    r"# (noqa: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \w|type: ignore\[[a-z-]+(, [a-z-]+)*\]\s+# \w|pragma: no \w+ - \w)"
)
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|repo1?\.maven|maven\.apache\.org|npmjs\.(org|com)|proxy\.golang\.org"
    r"|docker\.io|ghcr\.io|quay\.io|gcr\.io|art[i]factory|jfro[g]"
)
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(work|root|tmp|home|Users)/\w")
TEXT = {
    ".cfg",
    ".css",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".properties",
    ".py",
    ".sh",
    ".toml",
    ".txt",
} | {*(".xml", ".xsd", ".yaml", ".yml", "")}
CODE_FILES = modules(*CODE)
TEXT_FILES = [path for path in files() if path.suffix in TEXT]


def _vague(name: str) -> bool:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return not VAGUE.isdisjoint(word.lower() for word in words)


def test_there_is_something_to_look_at() -> None:
    """A check of no files would pass for ever."""
    assert len(CODE_FILES) > 50
    assert {"Makefile", "requirements.lock", "shared/domain/gas_time.py"} <= {shown(path) for path in TEXT_FILES}


@pytest.mark.parametrize("path", CODE_FILES, ids=shown)
def test_no_file_is_too_long(path: Path) -> None:
    """A file is one idea."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", CODE_FILES, ids=shown)
def test_names_say_what_a_thing_is(path: Path) -> None:
    """No file, folder or class is called after nothing in particular."""
    assert not [part for part in Path(shown(path)).with_suffix("").parts if _vague(part)]
    assert not [n.name for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef) and _vague(n.name)]


@pytest.mark.parametrize("path", modules("shared/domain"), ids=shown)
def test_public_domain_code_has_docstrings(path: Path) -> None:
    """Meaning, units, errors: of every module, class, function and method that others may call."""
    assert ast.get_docstring(tree(path))
    assert not [n.name for n in _definitions(tree(path)) if not n.name.startswith("_") and not ast.get_docstring(n)]


def _definitions(body: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield what others can call: not what stands inside a function."""
    for node in body.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node)


@pytest.mark.parametrize("path", modules("tests"), ids=shown)
def test_each_test_has_a_docstring_of_one_line(path: Path) -> None:
    """What must hold, in a sentence; a second paragraph would be a second test."""
    tests = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    tests = [n for n in tests if n.name.startswith("test_")]
    assert not [n.name for n in tests if len((ast.get_docstring(n) or "\n").splitlines()) != 1]


@pytest.mark.parametrize("path", CODE_FILES, ids=shown)
def test_every_exception_to_a_rule_has_a_reason(path: Path) -> None:
    """A code, and why: `noqa: CODE - reason`, `type: ignore[code]  # reason`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if _is_comment(line) and not REASONED.search(line)]


def _is_comment(line: str) -> bool:
    """Say whether a line carries an exception, and does not merely speak of one in a string or in prose."""
    match = EXCEPTION.search(line)
    return match is not None and not any(quote in line[match.start() - 2 : match.start()] for quote in "\"'(`")


@pytest.mark.parametrize("path", TEXT_FILES, ids=shown)
def test_no_file_names_a_registry_or_a_place_of_one_machine(path: Path) -> None:
    """Where packages come from is the reader's setting, and his folders are his own."""
    text = path.read_text(encoding="utf-8")
    found = [match.group() for pattern in (REGISTRY, MACHINE_PATH) for match in pattern.finditer(text)]
    assert not found


def test_no_data_is_copied_into_the_project() -> None:
    """Operators' files stay where they are: none of their size, and none with their contents."""
    ours = [path for path in files() if path.suffix in {".csv", ".gz", ".parquet", ".xls", ".xlsx", ".zip"}]
    assert not [shown(path) for path in ours if path.stat().st_size > 20_000]
    beside = Path(__file__).parents[3] / "shared" / "data"
    theirs = {path.read_bytes() for path in beside.rglob("*.csv")}
    assert not [shown(path) for path in ours if path.read_bytes() in theirs]
