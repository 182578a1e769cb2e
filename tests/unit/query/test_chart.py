"""The chart's coordinates: round levels, open gaps, marks for what is not measured, bundles for long periods."""

from __future__ import annotations

import math

import pytest

from services.query.pages.chart import BASE, BUNDLES, MOST_BARS, TOP, Point, draw
from services.query.pages.languages import language

ENGLISH = language("en")


def points(values: list[float | None]) -> list[Point]:
    """Return points in a row; what has no value is missing."""
    return [Point(place, value, "" if value is not None else "missing", "words") for place, value in enumerate(values)]


def test_bars_stand_on_zero_and_missing_is_marked() -> None:
    """A value is a bar, a missing one leaves its place empty and a mark under it."""
    chart = draw(points([10.0, None, 20.0]), 4, [(0, "06:00")], ENGLISH, from_zero=True)
    assert [bar.x[:4] for bar in chart.bars] == ["2.25", "52.2"]
    assert float(chart.bars[1].y) + float(chart.bars[1].height) == BASE
    assert [(mark.x, mark.width, mark.state) for mark in chart.strip] == [("25.000%", "25.000%", "missing")]
    assert chart.ticks == [("0.000%", "06:00")]
    assert (chart.line, chart.band) == ("", "")


def test_a_flag_stands_over_each_run_of_flagged_rows() -> None:
    """Over its middle, once."""
    flagged = [Point(place, 1.0, "", "", is_flagged=place in {1, 2, 3}) for place in range(10)]
    assert draw(flagged, 10, [], ENGLISH, from_zero=True).flags == ["25.000%"]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0, 13_345.0], ["0", "5,000", "10,000", "15,000"]),
        ([-40.0, 100.0], ["-50", "0", "50", "100"]),
        ([0.0, 0.9], ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        ([], ["0.00", "0.25", "0.50", "0.75", "1.00"]),
    ],
)
def test_levels_are_round(values: list[float], labels: list[str]) -> None:
    """Grid lines stand at round numbers that enclose every value."""
    chart = draw(points(list(values)), max(len(values), 1), [], ENGLISH, from_zero=True)
    assert [label for _, label in chart.grid] == labels
    assert (chart.grid[0][0], chart.grid[-1][0]) == (f"{BASE}", f"{TOP}")


def test_a_calorific_value_does_not_begin_at_zero() -> None:
    """What is no sum is drawn near its values, as a line even where it is short, with open gaps."""
    chart = draw(points([11.2, 11.3, None, 11.4]), 4, [], ENGLISH, from_zero=False)
    assert chart.bars == []
    assert float(chart.grid[0][1]) > 11
    assert chart.line.count("M") == 2


def test_one_constant_value_can_be_drawn() -> None:
    """A flat line has levels around it."""
    assert len(draw(points([5.0, 5.0]), 2, [], ENGLISH, from_zero=False).grid) >= 2


def test_long_periods_are_bundled_between_least_and_greatest() -> None:
    """Beyond 1,000 rows the band holds every value, and a gap stays a gap."""
    values: list[float | None] = [100 + math.sin(place) for place in range(3_000)]
    values[600:1_200] = [None] * 600
    chart = draw(points(values), 3_000, [], ENGLISH, from_zero=True)
    assert chart.band.count("Z") == BUNDLES - 100
    assert chart.line.count("M") == 2
    assert chart.bars == []


def test_some_hundred_rows_are_steps() -> None:
    """Between bars and bundles, each row is a step."""
    chart = draw(points([1.0] * (MOST_BARS + 1)), MOST_BARS + 1, [], ENGLISH, from_zero=True)
    assert chart.line.count("H") == MOST_BARS + 1
    assert chart.band == ""
