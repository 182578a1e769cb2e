"""The page that explains an hour of a node: its lines then, what each weighs and says, and that this is the sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from services.query.asked import parameters
from services.query.pages.hour_page import hour_label
from services.query.pages.languages import Language
from services.query.pages.node_parts import weight_text
from services.query.pages.page_rows import AWAITED_HOURS, MEASURES, cells
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.node_weights import ONE
from shared.domain.published import columns_of
from shared.domain.quantities import EnergyUnit
from shared.domain.topology import Line
from shared.domain.view import HourRows, ended_before
from shared.runtime.mongo import Database
from shared.store.node_hours import read_node_hour
from shared.store.node_views import NodeView


@dataclass(frozen=True, slots=True)
class LineInHour:
    """A line in an hour: its weight, volume and energy, these times the weight, and its state in one word.

    The state is measured, missing, awaited, or another quality; `inactive` where no hour of it is expected.
    """

    id: str
    name: str
    href: str
    weight: str
    volume: str | None
    energy: str | None
    counted_volume: str | None
    counted_energy: str | None
    validity: str
    state: str


@dataclass(frozen=True, slots=True)
class NodeHourPage:
    """Everything that the template of a node's hour shows; `figures` are those of the node, none before it ended.

    `unnamed` is how many lines count beside those that are told: the reader may not know of them.
    """

    node: str
    name: str
    start: datetime
    utc: str
    gas_day: date
    label: str
    figures: dict[str, str | None]
    validity: str
    complete: int
    expected: int
    lines: list[LineInHour]
    unnamed: int
    before: str
    after: str
    back: str
    topology: str
    program: str


async def node_hour_page(  # noqa: PLR0913, PLR0917 - as the page of a line's hour
    database: Database, caller: Caller, node: str, start: str, now: datetime, language: Language
) -> NodeHourPage:
    """Read and lay out the page of a node's hour.

    Raises:
        ProblemError: 404 for an unknown node or another's, or one that was not there; 422 for what is no hour.
    """
    hour = parameters.hour(start)
    told = await read_node_hour(database, caller, node, hour, now)
    day, address, ended = gas_time.gas_day(hour), f"/nodes/{quote(node)}", ended_before(now)
    every = {line: _line(*told.lines[line], weight, hour, ended, language) for line, weight in told.weights.items()}
    named = [one for line, one in every.items() if told.view.names(line)]
    period = f"from={day}&to={day + timedelta(days=1)}"
    whole = _node_row(told.view, hour)
    return NodeHourPage(
        node=node,
        name=told.view.node.name_on(day),
        start=gas_time.local_start(hour),
        utc=gas_time.hour_text(hour),
        gas_day=day,
        label=hour_label(hour),
        figures={name: language.number(whole.get(name)) for name in MEASURES},
        validity=whole.get("validity") or "",
        complete=sum(line.state not in ("missing", "awaited", "inactive") for line in every.values()),
        expected=sum(line.state != "inactive" for line in every.values()),
        lines=named,
        unnamed=len(every) - len(named),
        before=f"{address}/hours/{gas_time.hour_text(hour - 1)}",
        after=f"{address}/hours/{gas_time.hour_text(hour + 1)}",
        back=f"{address}?view=hour&{period}",
        topology=f"{address}/topology?at={day}",
        program=f"/v1{address}/measurements?view=hour&{period}",
    )


def _node_row(view: NodeView, hour: int) -> dict[str, str | None]:
    """Return what the node says of an hour, nothing where it has no row."""
    place = view.rows.rows.starts.searchsorted(hour)
    if place == len(view.rows.rows.starts) or view.rows.rows.starts[place] != hour:
        return {}
    return {name: column[0] for name, column in cells(view.columns, slice(place, place + 1)).items()}


def _line(  # noqa: PLR0913, PLR0917 - what a line says
    line: Line, rows: HourRows, weight: int, hour: int, ended: int, language: Language
) -> LineInHour:
    day = gas_time.gas_day(hour)
    told = {name: (column or [None])[0] for name, column in cells(columns_of(rows, EnergyUnit.KWH)).items()}
    volume, energy = told["volume_m3n"], told["energy"]
    return LineInHour(
        line.id,
        line.name_on(day),
        f"/lines/{quote(line.id)}/hours/{gas_time.hour_text(hour)}",
        weight_text(weight, language),
        language.number(volume),
        language.number(energy),
        _times(volume, weight, language),
        _times(energy, weight, language),
        told["validity"] or "",
        _state(told["quality"], hour, ended),
    )


def _state(quality: str | None, hour: int, ended: int) -> str:
    if quality is None:
        return "inactive" if hour < ended else "awaited"
    return "awaited" if quality == "MISSING" and hour >= ended - AWAITED_HOURS else quality.lower()


def _times(figure: str | None, weight: int, language: Language) -> str | None:
    """Return a value times a weight, exactly."""
    return None if figure is None else language.number(f"{Decimal(figure) * weight / ONE:f}")
