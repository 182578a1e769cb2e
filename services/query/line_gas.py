"""The gas of a line as its page shows it: the latest row's figures, and whose gas each row carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.query.gas_words import CHARACTERISTIC_LABELS, component_label
from services.query.page_rows import Published
from services.query.views import LineView
from shared.domain import gas_time
from shared.domain.attribution import GasHow
from shared.domain.gas_rows import GasRows
from shared.domain.physics.components import COMPONENTS
from shared.domain.published import CHARACTERISTIC_UNITS

HOW_WORDS = {
    GasHow.HELD: "last good analysis, of",
    GasHow.OTHER: "another chromatograph",
    GasHow.MONTH_MEAN: "mean of the month",
    GasHow.CONTRACT: "calorific value of the contract",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the gas: what it is, as text, and its unit."""

    label: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class LineGas:
    """The gas of a page: `shares` and `characteristics` of the latest row that has some, and every row's source."""

    source: str
    shares: list[Figure]
    characteristics: list[Figure]
    labels: list[str]


def line_gas(view: LineView, published: Published, names: Mapping[str, str], most_rows: int) -> LineGas | None:
    """Return what a page shows of the gas; None where nothing is known of it.

    Args:
        view: The view of the page.
        published: Its columns as texts.
        names: Names of chromatographs by id.
        most_rows: How many rows the page shows: of the others nobody reads whose gas they carry.
    """
    gas = view.rows.gas
    known = [] if gas is None else [place for place, source in enumerate(gas.sources) if source]
    if gas is None or not known:
        return None
    last, unit = known[-1], view.question.unit
    shares = [(name, published[f"{name}_mol_percent"][last]) for name in COMPONENTS]
    told = [(name, published[name][last]) for name in CHARACTERISTIC_UNITS]
    labels = [_source(gas, place, names) for place in range(min(most_rows, len(gas.sources)))]
    return LineGas(
        _source(gas, last, names),
        [Figure(component_label(name), value, "mol %") for name, value in shares if value is not None],
        [
            Figure(CHARACTERISTIC_LABELS[n], value, CHARACTERISTIC_UNITS[n].format(unit=unit))
            for n, value in told
            if value is not None
        ],
        labels,
    )


def _source(gas: GasRows, place: int, names: Mapping[str, str]) -> str:
    """Say whose gas a row carries: `Zelzate, 2 h delay`, `Zelzate, last good analysis, of 23 Nov 10:00`."""
    told = [names.get(source, source) for source in gas.sources[place].split()]
    if gas.served is None:
        return ", ".join(told)
    how, delay_h = GasHow(int(gas.served.how[place])), int(gas.served.delay_h[place])
    if not told:
        return HOW_WORDS.get(how, "")
    parts = [*told, *([f"{delay_h} h delay"] if delay_h else [])]
    if how is GasHow.HELD:
        parts.append(f"{HOW_WORDS[how]} {gas_time.local_start(int(gas.served.hour[place])):%-d %b %H:%M}")
    elif how is GasHow.OTHER:
        parts.append(HOW_WORDS[how])
    return ", ".join(parts)
