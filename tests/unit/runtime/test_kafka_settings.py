"""Settings of Kafka's certificates: told at the start what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.validation.settings import ValidationSettings
from shared.runtime.settings import WRONG_USE, load

NEEDED = {"MONGO_URI": "mongodb://here", "OPERATIONS_PORT": "9000", "KAFKA_BOOTSTRAP": "kafka:9093"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(f"GASTRACK_{name}", value)


def test_without_files_kafka_is_reached_in_the_clear() -> None:
    """As in the demo."""
    brokers = load(ValidationSettings).brokers
    assert (brokers, brokers.tls) == ("kafka:9093", None)


def test_a_file_that_is_not_there_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the names of the settings and of the file."""
    monkeypatch.setenv("GASTRACK_KAFKA_AUTHORITIES_FILE", str(tmp_path / "none.crt"))
    with pytest.raises(SystemExit) as ended:
        load(ValidationSettings)
    assert ended.value.code == WRONG_USE
    told = capsys.readouterr().err
    assert "GASTRACK_KAFKA_AUTHORITIES_FILE" in told
    assert "none.crt" in told
