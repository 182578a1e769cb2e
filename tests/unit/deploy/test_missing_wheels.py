"""On a platform without our packages the sentence names the setting that replaces the server."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import envoy, kafka, mongod
from deploy.local.errors import StartError


@pytest.mark.parametrize(
    ("find", "advice"),
    [
        (mongod.program, "set GASTRACK_MONGO_URI"),
        (kafka.java, "set GASTRACK_KAFKA_BOOTSTRAP"),
        (envoy.program, "run the demo on Linux on x86-64"),
    ],
)
def test_missing_program(find: Callable[[], Path], advice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither wheel nor program: one sentence with the way out."""
    assert find().exists()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(StartError, match=advice):
        find()
