"""Which hours are told again, and in which order."""

from __future__ import annotations

from datetime import date

from shared.domain import gas_time
from shared.domain.analysis import Analyses, empty_analyses
from shared.domain.attribution import HELD_H, Attribution, touched_by_analyses, touched_by_words
from shared.domain.hour_gas import LineGas
from shared.domain.retelling import AHEAD_H, Unit, units_of_analyses, units_of_words
from shared.domain.topology import Line

FIRST = gas_time.hours_of_day(date(2026, 1, 30)).start
TOLD = range(FIRST, FIRST + 2)


def line(name: str, *gas: Attribution) -> Line:
    """Return a line that carries gas."""
    return Line(name, "S", (), gas=gas)


def test_what_an_analysis_touches() -> None:
    """From its hour after the delay, as long as it may be held, and the hour that follows; no line of others."""
    carrying = (Attribution(FIRST - 99, "Z", 3), Attribution(FIRST + 10, "L", 0, ("Z",)), Attribution(FIRST + 12, "L"))
    held = touched_by_analyses(carrying, "Z", TOLD)
    assert held == [range(FIRST + 3, FIRST + 11), range(FIRST + 10, FIRST + 13)]
    assert touched_by_analyses(carrying[:1], "Z", TOLD) == [range(FIRST + 3, TOLD.stop + 3 + HELD_H + 1)]
    assert touched_by_analyses(carrying, "X", TOLD) == []
    assert touched_by_analyses((Attribution(FIRST + 90, "Z"),), "Z", TOLD) == []


def test_what_a_word_touches() -> None:
    """From its hour to that of the next word, and the hour that follows; a superseded word touches once more."""
    before = (Attribution(FIRST, "Z"), Attribution(FIRST + 10, "L"))
    after = (*before, Attribution(FIRST + 4, "X"))
    assert touched_by_words(before, after, FIRST + 99) == [range(FIRST + 4, FIRST + 11)]
    again = (*before, Attribution(FIRST + 10, "X"))
    assert touched_by_words(before, again, FIRST + 99) == [range(FIRST + 10, FIRST + 100)]
    assert touched_by_words(before, before, FIRST + 99) == []


def test_units_go_line_by_line_and_month_by_month() -> None:
    """In the order of the lines; what two words touch of a month is one unit."""
    february = gas_time.hours_of_month("2026-02").start
    until = february + 10
    changed = line("B", Attribution(FIRST, "Z"), Attribution(FIRST + 4, "L"))
    known_at_ms = (until - AHEAD_H) * 3_600_000
    units = units_of_words({"A": line("A")}, [line("A"), changed], known_at_ms)
    assert units == [
        Unit("B", "2026-01", range(FIRST, february)),
        Unit("B", "2026-02", range(february, until + 1)),
    ]
    assert units_of_words({"B": changed}, [changed], known_at_ms) == []


def test_units_of_analyses() -> None:
    """Of all lines that the chromatograph may serve."""
    gas = {name: LineGas.of([Attribution(FIRST, of)]) for name, of in (("A", "Z"), ("B", "L"), ("C", "Z"))}
    assert [unit.line for unit in units_of_analyses(gas.items(), "Z", TOLD)] == ["A", "C"]


def test_a_clock_that_is_ahead_ranks_by_the_time_of_arrival() -> None:
    """It must not lock the hour against every correction."""
    told = [Analyses("Z", "T", 0, sent, 50, empty_analyses(1)).ranks_ms for sent in (10, 10**13)]
    assert told == [10, 50]


def test_neighbours_in_time() -> None:
    """The month before, and the gas days of some hours."""
    assert gas_time.month_before("2026-01") == "2025-12"
    days = gas_time.days_between(date(2026, 1, 30), date(2026, 2, 1))
    assert [day.day for day in days] == [30, 31, 1]
    assert gas_time.days_of(TOLD) == [date(2026, 1, 30)]


def test_hours_beyond_the_calendar_are_left_out() -> None:
    """Before its first gas day and after its last there are no units."""
    first, last = (gas_time.hours_of_day(day) for day in (gas_time.FIRST_DAY, gas_time.LAST_DAY))
    assert gas_time.days_of(range(first.start - 30, first.stop)) == [gas_time.FIRST_DAY]
    assert gas_time.days_of(range(last.stop, last.stop + 9)) == []
    gas = LineGas.of([Attribution(FIRST, "Z")])
    (unit,) = units_of_analyses([("A", gas)], "Z", range(last.stop - 1, last.stop))
    assert unit.hours == range(last.stop - 1, last.stop)
