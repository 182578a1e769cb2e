"""The chart of a view, as the coordinates of an SVG drawn on the server: nothing runs in the browser for it.

Across, coordinates are percentages, so that the drawing follows the width of the page while its text keeps its size;
down, they are pixels. Up to 120 rows are bars, up to 1,000 steps, beyond that a band from the least to the greatest
value of each bundle of rows with its mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.query.pages.languages import Language

TOP, BASE, STRIP, HEIGHT = 26.0, 206.0, 212.0, 250.0
"""Pixels: upper and lower edge of the plot, the strip that marks missing and estimated rows, the whole drawing."""
MOST_BARS, MOST_STEPS, BUNDLES = 120, 1_000, 500
_GAP_SHARE = 0.18
"""Share of a bar's place that stays empty beside it."""


class Point(NamedTuple):
    """A row on the chart: its place on the axis, its value, its state, the words that explain it, and its flag.

    A tuple: three years of hours are made of 26,000 of them.
    """

    place: int
    value: float | None
    state: str
    words: str
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: percent across, pixels down."""

    x: str
    width: str
    y: str
    height: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws. Paths use `places` units across."""

    places: int
    grid: list[tuple[str, str]]
    ticks: list[tuple[str, str]]
    bars: list[Bar]
    touch: list[Bar]
    strip: list[Bar]
    flags: list[str]
    line: str
    band: str


def draw(
    points: Sequence[Point], places: int, ticks: Sequence[tuple[int, str]], language: Language, *, from_zero: bool
) -> Chart:
    """Lay out a chart.

    Args:
        points: The rows, in order.
        places: Places on the axis; rows that are still to come leave theirs empty.
        ticks: Labels across, with the place at which each stands.
        language: In which the levels are written.
        from_zero: Whether the axis begins at zero (sums), or near the least value (calorific value, temperature).
    """
    values = np.array([math.nan if point.value is None else point.value for point in points], np.float64)
    levels = _levels(values, from_zero=from_zero)
    as_bars = from_zero and places <= MOST_BARS
    line, band = ("", "") if as_bars else _paths(points, values, levels)
    return Chart(
        places=max(places, 1),
        grid=[(f"{_y(level, levels):.1f}", _label(level, levels, language)) for level in levels],
        ticks=[(f"{100 * place / max(places, 1):.3f}%", label) for place, label in ticks],
        bars=[_bar(point, places, levels) for point in points if as_bars and point.value is not None],
        touch=[_touch(point, places) for point in points if point.words],
        strip=_strip(points, places),
        flags=_flags(points, places),
        line=line,
        band=band,
    )


def _levels(values: NDArray[np.float64], *, from_zero: bool) -> list[float]:
    """Return the values of the grid lines: round numbers around all values, three to six of them."""
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-9:
        high = low + max(abs(low) * 0.01, 1.0)
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(nice * power for nice in (1.0, 2.0, 2.5, 5.0, 10.0) if nice * power >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [place * step for place in range(first, last + 1)]


def _label(level: float, levels: Sequence[float], language: Language) -> str:
    step = levels[1] - levels[0]
    places = max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if f"{step:.1e}".startswith("2.5") and step < 10 else 0)
    return str(language.number(f"{level:.{places}f}"))


def _y(value: float, levels: Sequence[float]) -> float:
    return BASE - (BASE - TOP) * (value - levels[0]) / (levels[-1] - levels[0])


def _bar(point: Point, places: int, levels: Sequence[float]) -> Bar:
    zero, tip = _y(max(0.0, levels[0]), levels), _y(point.value or 0.0, levels)
    width = 100 / places
    return Bar(
        f"{width * (point.place + _GAP_SHARE / 2):.3f}%",
        f"{width * (1 - _GAP_SHARE):.3f}%",
        f"{min(zero, tip):.1f}",
        f"{max(abs(zero - tip), 1.0):.1f}",
        point.state,
        point.words,
    )


def _touch(point: Point, places: int) -> Bar:
    """Return the area over a row that shows its words."""
    width, height = 100 / places, HEIGHT - TOP
    x, across = f"{width * point.place:.3f}%", f"{width:.3f}%"
    return Bar(x, across, f"{TOP}", f"{height}", point.state, point.words)


def _strip(points: Sequence[Point], places: int) -> list[Bar]:
    """Return runs of rows that are not simply measured, as marks under the plot."""
    marks = []
    for state, run in groupby(points, lambda point: point.state):
        members = list(run)
        if state:
            begin, width = members[0].place, members[-1].place - members[0].place + 1
            x, across = f"{100 * begin / places:.3f}%", f"{max(100 * width / places, 0.3):.3f}%"
            marks.append(Bar(x, across, f"{STRIP}", "10", state, ""))
    return marks


def _flags(points: Sequence[Point], places: int) -> list[str]:
    """Return where flags stand: one over the middle of each run of flagged rows."""
    flags = []
    for is_flagged, run in groupby(points, lambda point: point.is_flagged):
        members = list(run)
        if is_flagged:
            flags.append(f"{50 * (members[0].place + members[-1].place + 1) / places:.3f}%")
    return flags


def _paths(points: Sequence[Point], values: NDArray[np.float64], levels: Sequence[float]) -> tuple[str, str]:
    """Return the line, and the band behind it where rows are bundled; gaps stay open."""
    places = np.array([point.place for point in points], np.int64)
    if len(points) <= MOST_STEPS:
        return _steps(places, np.full(len(places), 1), values, levels), ""
    size = math.ceil(len(points) / BUNDLES)
    starts = np.arange(0, len(points), size)
    least, most = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    known = np.add.reduceat((~np.isnan(values)).astype(np.int64), starts)
    mean = np.where(known > 0, np.add.reduceat(np.nan_to_num(values), starts) / np.maximum(known, 1), math.nan)
    widths = np.diff(np.append(places[starts], places[-1] + 1))
    return _steps(places[starts], widths, mean, levels), _band(places[starts], widths, least, most, levels)


def _steps(
    places: NDArray[np.int64], widths: NDArray[np.int64], values: NDArray[np.float64], levels: Sequence[float]
) -> str:
    parts, open_at = [], -1
    for place, width, value in zip(places.tolist(), widths.tolist(), values.tolist(), strict=True):
        if math.isnan(value):
            continue
        y = f"{_y(value, levels) - TOP:.1f}"
        parts.append(f"V{y}H{place + width}" if place == open_at else f"M{place} {y}H{place + width}")
        open_at = place + width
    return "".join(parts)


def _band(
    places: NDArray[np.int64],
    widths: NDArray[np.int64],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    levels: Sequence[float],
) -> str:
    boxes = []
    for place, width, low, high in zip(places.tolist(), widths.tolist(), least.tolist(), most.tolist(), strict=True):
        if not math.isnan(low):
            top, bottom = _y(high, levels) - TOP, _y(low, levels) - TOP
            boxes.append(f"M{place} {top:.1f}H{place + width}V{bottom:.1f}H{place}Z")
    return "".join(boxes)
