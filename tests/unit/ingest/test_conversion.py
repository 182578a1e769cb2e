"""Conversion: every reading of a record ends in the line log or as a dead letter, exactly once, in its order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest import conversion
from services.ingest.columns import Pending, columns_of
from services.ingest.conversion import Converted, Converter, converted, forecast
from services.ingest.files.told import Fault
from services.ingest.source_record import SourceRecord
from shared.domain.quantities import ABSENT
from shared.domain.reading import Readings
from shared.domain.reason import Reason
from shared.events import line_log
from shared.events.codec import MAX_READINGS
from shared.events.line_log import Recorded
from shared.events.partitioning import partition_of

PARTITIONS = 4
_NUMBERS = st.one_of(st.none(), st.floats(-20, 20), st.just(1e12), st.just("x"), st.just(-0.0))
_HOURS = st.fixed_dictionaries(
    {"start": st.sampled_from(["2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "2026-11-23T10:30:00Z", "no"])},
    optional={
        "volume_m3n": _NUMBERS,
        "temperature_c": _NUMBERS,
        "quality": st.sampled_from(["MEASURED", "MISSING", "?"]),
    },
)
_LINES = st.lists(
    st.fixed_dictionaries({"line": st.sampled_from(["A", "B", "=1"]), "hours": st.lists(_HOURS, max_size=6)}),
    max_size=3,
)


def body_of(lines: list[dict[str, Any]], station: str = "S") -> bytes:
    """Return a telegram."""
    return json.dumps({"telegram": "T", "station": station, "sent": "2026-11-23T12:00:00Z", "lines": lines}).encode()


def recorded(converter: Converter | Converted) -> list[tuple[int, int, int]]:
    """Return (partition of the line log, source offset, place) of everything recorded, in its order."""
    found = []
    for partition, message in converter.messages:
        entry = line_log.decode(message)
        assert isinstance(entry, Recorded)
        assert len(entry.readings) <= 2 * MAX_READINGS
        rows, sources = entry.readings.rows, entry.readings.sources
        found += [(partition, sources[row["source"]].offset, int(row["place"])) for row in rows]
    return found


@settings(deadline=None)
@given(telegrams=st.lists(_LINES, min_size=1, max_size=6))
def test_every_reading_is_somewhere_once(telegrams: list[list[dict[str, Any]]]) -> None:
    """Recorded places and those of dead letters are together all places, none twice, in rising order."""
    converter, wanted = Converter(PARTITIONS), set()
    for offset, lines in enumerate(telegrams):
        count = converter.take(SourceRecord("telemetry", 0, offset, body_of(lines)))
        wanted |= {(offset, place) for place in range(count)}
    converter.flush()
    places = [(offset, place) for _, offset, place in recorded(converter)]
    dead = [(letter.source.offset, letter.fault.place) for letter in converter.dead_letters]
    assert places == sorted(places)
    assert len(places) + len(dead) == len(wanted)
    assert {*places, *dead} == wanted
    assert converter.recorded == len(places)


def test_a_station_has_one_partition() -> None:
    """Whatever its lines."""
    converter = Converter(PARTITIONS)
    hour = {"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.0}
    for number in range(20):
        lines = [{"line": f"L{number}", "hours": [hour]}]
        converter.take(SourceRecord("telemetry", 1, number, body_of(lines, f"S{number}")))
    converter.flush()
    assert {(partition, offset) for partition, offset, _ in recorded(converter)} == {
        (partition_of(f"S{number}", PARTITIONS), number) for number in range(20)
    }


def test_a_long_telegram_is_cut() -> None:
    """5,000 hours are several messages, and their places go through."""
    hours = [{"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.0}] * 5_000
    converter = Converter(PARTITIONS)
    assert converter.take(SourceRecord("telemetry", 0, 3, body_of([{"line": "A", "hours": hours}]))) == 5_000
    converter.flush()
    assert len(converter.messages) > 2
    assert [place for *_, place in recorded(converter)] == list(range(5_000))


def test_negative_zero_is_zero() -> None:
    """And what was not sent is absent."""
    converter = Converter(1)
    hour = {"start": "2026-11-23T10:00:00Z", "volume_m3n": -0.0}
    converter.take(SourceRecord("telemetry", 0, 0, body_of([{"line": "A", "hours": [hour]}])))
    converter.flush()
    entry = line_log.decode(converter.messages[0][1])
    assert isinstance(entry, Recorded)
    assert (entry.readings.rows["volume"][0], entry.readings.rows["energy"][0]) == (0, ABSENT)


def test_the_door_forecasts_what_conversion_does() -> None:
    """The same count and the same faults."""
    lines = [{"line": "A", "hours": [{"start": "no"}, {"start": "2026-11-23T10:00:00Z", "volume_m3n": 1}]}]
    count, faults = forecast(SourceRecord("telemetry", 0, 0, body_of(lines)))
    assert (count, [fault.place for fault in faults]) == (2, [0])


def test_a_record_that_makes_our_own_code_fail_harms_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a dead letter of reason DEFECT; everything around it is recorded, in its order."""

    def failing(pending: Pending) -> tuple[Readings, list[tuple[int, Fault]]]:
        if any(hour.volume_m3n == 13 for hour in pending.hours):
            raise ZeroDivisionError
        return columns_of(pending)

    monkeypatch.setattr(conversion, "columns_of", failing)
    volumes = [1, 2, 13, 4, 5]
    hours = [{"start": "2026-11-23T10:00:00Z", "volume_m3n": volume} for volume in volumes]
    records = [
        SourceRecord("telemetry", 0, offset, body_of([{"line": "A", "hours": [hour]}]))
        for offset, hour in enumerate(hours)
    ]
    found = converted(records, PARTITIONS)
    assert [(letter.source.offset, letter.fault.code) for letter in found.dead_letters] == [(2, Reason.DEFECT)]
    assert [offset for _, offset, _ in recorded(found)] == [0, 1, 3, 4]
    assert (found.counts, found.recorded) == ([1] * 5, 4)
