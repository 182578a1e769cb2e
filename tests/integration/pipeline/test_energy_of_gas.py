"""Energy that follows from a chromatograph: on arrival, after a correction, under another attribution, in silence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from shared.domain import gas_time
from tests.integration.pipeline.test_analyses import analysis, post, telegram
from tests.integration.pipeline.test_decisions import decide
from tests.integration.pipeline.test_doors import settled
from tests.integration.pipeline.test_gas_quality import DAY, change, rows
from tests.pipeline.running import System, until
from tests.pipeline.stations import hour_text, plan, volume_thousandths
from tests.pipeline.stations import telegram as readings
from tests.scenarios.telling import usual

PLAN = plan("ENE", stations=1, lines=6)
STATION = PLAN.stations[0]
LINE, SILENT, NAMED, LEAN, CLOSED, UNTOLD = PLAN.lines[STATION]
DELAY_H = 2
GCV, OTHER_GCV, CONTRACT_GCV = 11.249056, 10.9, 11.0
NEXT_DAY = gas_time.hours_of_day(gas_time.gas_day(DAY.stop))
LAST_MONTH = gas_time.month_before(gas_time.month_of(gas_time.gas_day(DAY.start)))
MONTH = gas_time.hours_of_month(LAST_MONTH)
LATER = "2026-11-24T00:00:00Z"


def attribution(line: str, chromatograph: str, start: int = DAY.start, **changed: object) -> dict[str, object]:
    """Return an attribution of a line to a chromatograph."""
    return {"line": line, "from": gas_time.hour_text(start), "chromatograph": chromatograph, "delay_h": 2, **changed}


def told(hours: range | list[int], gcv: float | None = GCV) -> list[dict[str, object]]:
    """Return analyses that serve these hours."""
    return [analysis(hour - DELAY_H, composition_mol_percent=None, gcv_kwh_per_m3n=gcv) for hour in hours]


def deliver(system: System, line: str, hours: range, name: str) -> dict[str, Any]:
    """Deliver volumes, and nothing else, of a line; return the receipt."""
    status, answer = system.post("/v1/readings", readings(STATION, [(line, [hour_text(line, h) for h in hours])], name))
    assert status == 202
    return settled(system, answer)


def energy(line: str, hour: int, gcv: float) -> float:
    """Return what follows from a calorific value, in kWh to three places."""
    return round(Fraction(volume_thousandths(line, hour)) * Fraction(str(gcv))) / 1000


def energies(system: System, line: str = LINE, **asked: str) -> list[float | None]:
    """Return the energies of the gas day."""
    return [row["energy"] for row in rows(system, line, **asked)]


def expected(gcvs: list[float], line: str = LINE) -> list[float]:
    """Return the energies that follow from a calorific value an hour."""
    return [energy(line, hour, gcv) for hour, gcv in zip(DAY, gcvs, strict=True)]


def findings(system: System, line: str, rule: str, **asked: str) -> list[dict[str, Any]]:
    """Return the findings of a rule on a line."""
    query = "&".join(f"{name}={value}" for name, value in {"line": line, "rule": rule, **asked}.items())
    found: list[dict[str, Any]] = system.get(f"/v1/findings?{query}")["rows"]
    return found


@pytest.fixture(scope="module")
def grid(running: System) -> System:
    """Six lines of one station that send volumes alone, and the chromatographs whose gas they carry."""
    running.register(PLAN.document("2020-01-01"))
    names = ("ENE-A", "ENE-B", "ENE-SILENT", "ENE-LATE", "ENE-LEAN", "ENE-C", "ENE-UNTOLD")
    named = [{"id": name, "name": name} for name in names]
    attributions = [
        attribution(LINE, "ENE-A"),
        attribution(SILENT, "ENE-SILENT", contract_gcv_kwh_per_m3n=CONTRACT_GCV),
        attribution(NAMED, "ENE-LATE", contract_gcv_kwh_per_m3n=CONTRACT_GCV),
        attribution(LEAN, "ENE-LEAN"),
        attribution(UNTOLD, "ENE-UNTOLD"),
    ]
    running.register(change(chromatographs=named, attributions=attributions))
    return running


def test_energy_follows_from_the_chromatograph(grid: System) -> None:
    """On arrival: the analysis two hours before, exact to the thousandth; who repeats the volume repeats the hour."""
    post(grid, telegram(*told(DAY), chromatograph="ENE-A"))
    assert deliver(grid, LINE, DAY, "E1")["accepted"] == len(DAY)
    assert energies(grid) == expected([GCV] * len(DAY))
    assert {(row["gcv"], row["revision"], row["gas_quality"]) for row in rows(grid, LINE)} == {(11.2491, 1, "ANALYSIS")}
    assert rows(grid, LINE, view="day")[0]["energy"] == pytest.approx(sum(expected([GCV] * len(DAY))), abs=1e-6)
    assert deliver(grid, LINE, DAY, "E2")["repeated"] == len(DAY)
    assert {row["revision"] for row in rows(grid, LINE)} == {1}


def test_a_corrected_analysis_tells_its_hour_again(grid: System) -> None:
    """That one and no other, as a new revision; what was known before stays readable, and the hour says why."""
    before = grid.get(f"/v1/lines/{LINE}/measurements?from={gas_time.gas_day(DAY[0])}&to={gas_time.gas_day(DAY.stop)}")
    post(grid, telegram(*told([DAY[5]], 11.3), chromatograph="ENE-A", sent=LATER))
    gcvs = [11.3 if hour == DAY[5] else GCV for hour in DAY]
    until(lambda: energies(grid) == expected(gcvs), 30, "the corrected hour")
    assert [row["revision"] for row in rows(grid, LINE)] == [2 if hour == DAY[5] else 1 for hour in DAY]
    assert energies(grid, known_at=before["known_at"]) == expected([GCV] * len(DAY))
    assert rows(grid, LINE, view="day")[0]["energy"] == pytest.approx(sum(expected(gcvs)), abs=1e-6)
    history = grid.get(f"/v1/lines/{LINE}/hours/{gas_time.hour_text(DAY[5])}/history")["rows"]
    assert [(row["cause"]["kind"], row["gcv_kwh_per_m3n"]) for row in history] == [("telegram", GCV), ("gas", 11.3)]
    told_by = {"how": "ANALYSIS", "chromatograph": "ENE-A", "analysis_start": gas_time.hour_text(DAY[5] - DELAY_H)}
    assert [row["gas"] for row in history] == [told_by, told_by]


def test_a_changed_attribution_tells_its_hours_again(grid: System) -> None:
    """From its hour on and no other; gas that becomes another one within an hour is found (D15)."""
    post(grid, telegram(*told(DAY, OTHER_GCV), chromatograph="ENE-B"))
    grid.register(change(attributions=[attribution(LINE, "ENE-B", DAY[12])]))
    gcvs = [11.3 if hour == DAY[5] else GCV if hour < DAY[12] else OTHER_GCV for hour in DAY]
    until(lambda: energies(grid) == expected(gcvs), 30, "the hours of the other chromatograph")
    assert [row["revision"] for row in rows(grid, LINE)][:12] == [2 if hour == DAY[5] else 1 for hour in DAY[:12]]
    assert {row["revision"] for row in rows(grid, LINE)[12:]} == {2}
    assert {row["chromatograph"] for row in rows(grid, LINE)[12:]} == {"ENE-B"}
    (drift,) = findings(grid, LINE, "D15")
    assert (drift["starts"], drift["severity"]) == ([gas_time.hour_text(DAY[12])], "W")
    grid.register(change(attributions=[attribution(LINE, "ENE-B", DAY[11])]))
    until(lambda: energies(grid)[11] == energy(LINE, DAY[11], OTHER_GCV), 30, "one hour more")
    assert rows(grid, LINE)[12]["revision"] == 2
    assert [found["open_starts"] for found in findings(grid, LINE, "D15", state="open")] == [
        [gas_time.hour_text(DAY[11])]
    ]


def test_a_silent_chromatograph(grid: System) -> None:
    """Its last good analysis for a day, then the mean of the month; shown, and beyond a day kept back (D13)."""
    post(grid, telegram(*told([DAY[0], DAY[1]], 11.2), chromatograph="ENE-SILENT"))
    deliver(grid, SILENT, DAY, "S1")
    assert {row["gas_quality"] for row in rows(grid, SILENT)[2:]} == {"HELD"}
    deliver(grid, SILENT, NEXT_DAY, "S2")
    day = gas_time.gas_day(NEXT_DAY.start)
    later = rows(grid, SILENT, **{"from": day.isoformat(), "to": gas_time.gas_day(NEXT_DAY.stop).isoformat()})
    assert [row["gas_quality"] for row in later[:3]] == ["HELD", "HELD", "MONTH_MEAN"]
    assert {row["gcv"] for row in later} == {11.2}
    assert {row["validity"] for row in later[2:]} == {"RECORDED"}
    graver = findings(grid, SILENT, "D13", severity="F")
    assert [len(found["starts"]) for found in graver] == [len(later) - 2]
    assert len(findings(grid, SILENT, "D13", severity="W")) == 2


def test_the_value_of_the_contract_until_the_analysis_comes(grid: System) -> None:
    """Where nobody ever told the gas; a late analysis tells the hours again and lets them go."""
    deliver(grid, NAMED, DAY, "N1")
    assert {(row["gas_quality"], row["gcv"]) for row in rows(grid, NAMED)} == {("CONTRACT", CONTRACT_GCV)}
    assert {row["validity"] for row in rows(grid, NAMED)} == {"RECORDED"}
    post(grid, telegram(*told(DAY), chromatograph="ENE-LATE", sent=LATER))
    until(lambda: energies(grid, NAMED) == expected([GCV] * len(DAY), NAMED), 30, "the late analyses")
    assert {row["validity"] for row in rows(grid, NAMED)} == {"PRELIMINARY"}
    assert findings(grid, NAMED, "D13", state="open") == []


def test_gas_that_the_network_cannot_have(grid: System) -> None:
    """The calorific value of an attributed gas is judged as a line's own is (D8)."""
    post(grid, telegram(*told(DAY, 9.0), chromatograph="ENE-LEAN"))
    deliver(grid, LEAN, DAY, "L1")
    (found,) = findings(grid, LEAN, "D8")
    assert (len(found["starts"]), found["severity"], found["observed"][0]) == (len(DAY), "F", 9.0)
    assert {row["validity"] for row in rows(grid, LEAN)} == {"RECORDED"}


def test_pinned_hours_keep_their_energy_until_they_are_released(grid: System) -> None:
    """Somebody decided on a volume: its energy follows once, a later gas is held beside it; released, it counts."""
    hour, revision = DAY[20], rows(grid, LINE)[20]["revision"]
    decision = {"line": LINE, "reason": "read by hand", "author": "an"}
    corrected = {"start": gas_time.hour_text(hour), "revision": revision, "volume_m3n": 100.0}
    assert decide(grid, {**decision, "kind": "correct", "hours": [corrected]})[0] == 200
    assert energies(grid)[20] == 1_090.0
    post(grid, telegram(*told([hour], 11.0), chromatograph="ENE-B", sent=LATER))
    until(lambda: len(findings(grid, LINE, "HELD:PINNED")) == 1, 30, "the gas that is held")
    (held,) = findings(grid, LINE, "HELD:PINNED")
    assert (held["observed"], held["threshold"], energies(grid)[20]) == ([11.0], [OTHER_GCV], 1_090.0)
    released = {"start": gas_time.hour_text(hour), "revision": revision + 1}
    assert decide(grid, {**decision, "kind": "release", "hours": [released]})[0] == 200
    assert (energies(grid)[20], rows(grid, LINE)[20]["revision"]) == (1_100.0, revision + 2)


def test_a_closed_month_keeps_its_energy_until_it_is_reopened(grid: System) -> None:
    """A corrected analysis is held beside it and told; once a second person opens the month, it counts."""
    post(grid, telegram(*told(MONTH), chromatograph="ENE-C"))
    grid.register(change(attributions=[attribution(CLOSED, "ENE-C", MONTH.start)]))
    hours = [{"start": gas_time.hour_text(hour), "volume_m3n": usual(hour)["volume_m3n"]} for hour in MONTH]
    status, answer = grid.post("/v1/readings", readings(STATION, [(CLOSED, hours)], "C1"))
    assert (status, settled(grid, answer)["accepted"]) == (202, len(MONTH))
    close = {"kind": "close", "line": CLOSED, "reason": "done", "author": "an", "month": LAST_MONTH}
    until(lambda: decide(grid, close)[0] in {200, 409}, 60, "a tick, then the close")
    post(grid, telegram(*told([MONTH[9]], 11.5), chromatograph="ENE-C", sent=LATER))
    until(lambda: len(findings(grid, CLOSED, "HELD:DEFINITIVE")) == 1, 30, "the gas that is held")
    day = gas_time.gas_day(MONTH.start)
    asked = {"from": day.isoformat(), "to": gas_time.gas_day(MONTH[30]).isoformat()}
    assert {(row["gcv"], row["validity"]) for row in rows(grid, CLOSED, **asked)} == {(11.2491, "DEFINITIVE")}
    reopen = {"kind": "reopen", "line": CLOSED, "reason": "gas", "author": "an", "month": LAST_MONTH}
    assert decide(grid, {**reopen, "confirmed_by": "bo"})[0] == 200
    assert [(row["gcv"], row["revision"]) for row in rows(grid, CLOSED, **asked)][8:11] == [
        (11.2491, 1),
        (11.5, 2),
        (11.2491, 1),
    ]


def test_gas_that_nobody_tells(grid: System) -> None:
    """No analysis, no mean, nothing agreed: there is no energy, and the hours are kept back until there is (D13)."""
    deliver(grid, UNTOLD, DAY, "U1")
    assert {(row["energy"], row["validity"]) for row in rows(grid, UNTOLD)} == {(None, "RECORDED")}
    assert [len(found["starts"]) for found in findings(grid, UNTOLD, "D13", severity="F")] == [len(DAY)]
    post(grid, telegram(*told(DAY), chromatograph="ENE-UNTOLD"))
    until(lambda: energies(grid, UNTOLD) == expected([GCV] * len(DAY), UNTOLD), 30, "the analyses")
    assert findings(grid, UNTOLD, "D13", state="open") == []


def test_an_analysis_at_the_end_of_the_calendar_stops_nobody(grid: System) -> None:
    """It is refused, as one of the future, though its chromatograph serves lines."""
    far = analysis(gas_time.hours_of_day(gas_time.LAST_DAY).stop - 1, composition_mol_percent=None)
    assert post(grid, telegram(far, *told([DAY[3]], 11.31), chromatograph="ENE-A", sent=LATER))["dead_lettered"] == 1
    until(lambda: energies(grid)[3] == energy(LINE, DAY[3], 11.31), 30, "its neighbour")


def test_replayed_the_log_says_the_same(grid: System) -> None:
    """Every revision, finding and rollup, whatever else is in the log."""
    told_twice = grid.gastrack("replay", "--json")
    assert told_twice["same"] is True, told_twice
    assert grid.verify()
