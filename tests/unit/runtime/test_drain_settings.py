"""The time to drain is a part of the time to end: what is left is shared by answers under way and the other parts."""

from __future__ import annotations

import pytest

from shared.runtime.settings import HttpSettings, load

NEEDED = {
    "GASTRACK_MONGO_URI": "mongodb://x",
    "GASTRACK_OPERATIONS_PORT": "1",
    "GASTRACK_HTTP_PORT": "2",
    "GASTRACK_DEMO_IDENTITY": "demo",
    "GASTRACK_SHUTDOWN_SECONDS": "10",
}


@pytest.fixture(autouse=True)
def _needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("drain", "finishing"), [("", 5.0), ("4", 3.0)])
def test_all_of_it_lies_within_the_deadline(monkeypatch: pytest.MonkeyPatch, drain: str, finishing: float) -> None:
    """Nothing is drained where nobody says so."""
    if drain:
        monkeypatch.setenv("GASTRACK_DRAIN_SECONDS", drain)
    assert load(HttpSettings).finishing_seconds == finishing


def test_a_drain_that_leaves_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At the start, with both settings' names: not by a service that is killed when it ends."""
    monkeypatch.setenv("GASTRACK_DRAIN_SECONDS", "10")
    with pytest.raises(SystemExit):
        load(HttpSettings)
    told = capsys.readouterr().err
    assert told.startswith("GASTRACK_DRAIN_SECONDS: 10 leaves nothing of GASTRACK_SHUTDOWN_SECONDS (10)")
