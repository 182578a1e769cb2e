"""Changes of the register whose form is wrong are refused with the field that is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.events.topology import ChangeText, parsed

LINE = {"id": "A", "station": "S", "name": "A", "from": "2026-10-01"}


def change(**line: Any) -> bytes:
    """Return a change that registers one line."""
    return json.dumps({"reason": "new", "lines": [{**LINE, **line}]}).encode()


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ({"from": "1989-12-31"}, "lines[0].from"),
        ({"until": "2100-01-01"}, "lines[0].until"),
        ({"live_from": "0001-01-01"}, "lines[0].live_from"),
        ({"pressure_bar_abs": [60, 10]}, "lines[0].pressure_bar_abs"),
        ({"colour": "blue"}, "lines[0].colour"),
        ({"sends": ["gcv"]}, "lines[0].sends[0]"),
    ],
)
def test_a_wrong_field_is_named(line: dict[str, Any], position: str) -> None:
    """One issue, code FORM: gas days lie within 1990 to 2099."""
    found = parsed(change(**line))
    assert isinstance(found, tuple)
    assert [(issue.code, issue.position) for issue in found] == [("FORM", position)]


def test_the_first_and_the_last_gas_day_are_taken() -> None:
    """Both ends are included."""
    assert isinstance(parsed(change(**{"from": "1990-01-01", "until": "2099-12-31"})), ChangeText)


def test_the_order_of_weights_says_nothing() -> None:
    """Told in another order a node is made of the same."""
    lines, nodes = [{"line": name, "weight": 1} for name in "AB"], [{"node": name, "weight": 1} for name in "NM"]
    told = [
        parsed({"reason": "x", "nodes": [{"id": "X", "name": "X", "from": "2026-01-01", "lines": a, "nodes": b}]})
        for a, b in ((lines, nodes), (lines[::-1], nodes[::-1]))
    ]
    first, second = (text.change().nodes for text in told if isinstance(text, ChangeText))
    assert first == second
