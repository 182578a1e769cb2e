"""The gas of a line as readers see it: page, references, chromatographs and what they told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx2
import numpy as np
import pytest

from shared.domain import gas_time
from shared.domain.analysis import KEPT_ANALYSIS, empty_analyses
from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.physics.components import COMPONENTS
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection, day_id
from tests.integration.query.stored_lines import a_line, plausible_hours, register, store_hours

DAY = date(2026, 11, 20)
HOURS = gas_time.hours_of_day(DAY)
LINE = "BE-0042-GAS"


@pytest.fixture(scope="module", autouse=True)
def told(database: SyncDatabase[dict[str, Any]]) -> None:
    """A gas day of a line that carries the gas of Zelzate, two hours later; one analysis is doubtful."""
    line = a_line(LINE, first=DAY)
    gas = (Attribution(HOURS.start, "Z", 2, ("L",), known_at_ms=1),)
    register(database, replace(line, gas=gas))
    register(database, Chromatograph("Z", "Zelzate"), Chromatograph("L", "Loenhout"))
    store_hours(database, LINE, HOURS.start, plausible_hours(HOURS))
    for day in (DAY - timedelta(days=1), DAY):
        rows = _analyses(gas_time.hours_of_day(day))
        version: dict[str, Any] = {"v": len(rows), "known_at": 5}
        document = {"_id": day_id("Z", day), "p": 0, "c": "Z", "a": rows.tobytes(), **version}
        database[Collection.ANALYSES].insert_one(document)


def _analyses(hours: range) -> Any:
    rows = np.zeros(len(hours), KEPT_ANALYSIS)
    blank = empty_analyses(len(hours))
    for name in blank.dtype.names or ():
        rows[name] = blank[name]
    rows["hour"], rows["revision"], rows["known_at"] = np.arange(hours.start, hours.stop), 1, 5
    rows["shares"][:, COMPONENTS.index("methane")], rows["gcv"] = 1_000_000, 11_063_428
    rows["doubt"][-1] = b"D3"
    return rows


async def test_the_page_shows_the_gas_and_where_it_is_from(query: httpx2.AsyncClient) -> None:
    """Composition, characteristics, and each hour's chromatograph with its delay, in words."""
    page = (await query.get(f"/lines/{LINE}?view=hour&from={DAY}&to={DAY + timedelta(days=1)}")).text
    assert "Zelzate, 2 h delay" in page
    assert "last good analysis, of 20 Nov 04:00" in page
    assert "100.0000" in page
    assert "Wobbe index" in page


async def test_the_page_at_another_reference(query: httpx2.AsyncClient) -> None:
    """Tiles and table convert calorific values by the gas itself; the switch says which reference it is."""
    page = (await query.get(f"/lines/{LINE}?view=day&from={DAY}&to={DAY + timedelta(days=1)}&reference=15/15")).text
    assert "kWh/m³ 15/15" in page
    assert "reference=15%2F15" in page
    assert 'aria-current="true">15/15</a>' in page


async def test_chromatographs_and_what_they_told(query: httpx2.AsyncClient) -> None:
    """Each analysis with what the rules find in it; whether it is applied."""
    listed = (await query.get("/v1/chromatographs?limit=1")).json()
    assert [row["id"] for row in listed["rows"]] == ["L"]
    assert (await query.get(listed["next"])).json()["rows"] == [{"id": "Z", "name": "Zelzate"}]
    told = (await query.get(f"/v1/chromatographs/Z/analyses?from={DAY}&to={DAY + timedelta(days=1)}")).json()["rows"]
    assert [row["is_applied"] for row in told] == [True] * 23 + [False]
    assert told[0]["composition_mol_percent"] == {"methane": 100.0}
    assert told[0]["density_kg_per_m3n"] is None
    assert (await query.get("/v1/chromatographs/NOBODY/analyses")).status_code == 404


async def test_an_hour_explains_its_gas(query: httpx2.AsyncClient) -> None:
    """By whose analysis it is served, how that was found, and since when it is known."""
    start = gas_time.hour_text(HOURS[0])
    gas = (await query.get(f"/v1/lines/{LINE}/hours/{start}/history")).json()["gas"]
    assert (gas["chromatograph"], gas["how"], gas["delay_h"]) == ("Z", "ANALYSIS", 2)
    assert gas["analysis_start"] == gas_time.hour_text(HOURS[0] - 2)
    held = gas_time.hour_text(HOURS[1])
    assert (await query.get(f"/v1/lines/{LINE}/hours/{held}/history")).json()["gas"]["how"] == "HELD"
    other = (await query.get(f"/v1/lines/BE-0042-A/hours/{start}/history")).json()
    assert other["gas"] is None


async def test_a_line_tells_whose_gas_it_carries(query: httpx2.AsyncClient) -> None:
    """From which hour, after which delay, and who else may serve."""
    gas = (await query.get(f"/v1/lines/{LINE}")).json()["gas"]
    start = gas_time.hour_text(HOURS.start)
    assert [(one["from"], one["chromatograph"], one["delay_h"], one["others"]) for one in gas] == [
        (start, "Z", 2, ["L"])
    ]


async def test_the_history_tells_the_whole_attribution(query: httpx2.AsyncClient) -> None:
    """Chromatograph, delay and who else may serve; on the page in words."""
    rows = (await query.get(f"/v1/lines/{LINE}/topology/history")).json()["rows"]
    told = {one["what"]: one["after"] for one in rows[0]["changes"]}
    assert (told["chromatograph"], told["delay_h"], told["others"], told["deadlines"]) == ("Z", 2, ["L"], False)
    page = " ".join((await query.get(f"/lines/{LINE}/topology?lang=en")).text.split())
    for words in ("delay of the gas, hours", "otherwise gas from", "its hours have deadlines"):
        assert words in page
