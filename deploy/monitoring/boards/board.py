"""A dashboard as its file says it: panels with a title, a sentence and queries; and the JSON that Grafana reads."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTH = 24
"""Of a dashboard, in Grafana's columns."""
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_VARIABLE = {
    "name": "datasource",
    "label": "Prometheus",
    "type": "datasource",
    "query": "prometheus",
    "current": {},
    "hide": 0,
}
_LETTERS = "ABCDEFGH"
BOARDS = ("interfaces", "overview", "pipeline", "quality", "servers")
"""The names of the dashboards, each a file beside this one."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A number (`colors`, each by the value from which on it holds) or curves: `queries` by their legend.

    `unit` is Grafana's name of it: short, s, percentunit, cps, bytes.
    """

    title: str
    description: str
    queries: Mapping[str, str]
    unit: str = "short"
    colors: Sequence[Mapping[str, Any]] = ()
    stacked: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is one number, with a color."""
        return bool(self.colors)


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard; numbers stand above curves, in their order."""

    uid: str
    title: str
    description: str
    panels: Sequence[Panel]

    def json(self) -> str:
        """Return what Grafana reads."""
        numbers = [panel for panel in self.panels if panel.is_number]
        curves = [panel for panel in self.panels if not panel.is_number]
        below = -(-len(numbers) // (WIDTH // 4)) * 4
        placed = [*_placed(numbers, 4, 4, 0), *_placed(curves, 8, 8, below)]
        told = {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": ["gastrack"],
            "schemaVersion": 39,
            "version": 1,
            "editable": False,
            "refresh": "10s",
            "timezone": "utc",
            "time": {"from": "now-1h", "to": "now"},
            "annotations": {"list": []},
            "templating": {"list": [_VARIABLE]},
            "panels": [_panel(number, panel, place) for number, (panel, place) in enumerate(placed, start=1)],
        }
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def board(name: str) -> str:
    """Return the dashboard of a name as Grafana reads it."""
    told = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
    panels = [Panel(**panel) for panel in told["panels"]]
    return Board(told["uid"], told["title"], told["description"], panels).json()


def _placed(panels: Sequence[Panel], width: int, height: int, top: int) -> Iterator[tuple[Panel, dict[str, int]]]:
    """Yield panels with their places, row by row."""
    in_a_row = WIDTH // width
    for number, panel in enumerate(panels):
        x, y = number % in_a_row * width, top + number // in_a_row * height
        yield panel, {"x": x, "y": y, "w": width, "h": height}


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    instant = {"instant": True} if panel.is_number else {}
    return {
        "id": number,
        "type": "stat" if panel.is_number else "timeseries",
        "title": panel.title,
        "description": panel.description,
        "datasource": _SOURCE,
        "gridPos": place,
        "targets": [
            {"refId": letter, "datasource": _SOURCE, "expr": expression, "legendFormat": legend, **instant}
            for letter, (legend, expression) in zip(_LETTERS, panel.queries.items(), strict=False)
        ],
        "fieldConfig": {"defaults": _number(panel) if panel.is_number else _curves(panel), "overrides": []},
        "options": _AS_NUMBER if panel.is_number else _AS_CURVES,
    }


def _number(panel: Panel) -> dict[str, Any]:
    steps = [{"color": step["color"], "value": step.get("from")} for step in panel.colors]
    return {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}


def _curves(panel: Panel) -> dict[str, Any]:
    stacking = {"mode": "normal" if panel.stacked else "none"}
    custom = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "stacking": stacking}
    return {"unit": panel.unit, "min": 0, "custom": custom}


_AS_NUMBER = {
    "colorMode": "background",
    "graphMode": "none",
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
}
_AS_CURVES = {
    "legend": {"displayMode": "list", "placement": "bottom"},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
