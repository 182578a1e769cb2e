"""The rules of alerts as an object of the Prometheus operator: the same rules, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.kubernetes.objects import documents, named

RULES = Path(__file__).resolve().parents[1] / "monitoring" / "rules"


def groups() -> list[dict[str, Any]]:
    """Return the groups of rules of all files of deploy/monitoring/rules."""
    told = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(RULES.glob("*.yml"))]
    return [group for one in told for group in one["groups"]]


def rules() -> str:
    """Return them as a PrometheusRule."""
    rule = named("monitoring.coreos.com/v1", "PrometheusRule", "gastrack")
    return documents([rule | {"spec": {"groups": groups()}}])
