"""What scenarios tell: telegrams of plausible hours, ticks, decisions and changes of the register, as a line log."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality, Readings, Source, empty_rows
from shared.events import line_log
from shared.events.line_log import DecisionAsked, Recorded, Tick, TopologyAsked
from shared.runtime.faust_worker import Record
from tests.scenarios.words import COLUMNS, Text

STATION = "ST-5"
"""A station of partition 0 of four."""
SENDS = ["energy_kwh", "gcv_kwh_per_m3n", "temperature_c"]
NEVER_LIVE = "2099-01-01"
"""Lines of scenarios have no deadlines unless they say from which gas day."""
M3N_PER_OPERATING_M3 = 50
HOUR_MS, ON_THE_WAY_MS = 3_600_000, 60_000


def hour_of(text: str | datetime) -> int:
    """Return the hour number of a start in UTC, as 2026-10-05T10:00Z."""
    return gas_time.hour_number(_moment(text))


def moment_ms(text: str | datetime) -> int:
    """Return ms since 1970 of a moment in UTC."""
    return int(_moment(text).timestamp() * 1000)


def _moment(text: str | datetime) -> datetime:
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def usual(hour: int) -> dict[str, float]:
    """Return what a line says in an ordinary hour: 800 to 1,222 m³(n) in the course of a day; everything moves."""
    volume = float(1000 + round(200 * np.sin(hour * 2 * np.pi / 24)) + hour * 37 % 23)
    gcv = round(11.5 + hour * 13 % 7 * 0.001, 4)
    return {
        "volume_m3n": volume,
        "energy_kwh": round(volume * gcv, 3),
        "gcv_kwh_per_m3n": gcv,
        "temperature_c": round(8 + hour * 7 % 11 * 0.1, 1),
    }


def hour_told(hour: int, place: int, text: Text) -> Text:
    """Return what a telegram says of its hour at a place: the usual, but for the values that it names.

    A value is one for all hours or a list with one an hour; `volumes` names those of single places, `times` multiplies
    the volume. Energy and operating volume follow from it unless they are named too; null is not sent.
    """
    named = {name: text[name] for name in COLUMNS if name in text}
    named = {name: value[place] if isinstance(value, list) else value for name, value in named.items()}
    told = {**usual(hour), **named}
    volume = text.get("volumes", {}).get(place, told["volume_m3n"])
    if volume is None:
        return told
    told["volume_m3n"] = volume = volume * text.get("times", 1)
    if "energy_kwh" not in named:
        told["energy_kwh"] = volume * told["gcv_kwh_per_m3n"]
    if "index_before_m3" in text:
        told.setdefault("volume_operating_m3", volume / M3N_PER_OPERATING_M3)
    return told


class LineLog:
    """The one partition of a scenario's line log, and the clock of its records.

    `decisions` are their names in the order in which they were taken; `meanwhiles` says what must hold after so many
    records.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.decisions: list[str] = []
        self.meanwhiles: dict[int, list[Text]] = defaultdict(list)
        self._operations = 0
        self._telegrams = 0
        self._now_ms = 0

    def register(self, text: Text) -> None:
        """Register `lines` of the one station, and `nodes`; `from` is the begin of 2026 where a line does not say."""
        self._now_ms = max(self._now_ms, moment_ms(text["at"]))
        usual_line = {"station": STATION, "from": "2026-01-01", "sends": SENDS, "live_from": NEVER_LIVE}
        change = {
            "reason": "a scenario",
            "stations": [{"id": STATION, "name": STATION}],
            "lines": [{"id": name, "name": name, **usual_line, **(line or {})} for name, line in text["lines"].items()],
            "nodes": [{"id": name, "name": name, **node} for name, node in text.get("nodes", {}).items()],
            **({"correction": text["correction"]} if "correction" in text else {}),
        }
        self._add(line_log.encode(TopologyAsked(self._operations, self._now_ms, _json(change))))
        self._operations += 1

    def telegram(self, text: Text) -> None:
        """Append a telegram of `hours` of `line` from `start`, see `hour_told`.

        `without` are the places of hours that it leaves out; `at` is when it became known, else a minute after its end.
        """
        first, count = hour_of(text["start"]), _count(text)
        at_ms = moment_ms(text["at"]) if "at" in text else (first + count) * HOUR_MS + ON_THE_WAY_MS
        self._now_ms = max(self._now_ms, at_ms)
        rows = _rows(first, count, text)
        sent = moment_ms(text["sent"]) if "sent" in text else self._now_ms
        station = text.get("station", STATION)
        source = Source("telemetry", 0, self._telegrams, f"T{self._telegrams}", station, sent)
        self._telegrams += 1
        readings = Readings(rows, [text["line"]], [source], ["", text.get("meter", "M1")])
        self._add(line_log.encode(Recorded(readings)))

    def tick(self, at: str | datetime) -> None:
        """Let time pass: every source has been read up to this moment."""
        self._now_ms = max(self._now_ms, moment_ms(at))
        self._add(line_log.encode(Tick(moment_ms(at))))

    def decision(self, text: Text) -> None:
        """Append a decision; hours may be told as starts, with the revision behind `rev` (1 if none is said)."""
        told = {"author": "an", "reason": "a scenario", **text}
        if "hours" in told:
            told["hours"] = [_decided_hour(hour) for hour in told["hours"]]
        self.decisions.append(f"operations/{self._operations}")
        self._now_ms += 1_000
        self._add(line_log.encode(DecisionAsked(self._operations, self._now_ms, _json(told))))
        self._operations += 1

    def again(self, _: str) -> None:
        """Append the last record once more: a redelivery."""
        self._add(self.records[-1].value)

    def meanwhile(self, expected: list[Text]) -> None:
        """Say what must hold at this place of the line log."""
        self.meanwhiles[len(self.records)] += expected

    def _add(self, value: bytes) -> None:
        self.records.append(Record(len(self.records), self._now_ms, value))


def _count(text: Text) -> int:
    """Return how many hours a telegram tells: as it says, else one a value of its lists, else one."""
    return text.get("hours") or max((len(value) for value in text.values() if isinstance(value, list)), default=1)


def _rows(first: int, count: int, text: Text) -> np.ndarray[Any, Any]:
    """Return the hours that a telegram brings. The counter counts those too that it leaves out."""
    rows = empty_rows(count)
    rows["hour"], rows["place"] = range(first, first + count), range(count)
    for place in range(count):
        for name, value in hour_told(first + place, place, text).items():
            column, quantity = COLUMNS[name]
            rows[column][place] = ABSENT if value is None else quantity.scaled(value)
    rows["quality"] = Quality[text.get("quality", "MEASURED")]
    rows["provenance"] = Provenance.FROM_FILE if text.get("from_file") else 0
    rows["meter"] = 1
    if "index_before_m3" in text:
        uncounted = round(text.get("uncounted_m3", 0) * 1000)
        rows["index"] = text["index_before_m3"] * 1000 + np.cumsum(rows["volume_operating"] - uncounted)
    return rows[[place for place in range(count) if place not in text.get("without", ())]]


def _decided_hour(hour: str | Text) -> Text:
    if isinstance(hour, dict):
        return {"revision": 1, **hour}
    start, _, revision = str(hour).partition(" rev ")
    return {"start": start, "revision": int(revision or 1)}


def _json(document: Text) -> bytes:
    return json.dumps(document, default=str).encode()
