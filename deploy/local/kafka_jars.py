"""Apache Kafka's jars: fetched once by locked coordinates, checked by us, kept in the user's cache.

`jgo` writes the sha256 of each jar into its lock file and never reads it again, so the check is ours, at every start.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import ServerDiedError, StartError
from deploy.local.process import WatchedProcess

HERE = Path(__file__).parent
SPECIFICATION = HERE / "jgo.toml"
LOCK = HERE / "jgo.lock.toml"
FETCH_WITHIN_S = 600.0  # 43 MB: 16 s on a good line, ten minutes on a poor one


@dataclass(frozen=True)
class Jar:
    """One locked jar: its Maven coordinates and what its bytes must hash to."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """As Maven names the file."""
        return f"{self.artifact}-{self.version}.jar"

    def below(self, repository: Path) -> Path:
        """Where a Maven repository keeps it."""
        return repository.joinpath(*self.group.split("."), self.artifact, self.version, self.file_name)


def locked_jars(lock: Path = LOCK) -> list[Jar]:
    """The jars of the lock file, in class path order."""
    entries = tomllib.loads(lock.read_text())["dependencies"]
    return [Jar(entry["groupId"], entry["artifactId"], entry["version"], entry["sha256"]) for entry in entries]


def cache_folder() -> Path:
    """GASTRACK_CACHE, else `gastrack` in the user's cache folder; apart from the data, so `make clean` keeps it."""
    if chosen := os.environ.get("GASTRACK_CACHE"):
        return Path(chosen).resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gastrack"


def is_cached(cache: Path | None = None) -> bool:
    """Whether every jar is in the cache as it was locked; the next start then needs no network."""
    return not wrong_jars(_jar_folder(cache), locked_jars())


def class_path(cache: Path | None = None, inherited_descriptors: Sequence[int] = ()) -> str:
    """Java's class path of Kafka, every jar checked; fetched first if the cache lacks any. Raises StartError."""
    jars, folder = locked_jars(), _jar_folder(cache)
    if wrong_jars(folder, jars):
        _fetch(folder, jars, inherited_descriptors)
    return os.pathsep.join(str(folder / jar.file_name) for jar in jars)


def _jar_folder(cache: Path | None) -> Path:
    return (cache or cache_folder()) / f"kafka-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"


def wrong_jars(folder: Path, jars: Sequence[Jar]) -> list[str]:
    """File names of the jars that are missing from `folder` or hash to something else."""
    return [jar.file_name for jar in jars if _sha256(folder / jar.file_name) != jar.sha256]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # it is not there, or cannot be read: either way it is fetched
        return None


def _fetch(folder: Path, jars: Sequence[Jar], inherited_descriptors: Sequence[int]) -> None:
    """Fetch into a draft folder beside the final one and move it there whole, so that a half-made one never counts."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder.parent) as scratch:
            draft = Path(scratch) / "jars"
            _run_jgo(Path(scratch), inherited_descriptors)
            draft.mkdir()
            for jar in jars:
                if (source := jar.below(Path(scratch) / "maven")).exists():
                    source.replace(draft / jar.file_name)
            if wrong := wrong_jars(draft, jars):
                raise StartError(
                    f"The fetched {', '.join(wrong)} are not the locked ones; nothing was kept, try again."
                )
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
    except OSError as error:
        raise StartError(
            f"Kafka's jars cannot be kept in {folder.parent} ({error.strerror}); set GASTRACK_CACHE to another folder."
        ) from error


def _run_jgo(scratch: Path, inherited_descriptors: Sequence[int]) -> None:
    project = scratch / "project"
    project.mkdir()
    for file in (SPECIFICATION, LOCK):
        shutil.copy(file, project)
    command = [sys.executable, "-m", "jgo", "--ignore-config", "--resolver", "python", "--links", "copy", "sync"]
    environment = {"M2_REPO": str(scratch / "maven"), "JGO_CACHE_DIR": str(scratch / "cache")}
    jgo = WatchedProcess("jgo", command, scratch / "jgo.log", environment, inherited_descriptors, project)
    jgo.start()
    try:
        if jgo.wait_for_end(FETCH_WITHIN_S) == 0:
            return
        reason = jgo.log_tail(1)
    except ServerDiedError as error:
        reason = str(error)
    finally:
        jgo.kill()
    raise StartError(
        "Apache Kafka could not be fetched (at the first start its jars come from Maven Central); connect to the "
        f"network and try again, or set GASTRACK_KAFKA_BOOTSTRAP to a Kafka that you run. jgo said: {reason}"
    )
