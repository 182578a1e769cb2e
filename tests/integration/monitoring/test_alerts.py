"""Alerts ask for metrics that exist, lead to a runbook, and fire when they should: by promtool, on examples."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from deploy.local.prometheus import PROMTOOL
from shared.runtime import metrics
from tests.integration.monitoring.dashboard import METRIC, RECORDED
from tests.integration.monitoring.rules import EXAMPLES, FOREIGN, RULES, alerts, examples, rules
from tests.pipeline.running import ROOT

FOLDER = ROOT / "deploy" / "monitoring"
GENERAL = {"dead-letters", "lag", "late-data"}
"""Pages that people read without an alert, too: docs/alerts.md leads to them, they need not name it."""
SERIES = {name for card in metrics.cards() for name in card.series}
needs_promtool = pytest.mark.skipif(PROMTOOL.find() is None, reason=PROMTOOL.sentence)


def _promtool(*arguments: str) -> None:
    done = subprocess.run(
        [PROMTOOL.require(), *arguments], cwd=EXAMPLES, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", [*alerts(), *rules("record")], ids=lambda rule: rule.get("alert") or rule["record"])
def test_rules_ask_for_what_exists(rule: dict[str, Any]) -> None:
    """By the names that Prometheus stores: of our catalogue, of a recording rule, or of Prometheus itself."""
    asked, recorded = set(METRIC.findall(rule["expr"])), set(RECORDED.findall(rule["expr"]))
    assert asked <= SERIES
    assert recorded <= {one["record"] for one in rules("record")}
    assert asked | recorded | {name for name in FOREIGN if re.search(rf"\b{name}\b", rule["expr"])}


def test_every_recorded_series_is_asked_for() -> None:
    """By an alert or a panel; else nobody needs it."""
    panels = "".join(file.read_text(encoding="utf-8") for file in (FOLDER / "boards").glob("*.toml"))
    asked = panels + "".join(rule["expr"] for rule in alerts())
    assert [one["record"] for one in rules("record") if one["record"] not in asked] == []


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    """A severity, a summary in words, and a runbook that is there."""
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert len(rule["annotations"]["summary"].split()) > 4
    assert re.fullmatch(r"docs/runbooks/[a-z-]+\.md", rule["annotations"]["runbook"])
    page = ROOT / rule["annotations"]["runbook"]
    assert page.is_file()
    assert page.stem in GENERAL or rule["alert"] in page.read_text(encoding="utf-8")


def test_alerts_have_names_of_their_own() -> None:
    """One name, one thing to do."""
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names)) > 20


@pytest.mark.parametrize("file", sorted(RULES.glob("*.yml")), ids=lambda file: file.stem)
def test_each_alert_has_an_example_in_which_it_fires_and_one_in_which_it_does_not(file: Any) -> None:
    """And no example is of an alert that is not there."""
    told, named = examples(file.stem), {rule["alert"] for rule in rules("alert", file)}
    assert {name for name, fires in told if fires} == {name for name, fires in told if not fires} == named


def test_prometheus_is_told_of_all_files() -> None:
    """By its configuration; compose gives it the same folder."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["rule_files"] == ["rules/*.yml"]
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert "./deploy/monitoring/rules:/etc/prometheus/rules:ro" in compose["services"]["prometheus"]["volumes"]


@needs_promtool
@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yml")), ids=lambda file: file.stem)
def test_alerts_fire_when_they_should(file: Any) -> None:
    """And only then."""
    _promtool("test", "rules", file.name)


@needs_promtool
def test_promtool_finds_no_fault_in_the_rules() -> None:
    """Nor in the configuration that names them."""
    _promtool("check", "rules", "--lint=all", "--lint-fatal", *(str(file) for file in sorted(RULES.glob("*.yml"))))
    _promtool("check", "config", "--syntax-only", str(FOLDER / "prometheus.yml"))
