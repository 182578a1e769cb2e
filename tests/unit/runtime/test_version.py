"""The version that answers and files tell."""

import tomllib
from pathlib import Path

from shared.runtime.version import SOFTWARE_VERSION


def test_it_is_the_projects() -> None:
    """Said in two places, because the installed project knows no other."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == SOFTWARE_VERSION
