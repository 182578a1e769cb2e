"""The register at rest: what is written is what is read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.register import Register
from shared.domain.topology import Check, Code, Composition, Line, Node, Station, Terms
from shared.store.register import ONLINE_FROM, floor_of, floor_parts, line_of, register_of, to_document

FLOOR = date(2026, 2, 1)
STATION = Station("BE-0042", "Ghent")
BARE = Line("BE-0042-B", STATION.id, (Terms(date(2026, 1, 1), "B"),))
FULL = Line(
    "BE-0042-A",
    STATION.id,
    (
        Terms(date(2026, 1, 1), "A"),
        Terms(
            date(2026, 3, 1),
            "A2",
            teletransmitted=False,
            one_way=False,
            network="L",
            capacity_m3n_per_h=2_000,
            sends=("energy_kwh", "index_m3"),
            thresholds=(("B2.file_h", 300.0), ("C7.severity", 1.0)),
            check=Check(BARE.id, 1.5, -2.25),
            pressure_bar_abs=(4.5, 8.0),
        ),
    ),
    end=date(2027, 1, 1),
    live_from=date(2026, 2, 1),
    codes=(Code("01789/1", end=date(2026, 3, 1)), Code("01789-N01/A/1", date(2026, 2, 1))),
)
WEIGHTS = ((FULL.id, Decimal("-0.125")), (BARE.id, Decimal(1)))
NODE = Node("N1", "Node 1", (Composition(date(2026, 1, 1), WEIGHTS),))
OUTER = Node(
    "N2",
    "Node two",
    (
        Composition(date(2026, 1, 1), (), ((NODE.id, Decimal("0.5")),), "Node 2"),
        Composition(date(2026, 2, 1), WEIGHTS[1:], ((NODE.id, Decimal(-1)),), "Node two"),
    ),
    end=date(2026, 7, 1),
    codes=(Code("541453180000000003"),),
)


def test_the_register_is_read_as_it_was_written() -> None:
    """Stations, lines with check meter and contract, and nodes; through text, as the database keeps them."""
    parts = (("station", STATION), ("line", FULL), ("line", BARE), ("node", NODE), ("node", OUTER))
    documents = [{"kind": kind, "doc": to_document(part)} for kind, part in parts]
    lines = {line.id: line for line in (FULL, BARE)}
    nodes = {node.id: node for node in (NODE, OUTER)}
    assert register_of(json.loads(json.dumps(documents))) == Register({STATION.id: STATION}, lines, nodes)


def test_the_first_gas_day_online_is_read_with_every_line() -> None:
    """It rests once, beside the lines, wherever it stands among them."""
    register = Register({STATION.id: STATION}, {BARE.id: replace(BARE, online_from=FLOOR)}, online_from=FLOOR)
    parts = (("line", BARE), ("retention", floor_parts(register)[ONLINE_FROM]))
    documents = [{"kind": kind, "doc": to_document(part)} for kind, part in parts]
    found = register_of(documents)
    assert (found.online_from, found.lines[BARE.id].online_from) == (FLOOR, FLOOR)
    assert to_document(register.lines[BARE.id]) == to_document(BARE)
    assert (floor_parts(Register()), floor_of(None)) == ({}, None)


def test_parts_of_the_first_release_are_read() -> None:
    """Its codes had no days, and its nodes neither nodes within them, nor names of a day, nor an end."""
    line = {**to_document(replace(FULL, codes=(Code("01789/1"),)))}
    assert (line["aliases"], "codes" in line) == (["01789/1"], False)
    assert line_of(line).codes == (Code("01789/1"),)
    node = to_document(NODE)
    del node["end"], node["aliases"], node["compositions"][0]["nodes"], node["compositions"][0]["name"]
    assert register_of([{"kind": "node", "doc": node}]).nodes == {NODE.id: NODE}


@pytest.mark.parametrize("column", ["check", "pressure_bar_abs"])
def test_a_line_of_the_first_release_is_read(column: str) -> None:
    """It knew neither check meters nor contracts."""
    document = to_document(BARE)
    for terms in document["terms"]:
        del terms[column]
    assert line_of(document) == BARE
