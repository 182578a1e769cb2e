"""From records of `analyses` to entries of the line log and dead letters: a pure function of each record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.ingest.analysis_telegram import taken_apart
from services.ingest.conversion import DeadLetter
from services.ingest.files.told import Fault
from services.ingest.foreign import foreign
from services.ingest.source_record import SourceRecord
from shared.domain.reading import Source
from shared.domain.reason import Reason
from shared.events import line_log
from shared.events.line_log import Analysed


@dataclass(slots=True)
class ConvertedAnalyses:
    """What records became: entries for every partition, dead letters, and how many analyses each record is."""

    entries: list[bytes] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


def converted_analyses(records: Sequence[tuple[SourceRecord, int]]) -> ConvertedAnalyses:
    """Convert records with the time (ms since 1970) at which each became known; one that fails harms only itself."""
    converted = ConvertedAnalyses()
    for record, known_at_ms in records:
        _convert(converted, record, known_at_ms)
    return converted


def _convert(converted: ConvertedAnalyses, record: SourceRecord, known_at_ms: int) -> None:
    try:
        told = taken_apart(record.value, record.offset, known_at_ms)
    except Exception as failure:  # noqa: BLE001 - taking apart is pure: whatever it raises is a defect of ours, and is isolated
        message = f"our own code failed on this record ({failure!r}); its bytes are kept"
        told = Fault(0, Reason.DEFECT, "", message)
    if isinstance(told, Fault):
        source = Source(record.topic, record.partition, record.offset, "", "", 0)
        converted.dead_letters.append(DeadLetter(source, told))
        converted.counts.append(1)
        return
    analyses = told.analyses
    place = record.topic, record.partition, record.offset
    source = Source(*place, analyses.telegram, analyses.chromatograph, analyses.sent_ms)
    converted.counts.append(told.places)
    if record.is_foreign(analyses.chromatograph):
        what = f"chromatograph {analyses.chromatograph}"
        faults = foreign(analyses.rows["place"].tolist(), "chromatograph", what)
        converted.dead_letters += [DeadLetter(source, fault) for fault in told.faults + faults]
        return
    converted.dead_letters += [DeadLetter(source, fault) for fault in told.faults]
    if len(analyses.rows):
        converted.entries.append(line_log.encode(Analysed(analyses)))


def forecast_analyses(record: SourceRecord) -> tuple[int, list[Fault]]:
    """Return how many analyses a record is, and which of them will be dead-lettered: what the door answers with."""
    found = converted_analyses([(record, 0)])
    return found.counts[0], [letter.fault for letter in found.dead_letters]
