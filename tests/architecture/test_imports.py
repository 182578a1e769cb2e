"""Imports point one way, and the domain stands on the standard library and numpy alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, imported, modules, name_of, shown, tree

WITH_EQUATIONS_OF_STATE = "shared.domain.physics.compressibility"
OUTSIDE_WORLD = {
    *("asyncio", "http", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket"),
    *("sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"),
}
CLOCK_READERS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def test_the_contracts_hold() -> None:
    """Those of .importlinter: the layers, the services apart, the libraries behind their modules."""
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", modules("shared/domain"), ids=shown)
def test_the_domain_imports_the_standard_library_and_numpy(path: Path) -> None:
    """Without what tells the time, logs or reaches outside."""
    also = {"pyaga8", "pygerg"} if name_of(path) == WITH_EQUATIONS_OF_STATE else set()
    for name in imported(path):
        top = name.split(".")[0]
        ours = name.startswith("shared.domain") or name == "shared"
        assert ours or top in sys.stdlib_module_names | {"numpy"} | also, name
        assert top not in OUTSIDE_WORLD, name


@pytest.mark.parametrize("path", modules("shared/domain"), ids=shown)
def test_the_domain_reads_no_clock(path: Path) -> None:
    """Time is data: it comes with the records."""
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert not [c.attr for c in calls if isinstance(c, ast.Attribute) and c.attr in CLOCK_READERS]


def test_the_client_imports_nothing_of_ours() -> None:
    """Others install it alone."""
    names = {name for path in modules("client") for name in imported(path)}
    assert not {name for name in names if name.split(".")[0] in PACKAGES}


@pytest.mark.parametrize("path", modules(*PACKAGES), ids=shown)
def test_nothing_imports_the_tests(path: Path) -> None:
    """What a test needs stays with the tests."""
    assert not {name for name in imported(path) if name.split(".")[0] in {"tests", "pytest", "hypothesis"}}
