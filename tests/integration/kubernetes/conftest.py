"""Every overlay as kustomize renders it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml

from tests.integration.kubernetes import tools
from tests.integration.kubernetes.objects import OVERLAYS, Overlay
from tests.integration.kubernetes.schemas import Schemas
from tests.pipeline.running import ROOT


@pytest.fixture(scope="session")
def overlays() -> dict[str, Overlay]:
    """Return the objects of each overlay."""
    program = str(tools.kustomize())
    return {name: Overlay(name, _rendered(program, name)) for name in OVERLAYS}


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest, overlays: dict[str, Overlay]) -> Overlay:
    """Return one overlay after the other."""
    return overlays[request.param]


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """Return what says whether an object is right."""
    return Schemas(tools.definitions())


def _rendered(program: str, name: str) -> list[dict[str, Any]]:
    folder = ROOT / "deploy" / "kustomize" / "overlays" / name
    done = subprocess.run([program, "build", str(folder)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return list(yaml.load_all(done.stdout, Loader=yaml.CSafeLoader))
