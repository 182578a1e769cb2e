"""The code of the version before, once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline import version_before


@pytest.fixture(scope="package")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with its code; skipped where this clone does not have it."""
    return version_before.code(tmp_path_factory.mktemp("before"))
