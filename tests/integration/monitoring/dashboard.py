"""The dashboard as tests read it: every panel's queries."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tests.pipeline.running import ROOT

FILE = ROOT / "deploy" / "monitoring" / "grafana" / "dashboards" / "pipeline.json"
METRIC = re.compile(r"\bgastrack_[a-z_]+\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a panel."""

    panel: str
    expression: str

    @property
    def metrics(self) -> set[str]:
        """The series that it names."""
        return set(METRIC.findall(self.expression))

    def within(self, seconds: int) -> str:
        """Return the query as Grafana sends it, with a window for its rates."""
        return self.expression.replace("$__rate_interval", f"{seconds}s")


def queries() -> list[Asked]:
    """Return all queries of the dashboard."""
    panels = json.loads(FILE.read_text(encoding="utf-8"))["panels"]
    return [Asked(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
