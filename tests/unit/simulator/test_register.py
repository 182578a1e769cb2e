"""The register document that the grid gives."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import yaml

from deploy.local.simulator import grid, topology_yaml


def test_the_document_registers_every_station_line_and_node() -> None:
    """At least 3 stations and 12 lines, with the ids of the grid and its dates as dates."""
    document = yaml.safe_load(topology_yaml(grid(), date(2023, 11, 1)))
    assert (document["reason"], document["author"]) == ("initial register", "demo")
    assert len(document["stations"]) >= 3
    assert [line["id"] for line in document["lines"]] == [line.id for line in grid().lines]
    assert len(document["lines"]) >= 12
    assert {row["from"] for row in (*document["lines"], *document["nodes"])} == {date(2023, 11, 1)}


def test_lines_carry_what_rules_ask_of_them() -> None:
    """Both kinds of network, of direction and of transmission appear, under the names of the register."""
    lines = yaml.safe_load(topology_yaml(grid(), date(2023, 11, 1)))["lines"]
    names = {"id", "station", "name", "from", "teletransmitted", "one_way", "network", "capacity_m3n_per_h", "sends"}
    assert all(set(line) == names for line in lines)
    for name, values in {"network": {"H", "L"}, "one_way": {True, False}, "teletransmitted": {True, False}}.items():
        assert {line[name] for line in lines} == values
    assert lines[0]["sends"] == ["energy_kwh", "gcv_kwh_per_m3n", "temperature_c"]


def test_ids_are_ids_and_nodes_weigh_lines_that_exist() -> None:
    """Ids have the published form; weights are texts of decimals with at most three places."""
    document = yaml.safe_load(topology_yaml(grid(), date(2023, 11, 1)))
    lines = {line["id"] for line in document["lines"]}
    for row in (*document["stations"], *document["lines"], *document["nodes"]):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", row["id"])
    for node in document["nodes"]:
        assert {part["line"] for part in node["lines"]} <= lines
        assert all(Decimal(part["weight"]).as_tuple().exponent in {0, -1, -2, -3} for part in node["lines"])
