"""The schema of a chromatograph's telegram says what the door does: limits pass, what lies beyond is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gastrack.documents.schemas import analysis_schema
from services.ingest.analyses import forecast_analyses
from services.ingest.source_record import SourceRecord
from shared.domain.reason import Reason

TELEGRAM: dict[str, Any] = json.loads(analysis_schema())["properties"]
ANALYSIS: dict[str, Any] = TELEGRAM["analyses"]["items"]["properties"]
COMPOSITION = ANALYSIS["composition_mol_percent"]["properties"]
NUMBERS = {name: field for name, field in ANALYSIS.items() if "minimum" in field}
GOOD = {"start": "2026-11-23T10:00:00Z", "composition_mol_percent": {"methane": 93.3}, "gcv_kwh_per_m3n": 11.2}


def _codes(*analyses: dict[str, Any], **head: object) -> list[str]:
    """Return the reason codes of a telegram."""
    told = {"telegram": "Z/7", "chromatograph": "ZELZATE", "sent": "2026-11-23T11:02:10Z", "analyses": analyses}
    _, faults = forecast_analyses(SourceRecord("analyses", 0, 0, json.dumps({**told, **head}).encode()))
    return [fault.code for fault in faults]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_numbers_limits_are_the_doors(name: str) -> None:
    """Both bounds pass, and that it is not told; one more is out of range."""
    bounds = NUMBERS[name]
    assert _codes(*({**GOOD, name: value} for value in (bounds["minimum"], bounds["maximum"], None))) == []
    assert _codes({**GOOD, name: bounds["minimum"] - 1}) == [Reason.A1_RANGE]
    assert _codes({**GOOD, name: bounds["maximum"] + 1}) == [Reason.A1_RANGE]


@pytest.mark.parametrize("component", COMPOSITION)
def test_a_shares_limits_are_the_doors(component: str) -> None:
    """Each component that the schema lists is taken, within the bounds of a share."""
    low, high = COMPOSITION[component]["minimum"], COMPOSITION[component]["maximum"]
    shares = [{**GOOD, "composition_mol_percent": {component: share}} for share in (low, high, low - 1, high + 1)]
    assert _codes(*shares[:2]) == []
    assert _codes(*shares[2:]) == [Reason.A1_RANGE] * 2


def test_nothing_else_is_a_component() -> None:
    """As the schema says: no additional properties."""
    assert ANALYSIS["composition_mol_percent"]["additionalProperties"] is False
    assert _codes({**GOOD, "composition_mol_percent": {"xenon": 1}}) == [Reason.A1_ENUM]


@pytest.mark.parametrize("obligatory", json.loads(analysis_schema())["required"])
def test_what_is_required_is_required(obligatory: str) -> None:
    """Without it the telegram is none."""
    assert _codes(GOOD) == []
    assert len(_codes(GOOD, **{obligatory: None})) == 1


def test_one_of_value_and_composition_is_required() -> None:
    """Either is enough; neither is no analysis."""
    either = [names["required"][0] for names in TELEGRAM["analyses"]["items"]["anyOf"]]
    assert [_codes({"start": GOOD["start"], name: GOOD[name]}) for name in either] == [[], []]
    assert _codes({"start": GOOD["start"]}) == [Reason.A1_NUMBER]


def test_a_telegram_has_at_most_so_many_analyses() -> None:
    """And at least one."""
    least, most = TELEGRAM["analyses"]["minItems"], TELEGRAM["analyses"]["maxItems"]
    assert [_codes(*[GOOD] * count) for count in (least, most)] == [[], []]
    assert [_codes(*[GOOD] * count) for count in (least - 1, most + 1)] == [[Reason.A1_SCHEMA]] * 2
    longest = TELEGRAM["telegram"]["maxLength"]
    assert _codes(GOOD, telegram="T" * longest) == []
    assert _codes(GOOD, telegram="T" * (longest + 1)) == [Reason.A1_ID]
