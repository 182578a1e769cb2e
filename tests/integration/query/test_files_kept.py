"""Text of months that is kept: it goes out again as long as it is true, and not a moment longer."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import numpy as np
import pytest

from deploy.local.servers import Servers
from services.export.files.rendered import KeptTexts
from services.export.wiring import application
from shared.domain import gas_time
from shared.domain.analysis import KEPT_ANALYSIS
from shared.domain.attribution import Attribution
from shared.domain.topology import Terms
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect
from shared.store.documents import Collection, day_id, month_id
from shared.store.measurements import hours_of_lines
from tests.integration.query.clients import client_of, manifest_of
from tests.integration.query.conftest import FIRST, NOW
from tests.integration.query.stored_files import GAS, GAS_DAYS, A, B, store_files
from tests.integration.query.stored_lines import KNOWN_AT_MS, a_line, plausible_hours, register, store_hours

OCTOBER = {"line": A, "from": "2026-10-01", "to": "2026-11-01"}
HOUR = gas_time.hours_of_day(GAS_DAYS[0]).start


@dataclass(slots=True)
class Keeping:
    """An export service with what it keeps, and how often it read hours."""

    client: httpx2.AsyncClient
    kept: KeptTexts
    reads: list[int]

    async def file(self, **asked: Any) -> str:
        """Return a file."""
        answer = await self.client.get("/v1/download", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def keeping(
    stack: Servers, database: SyncDatabase[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Keeping]:
    """A fresh service over lines of which October is closed."""
    store_files(database)
    database[Collection.LINE_MONTHS].update_one({"_id": month_id(A, "2026-10")}, {"$set": {"closed": True}})
    store, reads = connect(stack.mongo_uri, database.name), list[int]()

    async def counted(*asked: Any) -> Any:
        reads.append(len(asked[1]))
        return await hours_of_lines(*asked)

    monkeypatch.setattr("services.export.files.reading.hours_of_lines", counted)
    app = application(store, open_door("demo"), lambda: NOW)
    async with client_of(app) as client:
        yield Keeping(client, app.state.kept_texts, reads)
    store.client.close()
    database[Collection.ANALYSES].delete_many({})


async def test_what_was_written_once_is_not_read_again(keeping: Keeping) -> None:
    """The second file is the same, from what is kept; another format, unit or column is another text."""
    first = await keeping.file(**OCTOBER)
    assert (await keeping.file(**OCTOBER), keeping.reads) == (first, [1])
    for other in ({"format": "xml"}, {"unit": "GJ"}, {"columns": "energy"}, {"dialect": "excel-be"}):
        assert await keeping.file(**OCTOBER, **other) != first
    assert keeping.reads == [1] * 5


@pytest.mark.parametrize("form", ["csv", "xml", "json", "xlsx"])
async def test_files_of_kept_texts_have_each_its_digest(keeping: Keeping, form: str) -> None:
    """Files that begin alike and go on differently, asked for again and again: each manifest tells of its own bytes."""
    november: dict[str, Any] = {**OCTOBER, "to": "2026-11-20"}
    for asked in 2 * [OCTOBER, november, {**november, "line": [A, B]}, {**november, "line": B}]:
        file = await keeping.client.get("/v1/download", params={**asked, "format": form})
        told = (await manifest_of(keeping.client, file))["file"]
        assert (told["size"], told["sha256"]) == (len(file.content), hashlib.sha256(file.content).hexdigest())


async def test_a_correction_replaces_it_at_once(keeping: Keeping, database: SyncDatabase[dict[str, Any]]) -> None:
    """A file that is asked for after the correction has landed says it: nobody had to tell the service."""
    before = await keeping.file(**OCTOBER)
    corrected = plausible_hours(range(HOUR, HOUR + 1), seed=9)
    corrected["revision"], corrected["known_at"] = 2, KNOWN_AT_MS
    store_hours(database, A, HOUR, corrected)
    after = await keeping.file(**OCTOBER)
    assert {line for line in after.split() if line not in before.split()}
    assert f"{corrected['volume'][0] / 1000:.3f}" in after
    assert f"{corrected['volume'][0] / 1000:.3f}" not in before
    assert "DEFINITIVE,MEASURED,2,normalised" in after


async def test_a_change_of_status_alone_replaces_it(keeping: Keeping, database: SyncDatabase[dict[str, Any]]) -> None:
    """A month that closes is another text, though no value changed."""
    asked = {"line": A, "from": "2026-11-01", "to": "2026-11-20"}
    assert "DEFINITIVE" not in await keeping.file(**asked)
    closed = {"$set": {"closed": True, "status_known_at": KNOWN_AT_MS}, "$inc": {"statuses": 1}}
    database[Collection.LINE_MONTHS].update_one({"_id": month_id(A, "2026-11")}, closed)
    assert "DEFINITIVE" in await keeping.file(**asked)


async def test_another_name_or_gas_replaces_it(keeping: Keeping, database: SyncDatabase[dict[str, Any]]) -> None:
    """What the register and the chromatographs say is part of the text."""
    asked = {"line": GAS, "from": "2026-10-23", "to": "2026-10-27"}
    before = await keeping.file(**asked)
    day = {"_id": day_id("Z", GAS_DAYS[1])}
    told = database[Collection.ANALYSES].find_one(day)
    assert told is not None
    rows = np.frombuffer(told["a"], KEPT_ANALYSIS).copy()
    rows["shares"][:, 0] -= 30_000
    database[Collection.ANALYSES].update_one(day, {"$set": {"a": rows.tobytes()}, "$inc": {"v": 25}})
    other_gas = await keeping.file(**asked)
    assert other_gas != before
    line = replace(a_line(GAS, GAS_DAYS[0]), gas=(Attribution(HOUR, "Z", 2, (), known_at_ms=KNOWN_AT_MS),))
    register(database, replace(line, terms=(Terms(GAS_DAYS[0], "Renamed"),)), offset=11)
    assert "Renamed" in await keeping.file(**asked)


async def test_what_is_kept_is_bounded(keeping: Keeping) -> None:
    """The oldest leave; what is too large is not kept."""
    kept = KeptTexts(most_bytes=20_000)
    keeping.client._transport.app.state.kept_texts = kept  # type: ignore[attr-defined] # the service's own
    for line in (A, B):
        await keeping.file(line=line, **{"from": FIRST.isoformat(), "to": "2026-11-20"})
    assert 0 < kept.size <= 20_000
