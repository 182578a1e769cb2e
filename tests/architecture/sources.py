"""The project's own files, as the house rules look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("gastrack", "deploy", "services", "shared")
CODE = (*PACKAGES, "client", "tests")
NOT_OURS = {"data", "build", "dist", "node_modules", "__pycache__"}


def modules(*folders: str) -> list[Path]:
    """Return the Python files below some folders of the project; a folder that does not exist has none."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def files() -> list[Path]:
    """Return every file of the project, without what tools and the demo leave behind."""
    return sorted(_files_below(ROOT))


def _files_below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in NOT_OURS and not path.name.startswith("."):
                yield from _files_below(path)
        elif path.name != ".git" and not path.name.startswith(".coverage"):  # .git is a file in a worktree
            yield path


def name_of(path: Path) -> str:
    """Return the dotted name by which a Python file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path) -> str:
    """Return a path as a person knows it: from the project's folder on."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> set[str]:
    """Return the dotted names of the modules that a Python file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names
