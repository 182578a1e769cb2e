"""Rows of a view: hours that have ended, of an active line, present or missing; switch days; exact columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.gas_rows import gas_of_nobody
from shared.domain.period import Question, View
from shared.domain.physics.iso6976 import Properties
from shared.domain.published import Column, columns_of, hour_columns, known_at_column, period_columns, ratio
from shared.domain.quantities import EnergyUnit, energy, gcv_of_sums, gcv_reported
from shared.domain.reading import Provenance, Quality, Validity
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP, fold_hours
from shared.domain.topology import Line, Terms
from shared.domain.view import PeriodRows, day_rows, ended_before, expected_hours, hour_rows, month_rows, no_rows
from tests.unit.domain.hour_rows import day_of, hour_row

OCTOBER = Question(View.HOUR, date(2026, 10, 24), date(2026, 10, 25))
LINE = Line("A", "S", (Terms(date(2023, 11, 1), "a line"),))
LATER = ended_before(datetime(2027, 1, 1, tzinfo=UTC))


def strings(columns: list[Column]) -> dict[str, list[str | None]]:
    """Return columns by name as strings, None where absent."""
    found = {}
    for column in columns:
        here = [True] * len(column.cells) if column.present is None else column.present.tolist()
        cells = text.strings_of(column.cells)
        found[column.flat_name] = [cell if there else None for cell, there in zip(cells, here, strict=True)]
    return found


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 24), 25), (date(2026, 3, 28), 23), (date(2026, 7, 1), 24)])
def test_a_switch_day_has_all_its_hours(day: date, hours: int) -> None:
    """The Saturday before a switch has 25 or 23 rows, each with its own index and local start."""
    question = replace(OCTOBER, first=day, end=date.fromordinal(day.toordinal() + 1))
    expected = expected_hours(LINE, question, LATER)
    told = strings(list(hour_columns(hour_rows(expected, np.zeros(len(expected), HOUR)), EnergyUnit.KWH)))
    assert told["hour"] == [str(index) for index in range(1, hours + 1)]
    assert len(set(told["local_start"])) == hours
    assert told["local_start"] == [gas_time.local_start(hour).isoformat() for hour in expected]
    assert set(told["gas_day"]) == {day.isoformat()}


def test_an_hour_has_a_row_once_it_has_ended() -> None:
    """At 05:59:59 UTC the hour of 05:00 is still running; a second later it has a row."""
    running = ended_before(datetime(2026, 10, 24, 5, 59, 59, tzinfo=UTC))
    ended = ended_before(datetime(2026, 10, 24, 6, 0, 0, tzinfo=UTC))
    assert len(expected_hours(LINE, OCTOBER, running)) == 1
    assert len(expected_hours(LINE, OCTOBER, ended)) == 2


def test_a_line_has_rows_within_its_life() -> None:
    """Before its first gas day and from its end on, a line has no rows."""
    whole = replace(OCTOBER, first=date(2026, 10, 20), end=date(2026, 10, 30))
    short = Line("A", "S", (Terms(date(2026, 10, 24), "n"),), end=date(2026, 10, 26))
    assert len(expected_hours(short, whole, LATER)) == 25 + 24
    assert not expected_hours(Line("A", "S", (Terms(date(2027, 1, 1), "n"),)), whole, LATER)


def test_missing_is_null_and_never_zero() -> None:
    """What is unknown, and what was told to be missing, have no values and the quality MISSING."""
    rows = day_of(hour_row(volume=0, energy=0), hour_row(quality=Quality.MISSING, volume=5), hours=25)[0]
    told = strings(list(hour_columns(hour_rows(OCTOBER.hours, rows), EnergyUnit.KWH)))
    assert told["volume_m3n"][:3] == ["0.000", None, None]
    assert told["energy"][:3] == ["0.000", None, None]
    assert told["gcv"][:3] == [None, None, None]
    assert told["quality"][:3] == ["MEASURED", "MISSING", "MISSING"]
    assert told["revision"][:3] == ["1", "1", None]
    assert told["validity"][:3] == ["PRELIMINARY", "PRELIMINARY", None]


def test_an_estimated_hour_names_its_method() -> None:
    """The column is empty where nothing was estimated, and there is one where there are no rows."""
    rows = day_of(hour_row(), hour_row(quality=Quality.ESTIMATED), hours=25)[0]
    rows["method"][1] = b"M4"
    told = strings(list(hour_columns(hour_rows(OCTOBER.hours, rows), EnergyUnit.KWH)))
    assert told["method"][:3] == [None, "M4", None]
    assert strings(list(hour_columns(hour_rows(range(0), rows[:0]), EnergyUnit.KWH)))["method"] == []


@pytest.mark.parametrize("unit", list(EnergyUnit))
def test_numbers_are_those_of_the_quantities(unit: EnergyUnit) -> None:
    """Column-wise numbers equal those of the exact scalar functions, in every unit."""
    rows = day_of(
        hour_row(volume=1_234_567, energy=14_197_521, temperature=8_405),
        hour_row(volume=-7, energy=-81, temperature=-5),
        hour_row(volume=10, energy=110, gcv=11_500_050),
        hours=25,
    )[0]
    told = strings(list(hour_columns(hour_rows(OCTOBER.hours, rows), unit)))
    assert told["energy"][:2] == [f"{energy(14_197_521, unit):f}", f"{energy(-81, unit):f}"]
    assert told["gcv"][0] == f"{gcv_of_sums(14_197_521, 1_234_567, unit):f}"
    assert told["gcv"][1] == f"{gcv_of_sums(-81, -7, unit):f}"
    assert told["gcv"][2] == f"{gcv_reported(11_500_050, unit):f}"
    assert told["temperature_c"][:3] == ["8.40", "0.00", None]


def test_day_rows_count_what_is_expected_and_present() -> None:
    """A day tells its hours expected and present, by validity and quality; what did not come is MISSING."""
    rows = day_of(
        hour_row(volume=1_000, energy=11_000, validity=Validity.RECORDED),
        hour_row(volume=3_000, energy=33_100, quality=Quality.ESTIMATED),
        hours=25,
    )
    question = replace(OCTOBER, view=View.DAY)
    days = day_rows(question, expected_hours(LINE, question, LATER), fold_hours(rows))
    told = strings(list(period_columns(days, EnergyUnit.KWH)))
    first = {name: column[0] for name, column in told.items()}
    assert (first["gas_day"], first["start"], first["end"]) == (
        "2026-10-24",
        "2026-10-24T04:00:00Z",
        "2026-10-25T05:00:00Z",
    )
    assert (first["volume_m3n"], first["gcv"], first["validity"]) == ("4.000", "11.0250", "RECORDED")
    assert (first["hours_expected"], first["hours_present"], first["hours_missing"]) == ("25", "2", "23")
    assert (first["hours_recorded"], first["hours_preliminary"], first["hours_estimated"]) == ("1", "1", "1")


def test_a_day_that_is_running_expects_the_hours_that_have_ended() -> None:
    """Days and months without an ended hour have no row; the running one counts up to now."""
    question = Question(View.DAY, date(2026, 10, 24), date(2026, 10, 28))
    ended = gas_time.hours_of_day(date(2026, 10, 25)).start + 3
    days = day_rows(question, expected_hours(LINE, question, ended), np.zeros(4, ROLLUP))
    assert days.first_days == (date(2026, 10, 24), date(2026, 10, 25))
    assert days.expected.tolist() == [25, 3]


def test_months_are_the_sums_of_their_days() -> None:
    """Each month of a period folds its own days, and its end is the next month's start."""
    question = Question(View.MONTH, date(2026, 9, 1), date(2026, 11, 1))
    rollups = np.zeros(61, ROLLUP)
    rollups["volume"], rollups["hours_with_volume"] = np.arange(61), 1
    months = month_rows(question, expected_hours(LINE, question, LATER), rollups)
    told = strings(list(period_columns(months, EnergyUnit.KWH)))
    assert told["month"] == ["2026-09", "2026-10"]
    assert told["volume_m3n"] == [f"{sum(range(30)) / 1000:.3f}", f"{sum(range(30, 61)) / 1000:.3f}"]
    assert told["hours_expected"] == ["720", "745"]


def test_a_whole_period_is_one_row() -> None:
    """The totals of a period carry the rollup and the hours expected in all of it."""
    whole = PeriodRows.of_whole(OCTOBER, fold_hours(day_of(hour_row(volume=7_000), hours=25))[0], OCTOBER.hours)
    told = strings([*period_columns(whole, EnergyUnit.KWH), known_at_column(whole)])
    assert (told["volume_m3n"], told["hours_missing"], told["known_at"]) == (["7.000"], ["24"], [None])


def test_ratios_beyond_int64_stay_exact() -> None:
    """Sums so great that the factor leaves int64 are divided all the same, half to even."""
    numerator, denominator = np.array([2**60 + 1, -5, 5]), np.array([2**55, 10, -10])
    assert ratio(numerator, denominator, 36_000).tolist() == [round((2**60 + 1) * 36_000 / 2**55), -18_000, -18_000]
    assert ratio(np.array([25, 35, -25]), np.array([10, 10, 10]), 1).tolist() == [2, 4, -2]


def test_no_rows_at_all() -> None:
    """A period without rows has columns without cells."""
    assert strings(list(hour_columns(hour_rows(range(0), np.zeros(0, HOUR)), EnergyUnit.KWH)))["start"] == []


def test_calorific_values_per_operating_cubic_metre_have_no_other_reference() -> None:
    """Nor has a value whose gas is not known: it is not shown, rather than wrongly."""
    rows = day_of(hour_row(volume=1_000, energy=11_000), hour_row(volume=10, energy=5_000), hours=25)[0]
    rows["provenance"][1] = Provenance.VOLUME_OPERATING
    hours = range(OCTOBER.hours.start, OCTOBER.hours.start + len(rows))
    gas = replace(gas_of_nobody(len(rows), is_hours=True), factors=Properties(*[np.full(len(rows), 0.95)] * 8))
    told = strings(list(hour_columns(replace(hour_rows(hours, rows), gas=gas), EnergyUnit.KWH, "15/15")))
    assert told["gcv"][:2] == ["10.4500", None]
    assert strings(list(hour_columns(hour_rows(hours, rows), EnergyUnit.KWH, "15/15")))["gcv"][0] is None


@pytest.mark.parametrize("view", list(View))
def test_no_rows_have_the_columns_of_their_view(view: View) -> None:
    """Those of the gas too, where they are asked for."""
    bare = {column.flat_name for column in columns_of(no_rows(view), EnergyUnit.KWH)}
    whole = {column.flat_name for column in columns_of(no_rows(view, with_gas=True), EnergyUnit.KWH)}
    assert {"methane_mol_percent", "kref", "chromatograph"} <= whole - bare
