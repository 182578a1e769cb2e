"""Events: what is written is read back, whatever it says; damage is refused; released versions stay readable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain.analysis import Analyses, empty_analyses
from shared.domain.reading import READING, Readings, Source, empty_rows
from shared.events import access_read, answer, line_log, operation
from shared.events.access_read import AccessRead, ReadingTold
from shared.events.analyses import pack_analyses, unpack_analyses
from shared.events.answer import Answer, FindingTold
from shared.events.codec import AnotherVersionError, MalformedEventError, pack, pack_readings, unpack, unpack_readings
from shared.events.line_log import Analysed, DecisionAsked, Entry, Recorded, Tick, TopologyAsked
from shared.events.operation import Operation, OperationError

GOLDEN = Path(__file__).parent / "golden"


@st.composite
def readings(draw: st.DrawFn) -> Readings:
    """Readings with any values in any column, some columns all default."""
    count = draw(st.integers(0, 5))
    rows = empty_rows(count)
    for name in draw(st.sets(st.sampled_from(READING.names or ()))):
        limits = np.iinfo(READING[name])
        rows[name] = draw(st.lists(st.integers(limits.min, limits.max), min_size=count, max_size=count))
    sources = [Source("telemetry", draw(st.integers(0, 9)), draw(st.integers(0, 2**40)), draw(st.text()), "S", 5)]
    return Readings(rows, draw(st.lists(st.text(max_size=9))), sources, ["", draw(st.text(max_size=9))])


def same(left: Readings, right: Readings) -> bool:
    """Compare readings, all of them."""
    parts = (left.lines, left.sources, left.meters) == (right.lines, right.sources, right.meters)
    return parts and left.rows.tobytes() == right.rows.tobytes()


@settings(deadline=None)
@given(made=readings())
def test_readings_come_back(made: Readings) -> None:
    """Bit by bit, also what is default."""
    assert same(unpack_readings(pack_readings(made)), made)


@settings(deadline=None)
@given(made=readings(), offset=st.integers(0, 2**60), epoch=st.integers(0, 99), defect=st.text(max_size=9))
def test_answers_come_back(made: Readings, offset: int, epoch: int, defect: str) -> None:
    """With the record itself, its validities and findings."""
    told = [FindingTold(0, "C1", "F", 1.5, None)]
    record = line_log.encode(Recorded(made))
    written = Answer(
        epoch,
        offset,
        7,
        record,
        np.arange(len(made), dtype=np.uint8),
        part=1,
        last=False,
        findings=told,
        rejected=told,
        defect=defect,
        rules_version="9",
    )
    read = answer.decode(answer.encode(written))
    assert read.validity.tolist() == written.validity.tolist()
    names = [name for name in Answer.__slots__ if name != "validity"]
    assert [getattr(read, name) for name in names] == [getattr(written, name) for name in names]


@pytest.mark.parametrize("entry", [Tick(5), TopologyAsked(1, 2, b"{}"), DecisionAsked(3, 4, b"{}")])
def test_entries_come_back(entry: Entry) -> None:
    """Ticks, decisions and changes of the register."""
    assert line_log.decode(line_log.encode(entry)) == entry


def test_analyses_come_back() -> None:
    """Bit by bit; a row that is cut off is refused."""
    made = Analyses("ZELZATE", "Z/7", 9, 5, 6, told_of())
    read = unpack_analyses(pack_analyses(made))
    assert read.rows.tobytes() == made.rows.tobytes()
    assert replace(read, rows=made.rows) == made
    with pytest.raises(MalformedEventError):
        unpack_analyses(pack_analyses(made)[:-1])
    with pytest.raises(MalformedEventError):
        unpack_analyses(pack([1, 2]))


@settings(deadline=None)
@given(record=st.binary(max_size=60))
def test_other_bytes_are_refused(record: bytes) -> None:
    """With the two errors that workers know."""
    for decode in (line_log.decode, answer.decode, access_read.decode):
        with pytest.raises((MalformedEventError, AnotherVersionError)):
            decode(record)


def test_another_version_is_refused() -> None:
    """It says which version this software reads; in the line log it is told from what is damaged, a kind too."""
    with pytest.raises(AnotherVersionError, match="reads 1"):
        line_log.decode(b"\x93\x02\xa4tick\x05")
    with pytest.raises(AnotherVersionError, match="unknown kind"):
        line_log.decode(pack([1, "weather", b""]))
    with pytest.raises(MalformedEventError, match="reads 1"):
        access_read.decode(pack([2, "t", 1, []]))


def told_of() -> NDArray[np.void]:
    """Return two analyses, one of them without a composition."""
    analyses = empty_analyses(2)
    analyses["hour"], analyses["place"], analyses["gcv"] = [498_250, 498_251], [0, 2], [11_393_500, 11_401_200]
    analyses["shares"][0] = [927_000, 42_000, 9_000, 0, 2_000, 0, 0, 0, 0, 11_000, 9_000, 0, 0, 0]
    return analyses


def some_reading() -> ReadingTold:
    """Return a reading of a line and a node over a month."""
    period = ("2026-10-01", "2026-11-01")
    who = ("anna", "ACME", "192.0.2.7")
    return ReadingTold(1_795_431_730_000, 1_795_431_730_400, 3, *who, "file", ("BE-0042-A",), ("NODE-1",), (), *period)


def golden_entries() -> dict[str, bytes]:
    """Return one sample of each event as version 1 writes it."""
    rows = empty_rows(2)
    rows["hour"], rows["volume"], rows["energy"] = [498_250, 498_251], [1_234_567, 0], [14_197_500, 0]
    rows["place"], rows["meter"] = [0, 1], [1, 0]
    source = Source("telemetry", 3, 42, "BE-0042/20261123T1102/7", "BE-0042", 1_795_431_730_000)
    entry = line_log.encode(Recorded(Readings(rows, ["BE-0042-A"], [source], ["", "M1"])))
    findings, told = [FindingTold(1, "C1", "F", 12.5, 10.0)], told_of()
    return {
        "readings": entry,
        "topology": line_log.encode(TopologyAsked(4, 1_795_431_730_000, b'{"reason":"first"}')),
        "decision": line_log.encode(DecisionAsked(5, 1_795_431_730_000, b'{"kind":"close"}')),
        "tick": line_log.encode(Tick(1_795_431_730_000)),
        "analyses": line_log.encode(
            Analysed(Analyses("ZELZATE", "Z/7", 9, 1_795_431_730_000, 1_795_431_731_000, told))
        ),
        "answer": answer.encode(
            Answer(1, 7, 1_795_431_730_001, entry, np.array([2, 1], np.uint8), findings=findings, rules_version="1")
        ),
        "operation": operation.encode(Operation("topology", "r", "demo", 1_795_431_730_000, b"{}")),
        "access_read": access_read.encode(AccessRead(1, "0f3c", 7, (some_reading(),))),
    }


@pytest.mark.parametrize(
    "name", ["readings", "topology", "decision", "tick", "analyses", "answer", "operation", "access_read"]
)
def test_samples_of_version_1_stay_readable(name: str) -> None:
    """What version 1 wrote is read by today's software, which writes the same bytes for it."""
    written = (GOLDEN / f"{name}.v1.bin").read_bytes()
    match name:
        case "answer":
            assert answer.encode(answer.decode(written)) == written
        case "access_read":
            assert access_read.encode(access_read.decode(written)) == written
        case "operation":
            assert operation.encode(operation.decode(written)) == written
        case _:
            assert line_log.encode(line_log.decode(written)) == written
    assert golden_entries()[name] == written


def test_an_operation_that_is_none() -> None:
    """It has an error of its own."""
    with pytest.raises(OperationError):
        operation.decode(b"\xc1")


def test_a_source_says_when_it_was_received_where_that_is_known() -> None:
    """What a later version writes behind it is left alone."""
    rows = empty_rows(1)
    source = Source("telemetry", 3, 42, "T", "BE-0042", 5, 1_795_431_730_000)
    packed = pack_readings(Readings(rows, ["A"], [source]))
    assert unpack_readings(packed).sources == [source]
    lines, meters, ((*told,),), count, columns = unpack(packed)
    later = pack([lines, meters, [[*told, "later"]], count, columns])
    assert unpack_readings(later).sources == [source]


def test_a_column_of_a_later_version_is_told_from_what_is_damaged() -> None:
    """What it says would be lost otherwise."""
    lines, meters, sources, count, columns = unpack(pack_readings(Readings(empty_rows(1), ["A"], [], [""])))
    with pytest.raises(AnotherVersionError, match="'dew_point'"):
        unpack_readings(pack([lines, meters, sources, count, {**columns, "dew_point": b"\0" * 8}]))
    with pytest.raises(MalformedEventError):
        unpack_readings(pack([lines, meters, sources, count, b"no columns"]))
