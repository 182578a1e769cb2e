"""Puts lines and their hours into a store as aggregation leaves them: documents made by the domain's functions."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.attribution import Chromatograph
from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, Quality, Validity
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP, fold_days, fold_hours
from shared.domain.topology import Code, Line, Node, Station, Terms
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection, day_id, month_id, slot_name
from shared.store.register import to_document
from shared.store.topology_versions import version_document

KNOWN_AT_MS = 1_795_000_000_000


def a_line(line: str = "BE-0042-A", first: date = date(2023, 11, 1), name: str = "Moerbroek city run 1") -> Line:
    """Return a line of station BE-0042."""
    return Line(line, "BE-0042", (Terms(first, name, capacity_m3n_per_h=24_000),), codes=(Code("01789/1"),))


def register(
    database: SyncDatabase[dict[str, Any]],
    *parts: Station | Line | Node | Chromatograph,
    known_at_ms: int = KNOWN_AT_MS,
    offset: int = 7,
    words: dict[str, str] | None = None,
) -> None:
    """Write parts of the register, and that they are this version of it, as the owner of partition 0 does."""
    change = json.dumps(words or {"author": "somebody", "reason": "new"}).encode()
    for part in parts:
        kind = type(part).__name__.lower()
        document = {"_id": f"{kind}|{part.id}", "kind": kind, "doc": to_document(part), "known_at": known_at_ms}
        written = {**document, "log_offset": offset}
        database[Collection.TOPOLOGY].replace_one({"_id": document["_id"]}, written, upsert=True)
        version = version_document(kind, part.id, document, change, offset)
        database[Collection.TOPOLOGY_VERSIONS].replace_one({"_id": version["_id"]}, version, upsert=True)
    move(database)


def reach(database: SyncDatabase[dict[str, Any]], known_at_ms: int, partition: int = 0) -> None:
    """Move the watermark of a partition, as aggregation does with everything that it writes."""
    move(database, partition)
    position = {"$set": {"known_at": known_at_ms}}
    database[Collection.PROGRESS].update_one({"_id": f"aggregation/{partition}"}, position)


def move(database: SyncDatabase[dict[str, Any]], partition: int = 0) -> None:
    """Move the position of a partition by one record: whoever writes what readers read does so."""
    begun = {
        "epoch": 0,
        "part": 0,
        "last": True,
        "known_at": 0,
        "until": 0,
        "sources": {},
        "retelling": None,
        "told": "",
    }
    moved = {"$inc": {"offset": 1, "read": 1}, "$setOnInsert": begun}
    database[Collection.PROGRESS].update_one({"_id": f"aggregation/{partition}"}, moved, upsert=True)


def plausible_hours(hours: range, seed: int = 1) -> NDArray[np.void]:
    """Return measured, preliminary hours with the shape of a winter day and a year."""
    chance, places = np.random.default_rng(seed), np.arange(hours.start, hours.stop)
    season = 1 + 0.6 * np.cos((places - 8_760 * 56) * 2 * np.pi / 8_766)
    day = 1 + 0.35 * np.sin((places % 24 - 4) * 2 * np.pi / 24)
    rows = np.zeros(len(hours), HOUR)
    for name in MEASURES:
        rows[name] = ABSENT
    rows["volume"] = 6_000_000 * season * day * chance.uniform(0.92, 1.08, len(hours))
    rows["energy"] = rows["volume"] * (11.4 + 0.15 * np.sin(places / 90))
    rows["temperature"] = 9_000 - 4_000 * (season - 1) + chance.normal(0, 300, len(hours))
    rows["revision"], rows["validity"], rows["quality"] = 1, Validity.PRELIMINARY, Quality.MEASURED
    rows["known_at"] = places * 3_600_000 + 3_900_000
    return rows


def store_hours(database: SyncDatabase[dict[str, Any]], line: str, first_hour: int, rows: NDArray[np.void]) -> None:
    """Write hours, their days and their months as aggregation does, in place of the days that they touch."""
    days = _by_day(database, line, first_hour, rows)
    rollups = {day: fold_hours(hours[None, :])[0] for day, hours in days.items()}
    for day, hours in days.items():
        document = {"_id": day_id(line, day), "p": 0, "l": line, "h": hours.tobytes(), "r": rollups[day].tobytes()}
        database[Collection.LINE_DAYS].replace_one({"_id": document["_id"]}, document, upsert=True)
    months: dict[str, dict[str, np.void]] = defaultdict(dict)
    for day, rollup in rollups.items():
        months[gas_time.month_of(day)][slot_name(day)] = rollup
    for month, slots in months.items():
        _store_month(database, line, month, slots)
    move(database)


def _by_day(
    database: SyncDatabase[dict[str, Any]], line: str, first_hour: int, rows: NDArray[np.void]
) -> dict[date, NDArray[np.void]]:
    days: dict[date, NDArray[np.void]] = {}
    day, last = gas_time.gas_day(first_hour), gas_time.gas_day(first_hour + len(rows) - 1)
    while day <= last:
        hours = gas_time.hours_of_day(day)
        stored = database[Collection.LINE_DAYS].find_one({"_id": day_id(line, day)})
        days[day] = np.frombuffer(stored["h"], HOUR).copy() if stored else np.zeros(len(hours), HOUR)
        begin, end = max(hours.start, first_hour), min(hours.stop, first_hour + len(rows))
        days[day][begin - hours.start : end - hours.start] = rows[begin - first_hour : end - first_hour]
        day += timedelta(days=1)
    return days


def _store_month(database: SyncDatabase[dict[str, Any]], line: str, month: str, slots: dict[str, np.void]) -> None:
    key = {"_id": month_id(line, month)}
    stored = database[Collection.LINE_MONTHS].find_one(key) or {"d": {}}
    packed = {**stored["d"], **{name: rollup.tobytes() for name, rollup in slots.items()}}
    whole = fold_days(np.concatenate([np.frombuffer(slot, ROLLUP) for slot in packed.values()]))
    fields = {"p": 0, "l": line, "d": packed, "changes": int(whole["changes"]), "known_at": int(whole["known_at"])}
    database[Collection.LINE_MONTHS].update_one(key, {"$set": fields}, upsert=True)
