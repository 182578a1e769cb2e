"""What was done to which hour, and how many hours were sent: the truth that findings are counted against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deploy.local.simulator.faults import CODE, NEVER, Fault, Label, is_late, repeated
from deploy.local.simulator.hours import hours_of
from deploy.local.simulator.telegrams import delivered_between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deploy.local.simulator.grid import Grid, Line
    from deploy.local.simulator.noise import Flags, Ints


def labels(grid: Grid, first_hour: int, last_hour: int) -> list[Label]:
    """The faults of the hours first_hour to last_hour (when they were measured, not sent), by line, kind and hour.

    Raises:
        TooEarlyError: first_hour lies before the simulator's first.
    """
    return [
        Label(line.id, hour, kind)
        for line in grid.lines
        for kind, hours in _faulty_hours(grid.seed, line, first_hour, last_hour)
        for hour in hours.tolist()
    ]


def expected_present(grid: Grid, first_hour: int, last_hour: int, *, since: int | None = None) -> dict[str, int]:
    """How many different hours of each line are in the telegrams of `history` with the same bounds.

    Gaps are missing, and so are hours whose file or outage ends after last_hour; repetitions count once.
    """
    earliest = first_hour if since is None else since
    window = (first_hour, last_hour)
    return {line.id: len(_sent(grid.seed, line, window, earliest)) for line in grid.lines}


def _sent(seed: int, line: Line, window: tuple[int, int], since: int) -> Ints:
    """The hours of a line that are sent in a window."""
    hours: Ints = delivered_between(seed, line, window, since)["hour"]
    return hours


def _faulty_hours(seed: int, line: Line, first_hour: int, last_hour: int) -> Iterator[tuple[Fault, Ints]]:
    """For each kind of fault the hours that have it."""
    rows = hours_of(seed, line, first_hour, last_hour)
    hours, delivered = rows["hour"], rows["delivered"]
    for kind, code in CODE.items():
        yield kind, hours[rows["fault"] == code]
    sent: Flags = delivered != NEVER
    late = sent & is_late(line, hours, delivered)
    yield (Fault.LATE if line.teletransmitted else Fault.LATE_FILE), hours[late]
    again = sent & ~late & repeated(seed, line, hours) & np.bool_(line.teletransmitted)
    yield Fault.REPEATED, hours[again]
