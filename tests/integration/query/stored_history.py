"""A line whose hours change event by event, each written as aggregation leaves it: revisions, closings, watermark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.reading import Validity
from shared.domain.revision import HOUR
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection, day_id, hours_of, month_id
from tests.integration.query.stored_lines import move, plausible_hours, reach, store_hours

WHO = {"author": "mia", "reason": "as agreed", "cause": "decision"}


@dataclass
class StoredHistory:
    """A line in a store; every event has the next place in the log."""

    database: SyncDatabase[dict[str, Any]]
    line: str
    offset: int = 0

    def revise(self, hours: range, known_at_ms: int, seed: int = 1, **fields: Any) -> None:
        """Let hours say other values; `fields` are columns of their rows."""
        self.offset += 1
        rows = plausible_hours(hours, seed)
        for place, hour in enumerate(hours):
            rows["revision"][place] = self._supersede(hour) + 1
        rows["known_at"], rows["log_offset"], rows["source_offset"] = known_at_ms, self.offset, self.offset
        for name, value in fields.items():
            rows[name] = value
        store_hours(self.database, self.line, hours.start, rows)
        reach(self.database, known_at_ms)

    def _supersede(self, hour: int) -> int:
        """Keep what an hour says; return its revision, 0 where it says nothing."""
        row = self._rows(hour)
        revision = int(row["revision"].max(initial=0))
        if revision:
            name = f"{self.line}|{hour}|{revision}"
            document = {"_id": name, "p": 0, "line": self.line, "hour": hour, "row": row.tobytes()}
            self.database[Collection.REVISIONS].insert_one(document)
        return revision

    def _rows(self, hour: int) -> Any:
        day = self.database[Collection.LINE_DAYS].find_one({"_id": day_id(self.line, gas_time.gas_day(hour))})
        place = gas_time.hour_index(hour) - 1
        return np.zeros(0, HOUR) if day is None else hours_of(day["h"])[place : place + 1]

    def accept(self, hours: range, known_at_ms: int, decision: int | None = None) -> None:
        """Accept hours as they stand."""
        self.offset += 1
        rows = np.concatenate([self._rows(hour) for hour in hours])
        told = {"kind": "accept", "hours": list(hours), "before": rows["validity"].tolist()}
        rows["validity"] = Validity.PRELIMINARY
        store_hours(self.database, self.line, hours.start, rows)
        month = gas_time.month_of(gas_time.gas_day(hours.start))
        self._tell(month, {**told, "month": month}, known_at_ms, decision)

    def turn(self, month: str, kind: str, known_at_ms: int, **told: Any) -> None:
        """Close or reopen a month."""
        self.offset += 1
        hours = gas_time.hours_of_month(month)
        closed = {**WHO, "known_at": known_at_ms, "decision": None} if kind == "close" else None
        key = {"_id": month_id(self.line, month)}
        self.database[Collection.LINE_MONTHS].update_one(key, {"$set": {"closed": closed}})
        document = {"kind": kind, "month": month, "first_hour": hours.start, "end_hour": hours.stop, **told}
        self._tell(month, document, known_at_ms, told.get("decision"))

    def _tell(self, month: str, told: dict[str, Any], known_at_ms: int, decision: int | None) -> None:
        name = f"{self.line}|{told['kind']}|{self.offset}"
        place = {"p": 0, "line": self.line, "known_at": known_at_ms, "log_offset": self.offset, "decision": decision}
        self.database[Collection.CLOSINGS].insert_one({"_id": name, **WHO, **place, **told})
        counted = {"$inc": {"statuses": 1}, "$set": {"status_known_at": known_at_ms}}
        self.database[Collection.LINE_MONTHS].update_one({"_id": month_id(self.line, month)}, counted)
        reach(self.database, known_at_ms)
        move(self.database)
