"""The telegrams of the grid: what leaves the stations' gateways, in the order of time.

A telegram belongs to the hour after whose end it is sent, so the hours of a late file appear when the file is
delivered. `live` for each hour of a range therefore sends exactly what `history` of that range sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson

from deploy.local.simulator.faults import LONGEST_DELAY_HOURS, is_late, repeated
from deploy.local.simulator.hours import FIRST_HOUR, hours_of, refuse_too_early
from deploy.local.simulator.noise import uniform
from deploy.local.simulator.scales import SCALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deploy.local.simulator.grid import Grid, Line, Station
    from deploy.local.simulator.hours import Hours

# The last part of a telegram's id: what a gateway can send within the same minute.
_REGULAR, _RECOVERED, _REPEATED, _FILE = 1, 2, 3, 10
# Seconds after the full hour at which they leave: from, and how many more at most. All within the hour, so that the
# telegrams of the next range come later.
_LEAVES = {_REGULAR: (60, 480), _RECOVERED: (600, 300), _REPEATED: (1200, 600), _FILE: (1800, 1200)}
_TWO_WAY_SENDS = [name for name in SCALE if name != "index_m3"]


@dataclass(frozen=True, slots=True)
class _Telegram:
    """What a telegram is made of; `sent` in seconds since the Unix epoch."""

    station: Station
    sent: int
    number: int
    lines: list[tuple[Line, Hours]]


def history(
    grid: Grid, first_hour: int, last_hour: int, hours_per_telegram: int = 24, *, since: int | None = None
) -> Iterator[tuple[str, bytes]]:
    """(station, telegram) of all that is sent after the ends of first_hour to last_hour, in the order of `sent`.

    Hours are numbers since the Unix epoch, bounds included. No hour before `since` (default: first_hour) is in a
    telegram; who goes on where another range ended gives that range's start, and late files are whole. `sent` of a
    regular telegram is shortly after the last hour of its window.

    Raises:
        TooEarlyError: first_hour lies before the simulator's first.
    """
    refuse_too_early(first_hour)
    earliest = first_hour if since is None else since
    for begin in range(first_hour, last_hour + 1, hours_per_telegram):
        end = min(begin + hours_per_telegram - 1, last_hour)
        ready = [part for station in grid.stations for part in _of_station(grid, station, (begin, end), earliest)]
        for telegram in sorted(ready, key=lambda part: part.sent):
            yield telegram.station.id, _encode(telegram)


def live(grid: Grid, hour: int, *, since: int = FIRST_HOUR) -> list[tuple[str, bytes]]:
    """The telegrams that leave after the end of one hour: one of each station, late files and repetitions beside."""
    return list(history(grid, hour, hour, 1, since=since))


def delivered_between(seed: int, line: Line, window: tuple[int, int], since: int) -> Hours:
    """The hours from `since` on that a line delivers after the ends of the window's hours, bounds included."""
    earliest = max(window[0] - LONGEST_DELAY_HOURS, since, FIRST_HOUR)
    rows = hours_of(seed, line, earliest, window[1])
    return rows[(rows["delivered"] >= window[0]) & (rows["delivered"] <= window[1])]


def _of_station(grid: Grid, station: Station, window: tuple[int, int], since: int) -> Iterator[_Telegram]:
    """All telegrams of a station in a window."""
    regular: list[tuple[Line, Hours]] = []
    recovered: list[tuple[Line, Hours]] = []
    for number, line in enumerate(grid.lines_of(station), start=_FILE):
        rows = delivered_between(grid.seed, line, window, since)
        if not line.teletransmitted:
            yield from _by_delivery(station, number, [(line, rows)])
            continue
        late = is_late(line, rows["hour"], rows["delivered"])
        regular.append((line, rows[~late]))
        recovered.append((line, rows[late]))
    yield from _by_delivery(station, _RECOVERED, recovered)
    yield from _telegram(station, window[1], _REGULAR, regular)
    again = [(line, rows[repeated(grid.seed, line, rows["hour"])]) for line, rows in regular]
    yield from _telegram(station, window[1], _REPEATED, again)


def _by_delivery(station: Station, number: int, lines: list[tuple[Line, Hours]]) -> Iterator[_Telegram]:
    """One telegram for each hour in which something late is delivered."""
    delivered = {int(hour) for _, rows in lines for hour in np.unique(rows["delivered"])}
    for hour in sorted(delivered):
        yield from _telegram(station, hour, number, [(line, rows[rows["delivered"] == hour]) for line, rows in lines])


def _telegram(station: Station, hour: int, number: int, lines: list[tuple[Line, Hours]]) -> Iterator[_Telegram]:
    """A telegram after the end of an hour; none where there is nothing to send."""
    full = [(line, rows) for line, rows in lines if len(rows)]
    if full:
        begin, spread = _LEAVES[min(number, _FILE)]
        wait = begin + int(uniform(f"{station.id}/{number}/leaves", np.array([hour]))[0] * spread)
        yield _Telegram(station, (hour + 1) * 3600 + wait, number, full)


def _encode(telegram: _Telegram) -> bytes:
    """The telegram as JSON, in the shape that the gateway's topic and POST /v1/readings take."""
    sent = str(np.datetime64(telegram.sent, "s"))
    minute = sent[:16].replace("-", "").replace(":", "")
    return orjson.dumps(
        {
            "telegram": f"{telegram.station.id}/{minute}/{telegram.number}",
            "station": telegram.station.id,
            "sent": f"{sent}Z",
            "lines": [{"line": line.id, "hours": _hours(line, rows)} for line, rows in telegram.lines],
        }
    )


def _hours(line: Line, rows: Hours) -> list[dict[str, object]]:
    """The hours of a line as they stand in a telegram; what the line does not send is absent."""
    starts = np.datetime_as_string(rows["hour"].astype("datetime64[h]").astype("datetime64[s]"), timezone="UTC")
    names = list(SCALE) if line.one_way else _TWO_WAY_SENDS
    columns = [(rows[name] / SCALE[name]).tolist() for name in names]
    fixed = {"quality": "MEASURED", "meter": line.meter}
    keys = ("start", *names)
    return [dict(zip(keys, row, strict=True)) | fixed for row in zip(starts.tolist(), *columns, strict=True)]
