"""Alerts ask for metrics that exist, lead to a runbook, and fire when they should: by promtool, on examples."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from shared.runtime import metrics
from tests.integration.monitoring.dashboard import METRIC
from tests.pipeline.running import ROOT

FOLDER = ROOT / "deploy" / "monitoring"
EXAMPLES = ROOT / "tests" / "integration" / "monitoring" / "alerts_test.yml"
PROMTOOL = shutil.which("promtool")


def _rules() -> list[dict[str, Any]]:
    told = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def test_alerts_ask_for_metrics_that_exist() -> None:
    """By the names that Prometheus stores."""
    series = {name for card in metrics.cards() for name in card.series}
    asked = [set(METRIC.findall(rule["expr"])) for rule in _rules()]
    assert asked
    assert all(names and names <= series for names in asked)


def test_alerts_lead_to_a_runbook() -> None:
    """Which names the alert, so that whoever is told finds it there."""
    for rule in _rules():
        runbook = (ROOT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
        assert rule["alert"] in runbook


def test_prometheus_is_told_of_them() -> None:
    """Its configuration names the file, and each alert has an example."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["rule_files"] == ["alerts.yml"]
    named = set(re.findall(r"alertname: (\w+)", EXAMPLES.read_text(encoding="utf-8")))
    assert named == {rule["alert"] for rule in _rules()}


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool here: install Debian's package prometheus to run this test")
def test_alerts_fire_when_they_should() -> None:
    """And only then."""
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", EXAMPLES.name],
        cwd=EXAMPLES.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
