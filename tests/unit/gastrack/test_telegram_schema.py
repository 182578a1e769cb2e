"""The telegram's schema says what the door does: what lies on its limits passes, what lies beyond is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gastrack.documents.schemas import telegram_schema
from services.ingest.conversion import forecast
from services.ingest.source_record import SourceRecord
from shared.domain.reason import Reason

DEFINITIONS: dict[str, Any] = json.loads(telegram_schema())["$defs"]
HOUR = DEFINITIONS["HourText"]["properties"]
OBLIGATORY = DEFINITIONS["HourText"]["else"]["required"]
NUMBERS = [name for name, field in HOUR.items() if "minimum" in field.get("anyOf", [{}])[0]]


def _codes(**values: object) -> list[str]:
    """Return the reason codes of a telegram of one hour."""
    hour = {"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.0, **values}
    telegram = {
        "telegram": "T" * DEFINITIONS["TelegramText"]["properties"]["telegram"]["maxLength"],
        "station": "EX-1",
        "sent": "2026-11-23T11:02:10Z",
        "lines": [{"line": "EX-1-A", "hours": [hour]}],
    }
    count, faults = forecast(SourceRecord("telemetry", 0, 0, json.dumps(telegram).encode()))
    assert count == 1
    return [fault.code for fault in faults]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_numbers_limits_are_the_doors(name: str) -> None:
    """Both bounds pass; one more is out of range; only the volume must be there, unless the hour is MISSING."""
    bounds = HOUR[name]["anyOf"][0]
    assert _codes(**{name: bounds["minimum"]}) == []
    assert _codes(**{name: bounds["maximum"]}) == []
    assert _codes(**{name: bounds["minimum"] - 1}) == [Reason.A1_RANGE]
    assert _codes(**{name: bounds["maximum"] + 1}) == [Reason.A1_RANGE]
    assert _codes(**{name: None}) == ([Reason.A1_NUMBER] if name in OBLIGATORY else [])
    assert _codes(**{name: None}, quality="MISSING") == []


def test_words_are_limited_as_at_the_door() -> None:
    """Qualities from the list, meters of a length, starts that have an offset."""
    assert [_codes(quality=quality) for quality in HOUR["quality"]["enum"]] == [[]] * len(HOUR["quality"]["enum"])
    assert _codes(quality="EDITED") == [Reason.A1_ENUM]
    assert _codes(meter="M" * HOUR["meter"]["maxLength"]) == []
    assert _codes(meter="M" * (HOUR["meter"]["maxLength"] + 1)) == [Reason.A1_ID]
    assert _codes(start="2026-11-23T10:00:00") == [Reason.A1_TIME]


def test_every_number_of_an_hour_has_limits() -> None:
    """A field that is added gets them too."""
    assert len(NUMBERS) == len([field for field in HOUR.values() if "anyOf" in field]) == 7
