"""The grid as the document that registers it: what `gastrack topology apply` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from deploy.local.simulator.analyses import chromatographs
from shared.domain.gas_time import hour_text, hours_of_day

if TYPE_CHECKING:
    from datetime import date

    from deploy.local.simulator.grid import Grid, Line, Node

# What every line sends beside its volume and can therefore miss (A10).
_SENDS = ("energy_kwh", "gcv_kwh_per_m3n", "temperature_c")


def topology_yaml(grid: Grid, valid_from: date) -> str:
    """The register document: every station, line and node, valid from one gas day."""
    document = {
        "reason": "initial register",
        "author": "demo",
        "stations": [{"id": station.id, "name": station.name} for station in grid.stations],
        "lines": [_line(line, valid_from) for line in grid.lines],
        "nodes": [_node(node, valid_from) for node in grid.nodes],
        "chromatographs": [
            {"id": name, "name": f"Chromatograph {station.name}"} for name, station in chromatographs(grid).items()
        ],
        "attributions": [_attribution(line, valid_from) for line in grid.lines],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _line(line: Line, valid_from: date) -> dict[str, object]:
    """One line of the register document."""
    return {
        "id": line.id,
        "station": line.station.id,
        "name": line.name,
        "from": valid_from,
        "teletransmitted": line.teletransmitted,
        "one_way": line.one_way,
        "network": str(line.station.network),
        "capacity_m3n_per_h": line.capacity_m3n_per_h,
        "sends": list(_SENDS),
    }


def _attribution(line: Line, valid_from: date) -> dict[str, object]:
    """Whose gas a line carries from the first hour of that gas day on: that of its station's chromatograph, at once."""
    start = hour_text(hours_of_day(valid_from).start)
    return {"line": line.id, "from": start, "chromatograph": line.station.chromatograph}


def _node(node: Node, valid_from: date) -> dict[str, object]:
    """One node of the register document; weights are texts, because they are decimals and not floats."""
    weights = [{"line": line, "weight": weight} for line, weight in node.weights]
    nodes = [{"node": inner, "weight": weight} for inner, weight in node.nodes]
    return {"id": node.id, "name": node.name, "from": valid_from, "lines": weights, "nodes": nodes}
