"""The operator's export: two rows are one reading, statuses are qualities, and nothing missing becomes zero."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shared.domain.gas_time import gas_day, hour_number, hours_of_day
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality
from shared.domain.reason import Reason
from tests.unit.ingest.files.real_exports import REAL_EXPORTS
from tests.unit.ingest.files.samples import (
    DUTCH,
    ENGLISH,
    LINE,
    PORTALS,
    Portal,
    Written,
    export,
    fluvius_row,
    only_fault,
    only_hour,
    told_by,
)

FIRST = hour_number(datetime.fromisoformat("2023-10-22T06:00+02:00"))
COUNT = 1_699
LONG_DAY = datetime.fromisoformat("2023-10-28").date()


def generated_export() -> bytes:
    """Return a file of the real one's shape: 22 Oct 2023 06:00 to 1 Jan 2024 00:00, the 25-hour gas day inside."""
    rows = []
    for place in range(COUNT):
        litres = (place * 7_919) % 5_000
        watt_hours = litres * 11_327 // 1_000
        volume, energy = (f"{n // 1000},{n % 1000:03}" for n in (litres, watt_hours))
        rows.append(Written(FIRST + place, volume, energy, ENGLISH.read))
    return export(ENGLISH, rows)


def real_export(name: str) -> bytes:
    """Return one of the real exports, or skip with the reason."""
    path: Path = REAL_EXPORTS / name
    if not path.exists():
        pytest.skip(f"no {name} beside this clone (../shared/data/fluvius): only the generated file is checked")
    return path.read_bytes()


def sums_in_file(data: bytes) -> dict[str, int]:
    """Return the decimal sums of a file per unit in thousandths, read without our own code."""
    sums: dict[str, Decimal] = {}
    for row in list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))[1:]:
        sums[row[9]] = sums.get(row[9], Decimal(0)) + Decimal(row[8].replace(",", ".") or 0)
    return {unit: int(total * 1000) for unit, total in sums.items()}


@pytest.mark.parametrize("source", ["generated", "gas_hourly_en.csv"])
def test_the_long_export_arrives_hour_by_hour(source: str) -> None:
    """1,699 distinct hours in order, 25 of them on 28 Oct 2023, and the sums of the file exactly."""
    data = generated_export() if source == "generated" else real_export(source)
    told = told_by(data, LINE)
    assert told.faults == []
    assert [h.hour for h in told.hours] == list(range(FIRST, FIRST + COUNT))
    assert [h.hour for h in told.hours if gas_day(h.hour) == LONG_DAY] == list(hours_of_day(LONG_DAY))
    assert len(hours_of_day(LONG_DAY)) == 25
    sums = sums_in_file(data)
    assert sum(h.values["volume_m3n"] for h in told.hours) == sums["m\u00b3"] > 0
    assert sum(h.values["energy_kwh"] for h in told.hours) == sums["kWh"] > 0
    assert {h.provenance for h in told.hours} == {Provenance.FROM_FILE | Provenance.VOLUME_OPERATING}
    assert {h.quality for h in told.hours} == {Quality.MEASURED}


def test_the_dutch_export_has_estimates_and_a_missing_hour() -> None:
    """Geschat is ESTIMATED, Geen verbruik is MISSING without a value, and the sums are those of the file."""
    data = real_export("gas_hourly_nl.csv")
    told = told_by(data, LINE)
    first = hour_number(datetime.fromisoformat("2022-01-10T06:00+01:00"))
    assert (told.faults, [h.hour for h in told.hours]) == ([], list(range(first, first + 58)))
    qualities = [h.quality for h in told.hours]
    assert (qualities.count(Quality.ESTIMATED), qualities.count(Quality.MISSING)) == (10, 1)
    missing = told.hours[qualities.index(Quality.MISSING)]
    assert missing.values["volume_m3n"] == missing.values["energy_kwh"] == ABSENT
    present = [h for h in told.hours if h is not missing]
    assert sum(h.values["volume_m3n"] for h in present) == sums_in_file(data)["m\u00b3"]
    assert sum(h.values["energy_kwh"] for h in present) == sums_in_file(data)["kWh"]


@pytest.mark.parametrize("portal", PORTALS)
def test_each_language_says_the_same(portal: Portal) -> None:
    """English, Dutch and (assumed) French, m\u00b3 first or kWh first: the same three readings."""
    rows = [
        Written(FIRST, "1234,567", "14000,1", portal.read),
        Written(FIRST + 1, "0,000", "0,000", portal.estimated),
        Written(FIRST + 2, "", "", portal.missing),
    ]
    hours = told_by(export(portal, rows), LINE).hours
    assert [(h.line, h.hour, h.meter) for h in hours] == [(LINE, FIRST + i, "7FLO1") for i in range(3)]
    assert [h.quality for h in hours] == [Quality.MEASURED, Quality.ESTIMATED, Quality.MISSING]
    assert [h.values["volume_m3n"] for h in hours] == [1_234_567, 0, ABSENT]
    assert [h.values["energy_kwh"] for h in hours] == [14_000_100, 0, ABSENT]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [0, 2, 1, 3], [1, 0, 3, 2], [2, 3, 1, 0]])
def test_rows_of_an_hour_find_each_other(order: list[int]) -> None:
    """m\u00b3 and kWh rows of two hours, in any order: two readings with their own values."""
    hours = [Written(FIRST, "1,000", "11,000", "Read"), Written(FIRST + 1, "2,000", "22,000", "Read")]
    rows = [fluvius_row(ENGLISH, h, v, u) for h in hours for v, u in ((h.volume, "m\u00b3"), (h.energy, "kWh"))]
    told = told_by("\n".join([ENGLISH.heading, *(rows[i] for i in order)]), LINE)
    values = {h.hour: (h.values["volume_m3n"], h.values["energy_kwh"]) for h in told.hours}
    assert values == {FIRST: (1_000, 11_000), FIRST + 1: (2_000, 22_000)}


def test_a_volume_without_energy_is_a_reading() -> None:
    """The kWh row is optional, and one without consumption beside a read volume is energy not sent."""
    hour = Written(FIRST, "1,000", "", "Read")
    alone = fluvius_row(ENGLISH, hour, "1,000", "m3")
    without = fluvius_row(ENGLISH, Written(FIRST, "", "", "No consumption"), "", "kWh")
    for rows in ([alone], [alone, without]):
        told = only_hour("\n".join([ENGLISH.heading, *rows]), LINE)
        assert (told.values["energy_kwh"], told.quality) == (ABSENT, Quality.MEASURED)


def test_the_weaker_status_of_the_two_rows_counts() -> None:
    """A read volume with an estimated energy is an estimated hour."""
    rows = [
        fluvius_row(ENGLISH, Written(FIRST, "", "", "Read"), "1,0", "m3"),
        fluvius_row(ENGLISH, Written(FIRST, "", "", "Estimated"), "11,0", "kWh"),
    ]
    assert only_hour("\n".join([ENGLISH.heading, *rows]), LINE).quality is Quality.ESTIMATED


def test_a_zero_beside_no_consumption_is_missing() -> None:
    """Whatever digits stand there, no consumption is never a measured zero."""
    hour = only_hour(export(ENGLISH, [Written(FIRST, "0,000", "0,000", "No consumption")]), LINE)
    assert (hour.quality, hour.values["volume_m3n"]) == (Quality.MISSING, ABSENT)


@pytest.mark.parametrize(
    ("old", "new", "code", "position"),
    [
        ("1,500;m\u00b3", "1.500;m\u00b3", Reason.A1_NUMBER, "row 2, column Volume"),
        ("1,500;m\u00b3", ";m\u00b3", Reason.A1_NUMBER, "row 2, column Volume"),
        ("16,500;kWh", "1_6;kWh", Reason.A1_NUMBER, "row 3, column Volume"),
        ("1,500;m\u00b3", "99999999999;m\u00b3", Reason.A1_RANGE, "row 2, column Volume"),
        ("16,500;kWh", "16,500;MWh", Reason.A1_UNIT, "row 3, column Unit"),
        ("kWh;Read", "kWh;Guessed", Reason.A1_ENUM, "row 3, column Validation status"),
        ("Offtake", "Injection", Reason.A1_REGISTER, "row 2, column Register"),
        ("Offtake", "Offtake Day", Reason.A1_ENUM, "row 2, column Register"),
        ("7FLO1", "=7FLO1", Reason.A1_ID, "row 2, column Meter"),
        ('="541448820050000001"', "=1+1", Reason.A1_ID, "row 2, column EAN code"),
        ("22/10/2023;06", "22/13/2023;06", Reason.A1_TIME, "rows 2 and 3, column From (date)"),
        ("07:00:00", "25:00:00", Reason.A1_TIME, "rows 2 and 3, column From (date)"),
        ("22/10/2023;06", "22.10.2023;06", Reason.A1_TIME, "rows 2 and 3, column From (date)"),
        ("07:00:00", "06:15:00", Reason.A4_ALIGNMENT, "rows 2 and 3, column From (date)"),
        ("06:00:00", "06:15:00", Reason.A4_ALIGNMENT, "rows 2 and 3, column From (date)"),
        ("m\u00b3;Read", "m\u00b3;No consumption", Reason.A1_SCHEMA, "row 2, column Volume"),
        ("1,500;m\u00b3;Read", ";m\u00b3;No consumption", Reason.A1_PAIR, "rows 2 and 3"),
    ],
)
def test_each_fault_of_an_hour(old: str, new: str, code: Reason, position: str) -> None:
    """The hour is one fault with its code and place; the hour after it arrives."""
    good = export(ENGLISH, [Written(FIRST + i, "1,500", "16,500", "Read") for i in range(2)]).decode()
    rows = good.split("\r\n")
    bad = "\r\n".join([rows[0], *(r.replace(old, new) for r in rows[1:3]), *rows[3:]])
    assert bad != good
    told = told_by(bad, LINE)
    assert [h.hour for h in told.hours] == [FIRST + 1]
    assert [(f.code, f.position) for f in told.faults] == [(code, position)]


def test_an_hour_of_energy_alone_is_a_fault() -> None:
    """Without its m\u00b3 row an hour has no volume, and that is said."""
    row = fluvius_row(DUTCH, Written(FIRST, "", "", "Geschat"), "1,0", "kWh")
    assert only_fault(f"{DUTCH.heading}\n{row}", LINE).code is Reason.A1_PAIR


def test_a_row_of_other_length_stands_alone() -> None:
    """A torn row is its own fault; the other row of its hour is told as far as it goes."""
    rows = export(ENGLISH, [Written(FIRST, "1,500", "16,500", "Read")]).decode().splitlines()
    told = told_by("\n".join([rows[0], rows[1], rows[2][:30]]), LINE)
    assert [h.values["energy_kwh"] for h in told.hours] == [ABSENT]
    assert [f.code for f in told.faults] == [Reason.A1_ROW_LENGTH]


def test_the_same_hour_twice_is_two_readings() -> None:
    """A repetition is not judged here: each pair of rows is a reading of its own."""
    rows = [Written(FIRST, "1,500", "16,500", "Read"), Written(FIRST, "1,600", "17,600", "Read")]
    assert [h.values["volume_m3n"] for h in told_by(export(ENGLISH, rows), LINE).hours] == [1_500, 1_600]


def test_an_export_without_meter_column() -> None:
    """The meter is told where the file has it, and is not obligatory."""
    text = export(ENGLISH, [Written(FIRST, "1,500", "16,500", "Read")]).decode()
    hour = only_hour(text.replace(";Meter;", ";").replace(";7FLO1;", ";"), LINE)
    assert (hour.meter, hour.values["energy_kwh"]) == ("", 16_500)
