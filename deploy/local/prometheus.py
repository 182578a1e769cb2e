"""Prometheus and its promtool from a Debian package: what rules and dashboards are tested with.

`python -m deploy.local.prometheus` makes sure of it and prints its path; without it those tests are skipped.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from deploy.local.debian_program import DebianProgram
from deploy.local.ports import free_ports
from deploy.local.process import WatchedProcess
from deploy.monitoring.targets import FILE_NAME, targets

_ASKED_FOR = "install it (sudo apt-get install prometheus), or set {} to its path."
PROMETHEUS = DebianProgram(
    names=("prometheus",),
    package="prometheus",
    setting="GASTRACK_PROMETHEUS",
    sentence="Dashboards are not tried, for there is no prometheus: " + _ASKED_FOR.format("GASTRACK_PROMETHEUS"),
    serves=True,
)
PROMTOOL = DebianProgram(
    names=("promtool",),
    package="prometheus",
    setting="GASTRACK_PROMTOOL",
    sentence="Rules of alerts are not tried, for there is no promtool: " + _ASKED_FOR.format("GASTRACK_PROMTOOL"),
    serves=True,
)
MONITORING = Path(__file__).resolve().parents[1] / "monitoring"
START_WITHIN_S = 60.0  # 1 s measured
ANSWER_WITHIN_S = 10.0


class Prometheus:
    """Prometheus with the project's settings, a second between scrapes, on a free port of loopback."""

    def __init__(
        self, folder: Path, operations: Mapping[str, str], changed: Callable[[str], str] = lambda text: text
    ) -> None:
        """Write its settings and start nothing yet.

        Args:
            folder: For settings, data and log.
            operations: Service to the base URL of its operations port.
            changed: What is done to the text of each file of rules.
        """
        self._address = f"127.0.0.1:{free_ports(1)[0]}"
        (folder / "rules").mkdir(parents=True)
        (folder / FILE_NAME).write_text(targets(operations), encoding="utf-8")
        for rules in sorted((MONITORING / "rules").glob("*.yml")):
            (folder / "rules" / rules.name).write_text(changed(rules.read_text(encoding="utf-8")), encoding="utf-8")
        ours = (MONITORING / "prometheus.yml").read_text(encoding="utf-8")
        quicker = ours.replace("interval: 5s", "interval: 1s").replace("timeout: 4s", "timeout: 1s")
        (folder / "prometheus.yml").write_text(quicker.replace("../../data/", ""), encoding="utf-8")
        told = {"config.file": "prometheus.yml", "storage.tsdb.path": "tsdb", "web.listen-address": self._address}
        command = [PROMETHEUS.require(), *(f"--{name}={value}" for name, value in told.items())]
        self.process = WatchedProcess("prometheus", command, folder / "prometheus.log", working_folder=folder)

    def start(self) -> None:
        """Start it and do not wait for it."""
        self.process.start()

    def wait_ready(self) -> None:
        """Wait until it answers. Raises ServerDiedError if it ends or does not come up."""
        self.process.wait_until(lambda: bool(self.values("vector(1)")), START_WITHIN_S)

    def values(self, query: str) -> list[dict[str, Any]]:
        """Return the series that answer a query; nothing while it is not there yet. Raises ValueError for a bad one."""
        return list((self._asked(f"query?query={quote(query)}") or {"result": []})["result"])

    def alerts(self, state: str) -> set[str]:
        """Return the names of the alerts in a state: `pending` or `firing`."""
        told = (self._asked("alerts") or {"alerts": []})["alerts"]
        return {alert["labels"]["alertname"] for alert in told if alert["state"] == state}

    def _asked(self, what: str) -> dict[str, Any] | None:
        try:
            with urlopen(f"http://{self._address}/api/v1/{what}", timeout=ANSWER_WITHIN_S) as answer:
                told: dict[str, Any] = json.load(answer)
        except OSError as fault:
            if getattr(fault, "code", 0) in {400, 422}:
                raise ValueError(f"{what}: {fault}") from fault
            return None
        return dict(told["data"])


if __name__ == "__main__":
    sys.exit(max(PROMETHEUS.main(needed=False), PROMTOOL.main(needed=False)))
