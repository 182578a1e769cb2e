"""From validation's answers to one batch of candidates: what is contiguous and new, in the order of the line log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from shared.domain.reading import MEASURES, Provenance, Readings, Source, meter_mark
from shared.domain.retelling import Retelling, Unit
from shared.domain.revision import HOUR
from shared.domain.rows import joined, taken
from shared.domain.rules.rule import Severity
from shared.events import line_log
from shared.events.answer import Answer, FindingTold
from shared.events.codec import MalformedEventError
from shared.events.line_log import Analysed, DecisionAsked, Recorded, Tick, TopologyAsked
from shared.events.topics import ANALYSES, OPERATIONS, SOURCES
from shared.store.progress import Progress

OPERATIONS_SOURCE = f"{OPERATIONS.name}/0"
"""The one partition of operations, as positions name it."""
ANALYSES_SOURCE = f"{ANALYSES.name}/0"
"""The one partition of analyses."""


MOST_AT_ONCE = 48
"""Analyses of a record, and hours from its first to its last, whose lines are told again in the batch itself."""


class GapError(Exception):
    """An answer is missing: nothing may be written past it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one record of the line log asks for, in its order: the candidates `rows` of the batch, or `asked`."""

    offset: int
    known_at_ms: int
    rows: range = range(0)
    asked: TopologyAsked | DecisionAsked | Tick | Analysed | Retelling | None = None
    units: tuple[Unit, ...] = ()
    """The part of a retelling that is taken now."""

    @property
    def is_long(self) -> bool:
        """Say whether what follows from the record may be too much for one batch: then it is worked off in parts."""
        match self.asked:
            case TopologyAsked():
                return True
            case Analysed(analyses):
                hours = analyses.rows["hour"].astype(np.int64)
                return len(hours) > MOST_AT_ONCE or bool(len(hours) and np.ptp(hours) > MOST_AT_ONCE)
            case _:
                return False


@dataclass(slots=True)
class Batch:
    """Candidates of one partition; row i is for `lines[line[i]]` in `hour[i]`, told by `sources[source[i]]`."""

    candidates: NDArray[np.void]
    line: NDArray[np.int64]
    hour: NDArray[np.int64]
    source: NDArray[np.int64]
    lines: list[str]
    sources: list[Source]
    findings: dict[int, list[FindingTold]] = field(default_factory=dict)
    rejected: dict[int, FindingTold] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    defects: list[tuple[int, str]] = field(default_factory=list)
    """Offsets of the line log whose record could not be read, with the reason."""
    taken: int = 0
    """How many answers were looked at: it ends with a step that is long."""
    defective: dict[int, set[str]] = field(default_factory=dict)
    """What is set aside because our own code fails on it: by offset of a tick or decision the lines, "" for all."""

    def aside(self, step: Step) -> set[str]:
        """Return the lines for which a step is set aside; "" among them: for all."""
        return self.defective.get(step.offset, set())

    def position(self, row: int) -> str:
        """Return the source position of a candidate as it names findings and dead letters."""
        source = self.sources[self.source[row]]
        return f"{source.topic}/{source.partition}/{source.offset}/{int(self.candidates[row]['source_place'])}"


@dataclass(slots=True)
class _Gathering:
    """A batch under construction."""

    after: Progress
    taken: int = 0
    lines: dict[str, int] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    columns: list[tuple[NDArray[np.void], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = field(
        default_factory=list
    )
    count: int = 0
    findings: dict[int, list[FindingTold]] = field(default_factory=dict)
    rejected: dict[int, FindingTold] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    defects: list[tuple[int, str]] = field(default_factory=list)


def gather(
    before: Progress, answers: Sequence[tuple[int, Answer]], *, awaits_missing: bool = False
) -> tuple[Batch, Progress]:
    """Return what is new in answers of one partition, and the position after them.

    A batch ends with the first step that is long; `taken` tells how many answers are behind it.

    Args:
        before: The position in the store.
        answers: Offset in the topic read, and the answer; in the order of the topic.
        awaits_missing: Validation was asked to answer again from the position; so what does not follow it is passed
            over, because it comes again behind what is missing.

    Raises:
        GapError: an answer does not follow the position, and nobody was asked for what is missing.
    """
    gathering = _Gathering(replace(before, sources=dict(before.sources)))
    after = gathering.after
    for count, (read, answer) in enumerate(answers, start=1):
        gathering.taken = count
        if answer.epoch == before.epoch and not after.is_behind(answer.offset, answer.part):
            if awaits_missing and not after.is_next(answer.offset, answer.part):
                continue
            _take(gathering, answer)
        after.read = max(after.read, read)
        if gathering.steps and gathering.steps[-1].is_long:
            break
    return _finished(gathering), after


def retelling_batch(retelling: Retelling, units: tuple[Unit, ...]) -> Batch:
    """Return the batch of a part of what is to be told again."""
    gathering = _Gathering(Progress("", 0, 0))
    gathering.steps.append(Step(retelling.log_offset, retelling.known_at_ms, asked=retelling, units=units))
    return _finished(gathering)


def _take(gathering: _Gathering, answer: Answer) -> None:
    after = gathering.after
    if not after.is_next(answer.offset, answer.part):
        raise GapError(f"{after.key}: {answer.offset}.{answer.part} does not follow {after.offset}.{after.part}")
    after.offset, after.part, after.last = answer.offset, answer.part, answer.last
    after.known_at_ms = max(after.known_at_ms, answer.known_at_ms)
    try:
        entry = line_log.decode(answer.record)
    except MalformedEventError as fault:
        gathering.defects.append((answer.offset, answer.defect or str(fault)))
        return
    match entry:
        case Recorded(readings):
            _take_readings(gathering, answer, readings)
        case TopologyAsked(offset=offset) | DecisionAsked(offset=offset):
            if after.sources.get(OPERATIONS_SOURCE, (-1, 0)) < (offset, 0):
                after.sources[OPERATIONS_SOURCE] = (offset, 0)
                gathering.steps.append(Step(answer.offset, after.known_at_ms, asked=entry))
        case Analysed(analyses):
            if after.sources.get(ANALYSES_SOURCE, (-1, 0)) < (analyses.offset, 0):
                after.sources[ANALYSES_SOURCE] = (analyses.offset, int(analyses.rows["place"].max(initial=0)))
                gathering.steps.append(Step(answer.offset, after.known_at_ms, asked=entry))
        case Tick(until_ms):
            if until_ms > after.until_ms:
                after.until_ms = until_ms
                gathering.steps.append(Step(answer.offset, after.known_at_ms, asked=entry))


def _take_readings(gathering: _Gathering, answer: Answer, readings: Readings) -> None:
    """Add the readings that were not in the store yet: each source position counts once."""
    fresh = np.flatnonzero(_is_fresh(gathering.after, readings))
    if not len(fresh):
        return
    rows = taken(readings.rows, fresh)
    numbers = [gathering.lines.setdefault(name, len(gathering.lines)) for name in readings.lines]
    source = rows["source"].astype(np.int64)
    known_at_ms = gathering.after.known_at_ms
    candidates = _candidates(rows, readings, (answer.offset, known_at_ms), answer.validity[fresh])
    _flag(candidates, fresh, answer)
    line = np.array(numbers, np.int64)[rows["line"]]
    gathering.columns.append((candidates, line, rows["hour"].astype(np.int64), source + len(gathering.sources)))
    gathering.sources += readings.sources
    place = dict(zip(fresh.tolist(), range(gathering.count, gathering.count + len(fresh)), strict=True))
    for finding in answer.findings:
        if finding.row in place:
            gathering.findings.setdefault(place[finding.row], []).append(finding)
    for finding in answer.rejected:
        if finding.row in place:
            gathering.rejected[place[finding.row]] = finding
    gathering.steps.append(Step(answer.offset, known_at_ms, range(gathering.count, gathering.count + len(fresh))))
    gathering.count += len(fresh)


def _is_fresh(after: Progress, readings: Readings) -> NDArray[np.bool_]:
    """Say which readings lie above the highest source positions, and raise those.

    Ingest writes each source partition in its order, so one comparison a reading is enough.
    """
    keys: dict[str, int] = {}
    number = [keys.setdefault(f"{source.topic}/{source.partition}", len(keys)) for source in readings.sources]
    offsets = np.array([source.offset for source in readings.sources], np.int64)
    source = readings.rows["source"]
    key = np.array(number, np.int64)[source]
    position = (offsets[source] << _PLACE_BITS) + readings.rows["place"]
    highest = np.array([_packed(after.sources.get(name, (-1, -1))) for name in keys], np.int64)
    fresh: NDArray[np.bool_] = position > highest[key]
    for name, which in keys.items():
        reached = int(position[key == which].max(initial=highest[which]))
        if reached > highest[which]:
            after.sources[name] = (reached >> _PLACE_BITS, reached & (2**_PLACE_BITS - 1))
    return fresh


_PLACE_BITS = 20  # a record carries at most 2**20 readings; 2**43 offsets remain


def _packed(position: tuple[int, int]) -> int:
    return (position[0] << _PLACE_BITS) + position[1]


def _flag(candidates: NDArray[np.void], fresh: NDArray[np.intp], answer: Answer) -> None:
    """Mark the candidates of which rules have found something, and those that a finding keeps back."""
    if not answer.findings:
        return
    rows = np.array([finding.row for finding in answer.findings])
    blocks = np.array([finding.severity == Severity.F.name for finding in answer.findings])
    place = np.minimum(np.searchsorted(fresh, rows), len(fresh) - 1)
    told = fresh[place] == rows
    _, first = np.unique(place[told & blocks], return_index=True)
    failed = np.array([finding.rule.encode() for finding in answer.findings])[told & blocks][first]
    candidates["failed"][place[told & blocks][first]] = failed
    flags = np.where(blocks, Provenance.FOUND | Provenance.BLOCKED, Provenance.FOUND).astype(np.uint8)
    np.bitwise_or.at(candidates["provenance"], place[told], flags[told])


def _candidates(
    rows: NDArray[np.void], readings: Readings, position: tuple[int, int], validity: NDArray[np.uint8]
) -> NDArray[np.void]:
    """Return the HOUR rows that readings would become; `position` is offset in the line log and known_at."""
    sources, (offset, known_at_ms) = readings.sources, position
    candidates = np.zeros(len(rows), HOUR)
    for name in (*MEASURES, "quality", "provenance"):
        candidates[name] = rows[name]
    candidates["validity"] = validity
    candidates["known_at"] = known_at_ms
    candidates["log_offset"] = offset
    source = rows["source"]
    candidates["sent"] = np.array([s.sent_ms for s in sources], np.int64)[source]
    candidates["source_topic"] = np.array([SOURCES.index(s.topic) for s in sources], np.uint8)[source]
    candidates["source_partition"] = np.array([s.partition for s in sources], np.uint16)[source]
    candidates["source_offset"] = np.array([s.offset for s in sources], np.int64)[source]
    candidates["source_place"] = rows["place"]
    candidates["meter"] = np.array([meter_mark(name) for name in readings.meters], np.uint16)[rows["meter"]]
    return candidates


def _finished(gathering: _Gathering) -> Batch:
    empty = (np.zeros(0, HOUR), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    candidates, line, hour, source = zip(*(gathering.columns or [empty]), strict=True)
    return Batch(
        joined(candidates),
        np.concatenate(line),
        np.concatenate(hour),
        np.concatenate(source),
        list(gathering.lines),
        gathering.sources,
        gathering.findings,
        gathering.rejected,
        gathering.steps,
        gathering.defects,
        gathering.taken,
    )
