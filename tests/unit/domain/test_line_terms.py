"""The register as columns, by example: what holds for a reading in its hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shared.domain import gas_time
from shared.domain.line_terms import TermsTable
from shared.domain.quantities import ABSENT
from shared.domain.register import Register
from shared.domain.topology import Check, Line, Station, Terms

JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
A = Line("A", "S2", (Terms(JANUARY, "a", capacity_m3n_per_h=5), Terms(MARCH, "a", one_way=False, network="L")))
B = Line("B", "S1", (Terms(MARCH, "b", sends=("energy_kwh", "index_m3")),), end=JUNE, live_from=date(2026, 4, 1))


def _first(day: date) -> int:
    return gas_time.hours_of_day(day).start


def _table(*lines: Line) -> TermsTable:
    return TermsTable.of(Register({s: Station(s, s) for s in ("S1", "S2")}, {line.id: line for line in lines}))


def _looked_up(table: TermsTable, *readings: tuple[str, int]) -> NDArray[np.void]:
    names = ["?", "B", "A"]
    line = np.array([names.index(name) for name, _ in readings], np.uint32)
    return table.lookup(names, line, np.array([hour for _, hour in readings], np.int32))


def test_terms_hold_from_their_first_hour_until_the_next_begin() -> None:
    """The last hour before 06:00 on 1 March is the January terms'."""
    found = _looked_up(_table(A, B), ("A", _first(JANUARY)), ("A", _first(MARCH) - 1), ("A", _first(MARCH)))
    assert found["capacity"].tolist() == [5_000, 5_000, ABSENT]
    assert found["one_way"].tolist() == [True, True, False]
    assert found["network"].tolist() == [b"H", b"H", b"L"]
    assert found["active"].all()


def test_before_the_first_gas_day() -> None:
    """The line is known but has no terms; its station and its first hour are told all the same."""
    before = _looked_up(_table(A, B), ("B", _first(MARCH) - 1))[0]
    assert (before["known"], before["active"], before["before_first"]) == (True, False, True)
    assert (before["station"], before["first"]) == (0, _first(MARCH))
    assert before["capacity"] == ABSENT


def test_after_the_end() -> None:
    """From 06:00 on the day of its end a line is not active, but known."""
    last, after = _looked_up(_table(A, B), ("B", _first(JUNE) - 1), ("B", _first(JUNE)))
    assert (last["active"], after["active"]) == (True, False)
    assert (after["known"], after["before_first"]) == (True, False)


def test_an_end_before_later_terms() -> None:
    """Terms that would begin after the end never hold."""
    ended = replace(A, end=date(2026, 2, 1))
    assert _looked_up(_table(ended), ("A", _first(MARCH)))["active"].tolist() == [False]


def test_unknown_line() -> None:
    """Nothing holds, whether its name would sort before, between or after the known ones."""
    for table in (_table(A, B), _table(A), _table(B)):
        found = _looked_up(table, ("?", _first(MARCH)))[0]
        assert not found["known"]
        assert not found["active"]
        assert not found["before_first"]
        assert found["place"] == 0


def test_empty_register_and_no_readings() -> None:
    """Lengths are kept."""
    assert _looked_up(_table(), ("A", 0), ("B", 0))["known"].tolist() == [False, False]
    assert len(_looked_up(_table(A))) == 0


def test_station_promises_and_the_day_of_going_live() -> None:
    """Bits of `sends` are in the order of topology.SENDABLE; a line without a day has always been live."""
    table = _table(A, B)
    of_b, of_a = _looked_up(table, ("B", _first(MARCH)), ("A", _first(MARCH)))
    assert [of_b["station"], of_a["station"]] == [table.stations["S1"], table.stations["S2"]]
    assert of_b["sends"] == 0b1001
    assert of_b["live"] == _first(date(2026, 4, 1))
    assert of_a["live"] < 0


def test_settings_by_line_and_from_a_gas_day() -> None:
    """A setting is a number where terms name it and NaN elsewhere; None if nobody names it."""
    strict = replace(A, terms=(A.terms[0], replace(A.terms[1], thresholds=(("D7.relative", 0.001),))))
    table = _table(strict, B)
    found = _looked_up(table, ("A", _first(MARCH) - 1), ("A", _first(MARCH)), ("B", _first(MARCH)), ("?", 0))
    setting = table.setting("D7.relative", found)
    assert setting is not None
    assert np.array_equal(setting, [np.nan, 0.001, np.nan, np.nan], equal_nan=True)
    assert table.setting("D7.absolute_kwh", found) is None


def test_check_meter_and_contract_from_a_gas_day() -> None:
    """The number of the line that checks, its factor, its offset in thousandths; the bounds of the pressure."""
    checked = replace(
        A, terms=(A.terms[0], replace(A.terms[1], check=Check("B", 1.5, -2.25), pressure_bar_abs=(4.5, 8)))
    )
    table = _table(checked, B)
    found = _looked_up(table, ("A", _first(MARCH) - 1), ("A", _first(MARCH)), ("B", _first(MARCH)), ("?", 0))
    assert found["check"].tolist() == [-1, table.numbers["B"], -1, -1]
    assert found["check_factor"].tolist() == [1.0, 1.5, 1.0, 1.0]
    assert found["check_offset"].tolist() == [0.0, -2_250.0, 0.0, 0.0]
    assert found["pressure_lowest"].tolist() == [ABSENT, 4_500, ABSENT, ABSENT]
    assert found["pressure_highest"].tolist() == [ABSENT, 8_000, ABSENT, ABSENT]
