"""Changes of the register by the one address: what they make of nodes, why they are refused, and how they stay told."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain import gas_time
from tests.pipeline.running import System, until
from tests.pipeline.stations import hour_text, plan, recent_hours, telegram

PLAN = plan("TOPO", stations=1, lines=2)
STATION = PLAN.stations[0]
FIRST, SECOND = PLAN.lines[STATION]
HOURS = recent_hours(days=5)[:24]
DAY = gas_time.gas_day(HOURS[0])
INNER, OUTER = "TOPO-INNER", "TOPO-OUTER"


def change(**parts: Any) -> bytes:
    """Return a change of the register."""
    return json.dumps({"reason": "a test", **parts}, default=str).encode()


def node(name: str, since: str, lines: dict[str, float], nodes: dict[str, float] | None = None) -> dict[str, Any]:
    """Return what a node is made of from a gas day on."""
    return {
        "id": name,
        "name": name.title(),
        "from": since,
        "lines": [{"line": line, "weight": weight} for line, weight in lines.items()],
        "nodes": [{"node": inner, "weight": weight} for inner, weight in (nodes or {}).items()],
    }


@pytest.fixture(scope="module")
def grid(running: System) -> System:
    """Two lines with a day of hours, a node of both, and a node that holds it."""
    running.register(PLAN.document("2020-01-01"))
    nodes = [node(INNER, "2020-01-01", {FIRST: 1, SECOND: 0.5}), node(OUTER, "2020-01-01", {FIRST: -1}, {INNER: 2})]
    running.register(change(nodes=nodes))
    texts = [(line, [hour_text(line, hour) for hour in HOURS]) for line in (FIRST, SECOND)]
    running.send([(STATION, telegram(STATION, texts, "T1"))])
    until(lambda: _complete(running), 60, "the hours of both lines")
    return running


def _complete(system: System) -> bool:
    row = _day(system, f"nodes/{INNER}")
    return bool(row["hours_present"] == 48)


def _day(system: System, what: str, more: str = "") -> dict[str, Any]:
    period = f"view=day&from={DAY}&to={DAY + timedelta(days=1)}"
    row: dict[str, Any] = system.get(f"/v1/{what}/measurements?{period}{more}")["rows"][0]
    return row


def _volume(system: System, what: str, more: str = "") -> Decimal:
    return Decimal(str(_day(system, what, more)["volume_m3n"]))


def test_a_node_within_a_node_is_the_sum_of_its_lines(grid: System) -> None:
    """Outer = 2 · (first + 0.5 second) - first."""
    first, second = (_volume(grid, f"lines/{line}") for line in (FIRST, SECOND))
    assert _volume(grid, f"nodes/{OUTER}") == first + second


def test_a_change_of_weights_is_known_from_then_on(grid: System) -> None:
    """Asked as known before, the node is what it was; its history says who, when and why; the feed tells both nodes."""
    before = grid.get(f"/v1/nodes/{INNER}/topology")["known_at"]
    feed = grid.get("/v1/changes")["next"]
    was = _volume(grid, f"nodes/{OUTER}")
    told = change(nodes=[node(INNER, str(DAY), {FIRST: 1, SECOND: 1})], correction="the weight was wrong")
    assert grid.post("/v1/topology/changes", told)[0] == 200
    first, second = (_volume(grid, f"lines/{line}") for line in (FIRST, SECOND))
    until(lambda: _volume(grid, f"nodes/{OUTER}") == first + 2 * second, 60, "the new weights")
    newest = grid.get(f"/v1/nodes/{INNER}/topology/history")["rows"][0]
    assert (newest["reason"], newest["correction"]) == ("a test", "the weight was wrong")
    assert [(one["from"], one["of"], one["before"], one["after"]) for one in newest["changes"]] == [
        (str(DAY), SECOND, 0.5, 1.0)
    ]
    weights = {one["line"]: one["weight"] for one in grid.get(f"/v1/nodes/{INNER}/topology?known_at={before}")["lines"]}
    assert weights == {FIRST: 1.0, SECOND: 0.5}
    rows = grid.get(feed)["rows"]
    effects = [row["nodes"] for row in rows if row["kind"] == "topology" and row["id"] == INNER]
    assert effects == [[{"node": name, "from": str(DAY)} for name in (INNER, OUTER)]]
    assert was == first + second


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"nodes": [node(INNER, "2022-01-01", {FIRST: 1})]}, "CLOSED"),
        ({"nodes": [node(INNER, "2098-01-01", {FIRST: 1}, {OUTER: 1})]}, "CYCLE"),
        ({"nodes": [node("TOPO-NEW", "2019-01-01", {FIRST: 1})]}, "GAP"),
        ({"nodes": [node("TOPO-NEW", "2021-01-01", {"TOPO-NOBODY": 1})]}, "UNKNOWN_LINE"),
        ({"nodes": [{**node("TOPO-NEW", "2021-01-01", {FIRST: 1}), "lines": []}]}, "FORM"),
        (
            {
                "nodes": [
                    node("TOPO-NEW", "2021-01-01", {FIRST: 0.125}),
                    node("TOPO-X", "2021-01-01", {}, {"TOPO-NEW": 0.5}),
                ]
            },
            "WEIGHT",
        ),
    ],
)
def test_what_cannot_be_is_refused_as_a_whole(grid: System, parts: dict[str, Any], code: str) -> None:
    """With the reason, where it stands, and what to do; nothing of it holds."""
    status, answer = grid.post("/v1/topology/changes", change(**parts))
    assert status == 422
    assert {issue["code"] for issue in answer["issues"]} == {code}
    assert all(issue["position"] and issue["message"] for issue in answer["issues"])
    assert grid.call("/v1/nodes/TOPO-NEW")[0] == 404


def test_a_line_does_not_end_over_its_values(grid: System) -> None:
    """Told at the door, with the gas day; a day later it ends, with the nodes that counted it."""
    line = {"id": SECOND, "station": STATION, "name": SECOND, "from": "2020-01-01", "capacity_m3n_per_h": 40_000}
    status, answer = grid.post("/v1/topology/changes", change(lines=[{**line, "until": DAY}]))
    assert (status, answer["issues"][0]["code"]) == (422, "ENDS_OVER_VALUES")
    assert str(DAY) in answer["issues"][0]["message"]
    after = DAY + timedelta(days=1)
    nodes = [node(INNER, str(after), {FIRST: 1})]
    status, answer = grid.post(
        "/v1/topology/changes", change(lines=[{**line, "until": after}], nodes=nodes, correction="it was removed")
    )
    assert status == 200, answer
    until(lambda: grid.get(f"/v1/lines/{SECOND}")["to"] == str(after), 60, "the end")
