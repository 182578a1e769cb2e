"""A service without a door does not start, and says why; secrets come from files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.runtime.settings import WRONG_USE, HttpSettings, load
from tests.shown import DEMO_SECRET, EDGE_SECRET

NEEDED = {"GASTRACK_MONGO_URI": "mongodb://x", "GASTRACK_OPERATIONS_PORT": "1", "GASTRACK_HTTP_PORT": "2"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing but what the test tells, in a folder with both secrets."""
    (tmp_path / "edge").write_text(EDGE_SECRET + "\n")
    (tmp_path / "demo").write_text(DEMO_SECRET)
    (tmp_path / "short").write_text("short")
    (tmp_path / "lines").write_text(EDGE_SECRET + "\n" + EDGE_SECRET)
    monkeypatch.chdir(tmp_path)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def started(monkeypatch: pytest.MonkeyPatch, **told: str) -> HttpSettings:
    """Read settings as a service does at its start."""
    for name, value in told.items():
        monkeypatch.setenv(f"GASTRACK_{name.upper()}", value)
    return load(HttpSettings)


@pytest.mark.parametrize(
    "told",
    [
        {"demo_identity": "demo"},
        {"edge_secret_file": "edge"},
        {"edge_secret_file": "edge", "http_host": "0.0.0.0"},  # noqa: S104 - an address of the test
        {"edge_secret_file": "edge", "http_host": "0.0.0.0", "demo_identity": "demo"},  # noqa: S104 - as above
        {"edge_secret_file": "edge", "demo_secret_file": "demo", "demo_identity": "demo"},
        {"demo_secret_file": "demo", "demo_identity": "demo", "http_host": "::1"},
    ],
)
def test_a_service_with_a_door_starts(monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]) -> None:
    """By the edge anywhere; the demo's on this machine alone."""
    assert started(monkeypatch, **told).http_port == 2


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "GASTRACK_EDGE_SECRET_FILE: nobody could come in"),
        ({"demo_secret_file": "demo"}, "nobody could come in"),
        ({"edge_secret_file": "edge", "demo_secret_file": "demo"}, "GASTRACK_DEMO_IDENTITY"),
        ({"demo_identity": "demo", "http_host": "0.0.0.0"}, "GASTRACK_HTTP_HOST"),  # noqa: S104 - as above
        (
            {
                "demo_identity": "demo",
                "edge_secret_file": "edge",
                "demo_secret_file": "demo",
                "http_host": "10.0.0.1",
            },
            "GASTRACK_HTTP_HOST",
        ),
        ({"edge_secret_file": "nowhere"}, "nowhere: cannot be read"),
        ({"edge_secret_file": "short"}, "short: holds no secret"),
        ({"edge_secret_file": "lines"}, "lines: holds no secret"),
        ({"edge_secret_file": "edge", "demo_secret_file": "edge", "demo_identity": "demo"}, "same secret"),
        ({"edge_secret_file": "edge", "issuer": "http://gas.example"}, "GASTRACK_ISSUER"),
    ],
)
def test_a_service_without_one_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told: dict[str, str], says: str
) -> None:
    """Exit code 2, the setting by name, and no secret."""
    with pytest.raises(SystemExit) as ended:
        started(monkeypatch, **told)
    said = capsys.readouterr().err
    assert ended.value.code == WRONG_USE
    assert says in said
    assert EDGE_SECRET not in said
