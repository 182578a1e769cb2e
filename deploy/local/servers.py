"""MongoDB and Kafka for one data folder: ours, or those that the environment names."""

import os
from collections.abc import Sequence
from pathlib import Path

from deploy.local import kafka_jars
from deploy.local.kafka import Kafka
from deploy.local.mongod import Mongod
from deploy.local.ports import free_ports


class Servers:
    """What the services rest on. `mongod` and `kafka` are None where an address in the environment replaces them."""

    def __init__(self, folder: Path, inherited_descriptors: Sequence[int] = ()) -> None:
        """Build, and start nothing but the first fetch of Kafka's jars. Raises StartError."""
        logs, ports = folder / "logs", free_ports(3)
        kafka_elsewhere = os.environ.get("GASTRACK_KAFKA_BOOTSTRAP")
        mongo_elsewhere = os.environ.get("GASTRACK_MONGO_URI")
        self.mongod: Mongod | None = None
        self.kafka: Kafka | None = None
        if not mongo_elsewhere:
            self.mongod = Mongod(folder / "mongodb", logs / "mongod.log", ports[0], inherited_descriptors)
        if not kafka_elsewhere:
            jars = kafka_jars.class_path(inherited_descriptors=inherited_descriptors)
            self.kafka = Kafka(folder / "kafka", logs / "kafka.log", (ports[1], ports[2]), jars, inherited_descriptors)
        self.kafka_bootstrap = kafka_elsewhere or (self.kafka.bootstrap if self.kafka else "")
        self.mongo_uri = mongo_elsewhere or (self.mongod.uri if self.mongod else "")

    @property
    def ours(self) -> list[Mongod | Kafka]:
        """Those that we start and end."""
        return [server for server in (self.mongod, self.kafka) if server is not None]

    def start(self) -> None:
        """Start ours side by side and wait until both are ready."""
        for server in self.ours:
            server.start()
        for server in self.ours:
            server.wait_ready()

    def stop(self) -> None:
        """End ours side by side."""
        for server in self.ours:
            server.process.terminate()
        for server in self.ours:
            server.process.stop()
