"""Rows of nodes by example: places, negative weights, quality, missing lines, gas."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.analysis import KEPT_ANALYSIS, SHARE_ABSENT
from shared.domain.attribution import Attribution, served
from shared.domain.gas_rows import Flow, GasMoments, gas_moments
from shared.domain.node_rows import LineOfNode, NodeRows, NodeSum, Units, Weighing, no_node_rows
from shared.domain.node_weights import Span
from shared.domain.period import Question, View
from shared.domain.physics.components import COMPONENTS
from shared.domain.published import columns_of
from shared.domain.published_nodes import node_columns
from shared.domain.quantities import EnergyUnit
from shared.domain.reading import Quality, Validity
from shared.domain.rollup import fold_hours
from shared.domain.view import no_rows
from tests.unit.domain.hour_rows import hour_row
from tests.unit.domain.test_view import strings

DAY, NEXT = date(2026, 11, 1), date(2026, 11, 2)
QUESTION = Question(View.HOUR, DAY, NEXT)
HOURS = QUESTION.hours
METHANE = COMPONENTS.index("methane")


def _gas(name: str, methane: int, volume: NDArray[np.int64], units: Units) -> GasMoments:
    rows = np.zeros(len(HOURS), KEPT_ANALYSIS)
    rows["revision"], rows["shares"] = 1, SHARE_ABSENT
    rows["shares"][:, METHANE], rows["shares"][:, METHANE + 1] = methane, 1_000_000 - methane
    found = served((Attribution(HOURS.start, name),), HOURS, {name: rows}, HOURS)
    return gas_moments(found, Flow(HOURS, volume), units.starts, units.ends)


def _node(
    lines: dict[str, list[np.void]],
    weights: dict[str, int],
    view: View = View.HOUR,
    methane: dict[str, int] | None = None,
) -> NodeRows:
    question = Question(view, DAY, NEXT)
    units = Units.of(question, HOURS.stop)
    total = NodeSum(question, units, Weighing.of([Span(DAY, NEXT, tuple(sorted(weights.items())))], units))
    for name, told in lines.items():
        rows = np.zeros(len(HOURS), told[0].dtype)
        rows[: len(told)] = told
        gas = None
        if methane and name in methane:
            gas = _gas(f"GC-{name}", methane[name], np.where(rows["revision"] > 0, rows["volume"], 0), units)
        rollups = fold_hours(rows[:, None] if view is View.HOUR else rows[None, :])
        active = range(HOURS.start, HOURS.start + len(told))
        total.add(LineOfNode(name, rollups, total.expected_of(name, active), gas))
    return total.rows()


@pytest.mark.parametrize(
    ("weight", "printed"), [(1_000, "7.654"), (-2_000, "-15.308"), (500, "3.8270"), (250, "1.91350"), (125, "0.956750")]
)
def test_values_are_printed_unrounded(weight: int, printed: str) -> None:
    """With as many places more as the weights need."""
    told = strings(node_columns(_node({"A": [hour_row(volume=7_654)]}, {"A": weight}), EnergyUnit.KWH))
    assert told["volume_m3n"] == [printed]


def test_means_are_null_where_a_weight_is_negative() -> None:
    """Temperature, calorific value and composition of a difference mean nothing; volume and energy do."""
    row = hour_row(volume=2_000, energy=23_000, temperature=10_000)
    both = {"A": [row], "B": [row]}
    methane = {"A": 900_000, "B": 800_000}
    for view in (View.HOUR, View.DAY):
        told = strings(node_columns(_node(both, {"A": 1_000, "B": 3_000}, view, methane), EnergyUnit.KWH))
        assert (told["gcv"], told["temperature_c"], told["methane_mol_percent"]) == (
            ["11.5000"],
            ["10.00"],
            ["82.5000"],
        )
        assert told["chromatograph"] == ["GC-A GC-B"]
        told = strings(node_columns(_node(both, {"A": -1_000, "B": 3_000}, view, methane), EnergyUnit.KWH))
        assert (told["gcv"], told["temperature_c"], told["methane_mol_percent"]) == ([None], [None], [None])
        assert (told["volume_m3n"], told["energy"]) == (["4.000"], ["46.000"])


def test_gas_of_a_line_alone_and_of_nobody() -> None:
    """A line whose gas nobody tells leaves that of the others as it is."""
    row = hour_row(volume=2_000)
    told = strings(
        node_columns(_node({"A": [row], "B": [row]}, {"A": 1_000, "B": 1_000}, methane={"B": 800_000}), EnergyUnit.KWH)
    )
    assert (told["methane_mol_percent"], told["chromatograph"]) == (["80.0000"], ["GC-B"])
    assert "chromatograph" not in strings(node_columns(_node({"A": [row]}, {"A": 1_000}), EnergyUnit.KWH))


def test_status_is_the_weakest_inside() -> None:
    """Validity the weakest of the lines present, quality the least certain; what is missing is counted and named."""
    lines = {
        "A": [
            hour_row(volume=1, validity=Validity.DEFINITIVE, quality=Quality.ESTIMATED, revision=2),
            hour_row(volume=1),
        ],
        "B": [
            hour_row(volume=1, validity=Validity.RECORDED, quality=Quality.EDITED, revision=3),
            np.zeros(1, hour_row().dtype)[0],
        ],
    }
    told = strings(node_columns(_node(lines, {"A": 1_000, "B": 1_000}), EnergyUnit.KWH))
    assert told["validity"] == ["RECORDED", "PRELIMINARY"]
    assert told["quality"] == ["ESTIMATED", "MEASURED"]
    assert told["revision"] == ["5", "1"]
    assert told["lines_missing"] == ["", "B"]
    assert [told[f"lines_{name}"] for name in ("expected", "complete", "quality_missing")] == [
        ["2", "2"],
        ["2", "1"],
        ["0", "1"],
    ]
    assert [told[f"lines_{name}"] for name in ("recorded", "preliminary", "definitive")] == [
        ["1", "0"],
        ["0", "1"],
        ["1", "0"],
    ]
    hidden = node_columns(_node(lines, {"A": 1_000, "B": 1_000}), EnergyUnit.KWH, may_read=lambda line: line == "A")
    assert strings(hidden)["lines_missing"] == ["", ""]


@pytest.mark.parametrize("view", list(View))
def test_no_two_columns_have_one_name(view: View) -> None:
    """In a flat table and in the answer; of a node and of a line, with gas and without."""
    for with_gas in (False, True):
        of_node = node_columns(no_node_rows(view, with_gas=with_gas), EnergyUnit.KWH)
        for columns in (of_node, columns_of(no_rows(view, with_gas=with_gas), EnergyUnit.KWH)):
            names = [column.flat_name for column in columns]
            assert len(set(names)) == len(names)
            assert len({(column.group, column.name) for column in columns}) == len(columns)


def test_an_hour_without_any_line_is_null() -> None:
    """It has a row all the same: a line is expected in it."""
    nothing = np.zeros(1, hour_row().dtype)[0]
    told = strings(node_columns(_node({"A": [nothing]}, {"A": 1_000}), EnergyUnit.KWH))
    assert (told["volume_m3n"], told["quality"], told["validity"], told["revision"]) == (
        [None],
        ["MISSING"],
        [None],
        [None],
    )


def test_a_period_in_which_nothing_is_expected_has_no_rows() -> None:
    """Before the first hour has ended, or where no line is in the node."""
    question = Question(View.HOUR, DAY, NEXT)
    units = Units.of(question, HOURS.start)
    rows = NodeSum(question, units, Weighing.of([], units)).rows()
    told = strings(node_columns(rows, EnergyUnit.KWH))
    assert {name: len(column) for name, column in told.items()} == dict.fromkeys(told, 0)
    assert rows.whole.rollups["hours_present"].tolist() == [0]
    assert _node({"A": [hour_row(volume=1)]}, {"A": 0, "B": 1_000}).lines == ("A", "B")


def test_a_temperature_of_large_lines_with_small_weights() -> None:
    """Moments of a month would leave 64 bits: the mean is the mean all the same."""
    row = hour_row(volume=2**40, temperature=12_000)
    lines = {name: [row] * 24 for name in ("A", "B")}
    told = strings(node_columns(_node(lines, {"A": 1_000, "B": 125}, View.DAY), EnergyUnit.KWH))
    assert told["temperature_c"] == ["12.00"]


def test_what_is_not_expected_does_not_count() -> None:
    """Hours beyond a line's life rest in the store for a while, perhaps: neither rows nor the whole tell them."""
    question = Question(View.HOUR, DAY, NEXT)
    units = Units.of(question, HOURS.stop)
    total = NodeSum(question, units, Weighing.of([Span(DAY, NEXT, (("A", 1_000),))], units))
    rows = np.repeat(hour_row(volume=1_000).reshape(1), len(HOURS))
    total.add(LineOfNode("A", fold_hours(rows[:, None]), total.expected_of("A", HOURS[:2])))
    made = total.rows()
    assert (len(made.rows.starts), made.whole.rollups["volume"].tolist()) == (2, [2_000])
    assert made.whole.rollups["hours_present"].tolist() == made.whole.expected.tolist() == [2]
