"""The published vectors of estimation: what is given, which hours are the gap, and what every program must find."""

from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.estimation import Method, Tape, estimate
from shared.domain.gas_time import hour_number
from shared.domain.quantities import ABSENT, ENERGY, GCV, INDEX, VOLUME, VOLUME_OPERATING, Quantity
from shared.domain.reading import Quality

FOLDER = Path(__file__).parents[3] / "docs" / "vee-vectors" / "estimation"
CASES = sorted(path.name for path in FOLDER.iterdir())
NOT_ACTUAL = {Quality.ESTIMATED, Quality.MISSING}

Rows = dict[int, dict[str, str]]
"""Rows of a file by hour number."""


def _rows(case: str, file: str) -> Rows:
    with (FOLDER / case / file).open(encoding="utf-8", newline="") as lines:
        return {hour_number(datetime.fromisoformat(row["start"])): row for row in csv.DictReader(lines, strict=True)}


def _column(rows: Rows, hours: range, quantity: Quantity) -> NDArray[np.int64]:
    said = [rows.get(hour, {}).get(quantity.field) for hour in hours]
    return np.array([quantity.scaled(Decimal(value)) if value else ABSENT for value in said], np.int64)


def _tape(given: Rows, gap: range) -> Tape:
    hours = range(min(*given, gap.start), max(*given, gap.stop - 1) + 1)
    volume, operating, index, gcv = (_column(given, hours, each) for each in (VOLUME, VOLUME_OPERATING, INDEX, GCV))
    actual = [hour in given and Quality[given[hour]["quality"]] not in NOT_ACTUAL for hour in hours]
    return Tape(hours.start, volume, operating, index, gcv, np.array(actual, np.bool_))


@pytest.mark.parametrize("case", CASES)
def test_a_vector_is_met(case: str) -> None:
    """Method, volumes and energy of each hour, to the last thousandth."""
    hours = sorted(_rows(case, "gap.csv"))
    gap, expected = range(hours[0], hours[-1] + 1), _rows(case, "expect.csv")
    found = estimate(_tape(_rows(case, "given.csv"), gap), gap)
    assert hours == list(gap) == list(expected)
    assert {row["method"] for row in expected.values()} == {found.method if found else Method.NONE}
    nothing = np.full(len(gap), ABSENT)
    columns = (found.volume, found.volume_operating, found.energy) if found else (nothing, nothing, nothing)
    for quantity, column in zip((VOLUME, VOLUME_OPERATING, ENERGY), columns, strict=True):
        assert column.tolist() == _column(expected, gap, quantity).tolist(), quantity.field


def test_there_is_a_vector_for_each_way_out() -> None:
    """The automatic methods that need no second meter, and none at all."""
    methods = {row["method"] for case in CASES for row in _rows(case, "expect.csv").values()}
    assert methods == {"M1", "M2", "M3", "M4", "M8"}
