"""What the doctor finds in settings, without any server."""

from __future__ import annotations

from pathlib import Path

import pytest

from gastrack.doctor.environment import examined
from gastrack.doctor.finding import Finding

GOOD = {
    "GASTRACK_MONGO_URI": "mongodb://127.0.0.1:1/?replicaSet=rs0",
    "GASTRACK_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "GASTRACK_PARTITIONS": "4",
    "PATH": "/bin",
}


def only(found: list[Finding]) -> Finding:
    """Return the one finding."""
    assert len(found) == 1, found
    return found[0]


def test_good_settings_have_no_finding() -> None:
    """What a command needs is less than what a service needs."""
    assert examined(GOOD, None) == []


@pytest.mark.parametrize(
    ("name", "instead"), [("GASTRACK_PARTITION", "GASTRACK_PARTITIONS"), ("GASTRACK_MONGO_URL", "GASTRACK_MONGO_URI")]
)
def test_an_unknown_name_is_told_with_the_one_that_was_meant(name: str, instead: str) -> None:
    """Nobody reads it, so nothing would ever complain."""
    found = only(examined({**GOOD, name: "4"}, None))
    assert name in found.wrong
    assert instead in found.mend


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("GASTRACK_PARTITIONS", "many", "valid integer"),
        ("GASTRACK_LOG_LEVEL", "loud", "match pattern"),
        ("GASTRACK_EXPORT_RESULTS", "ftp://files", "match pattern"),
        ("GASTRACK_KAFKA_CERTIFICATE_FILE", __file__, "needs the authorities"),
        ("GASTRACK_DEMO_SECRET_FILE", __file__, "GASTRACK_DEMO"),
    ],
)
def test_a_value_that_no_service_takes_is_told(setting: str, value: str, words: str) -> None:
    """In the words with which the service would refuse to start; once, however many services read it."""
    found = examined({**GOOD, setting: value}, None)
    assert any(words in one.wrong for one in found), found
    assert len(found) == len(set(found))


def test_a_file_that_cannot_be_read_or_is_empty_is_told(tmp_path: Path) -> None:
    """By its setting and its name."""
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    empty.touch()
    for file, words in ((missing, "cannot be read"), (empty, "is empty")):
        found = examined({**GOOD, "GASTRACK_TRAIL_SIGNING_KEY_FILE": str(file)}, None)
        assert words in only(found).wrong
        assert str(file) in only(found).wrong


@pytest.mark.parametrize(
    "settings",
    [
        {"GASTRACK_EXPORT_S3_ENDPOINT": "http://127.0.0.1:1"},
        {"GASTRACK_TRAIL_KEPT_DAYS": "10", "GASTRACK_TRAIL_ADDRESSES_KEPT_DAYS": "11"},
    ],
)
def test_values_that_contradict_each_other_are_told(settings: dict[str, str]) -> None:
    """Each is right by itself."""
    assert all(name in only(examined({**GOOD, **settings}, None)).wrong for name in settings)


def test_with_a_service_what_it_misses_is_told() -> None:
    """As it would say at its start."""
    told = [one.wrong for one in examined(GOOD, "validation")]
    assert told == ["GASTRACK_OPERATIONS_PORT: Field required (the service validation does not start)"]
