"""Random hours of two lines, one of which checks the other, as things happen to lines: gaps, stops, faults, switches.

A series is told twice: as contexts for the rules, and as plain dictionaries, one an hour, for the oracles.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from shared.domain import gas_time
from shared.domain.line_context import Contexts
from shared.domain.line_terms import TermsTable
from shared.domain.quantities import QUANTITIES
from shared.domain.reading import MEASURES, Provenance, Quality
from shared.domain.topology import Check, Line, Terms
from tests.unit.domain.rules.one_context import FIRST_DAY, STATION, At, contexts_of, table_of

CHECKING = Line("B", STATION.id, (Terms(FIRST_DAY, "B"),))
CHECKED = Line("A", STATION.id, (Terms(FIRST_DAY, "A", one_way=False, capacity_m3n_per_h=1_000),))
CHECKED = replace(CHECKED, terms=(replace(CHECKED.terms[0], check=Check("B", 1.5, -2.0)),))
LINES = {"A": CHECKED, "B": CHECKING}
TABLE = table_of(CHECKED, CHECKING)
LAST_DAYS = (date(2026, 1, 14), date(2026, 3, 29), date(2026, 4, 10), date(2026, 10, 25), date(2026, 11, 8))
"""The gas days with which series end: the switches of the clock lie far off, just before, or in the four weeks."""
_JUDGED_HOURS = 50
_NAMES = ("volume", "volume_operating", "index", "gcv", "temperature")
_LARGEST = {name: quantity.highest * quantity.scale for name, quantity in zip(MEASURES, QUANTITIES, strict=True)}

Hour = dict[str, int | None]
"""What an hour says, by column, None for what it does not; with `quality`, `blocked` and `meter`."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to hours of a line, from one on."""

    kind: str
    column: str
    begin: int
    hours: int
    factor: float


@dataclass(slots=True)
class Series:
    """The hours of both lines, from `first` on; which of them are judged."""

    first: int
    hours: dict[str, list[Hour]]
    judged: list[At]
    table: TermsTable = field(default_factory=lambda: TABLE)

    def contexts(self) -> Contexts:
        """Return the hours as contexts, new each time: judging writes into them."""
        return contexts_of({line: _columns(hours) for line, hours in self.hours.items()}, self.first)

    def value(self, line: str, column: str, hour: int) -> int | None:
        """Return what an hour says, None where nothing is known."""
        place, hours = hour - self.first, self.hours[line]
        return hours[place][column] if 0 <= place < len(hours) else None

    def quality(self, line: str, hour: int) -> Quality | None:
        """Return how an hour's values came about, None where it has none."""
        place, hours = hour - self.first, self.hours[line]
        known = 0 <= place < len(hours) and any(hours[place][name] is not None for name in _NAMES)
        return Quality(hours[place]["quality"] or 0) if known else None


def _columns(hours: list[Hour]) -> dict[str, list[int | None]]:
    columns: dict[str, list[int | None]] = {name: [hour[name] for hour in hours] for name in _NAMES}
    columns["provenance"] = [Provenance.BLOCKED if hour["blocked"] else 0 for hour in hours]
    for name in ("meter", "quality"):
        columns[name] = [hour[name] for hour in hours]
    for place, hour in enumerate(hours):
        if all(hour[name] is None for name in _NAMES):
            columns["quality"][place] = Quality.MISSING
    return columns


def _ordinary(count: int, phase: int, scale: float) -> list[Hour]:
    """Return hours of an ordinary line: it flows more by day, nothing stands still, and the counter counts."""
    hours: list[Hour] = []
    index = 40_000_000
    for place in range(count):
        swing = (place * 7_919 + phase * 104_729) % 101
        volume = round((400_000 + 4_000 * (place % 24) + 500 * swing) * scale)
        index += volume // 50
        hours.append(
            {
                "volume": volume,
                "volume_operating": volume // 50,
                "index": index,
                "gcv": 11_000_000 + 300 * swing,
                "temperature": 8_000 + 60 * swing,
                "meter": 1,
                "quality": Quality.MEASURED,
                "blocked": 0,
            }
        )
    return hours


def _happen(hours: list[Hour], event: Event) -> None:
    """Let an event happen to hours."""
    span = hours[event.begin : event.begin + event.hours]
    start = dict(span[0]) if span else {}
    for hour in hours[event.begin :] if event.kind in {"meter", "counter"} else span:
        match event.kind:
            case "gap":
                hour.update(dict.fromkeys(_NAMES))
            case "lacking":
                hour[event.column] = None
            case "zero":
                hour.update(volume=0, volume_operating=0)
            case "times":
                hour[event.column] = _within(event.column, hour[event.column], event.factor)
            case "still":
                hour[event.column] = start[event.column]
            case "guessed":
                hour["quality"] = Quality.ESTIMATED
            case "blocked":
                hour["blocked"] = 1
            case "meter":
                hour["meter"] = 2 + event.begin % 2
            case _:
                hour["index"] = _within("index", hour["index"], event.factor)


def _within(column: str, value: int | None, factor: float) -> int | None:
    """Return a value times a factor, as long as a line can have sent it."""
    if value is None:
        return None
    return max(min(round(value * factor), _LARGEST[column]), 0 if column in {"gcv", "index"} else -_LARGEST[column])


_HAPPENINGS: tuple[tuple[str, tuple[str, ...], tuple[int, ...], tuple[float, ...]], ...] = (
    ("gap", ("",), (1, 2, 7, 24, 25, 26, 200), (1.0,)),
    ("lacking", _NAMES, (1, 6, 25, 200), (1.0,)),
    ("zero", ("",), (1, 12, 24, 25, 26, 30, 60), (1.0,)),
    ("times", ("volume",), (1, 1, 2, 3), (2.7, 3.5, 25.0, 10.0, -9.0, 0.0)),  # spikes
    ("times", ("volume", "volume_operating"), (1, 2, 25, 60), (10.0, 0.1, 1_000.0, 0.001, 9.1, 10.9, 11.2)),  # units
    ("times", ("volume",), (48, 60, 400), (3.2, 0.2, 2.9, 0.31, 1.004, 0.99, -1.0)),  # levels
    ("times", ("gcv",), (1, 24, 400), (1.028, 1.031, 0.96, 1.05, 0.0)),
    ("still", ("volume", "temperature", "gcv"), (5, 6, 7, 11, 12, 13, 23, 24, 25, 40), (1.0,)),
    ("guessed", ("",), (1, 24, 25, 26, 48, 400), (1.0,)),
    ("blocked", ("",), (1, 24, 200, 400), (1.0,)),
    ("meter", ("",), (1,), (1.0,)),
    ("counter", ("",), (1, 6, 400), (0.999_999, 0.999_99, 0.3)),
    ("counter", ("",), (1,), (1.000_003, 0.999_999, 0.999_5, 25.0, 0.0)),
)
"""Kind, columns, hours, factors."""


@st.composite
def _events(draw: st.DrawFn, count: int) -> Event:
    kind, columns, lengths, factors = draw(st.sampled_from(_HAPPENINGS))
    hours = draw(st.sampled_from(lengths))
    begin = draw(st.integers(max(0, count - 75), count - 1) | st.integers(0, count - 1))
    ends_there = draw(st.booleans())
    return Event(
        kind,
        draw(st.sampled_from(columns)),
        max(0, begin - hours + 1) if ends_there else begin,
        hours,
        draw(st.sampled_from(factors)),
    )


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Draw both lines over two days to a month, up to somewhere in the last gas day, and judge the last two days."""
    day = gas_time.hours_of_day(draw(st.sampled_from(LAST_DAYS)))
    first = gas_time.hours_of_day(
        gas_time.gas_day(day.start) - timedelta(days=draw(st.sampled_from([30, 30, 15, 2])))
    ).start
    count = day.stop - first - draw(st.sampled_from([0, 0, 1, 9]))
    lines = {"A": _ordinary(count, 1, 1.0), "B": _ordinary(count, 1, 1 / 1.5)}
    for hours in lines.values():
        for event in draw(st.lists(_events(count), max_size=6)):
            _happen(hours, event)
    judged = [(line, first + place) for line in lines for place in range(max(0, count - _JUDGED_HOURS), count)]
    return Series(first, lines, judged)
