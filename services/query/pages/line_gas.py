"""The gas of a line as its page shows it: the latest row's figures, and whose gas each row carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.query.pages.languages import Language
from services.query.pages.page_rows import cells
from shared.domain import gas_time
from shared.domain.attribution import GasHow
from shared.domain.gas_rows import GasRows
from shared.domain.physics.components import COMPONENTS
from shared.domain.published import CHARACTERISTIC_UNITS
from shared.store.views import LineView

_BY_NO_ANALYSIS = (GasHow.MONTH_MEAN, GasHow.CONTRACT)


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


def line_gas(view: LineView, names: Mapping[str, str], most_rows: int, language: Language) -> LineGas | None:
    """Return what a page shows of the gas; None where nothing is known of it.

    Args:
        view: The view of the page.
        names: Names of chromatographs by id.
        most_rows: How many rows the page shows: of the others nobody reads whose gas they carry.
        language: In which the page speaks.
    """
    gas = view.rows.gas
    known = [] if gas is None else [place for place, source in enumerate(gas.sources) if source]
    if gas is None or not known:
        return None
    last, unit = known[-1], view.question.unit
    published = cells(view.columns, slice(last, last + 1))
    shares = [(name, published[f"{name}_mol_percent"][0]) for name in COMPONENTS]
    told = [(name, published[name][0]) for name in CHARACTERISTIC_UNITS]
    labels = [_source(gas, place, names, language) for place in range(min(most_rows, len(gas.sources)))]
    return LineGas(
        _source(gas, last, names, language),
        [
            Figure(language(f"component.{name}"), str(language.number(value)), "mol %")
            for name, value in shares
            if value is not None
        ],
        [
            Figure(
                language(f"characteristic.{n}"),
                str(language.number(value)),
                CHARACTERISTIC_UNITS[n].format(unit=unit),
            )
            for n, value in told
            if value is not None
        ],
        labels,
    )


def _source(gas: GasRows, place: int, names: Mapping[str, str], language: Language) -> str:
    """Say whose gas a row carries: `Zelzate, 2 h delay`, `Zelzate, last good analysis, of 23 Nov 10:00`."""
    told = [names.get(source, source) for source in gas.sources[place].split()]
    if gas.served is None:
        return ", ".join(told)
    how, delay_h = GasHow(int(gas.served.how[place])), int(gas.served.delay_h[place])
    if not told:
        return language(f"served.{how.name}") if how in _BY_NO_ANALYSIS else ""
    if delay_h:
        told.append(language("served.delay", n=delay_h))
    if how is GasHow.HELD:
        told.append(language("served.HELD", hour=language.moment(gas_time.local_start(int(gas.served.hour[place])))))
    elif how is GasHow.OTHER:
        told.append(language("served.OTHER"))
    return ", ".join(told)
