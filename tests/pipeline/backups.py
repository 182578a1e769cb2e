"""Backups of the store of a running system, as copies of a cleanly stopped mongod's data folder.

mongodump and mongorestore are in no wheel and in no package that we have; a copy of the folder is what a snapshot of
the disk gives too.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.pipeline.running import System


def server_folder(system: System, name: str) -> Path:
    """Return the data folder of a server, `mongodb` or `kafka`; they lie beside the folder of logs."""
    server = system.servers.mongod or system.servers.kafka
    assert server is not None, "the servers are not ours: their data cannot be copied"
    return server.process.log.parents[1] / name


def back_up(system: System, to: Path) -> None:
    """Stop mongod, copy its data, start it again; the services wait meanwhile."""
    _stopped(system)
    shutil.copytree(server_folder(system, "mongodb"), to)
    system.revive("mongod")


def restore(system: System, backup: Path) -> None:
    """Stop mongod, put a backup in the place of its data, start it again."""
    _stopped(system)
    folder = server_folder(system, "mongodb")
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    system.revive("mongod")


def lose_kafka(system: System) -> None:
    """Lose all that Kafka has, and start it anew on the same address."""
    assert system.servers.kafka is not None, "Kafka is not ours: it cannot be lost"
    system.servers.kafka.process.stop()
    shutil.rmtree(server_folder(system, "kafka"))
    system.revive("kafka")


def _stopped(system: System) -> None:
    assert system.servers.mongod is not None, "MongoDB is not ours: it cannot be stopped"
    system.servers.mongod.process.stop()
