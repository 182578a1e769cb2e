"""What a scenario expects, held against what the store says."""

from __future__ import annotations

from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import MEASURES, Provenance, Quality, Validity
from shared.runtime.mongo import Database
from shared.store.documents import Collection, day_id, hours_of, month_id
from tests.scenarios.telling import hour_of

Text = dict[str, Any]
_COLUMNS = {quantity.field: (name, quantity) for name, quantity in zip(MEASURES, QUANTITIES, strict=True)}
_REST = {"line", "start"}


class Seen:
    """The store after a scenario."""

    def __init__(self, database: Database, decisions: list[str]) -> None:
        self._database, self._decisions = database, decisions

    async def check(self, expected: Text) -> None:
        """Hold one expectation (`hour`, `finding`, `no_finding`, `decision`, `month`, `superseded`) against the store."""
        ((kind, text),) = expected.items()
        await getattr(self, f"_{kind}")(text)

    async def _hour(self, text: Text) -> None:
        for line, hour in _hours(text):
            row = await self._row(line, hour)
            said = {name: await self._says(row, line, hour, name) for name in text if name not in {*_REST, "hours"}}
            assert said == {name: text[name] for name in said}, f"{line} {gas_time.hour_start(hour)}: {said}"

    async def _row(self, line: str, hour: int) -> np.void:
        document = await self._database[Collection.LINE_DAYS].find_one({"_id": day_id(line, gas_time.gas_day(hour))})
        rows = hours_of(document["h"]) if document else np.zeros(0)
        place = gas_time.hour_index(hour) - 1
        from shared.domain.revision import HOUR  # noqa: PLC0415 - an empty row has this form

        row: np.void = rows[place] if place < len(rows) else np.zeros(1, HOUR)[0]
        return row

    async def _says(self, row: np.void, line: str, hour: int, name: str) -> Any:
        if name in _COLUMNS:
            column, quantity = _COLUMNS[name]
            return None if row[column] == ABSENT else int(row[column]) / quantity.scale
        if name in ("method", "failed"):
            return row[name].decode()
        if name == "pinned":
            return bool(row["provenance"] & Provenance.PINNED)
        if name == "quality":
            return Quality(int(row["quality"])).name if row["revision"] else "MISSING"
        if name == "validity":
            month = await self._month_document(line, gas_time.month_of(gas_time.gas_day(hour)))
            return "DEFINITIVE" if month.get("closed") else Validity(int(row["validity"])).name
        return int(row[name])

    async def _month_document(self, line: str, month: str) -> Text:
        return await self._database[Collection.LINE_MONTHS].find_one({"_id": month_id(line, month)}) or {}

    async def _finding(self, text: Text) -> None:
        found = await self._found(text)
        wanted = {hour for _, hour in _hours(text)}
        settled = text.get("settled")
        told: set[int] = set()
        for document in found:
            if settled:
                told |= {hour for entry in document["settled"] if entry["how"] == settled for hour in entry["hours"]}
            else:
                told |= set(document["open"])
        assert wanted <= told, f"{text['rule']}: {sorted(told)} of {[document['hours'] for document in found]}"

    async def _no_finding(self, text: Text) -> None:
        hours = {hour for _, hour in _hours(text)} if "start" in text else None
        found = await self._found(text)
        told = {hour for document in found for hour in document["open"]}
        assert not (told if hours is None else told & hours), [document["_id"] for document in found]

    async def _found(self, text: Text) -> list[Text]:
        asked = {name: text[name] for name in ("line", "rule", "severity") if name in text}
        return [document async for document in self._database[Collection.FINDINGS].find(asked)]

    async def _decision(self, text: Text) -> None:
        name = text.get("id") or self._decisions[text.get("number", 1) - 1]
        document = await self._database[Collection.DECISIONS].find_one({"_id": name})
        assert document is not None, f"no outcome of {name}"
        codes = [issue[0] for issue in document["issues"]]
        assert document["outcome"] == text["outcome"], document["issues"]
        assert set(text.get("codes", [])) <= set(codes), codes
        if "conflict" in text:
            assert document["conflict"] == text["conflict"], codes

    async def _month(self, text: Text) -> None:
        document = await self._month_document(text["line"], text["month"])
        assert bool(document.get("closed")) == text["closed"], document.get("closed")
        if "by" in text:
            assert document["closed"]["author"] == text["by"]

    async def _superseded(self, text: Text) -> None:
        ((line, hour),) = _hours(text)
        asked = {"line": line, "hour": hour}
        count = await self._database[Collection.REVISIONS].count_documents(asked)
        assert count == text["count"]


def _hours(text: Text) -> list[tuple[str, int]]:
    first = hour_of(text["start"])
    return [(text["line"], hour) for hour in range(first, first + text.get("hours", 1))]
