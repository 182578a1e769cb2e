"""Kafka's jars: what is locked, what is checked, what is told when they cannot be fetched."""

import hashlib
import sys
from pathlib import Path

import pytest

from deploy.local import kafka_jars
from deploy.local.errors import StartError
from deploy.local.kafka_jars import Jar


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with two small jars that are locked as Kafka's are."""
    lock = tmp_path / "jgo.lock.toml"
    lines = ["[metadata]"]
    for name in ("one", "two"):
        digest = hashlib.sha256(name.encode()).hexdigest()
        lines += [
            "[[dependencies]]",
            'groupId = "org.example"',
            f'artifactId = "{name}"',
            'version = "1.0"',
            f'sha256 = "{digest}"',
        ]
    lock.write_text("\n".join(lines))
    monkeypatch.setattr(kafka_jars, "LOCK", lock)
    monkeypatch.setattr(kafka_jars.locked_jars, "__defaults__", (lock,))
    folder = tmp_path / "cache" / f"kafka-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        (folder / f"{name}-1.0.jar").write_text(name)
    return tmp_path / "cache"


def test_the_lock_names_kafka_once_and_every_jar_with_its_hash() -> None:
    """No kafka-clients of another version beside Kafka's own, and no jar unchecked."""
    jars = kafka_jars.locked_jars()
    versions = {jar.version for jar in jars if jar.group == "org.apache.kafka"}
    assert versions == {"4.4.0"}
    assert len({jar.file_name for jar in jars}) == len(jars) == 45
    assert all(len(jar.sha256) == 64 for jar in jars)


def test_the_lock_holds_no_addresses() -> None:
    """Where the jars come from is the machine's business."""
    assert "://" not in kafka_jars.LOCK.read_text()
    assert "://" not in kafka_jars.SPECIFICATION.read_text()


def test_a_whole_cache_needs_no_network(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class path is in the lock's order, and nothing is fetched."""
    monkeypatch.setattr(sys, "executable", "/nowhere")
    assert kafka_jars.is_cached(cache)
    assert [Path(entry).name for entry in kafka_jars.class_path(cache).split(":")] == ["one-1.0.jar", "two-1.0.jar"]


def test_a_tampered_jar_is_seen_and_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed byte, and the jars are fetched again; without a network that is told."""
    jar = next(cache.rglob("one-1.0.jar"))
    jar.write_text("ona")
    assert not kafka_jars.is_cached(cache)
    assert kafka_jars.wrong_jars(jar.parent, kafka_jars.locked_jars()) == ["one-1.0.jar"]
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StartError, match="connect to the network and try again, or set GASTRACK_KAFKA_BOOTSTRAP"):
        kafka_jars.class_path(cache)
    assert [entry.name for entry in cache.iterdir()] == [jar.parent.name]


def test_what_was_fetched_is_checked(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fetcher may bring anything: what does not hash to the lock is named and not kept; what does is moved in."""
    next(cache.rglob("two-1.0.jar")).unlink()
    bring = {"one": "one", "two": "forged"}

    def fake_jgo(scratch: Path, _descriptors: object) -> None:
        for jar in kafka_jars.locked_jars():
            target = jar.below(scratch / "maven")
            target.parent.mkdir(parents=True)
            target.write_text(bring[jar.artifact])

    monkeypatch.setattr(kafka_jars, "_run_jgo", fake_jgo)
    with pytest.raises(StartError, match=r"fetched two-1\.0\.jar are not the locked ones"):
        kafka_jars.class_path(cache)
    bring["two"] = "two"
    assert len(kafka_jars.class_path(cache).split(":")) == 2
    assert kafka_jars.is_cached(cache)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the way is told with the name of the setting."""
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="set GASTRACK_CACHE"):
        kafka_jars.class_path(tmp_path / "file")


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """GASTRACK_CACHE, else the user's cache folder."""
    monkeypatch.setenv("GASTRACK_CACHE", str(tmp_path))
    assert kafka_jars.cache_folder() == tmp_path.resolve()
    monkeypatch.delenv("GASTRACK_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert kafka_jars.cache_folder() == tmp_path / "xdg" / "gastrack"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert kafka_jars.cache_folder() == tmp_path / "home" / ".cache" / "gastrack"


def test_where_maven_keeps_a_jar() -> None:
    """The group's dots are folders."""
    jar = Jar("org.apache.kafka", "kafka_2.13", "4.4.0", "")
    assert jar.below(Path("m2")) == Path("m2/org/apache/kafka/kafka_2.13/4.4.0/kafka_2.13-4.4.0.jar")
