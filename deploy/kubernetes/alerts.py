"""The alerts as an object of the Prometheus operator: the same rules, said once."""

from __future__ import annotations

from pathlib import Path

import yaml

from deploy.kubernetes.objects import documents, named

ALERTS = Path(__file__).resolve().parents[1] / "monitoring" / "alerts.yml"


def rules() -> str:
    """Return deploy/monitoring/alerts.yml as a PrometheusRule."""
    spec = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))
    return documents([named("monitoring.coreos.com/v1", "PrometheusRule", "gastrack") | {"spec": spec}])
