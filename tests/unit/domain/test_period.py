"""Questions: what is taken, what is left open, and all that can be wrong."""

from __future__ import annotations

from datetime import date

import pytest

from shared.domain.period import MAX_GAS_DAYS, Question, View, day_of, moment_ms_of, month_first_day, question_of
from shared.domain.quantities import EnergyUnit
from shared.domain.topology import Issue

TODAY = date(2026, 11, 23)


def codes(asked: dict[str, str]) -> list[str]:
    """Return the codes of the issues of a question."""
    answer = question_of(asked, TODAY)
    return [] if isinstance(answer, Question) else [issue.code for issue in answer]


def test_a_whole_question() -> None:
    """Gas days as asked, the end exclusive."""
    asked = {"view": "day", "from": "2026-10-23", "to": "2026-10-26", "unit": "GJ", "reference": "25/0"}
    question = question_of(asked, TODAY)
    assert question == Question(View.DAY, date(2026, 10, 23), date(2026, 10, 26), EnergyUnit.GJ)
    assert len(question.hours) == 24 + 25 + 24
    assert (question.shown_from, question.shown_to, question.months) == ("2026-10-23", "2026-10-26", ["2026-10"])


def test_months_are_asked_as_months() -> None:
    """In the month view, from and to are gas months."""
    question = question_of({"view": "month", "from": "2026-01", "to": "2026-11"}, TODAY)
    assert isinstance(question, Question)
    assert (question.first, question.end) == (date(2026, 1, 1), date(2026, 11, 1))
    assert (question.shown_from, question.shown_to) == ("2026-01", "2026-11")


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ({}, date(2026, 11, 1), date(2026, 12, 1)),
        ({"from": ""}, date(2026, 11, 1), date(2026, 12, 1)),
        ({"from": "2026-10-05"}, date(2026, 10, 5), date(2026, 12, 1)),
        ({"to": "2026-10-05"}, date(2026, 10, 1), date(2026, 10, 5)),
        ({"from": "2027-02-01"}, date(2027, 2, 1), date(2027, 2, 2)),
        ({"view": "month"}, date(2025, 12, 1), date(2026, 12, 1)),
    ],
)
def test_what_is_left_open_is_the_running_month(asked: dict[str, str], first: date, end: date) -> None:
    """Without a period, the running month; the month view shows the last twelve."""
    question = question_of(asked, TODAY)
    assert isinstance(question, Question)
    assert (question.first, question.end) == (first, end)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"view": "week"}, ["VIEW"]),
        ({"unit": "BTU", "reference": "15/25"}, ["UNIT", "REFERENCE"]),
        ({"from": "2026-11", "to": "2026-11-05"}, ["DATE"]),
        ({"from": "yesterday", "to": "2026-13-01"}, ["DATE", "DATE"]),
        ({"view": "month", "from": "2026-11-01"}, ["DATE"]),
        ({"from": "2026-11-05", "to": "2026-11-05"}, ["PERIOD_BACKWARDS"]),
        ({"from": "2020-01-01", "to": "2026-01-01"}, ["PERIOD_TOO_LONG"]),
        ({"from": "\uff12026-11-05"}, ["DATE"]),
    ],
)
def test_everything_wrong_is_said(asked: dict[str, str], expected: list[str]) -> None:
    """Each fault has its code, and several are told at once."""
    assert codes(asked) == expected


def test_the_longest_period() -> None:
    """1,200 gas days are answered, one more is not."""
    first = date(2023, 1, 1)
    longest = date.fromordinal(first.toordinal() + MAX_GAS_DAYS).isoformat()
    over = date.fromordinal(first.toordinal() + MAX_GAS_DAYS + 1).isoformat()
    assert codes({"from": "2023-01-01", "to": longest}) == []
    assert codes({"from": "2023-01-01", "to": over}) == ["PERIOD_TOO_LONG"]


@pytest.mark.parametrize("text", ["1989-12-31", "2100-01-01", "2026-02-30", "20261123", ""])
def test_what_is_no_gas_day(text: str) -> None:
    """Only days of 1990 to 2099 in one form are gas days."""
    assert day_of(text) is None


@pytest.mark.parametrize("text", ["1989-12", "2100-01", "2026-13", "2026-1"])
def test_what_is_no_gas_month(text: str) -> None:
    """Only months of 1990 to 2099 in one form are gas months."""
    assert month_first_day(text) is None


@pytest.mark.parametrize("offset", ["Z", "+00:00", " 01:00", "-14:00", "+23:59"])
def test_a_moment_is_the_same_whatever_its_offset(offset: str) -> None:
    """In ms since 1970; a plus sign may come as a space."""
    hours = {"Z": 0, "+00:00": 0, " 01:00": 1, "-14:00": -14, "+23:59": 24 - 1 / 60}[offset]
    assert moment_ms_of(f"1970-01-03T00:00:00{offset}") == (48 - hours) * 3_600_000


@pytest.mark.parametrize(
    "text", ["", "2026-11-23", "2026-11-23T10:00:00", "\0", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_moment_of_our_calendar_is_refused(text: str) -> None:
    """Nor is one that only its offset puts outside the years 1 to 9999: no file could be named after it."""
    told = moment_ms_of(text, "since")
    assert isinstance(told, Issue)
    assert (told.code, told.position) == ("SINCE", "since")
