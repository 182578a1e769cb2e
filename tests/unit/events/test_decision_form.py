"""Decisions whose form is wrong are refused with the field that is, and with what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.events.decision import MOST_DAYS, DecisionText, parsed

HOUR = {"start": "2026-10-01T10:00:00Z", "revision": 1}
ACCEPT = {"kind": "accept", "line": "A", "reason": "a cold day", "hours": [HOUR]}
OF_A_MONTH = {"hours": [], "month": "2026-10"}
M5 = {"node": "N", "own_weight": 1, "node_volume_m3n": [5.0], "others": []}


def with_start(start: str) -> dict[str, Any]:
    """Return a change of the hours: a second one with this start."""
    return {"hours": [HOUR, {**HOUR, "start": start}]}


@pytest.mark.parametrize(
    ("change", "position", "words"),
    [
        ({"hours": []}, "hours", "names hours"),
        ({"month": "2026-10"}, "month", "concerns hours"),
        ({"kind": "close", "month": "2026-10"}, "hours", "leave the hours out"),
        ({"kind": "close", "hours": []}, "month", "names a gas month"),
        ({"kind": "close", **OF_A_MONTH, "month": "2026-13"}, "month", "pattern"),
        ({"kind": "reopen", **OF_A_MONTH}, "confirmed_by", "second person"),
        ({"confirmed_by": "bo"}, "confirmed_by", "only a reopening"),
        ({"kind": "estimate"}, "method", "names its method"),
        ({"method": "M1"}, "method", "only an estimate"),
        ({"kind": "estimate", "method": "M5"}, "inputs", "brings along"),
        ({"kind": "estimate", "method": "M1", "inputs": M5}, "inputs", "only M5"),
        ({"kind": "estimate", "method": "M5", "inputs": {**M5, "own_weight": 0}}, "inputs.own_weight", "weight 0"),
        ({"kind": "estimate", "method": "M5", "inputs": {**M5, "node_volume_m3n": []}}, "inputs", "one volume an hour"),
        ({"kind": "correct"}, "hours[0].volume_m3n", "says the volume"),
        ({"hours": [{**HOUR, "gcv_kwh_per_m3n": 11.0}]}, "hours[0]", "no values"),
        ({"hours": [{**HOUR, "revision": -1}]}, "hours[0].revision", "greater than"),
        (with_start("2026-10-01T10:00:00Z"), "hours[1].start", "ascending"),
        (with_start("2026-10-01T11:30:00Z"), "hours[1].start", "does not start an hour"),
        (with_start("1889-10-01T11:00:00Z"), "hours[1].start", "outside 1990 to 2099"),
        (with_start("2026-12-02T10:00:00Z"), "hours[1].start", f"within {MOST_DAYS} days"),
        ({"reason": "   "}, "reason", "at least 1"),
    ],
)
def test_a_wrong_form_names_its_field(change: dict[str, Any], position: str, words: str) -> None:
    """One issue, code FORM."""
    found = parsed(json.dumps({**ACCEPT, **change}).encode())
    assert isinstance(found, tuple)
    assert [(issue.code, issue.position) for issue in found] == [("FORM", position)]
    assert words in found[0].message


@pytest.mark.parametrize("start", ["2026-10-01T11:00:00Z", "2026-12-02T09:00:00Z"])
def test_hours_as_far_apart_as_is_allowed(start: str) -> None:
    """The next hour, and the last one of 62 days."""
    assert isinstance(parsed(json.dumps({**ACCEPT, **with_start(start)}).encode()), DecisionText)


def test_names_and_reasons_lose_the_blanks_around_them() -> None:
    """Nobody is two persons by a blank."""
    text = parsed(json.dumps({**ACCEPT, "author": " anna ", "reason": " x "}).encode())
    assert isinstance(text, DecisionText)
    assert (text.author, text.reason) == ("anna", "x")
