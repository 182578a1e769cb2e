"""Builds answers of validation for tests: each a message of the line log with some readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.aggregation.batch import Batch
from services.aggregation.deciding import Registered
from services.aggregation.needs import needs_of, spans_of
from services.aggregation.places import places_of
from services.aggregation.settle import Given
from services.aggregation.table import DayKey
from shared.domain.line_terms import TermsTable
from shared.domain.reading import Quality, Readings, Source, empty_rows
from shared.domain.register import Register
from shared.events import line_log
from shared.events.answer import Answer
from shared.events.line_log import Recorded
from shared.store.progress import Progress

FIRST_HOUR = 472_000
NOBODY = Registered(Register(), TermsTable.of(Register()), (), (), {})
"""A register without lines: every rule has its defaults."""
PROGRESS_KEY = "aggregation/0"


@dataclass(frozen=True, slots=True)
class Told:
    """A reading as tests tell it: its line, its hour after FIRST_HOUR, what it says, and when it was sent."""

    line: str
    hour: int
    volume: int
    quality: Quality = Quality.MEASURED
    sent: int = 0


def answer_of(offset: int, told: Sequence[Told], source_offset: int | None = None, epoch: int = 0) -> Answer:
    """Return the answer to the message at an offset of the line log; each reading has a telegram of its own."""
    first = offset * 1_000 if source_offset is None else source_offset
    rows, lines = empty_rows(len(told)), list(dict.fromkeys(one.line for one in told))
    for place, one in enumerate(told):
        rows[place]["line"], rows[place]["hour"] = lines.index(one.line), FIRST_HOUR + one.hour
        rows[place]["volume"], rows[place]["quality"], rows[place]["source"] = one.volume, one.quality, place
    sources = [
        Source("telemetry", 0, first + place, f"T{first + place}", "S", one.sent) for place, one in enumerate(told)
    ]
    record = line_log.encode(Recorded(Readings(rows, lines, sources)))
    return Answer(epoch, offset, 1_000 + offset, record, np.full(len(told), 2, np.uint8))


def beginning(epoch: int = 0, offset: int = -1) -> Progress:
    """Return the position before the first message."""
    return Progress(PROGRESS_KEY, epoch, offset)


def given_of(batch: Batch, days: Mapping[DayKey, NDArray[np.void]]) -> Given:
    """Return what a batch is decided with: these days are the whole store."""
    places = places_of(batch)
    needs = needs_of(batch, places, NOBODY, {}, 0)
    spans = spans_of(needs)
    beside = {line: [day for of_line, day in days if of_line == line] for line in spans}
    keys = [*places.keys, *needs.days, *(key for key in needs.beside if key in days)]
    return Given(0, batch, places, days, {}, {}, {}, keys, spans, beside, NOBODY, {}, -1, 0, {}, {})
