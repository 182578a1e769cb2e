"""The dashboards as tests read them: every panel's queries."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pipeline.running import ROOT

FOLDER = ROOT / "deploy" / "monitoring" / "grafana" / "dashboards"
METRIC = re.compile(r"\bgastrack_[a-z_]+\b")
RECORDED = re.compile(r"\bgastrack:[a-z_]+:[a-z0-9_]+\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a panel."""

    board: str
    panel: str
    expression: str

    @property
    def metrics(self) -> set[str]:
        """The series that it names."""
        return set(METRIC.findall(self.expression))

    @property
    def is_of_failures(self) -> bool:
        """Whether it asks for what a healthy system has none of: answers 5xx, alerts."""
        return 'status="5xx"' in self.expression or "ALERTS" in self.expression

    @property
    def recorded(self) -> set[str]:
        """The series of recording rules that it names."""
        return set(RECORDED.findall(self.expression))

    def within(self, seconds: int) -> str:
        """Return the query as Grafana sends it, with a window for its rates."""
        return self.expression.replace("$__rate_interval", f"{seconds}s")


def files() -> list[Path]:
    """Return the files of all dashboards."""
    return sorted(FOLDER.glob("*.json"))


def panels(file: Path) -> list[dict[str, Any]]:
    """Return the panels of a dashboard."""
    return list(json.loads(file.read_text(encoding="utf-8"))["panels"])


def queries() -> list[Asked]:
    """Return all queries of all dashboards."""
    return [
        Asked(file.stem, panel["title"], target["expr"])
        for file in files()
        for panel in panels(file)
        for target in panel["targets"]
    ]
