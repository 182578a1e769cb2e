"""The rows of a view as people read them: local time, grouped digits, a state in one word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from services.query.pages.languages import Language
from shared.domain import gas_time
from shared.domain import text_columns as text
from shared.domain.estimation import Method
from shared.domain.period import View
from shared.domain.published import Column, VolumeBasis
from shared.domain.reading import KEPT_BACK, Validity, flagged
from shared.domain.topology import Issue
from shared.domain.view import HourRows, PeriodRows
from shared.runtime.problem import unprocessable
from shared.store.views import LineView

AWAITED_HOURS = 2
"""A missing hour that ended this recently is awaited: teletransmitted hours come within 1.5 h (rule B5)."""
WHOLE_TABLE_ROWS, BEGUN_TABLE_ROWS = 1_100, 120
"""Three years of gas days stand in the table, and a month of hours; of more the first five gas days do: a browser takes
some 0.4 s for a thousand rows. The rest is for the chart and the files, and the page says so."""
MEASURES = ("volume_m3n", "energy", "gcv", "temperature_c")
Published = dict[str, list[str | None]]
"""Published columns by name, as strings; None where a row has no value."""
_MARKED = ("estimated", "substituted", "edited", "calculated")
"""Qualities that are marked beside missing, in the order in which a gas day or month tells them."""
STATE_COLUMNS = ("quality", "hours_present", "hours_expected", *(f"hours_{name}" for name in _MARKED))
"""What the states of rows are read from: hours from their quality, gas days and months from counts."""
_QUALITY_STATES = {name.upper(): name for name in ("missing", *_MARKED)}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `state` is empty where a row is simply measured; `share` is for gas days and months.

    `blocked_by` are the rules whose open findings keep an hour back, `method` is how it was estimated,
    `history` is where everything stands that it ever said.
    """

    key: str
    group: str
    label: str
    figures: dict[str, str | None]
    validity: str
    state: str
    share: str = ""
    has_operating_volume: bool = False
    blocked_by: Sequence[str] = ()
    method: Method | None = None
    history: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The period as a whole, as its tiles show it."""

    figures: dict[str, str | None]
    validity: str
    present: int
    expected: int
    qualities: dict[str, int]

    @property
    def percent(self) -> str:
        """Completeness as a plain number, rounded down so that only a complete period says 100."""
        return f"{1000 * self.present // self.expected / 10:g}" if self.expected else "0"


def measure_of(show: str) -> str:
    """Return the measure that the chart shall show, or raise 422."""
    if show not in MEASURES:
        raise unprocessable([Issue("SHOW", "show", f"choose {', '.join(MEASURES)}")])
    return show


def table_rows(count: int) -> slice:
    """Return which of so many rows stand in the table: all, or the first of too many."""
    return slice(count if count <= WHOLE_TABLE_ROWS else BEGUN_TABLE_ROWS)


def cells(columns: Sequence[Column], rows: slice = slice(None)) -> Published:
    """Return rows of the published columns as strings, None where a row has no value."""
    return {column.flat_name: _strings(column, rows) for column in columns}


def states_of(view: LineView, published: Published, ended: int) -> list[str]:
    """Return each row's state in one word, empty where it is simply measured.

    `ended` is the first hour that has not ended: an hour that is missing since a moment ago is awaited.
    """
    if isinstance(view.rows, HourRows):
        states = [_QUALITY_STATES.get(quality or "", "") for quality in published["quality"]]
        awaited = zip(view.rows.hours, states, strict=True)
        return ["awaited" if state == "missing" and hour >= ended - AWAITED_HOURS else state for hour, state in awaited]
    return period_states(published)


def period_states(published: Published) -> list[str]:
    """Return the state of each gas day or month."""
    names = ("present", "expected", *_MARKED)
    counts = zip(*(published[f"hours_{name}"] for name in names), strict=True)
    return [_period_state(*row) for row in counts]


def node_hour_states(published: Published, hours: Sequence[int], ended: int) -> list[str]:
    """Return the state of each hour of a node: lines that are missing count more than how the others were found."""
    counts = zip(*(published[name] for name in ("quality", "lines_expected", "lines_complete")), strict=True)
    return [
        _node_hour_state(quality or "", is_whole=expected == complete, is_late=hour < ended - AWAITED_HOURS)
        for hour, (quality, expected, complete) in zip(hours, counts, strict=True)
    ]


def blocked_of(view: LineView, blocking: Mapping[int, Sequence[str]]) -> list[Sequence[str]]:
    """Return, row by row, the rules that keep it back; none for gas days and months, and for what has passed since."""
    if not isinstance(view.rows, HourRows):
        return [()] * len(view.rows.starts)
    known = view.rows.known
    is_flagged = flagged(known, KEPT_BACK)
    kept_back = ((known["validity"] == Validity.RECORDED) | is_flagged).tolist()
    hours = zip(view.rows.hours, kept_back, strict=True)
    return [blocking.get(hour, ()) if is_kept_back else () for hour, is_kept_back in hours]


def rows_of(
    view: LineView, published: Published, states: Sequence[str], blocked: Sequence[Sequence[str]], language: Language
) -> list[Row]:
    """Return the rows of the table: as many as there are states."""
    if isinstance(view.rows, HourRows):
        return hour_rows_of(f"/lines/{quote(view.line.id)}", published, states, blocked, language)
    return period_rows_of(view.rows, published, states, language)


def totals_of(columns: Iterable[Column], language: Language) -> Totals:
    """Return the totals of a period from its published columns, which have one row."""
    whole = {name: column[0] for name, column in cells(list(columns)).items()}
    figures = {name: language.number(whole[name]) for name in MEASURES}
    for name in ("volume_m3n", "energy"):
        figures[name] = language.number(whole[name], 0 if abs(Decimal(whole[name] or 0)) >= 100 else 3)
    qualities = {name: int(whole[f"hours_{name}"] or 0) for name in (*_MARKED, "missing")}
    present, expected = int(whole["hours_present"] or 0), int(whole["hours_expected"] or 0)
    return Totals(figures, whole["validity"] or "", present, expected, qualities)


def _node_hour_state(quality: str, *, is_whole: bool, is_late: bool) -> str:
    if is_whole:
        return _QUALITY_STATES.get(quality, "")
    if not is_late:
        return "awaited"
    return "missing" if quality == "MISSING" else "incomplete"


def _strings(column: Column, rows: slice) -> list[str | None]:
    strings: list[str | None] = list(text.strings_of(column.cells[rows]))
    if column.present is None:
        return strings
    return [string if here else None for string, here in zip(strings, column.present[rows].tolist(), strict=True)]


def _period_state(present: str | None, expected: str | None, *marked: str | None) -> str:
    """Return what most needs saying of a period: that it misses hours, or the first quality that some of them have."""
    if present != expected:
        return "missing" if present == "0" else "incomplete"
    return next((f"some_{name}" for name, count in zip(_MARKED, marked, strict=True) if count != "0"), "")


def hour_rows_of(
    address: str, published: Published, states: Sequence[str], blocked: Sequence[Sequence[str]], language: Language
) -> list[Row]:
    """Return the hours of the table of what stands at an address; only a line's have methods and operating volumes."""
    found, unsaid = [], [None] * len(states)
    methods, bases = published.get("method", unsaid), published.get("volume_basis", unsaid)
    for place, state in enumerate(states):
        key, day = str(published["start"][place]), str(published["gas_day"][place])
        label, validity = _hour_label(str(published["local_start"][place]), day), published["validity"][place] or ""
        method = methods[place]
        row = Row(
            key,
            language.day(date.fromisoformat(day)),
            label,
            _figures(published, place, language),
            validity,
            state,
            has_operating_volume=bases[place] == VolumeBasis.OPERATING,
            blocked_by=blocked[place],
            method=Method(method) if method else None,
            history=f"{address}/hours/{key}",
        )
        found.append(row)
    return found


def _hour_label(local_start: str, day: str) -> str:
    """Return the local hour; with its offset on the days on which the clock changes."""
    moment = datetime.fromisoformat(local_start)
    label = f"{moment:%H:%M}"
    switches = len(gas_time.hours_of_day(date.fromisoformat(day))) != 24
    return f"{label} {local_start[-6:]}" if switches else label


def period_rows_of(rows: PeriodRows, published: Published, states: Sequence[str], language: Language) -> list[Row]:
    """Return the gas days or months of the table."""
    daily, found = rows.view is View.DAY, []
    for place, (state, day) in enumerate(zip(states, rows.first_days[: len(states)], strict=True)):
        label = language.date(day, "yMMMEd" if daily else "yMMMM")
        share = f"{published['hours_present'][place]} / {published['hours_expected'][place]}"
        validity = published["validity"][place] or ""
        found.append(Row(day.isoformat(), "", label, _figures(published, place, language), validity, state, share))
    return found


def _figures(published: Published, place: int, language: Language) -> dict[str, str | None]:
    return {name: language.number(published[name][place]) for name in MEASURES}
