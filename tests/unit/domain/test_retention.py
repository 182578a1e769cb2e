"""The first gas day online by example: what it may be, and what lines are then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from shared.domain import gas_time
from shared.domain.deadlines import closing_months, due_days
from shared.domain.line_terms import TermsTable
from shared.domain.register import Register, heard_at
from shared.domain.retelling import Unit, online, units_of_hours
from shared.domain.retention import first_gas_day, first_online_hour, latest_floor
from shared.domain.rules.catalogue import default_settings
from shared.domain.topology import Change, Line, Station, Terms

STATION, OTHER = Station("S", "S"), Station("T", "T")
FLOOR = date(2023, 11, 1)
LATEST = date(2023, 11, 1)
TERMS = (Terms(date(2020, 1, 1), "first"), Terms(date(2023, 5, 1), "second"), Terms(date(2024, 1, 1), "third"))
LINE = Line("A", "S", TERMS, live_from=date(2020, 1, 1))
ENDED = Line("B", "S", TERMS[:2], end=date(2023, 10, 1))
CHANGE = Change("op", "three years are over")


def _applied(register: Register, change: Change) -> Register:
    after = register.applied(change, latest_floor=LATEST)
    assert isinstance(after, Register), after
    return after


def _codes(register: Register, online_from: date) -> list[str]:
    issues = register.applied(replace(CHANGE, online_from=online_from), latest_floor=LATEST)
    assert isinstance(issues, tuple)
    assert {issue.position for issue in issues} == {"online_from"}
    return [issue.code for issue in issues]


@pytest.fixture
def register() -> Register:
    """Two lines, one of which has ended before the floor that comes."""
    return _applied(Register(), replace(CHANGE, stations=(STATION,), lines=(LINE, ENDED)))


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        ("2026-11-26T12:00", date(2023, 11, 1)),
        ("2026-12-01T04:59", date(2023, 11, 1)),  # the gas month ends at 06:00 local time
        ("2026-12-01T05:00", date(2023, 12, 1)),
        ("2027-01-15T12:00", date(2024, 1, 1)),
        ("1991-01-15T12:00", gas_time.FIRST_DAY),
        ("1980-01-15T12:00", gas_time.FIRST_DAY),
    ],
)
def test_three_years_and_the_running_month_stay(now: str, latest: date) -> None:
    """By gas months; never earlier than the first day that we know."""
    assert latest_floor(_ms(now)) == latest


def test_the_floor_is_told_to_every_line_and_makes_no_other_of_it(register: Register) -> None:
    """Lines that are there, and those that come later; none of them gets a new version."""
    after = _applied(register, replace(CHANGE, online_from=FLOOR))
    assert (after.online_from, register.online_from) == (FLOOR, None)
    later = _applied(after, replace(CHANGE, stations=(OTHER,), lines=(replace(LINE, id="C"), replace(LINE, terms=()))))
    assert {line.online_from for line in later.lines.values()} == {FLOOR}
    assert heard_at(register, later, 5).online_from == FLOOR
    assert after.lines == register.lines
    assert (after == register, register.lines["A"].online_from) == (False, None)


def test_refusals(register: Register) -> None:
    """Within a month, less than three years, back; asked for twice it says nothing new."""
    assert _codes(register, date(2023, 10, 2)) == ["FLOOR_IN_MONTH"]
    assert _codes(register, date(2023, 12, 1)) == ["FLOOR_TOO_LATE"]
    after = _applied(register, replace(CHANGE, online_from=FLOOR))
    assert _codes(after, date(2023, 10, 1)) == ["FLOOR_MOVES_BACK"]
    assert _applied(after, replace(CHANGE, online_from=FLOOR)) == after
    assert _applied(after, CHANGE).online_from == FLOOR


def test_a_refused_change_leaves_the_floor() -> None:
    """A change is taken as a whole or not at all."""
    issues = Register().applied(replace(CHANGE, online_from=FLOOR, lines=(LINE,)), latest_floor=LATEST)
    assert isinstance(issues, tuple)
    assert [issue.code for issue in issues] == ["UNKNOWN_STATION"]


def test_a_line_is_not_active_before_the_floor() -> None:
    """Its hours begin with it; names of earlier days are those of its first day online."""
    line = replace(LINE, online_from=FLOOR)
    assert line.terms_on(date(2023, 10, 31)) is None
    assert line.terms_on(FLOOR) == TERMS[1]
    assert [line.name_on(day) for day in (date(2020, 1, 1), FLOOR, date(2025, 1, 1))] == ["second", "second", "third"]
    whole = range(first_online_hour(date(2023, 1, 1)), first_online_hour(date(2024, 1, 1)))
    assert line.active_hours(whole) == range(first_online_hour(FLOOR), whole.stop)
    assert not line.active_hours(gas_time.hours_of_month("2023-10"))
    assert replace(LINE, online_from=date(2019, 1, 1)).first_day == TERMS[0].start


def test_a_line_that_ended_before_the_floor_has_no_hours() -> None:
    """It keeps its last name."""
    ended = replace(ENDED, online_from=FLOOR)
    assert not ended.active_hours(gas_time.hours_of_month("2023-09"))
    assert (ended.terms_on(date(2023, 9, 30)), ended.name_on(date(2023, 9, 30))) == (None, "second")


def test_readings_before_the_floor_are_before_the_first_gas_day(register: Register) -> None:
    """That is rule A6; from the floor on the terms hold that began last, of an ended line none."""
    table = TermsTable.of(_applied(register, replace(CHANGE, online_from=FLOOR)))
    hour = first_online_hour(FLOOR)
    hours = np.array([hour - 1, hour, first_online_hour(date(2024, 1, 1)), hour - 1, hour], np.int32)
    found = table.lookup(["A", "B"], np.array([0, 0, 0, 1, 1], np.uint32), hours)
    assert found["before_first"].tolist() == [True, False, False, True, False]
    assert found["active"].tolist() == [False, True, True, False, False]
    assert found["place"][1:3].tolist() == [2, 3]
    assert set(found["first"].tolist()) == {hour}


def test_no_deadline_passes_before_the_floor() -> None:
    """Neither are hours overdue nor do months close by themselves, however late a tick comes."""
    line, defaults = replace(LINE, online_from=FLOOR), default_settings()
    after_ms, until_ms = _ms("2023-10-01T00:00"), _ms("2023-11-20T00:00")
    assert min(due_days(LINE, after_ms, until_ms, defaults)) < FLOOR
    assert min(due_days(line, after_ms, until_ms, defaults)) == FLOOR
    assert closing_months(LINE, after_ms, until_ms, defaults) == ["2023-09", "2023-10"]
    assert closing_months(line, after_ms, until_ms, defaults) == []


def test_nothing_is_told_again_before_the_floor() -> None:
    """Units are of whole gas months, and so is the floor."""
    units = units_of_hours("A", range(first_online_hour(FLOOR) - 30, first_online_hour(FLOOR) + 5))
    kept = Unit("A", "2023-11", range(first_online_hour(FLOOR), first_online_hour(FLOOR) + 5))
    assert online(units, FLOOR) == [kept]
    assert online(units, None) == units


def test_analyses_are_kept_that_may_still_serve_the_first_hour() -> None:
    """Gas takes up to 72 hours, and the last good analysis is held for 24: whole gas days of it."""
    assert first_gas_day(FLOOR) == date(2023, 10, 28)
    assert first_gas_day(None) == gas_time.FIRST_DAY
