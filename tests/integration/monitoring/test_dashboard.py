"""Dashboards ask for metrics that exist, by the names that Prometheus stores, and explain each panel."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from deploy.local.addresses import Addresses, write
from deploy.monitoring import targets
from deploy.monitoring.boards.board import BOARDS
from shared.runtime import metrics
from tests.integration.monitoring.dashboard import files, panels, queries
from tests.integration.monitoring.rules import rules
from tests.pipeline.running import ROOT

BY_LABELS = re.compile(r"\bby \(([^)]*)\)")
OF_TARGETS = {"le", "service"}
"""Labels that buckets have, and that Prometheus writes by the target."""
SERIES = {name: card for card in metrics.cards() for name in card.series}


def test_every_metric_of_the_dashboards_is_in_the_catalogue() -> None:
    """With the suffix that its type has; what is recorded is recorded by a rule."""
    assert len(queries()) > 80
    assert {name for asked in queries() for name in asked.recorded} <= {rule["record"] for rule in rules("record")}
    assert {name for asked in queries() for name in asked.metrics} <= set(SERIES)


def test_every_metric_of_the_catalogue_is_on_a_dashboard() -> None:
    """What nobody looks at need not be measured."""
    shown = {SERIES[name].name for asked in queries() for name in asked.metrics}
    assert shown == {card.name for card in metrics.cards()}


def test_queries_group_by_labels_that_their_metrics_have() -> None:
    """A label that is not there would make one nameless curve."""
    for asked in queries():
        grouped = {label.strip() for labels in BY_LABELS.findall(asked.expression) for label in labels.split(",")}
        known = {label for name in asked.metrics for label in SERIES[name].labels} | OF_TARGETS
        assert grouped <= known, asked


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_every_panel_says_what_it_shows(file: Path) -> None:
    """In a sentence, and stands where no other stands."""
    shown = panels(file)
    assert all(panel["description"].endswith(".") for panel in shown)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in shown]
    assert len(set(places)) == len(shown) == len({panel["id"] for panel in shown})
    assert len({panel["title"] for panel in shown}) == len(shown)


def test_dashboards_are_told_apart() -> None:
    """By what Grafana knows them by; there is one to begin with."""
    told = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files()}
    assert {file.stem for file in (ROOT / "deploy/monitoring/boards").glob("*.toml")} == set(BOARDS) == set(told)
    assert len({board["uid"] for board in told.values()}) == len({board["title"] for board in told.values()}) == 5
    assert told["overview"]["title"] == "Gastrack"


def test_prometheus_reads_the_targets_where_they_are_written() -> None:
    """The path in prometheus.yml, seen from its folder, is the demo's data folder."""
    folder = ROOT / "deploy" / "monitoring"
    config = yaml.safe_load((folder / "prometheus.yml").read_text(encoding="utf-8"))
    named = config["scrape_configs"][0]["file_sd_configs"][0]["files"][0]
    assert (folder / named).resolve() == ROOT / "data" / targets.FILE_NAME


def test_targets_are_those_of_the_running_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One group a service; without a demo a sentence says what to do."""
    assert targets.main(tmp_path) == targets.FAILED
    assert "make demo" in capsys.readouterr().err
    write(tmp_path, Addresses("kafka", "mongo", "http://edge", {"ingest": "http://127.0.0.1:4711"}))
    assert targets.main(tmp_path) == targets.GOOD
    written = json.loads((tmp_path / targets.FILE_NAME).read_text(encoding="utf-8"))
    assert written == [{"targets": ["127.0.0.1:4711"], "labels": {"service": "ingest"}}]
