"""What a scenario expects, held against what the store says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from shared.access.caller import demo_caller
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.revision import HOUR
from shared.runtime.mongo import Database
from shared.store import ledgers
from shared.store.asking import Asking
from shared.store.documents import Collection, day_id, hours_of, month_id, rollups_of
from shared.store.punctuality import read_punctuality
from tests.scenarios.telling import hour_of, moment_ms
from tests.scenarios.words import COLUMNS, Text

_WHICH = {"line", "start", "hours"}


class Seen:
    """The store after a scenario, or in the middle of it."""

    def __init__(self, database: Database, decisions: list[str]) -> None:
        self._database, self._decisions = database, decisions

    async def check(self, expected: Text) -> None:
        """Hold one expectation against the store.

        It is one of `hour`, `total`, `before`, `day`, `month`, `punctuality`, `finding`, `no_finding`, `dead_letter`,
        `decision` and `ledger`.
        """
        ((kind, text),) = expected.items()
        await getattr(self, f"_{kind}")(text)

    async def _hour(self, text: Text) -> None:
        """Hours say this now."""
        for line, hour in _hours(text):
            row = await self._row(line, hour)
            said = {name: await self._says(row, line, hour, name) for name in text.keys() - _WHICH}
            assert said == {name: text[name] for name in said}, f"{line} {gas_time.hour_start(hour)}: {said}"

    async def _total(self, text: Text) -> None:
        """The values of hours add up to this."""
        rows = [await self._row(line, hour) for line, hour in _hours(text)]
        said = {name: round(sum(_of_row(row, name) for row in rows), 3) for name in text.keys() - _WHICH}
        assert said == {name: text[name] for name in said}, said

    async def _before(self, text: Text) -> None:
        """An hour has said this, as one of its earlier revisions; `count` is how many there are."""
        ((line, hour),) = _hours(text)
        found = self._database[Collection.REVISIONS].find({"line": line, "hour": hour}).sort("_id")
        rows = [np.frombuffer(document["row"], HOUR)[0] async for document in found]
        assert len(rows) == text.get("count", len(rows)), rows
        wanted = {name: value for name, value in text.items() if name not in _WHICH | {"count"}}
        said = [{name: _of_row(row, name) for name in wanted} for row in rows]
        assert not wanted or wanted in said, said

    async def _row(self, line: str, hour: int) -> np.void:
        document = await self._database[Collection.LINE_DAYS].find_one({"_id": day_id(line, gas_time.gas_day(hour))})
        rows = hours_of(document["h"]) if document else np.zeros(0, HOUR)
        place = gas_time.hour_index(hour) - 1
        row: np.void = rows[place] if place < len(rows) else np.zeros(1, HOUR)[0]
        return row

    async def _says(self, row: np.void, line: str, hour: int, name: str) -> Any:
        if name == "validity" and (await self._month_of(line, hour)).get("closed"):
            return Validity.DEFINITIVE.name
        return _of_row(row, name)

    async def _month_of(self, line: str, hour: int) -> Text:
        return await self._month_document(line, gas_time.month_of(gas_time.gas_day(hour)))

    async def _month_document(self, line: str, month: str) -> Text:
        return await self._database[Collection.LINE_MONTHS].find_one({"_id": month_id(line, month)}) or {}

    async def _day(self, text: Text) -> None:
        """A gas day has so many hours."""
        day = date.fromisoformat(str(text["day"]))
        document = await self._database[Collection.LINE_DAYS].find_one({"_id": day_id(text["line"], day)})
        assert document is not None
        assert int(rollups_of(document["r"])[0]["hours_present"]) == text["present"]
        assert len(gas_time.hours_of_day(day)) == text["expected"]

    async def _month(self, text: Text) -> None:
        """A month is closed or not, and by whom."""
        document = await self._month_document(text["line"], text["month"])
        assert bool(document.get("closed")) == text["closed"], document.get("closed")
        if "by" in text:
            assert document["closed"]["author"] == text["by"]

    async def _punctuality(self, text: Text) -> None:
        """So many hours of a gas day came as promised, told at a moment."""
        day, caller = date.fromisoformat(str(text["day"])), demo_caller("scenario")
        now = datetime.fromtimestamp(moment_ms(text["at"]) / 1000, UTC)
        asking = Asking(caller, Question(View.DAY, day, day + timedelta(days=1)), now)
        whole = (await read_punctuality(self._database, text["line"], asking)).punctuality.whole
        said = {name: int(whole[name]) for name in text.keys() - {"line", "day", "at"}}
        assert said == {name: text[name] for name in said}, said

    async def _finding(self, text: Text) -> None:
        """A rule's findings are open for these hours, or have been `settled` in this way."""
        found, wanted = await self._found(text), {hour for _, hour in _hours(text)}
        told = {hour for document in found for hour in _standing(document, text.get("settled"))}
        assert wanted <= told, f"{text['rule']}: {sorted(told)} of {[document['hours'] for document in found]}"
        for name in text.keys() & {"observed", "threshold"}:
            pairs = [pair for document in found for pair in zip(document["hours"], document[name], strict=True)]
            assert [value for hour, value in pairs if hour in wanted] == [pytest.approx(text[name])] * len(wanted)

    async def _no_finding(self, text: Text) -> None:
        """A rule has no open finding, of these hours or of any."""
        hours = {hour for _, hour in _hours(text)} if "start" in text else None
        found = await self._found(text)
        told = {hour for document in found for hour in document["open"]}
        assert not (told if hours is None else told & hours), [document["_id"] for document in found]

    async def _found(self, text: Text) -> list[Text]:
        asked = {name: text[name] for name in ("line", "rule", "severity") if name in text}
        return [document async for document in self._database[Collection.FINDINGS].find(asked)]

    async def _dead_letter(self, text: Text) -> None:
        """A rule has made dead letters of these hours."""
        asked = {"line": text["line"], "reason": text["rule"]}
        told = {document["hour"] async for document in self._database[Collection.DEAD_LETTERS].find(asked)}
        assert told == {hour for _, hour in _hours(text)}

    async def _decision(self, text: Text) -> None:
        """A decision has this outcome, for these reasons; `conflict`: with what stood there."""
        name = text.get("id") or self._decisions[text.get("number", 1) - 1]
        document = await self._database[Collection.DECISIONS].find_one({"_id": name})
        assert document is not None, f"no outcome of {name}"
        codes = {issue[0] for issue in document["issues"]}
        assert (document["outcome"], codes) == (text["outcome"], set(text.get("codes", []))), document["issues"]
        assert document["conflict"] == text.get("conflict", document["conflict"])
        if "concerns" in text:
            assert {issue[1] for issue in document["issues"]} >= set(text["concerns"]), document["issues"]
        for field, value in text.get("state", {}).items():
            assert document["state"][field] == value, document["state"]

    async def _ledger(self, text: Text) -> None:
        """So many readings ended in each place, and none elsewhere."""
        total = await ledgers.total(self._database)
        names = ("accepted", "repeated", "held", "dead_lettered")
        assert {name: getattr(total, name) for name in names} == {name: text.get(name, 0) for name in names}


def _standing(finding: Text, how: str | None) -> list[int]:
    """Return the hours of a finding that are open, or those that were settled in this way."""
    if how is None:
        return list(finding["open"])
    return [hour for entry in finding["settled"] if entry["how"] == how for hour in entry["hours"]]


def _hours(text: Text) -> list[tuple[str, int]]:
    first = hour_of(text["start"])
    return [(text["line"], hour) for hour in range(first, first + text.get("hours", 1))]


def _of_row(row: np.void, name: str) -> Any:
    """Return what an hour at rest says under a name; an hour that nobody has told is MISSING."""
    if name in COLUMNS:
        column, quantity = COLUMNS[name]
        return None if not row["revision"] or row[column] == ABSENT else int(row[column]) / quantity.scale
    if name in ("method", "failed"):
        return row[name].decode()
    if name == "pinned":
        return bool(row["provenance"] & Provenance.PINNED)
    if name == "quality":
        return Quality(int(row["quality"] or Quality.MISSING)).name
    if name == "validity":
        return Validity(int(row["validity"])).name if row["revision"] else None
    return int(row[name])
