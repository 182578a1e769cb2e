"""What scenarios tell: telegrams of plausible hours, ticks and decisions, as records of the line log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Quality, Readings, Source, empty_rows
from shared.events import line_log
from shared.events.line_log import DecisionAsked, Recorded, Tick, TopologyAsked
from shared.runtime.faust_worker import Record

STATION = "ST-5"
"""A station of partition 0 of four."""
Text = dict[str, Any]
_COLUMNS = {quantity.field: (name, quantity) for name, quantity in zip(MEASURES, QUANTITIES, strict=True)}
SENDS = ["energy_kwh", "gcv_kwh_per_m3n", "temperature_c"]


def hour_of(text: str | datetime) -> int:
    """Return the hour number of a start in UTC, as 2026-10-05T10:00Z."""
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return gas_time.hour_number(moment.replace(tzinfo=moment.tzinfo or UTC))


def moment_ms(text: str | datetime) -> int:
    """Return ms since 1970 of a moment in UTC."""
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def usual(hour: int) -> dict[str, float]:
    """Return what a line says in an ordinary hour: a gentle day, and everything moves a little."""
    volume = 1000 + 200 * np.sin(hour * 2 * np.pi / 24) + hour * 37 % 97
    gcv = 11.5 + hour * 13 % 7 * 0.001
    return {
        "volume_m3n": round(float(volume), 3),
        "energy_kwh": round(float(volume * gcv), 3),
        "gcv_kwh_per_m3n": round(gcv, 4),
        "temperature_c": round(8 + hour * 7 % 11 * 0.1, 1),
        "volume_operating_m3": round(float(volume) / 50, 3),
    }


class LineLog:
    """The one partition of a scenario's line log, and the clock of its records."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.decisions: list[str] = []
        self._operations = 0
        self._telegrams = 0
        self._now_ms = 0

    def register(self, lines: dict[str, Text], at: str) -> None:
        """Register lines of the one station; `from` is the begin of 2026 where a line does not say."""
        self._now_ms = max(self._now_ms, moment_ms(at))
        told = [
            {"id": name, "station": STATION, "name": name, "from": "2026-01-01", "sends": SENDS, **(text or {})}
            for name, text in lines.items()
        ]
        change = {"reason": "a scenario", "stations": [{"id": STATION, "name": STATION}], "lines": told}
        document = json.dumps(change, default=str).encode()
        self._add(line_log.encode(TopologyAsked(self._operations, self._now_ms, document)))
        self._operations += 1

    def telegram(self, text: Text) -> None:
        """Append a telegram: `hours` of `line` from `start`, usual ones but for the values that are named.

        `at` is when it became known, else just after its last hour; `without` names hours (from 0) that are left out.
        """
        first, count = hour_of(text["start"]), text.get("hours", 1)
        hours = [hour for place, hour in enumerate(range(first, first + count)) if place not in text.get("without", ())]
        at_ms = moment_ms(text["at"]) if "at" in text else (hours[-1] + 1) * 3_600_000 + 60_000
        self._now_ms = max(self._now_ms, at_ms)
        values = {name: value for name, value in text.items() if name in _COLUMNS}
        readings = self._readings(text["line"], hours, values, text)
        self._add(line_log.encode(Recorded(readings)))

    def _readings(self, line: str, hours: Sequence[int], values: Text, text: Text) -> Readings:
        rows = empty_rows(len(hours))
        for place, hour in enumerate(hours):
            told = {**({} if text.get("bare") else usual(hour)), **values}
            if "times" in text:
                told["volume_m3n"] *= text["times"]
                told["energy_kwh"] = told["volume_m3n"] * told["gcv_kwh_per_m3n"]
            for name, value in told.items():
                column, quantity = _COLUMNS[name]
                rows[column][place] = ABSENT if value is None else quantity.scaled(value)
        rows["hour"], rows["place"] = list(hours), range(len(hours))
        rows["quality"] = Quality[text.get("quality", "MEASURED")]
        rows["provenance"] = text.get("provenance", 0)
        rows["meter"] = 1
        _count(rows, text)
        self._telegrams += 1
        sent = moment_ms(text["sent"]) if "sent" in text else self._now_ms
        source = Source("telemetry", 0, self._telegrams, f"T{self._telegrams}", STATION, sent)
        return Readings(rows, [line], [source], ["", text.get("meter", "M1")])

    def tick(self, at: str) -> None:
        """Let time pass: every source has been read up to this moment."""
        self._now_ms = max(self._now_ms, moment_ms(at))
        self._add(line_log.encode(Tick(moment_ms(at))))

    def decision(self, text: Text) -> None:
        """Append a decision; hours may be told as starts, with the revision after a space (1 if none is said)."""
        told = {"author": "an", "reason": "a scenario", **text}
        if "hours" in told:
            told["hours"] = [self._hour(hour) for hour in told["hours"]]
        document = json.dumps(told, default=str).encode()
        self.decisions.append(f"operations/{self._operations}")
        self._now_ms += 1_000
        self._add(line_log.encode(DecisionAsked(self._operations, self._now_ms, document)))
        self._operations += 1

    @staticmethod
    def _hour(hour: str | Text) -> Text:
        if isinstance(hour, dict):
            return {"revision": 1, **hour}
        start, _, revision = str(hour).partition(" rev ")
        return {"start": start, "revision": int(revision or 1)}

    def _add(self, value: bytes) -> None:
        self.records.append(Record(len(self.records), self._now_ms, value))


def _count(rows: np.ndarray, text: Text) -> None:
    """Fill in the counter where a telegram says what it showed before its first hour: it counts operating volumes."""
    if "index_before_m3" in text:
        counted = np.cumsum(rows["volume_operating"] - np.int64(text.get("miscount_m3", 0) * 1000))
        rows["index"] = int(text["index_before_m3"] * 1000) + counted
