"""The rules of alerts and their examples as tests read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.pipeline.running import ROOT

RULES = ROOT / "deploy" / "monitoring" / "rules"
EXAMPLES = ROOT / "tests" / "integration" / "monitoring" / "examples"
FOREIGN = {"up", "ALERTS"}
"""Metrics that Prometheus itself writes. Kafka's exporter is scraped in a cluster, and nothing here asks for it."""


def rules(kind: str, file: Path | None = None) -> list[dict[str, Any]]:
    """Return the rules of a kind (`alert`, `record`) of one file or all."""
    told = [
        yaml.safe_load(one.read_text(encoding="utf-8")) for one in ([file] if file else sorted(RULES.glob("*.yml")))
    ]
    return [rule for one in told for group in one["groups"] for rule in group["rules"] if kind in rule]


def alerts() -> list[dict[str, Any]]:
    """Return all alerts."""
    return rules("alert")


def examples(theme: str) -> list[tuple[str, bool]]:
    """Return alert and whether it fires, of each check in the examples of a file of rules."""
    told = yaml.safe_load((EXAMPLES / f"{theme}.yml").read_text(encoding="utf-8"))
    checks = [check for case in told["tests"] for check in case["alert_rule_test"]]
    return [(check["alertname"], bool(check["exp_alerts"])) for check in checks]
