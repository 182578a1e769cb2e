"""Gas quality end to end: attributions, analyses, what hours, days and files show, and what was known before."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import yaml
from lxml import etree

from services.export.api import SCHEMA
from shared.domain import gas_time
from tests.integration.pipeline.test_analyses import COMPOSITION, analysis, post, telegram
from tests.integration.pipeline.test_doors import settled
from tests.pipeline.running import System
from tests.pipeline.stations import hour_text, plan, recent_hours
from tests.pipeline.stations import telegram as readings

PLAN = plan("GAS", stations=1, lines=2)
STATION = PLAN.stations[0]
LINE, BARE = PLAN.lines[STATION]
DAY = gas_time.hours_of_day(gas_time.gas_day(recent_hours(days=6)[0]) + timedelta(days=1))
TOLD = DAY[:4]
"""The hours of which the chromatograph tells, two hours before they reach the line."""


def change(**parts: object) -> bytes:
    """Return a change of the register."""
    return yaml.safe_dump({"reason": "gas quality", **parts}).encode()


def attribution(line: str = LINE, **changed: object) -> dict[str, object]:
    """Return an attribution of a line to GAS-Z."""
    start = gas_time.hour_text(DAY.start)
    return {"line": line, "from": start, "chromatograph": "GAS-Z", "delay_h": 2, "others": ["GAS-L"], **changed}


@pytest.fixture(scope="module")
def portal(running: System) -> System:
    """A gas day of two lines, one of which carries the gas of Zelzate, which falls silent after four hours."""
    running.register(PLAN.document("2020-01-01"))
    named = [{"id": "GAS-Z", "name": "Zelzate"}, {"id": "GAS-L", "name": "Loenhout"}]
    running.register(change(chromatographs=named, attributions=[attribution()]))
    post(running, telegram(*(analysis(hour - 2) for hour in TOLD), chromatograph="GAS-Z"))
    texts = [(line, [{**hour_text(line, hour), "gcv_kwh_per_m3n": 11.2} for hour in DAY]) for line in (LINE, BARE)]
    status, answer = running.post("/v1/readings", readings(STATION, texts, "G1"))
    assert status == 202
    settled(running, answer)
    return running


def rows(system: System, line: str = LINE, **asked: str) -> list[dict[str, Any]]:
    """Return the rows of the gas day."""
    day = gas_time.gas_day(DAY.start)
    given = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat(), **asked}
    query = "&".join(f"{name}={value}" for name, value in given.items())
    found: list[dict[str, Any]] = system.get(f"/v1/lines/{line}/measurements?{query}")["rows"]
    return found


def test_each_hour_shows_its_gas_and_where_it_comes_from(portal: System) -> None:
    """Of the analysis two hours before, then of the last good one; shares as they were sent."""
    found = rows(portal)
    assert [row["gas_quality"] for row in found] == ["ANALYSIS"] * 4 + ["HELD"] * (len(DAY) - 4)
    assert found[0]["composition_mol_percent"]["methane"] == COMPOSITION["methane"]
    assert found[0]["composition_mol_percent"]["helium"] is None
    assert found[0]["analysis_start"] == gas_time.hour_text(DAY.start - 2)
    assert found[9]["analysis_start"] == gas_time.hour_text(DAY.start + 1)
    assert {row["chromatograph"] for row in found} == {"GAS-Z"}
    assert found[0]["density"] == pytest.approx(0.77788, abs=1e-5)
    assert found[0]["wobbe"] == pytest.approx(52.211871 / 3.6, abs=1e-4)
    assert found[0]["ncv"] == pytest.approx(36.549136 / 3.6, abs=1e-4)
    assert found[0]["kref"] == pytest.approx(0.997307, abs=1e-6)
    assert "density" not in rows(portal, BARE)[0]


def test_calorific_values_at_another_reference(portal: System) -> None:
    """Converted by the gas itself; volume and energy stay."""
    here, there = rows(portal)[0], rows(portal, reference="15/15", unit="MJ")[0]
    assert there["gcv"] / (here["gcv"] * 3.6) == pytest.approx(38.410611 / 40.496601, rel=1e-4)
    assert there["ncv"] == pytest.approx(34.634822, abs=1e-3)
    assert there["density"] == pytest.approx(0.73705, abs=1e-4)
    assert there["volume_m3n"] == here["volume_m3n"]
    assert rows(portal, BARE, reference="15/15")[0]["gcv"] is None


@pytest.mark.parametrize("view", ["day", "month"])
def test_days_and_months_show_the_mean_gas(portal: System, view: str) -> None:
    """Weighted by flow; the same gas in every hour is the gas of the whole."""
    asked = {"view": "day"}
    if view == "month":
        month = gas_time.month_of(gas_time.gas_day(DAY.start))
        asked = {"view": "month", "from": month, "to": gas_time.next_month(month)}
    row = rows(portal, **asked)[0]
    assert row["composition_mol_percent"]["methane"] == pytest.approx(COMPOSITION["methane"], abs=1e-4)
    assert (row["chromatograph"], "gas_quality" in row) == ("GAS-Z", False)


def test_files_carry_the_gas(portal: System) -> None:
    """Both formats, for both lines: one has it, the other has empty columns; the xml keeps its schema."""
    day = gas_time.gas_day(DAY.start)
    query = f"/v1/download?line={LINE}&line={BARE}&from={day}&to={day + timedelta(days=1)}&reference=15/15"
    table = list(csv.DictReader(io.StringIO(_file(portal, query))))
    assert table[0]["methane_mol_percent"] == "93.3212"
    assert table[0]["gcv_kwh_per_m3_at_15_15"]
    assert [row["chromatograph"] for row in (table[0], table[-1])] == ["GAS-Z", ""]
    root = etree.fromstring(_file(portal, query + "&format=xml").encode())
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    hours = root.findall("{*}hour")
    assert (hours[0].get("density"), hours[-1].get("density")) == (table[0]["density_kg_per_m3_at_15_15"], None)
    assert root.get("reference") == "15/15"


def _file(system: System, path: str) -> str:
    return httpx2.get(system.http + path).raise_for_status().text


def test_what_was_known_before_stays_readable(portal: System) -> None:
    """A corrected analysis, then another attribution: each changes what is shown now, and its tag, not what was."""
    before = portal.get(_measurements())
    leaner = analysis(DAY[0] - 2, composition_mol_percent={"methane": 93.0, "nitrogen": 7.0}, gcv_kwh_per_m3n=None)
    post(portal, telegram(leaner, chromatograph="GAS-Z", sent="2026-11-24T00:00:00Z"))
    corrected = portal.get(_measurements())
    assert corrected["rows"][0]["composition_mol_percent"]["methane"] == 93.0
    assert corrected["known_at"] > before["known_at"]
    then = portal.get(_measurements() + f"&known_at={before['known_at']}")
    assert then["rows"][0]["composition_mol_percent"] == before["rows"][0]["composition_mol_percent"]
    portal.register(change(attributions=[attribution(chromatograph=None, others=[])]))
    assert portal.get(_measurements())["rows"][0]["chromatograph"] is None
    again = portal.get(_measurements() + f"&known_at={before['known_at']}")
    assert again["rows"][0]["chromatograph"] == "GAS-Z"


def _measurements() -> str:
    day = gas_time.gas_day(DAY.start)
    return f"/v1/lines/{LINE}/measurements?from={day}&to={day + timedelta(days=1)}"


def test_attributions_that_name_nobody_are_refused(portal: System) -> None:
    """All of the change, with what to do."""
    wrong = change(attributions=[attribution("NOBODY"), attribution(chromatograph="NOWHERE")])
    file = portal.folder / "wrong.yaml"
    file.write_bytes(wrong)
    told = portal.gastrack("topology", "apply", str(file), code=1)
    assert "UNKNOWN_LINE attributions[0].line" in told
    assert "UNKNOWN_CHROMATOGRAPH attributions[1]" in told
    half = {**attribution(), "from": "2026-11-23T10:30:00Z"}
    file.write_bytes(change(attributions=[half]))
    assert "attributions[0].from" in portal.gastrack("topology", "apply", str(file), code=1)
