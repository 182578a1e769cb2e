"""Cutting: one station a chunk, hours whole, sizes kept, and bytes that carry everything."""

import pytest

from services.ingest.files.chunk import Chunk, ChunkError, ChunkHour
from services.ingest.files.cut import MAX_BYTES, MAX_HOURS, Limits, cut
from services.ingest.files.heading import recognise
from services.ingest.files.read import read_chunk
from services.ingest.files.refusal import FileRefusedError
from services.ingest.files.text import Encoding
from shared.domain.reason import Reason
from tests.unit.ingest.files.samples import ENGLISH, LINE, Written, export

HEAD = "line,start,volume_m3n"
STATIONS = {"A": "S1", "B": "S2", "C": "S1"}
ROWS = [f"{line},2026-11-{day:02}T{hour:02}:00Z,1" for day in (1, 2) for hour in range(24) for line in "ABCX"]


def test_each_chunk_is_of_one_station_and_keeps_the_order() -> None:
    """Lines of one station share chunks, unknown lines come under station "", rows keep their numbers."""
    chunks = cut("\n".join([HEAD, *ROWS]).encode(), None, STATIONS.get)
    assert {c.station: len(c.hours) for c in chunks} == {"S1": 96, "S2": 48, "": 48}
    for chunk in chunks:
        numbers = [hour.numbers[0] for hour in chunk.hours]
        assert numbers == sorted(numbers)
        assert {STATIONS.get(hour.line, "") for hour in read_chunk(chunk).hours} == {chunk.station}
    assert sorted(n for c in chunks for h in c.hours for n in h.numbers) == list(range(2, 2 + len(ROWS)))


def test_rows_without_a_readable_line_come_under_no_station() -> None:
    """A bad id and a torn row cannot be routed; they are faults all the same."""
    (chunk,) = cut(f"{HEAD}\n=A,2026-11-01T00:00Z,1\ntorn".encode(), None, lambda _: "S1")
    assert chunk.station == ""
    assert [f.code for f in read_chunk(chunk).faults] == [Reason.A1_ID, Reason.A1_ROW_LENGTH]


def test_a_large_file_keeps_the_limits() -> None:
    """At most 2,000 hours and 512 KiB of rows a chunk; a pair of rows is never apart."""
    long = [Written(471_652 + i, "1,0", "11,0", "Read") for i in range(4_500)]
    chunks = cut(export(ENGLISH, long), LINE, lambda _: "S")
    assert [len(c.hours) for c in chunks] == [MAX_HOURS, MAX_HOURS, 500]
    assert {len(h.numbers) for c in chunks for h in c.hours} == {2}
    row = "2026-11-01T00:00Z,1" + " " * 900
    wide = cut("\n".join(["start,volume_m3n", *[row] * 1_000]).encode(), LINE, lambda _: "S")
    assert len(wide) == 2
    assert all(sum(len(c.original(i)) for i in range(len(c.hours))) <= MAX_BYTES for c in wide)
    assert all(len(c.to_bytes()) < 1_000_000 for c in (*chunks, *wide))


def test_small_limits_cut_at_hours() -> None:
    """An hour that alone is larger than the limit still travels, alone."""
    data = export(ENGLISH, [Written(471_652 + i, "1,0", "11,0", "Read") for i in range(3)])
    assert [len(c.hours) for c in cut(data, LINE, lambda _: "S", Limits(original_bytes=1))] == [1, 1, 1]
    assert [len(c.hours) for c in cut(data, LINE, lambda _: "S", Limits(hours=2))] == [2, 1]


def test_a_chunk_survives_its_bytes() -> None:
    """What is written is what is read, in each encoding."""
    for encoding in ("utf-8", "utf-16"):
        for chunk in cut("\n".join([HEAD, *ROWS]).encode(encoding), None, STATIONS.get):
            assert Chunk.from_bytes(chunk.to_bytes()) == chunk


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x91" * 200_000, b"\x81\xa7station\xa1\xff", b"{}", b"\x80"])
def test_bytes_that_are_no_chunk_are_one_fault(data: bytes) -> None:
    """Garbage, deep nesting, broken text: one fault and no exception."""
    told = read_chunk(data)
    assert (told.hours, [f.code for f in told.faults]) == ([], [Reason.A1_SCHEMA])
    with pytest.raises(ChunkError):
        Chunk.from_bytes(data)


@pytest.mark.parametrize(
    ("hour", "unresolved", "numbers", "originals"),
    [
        (None, Reason.A1_TIME, (), ()),
        (None, Reason.A1_TIME, (1,), ()),
        (1, Reason.A1_TIME, (1,), (b"",)),
        (None, None, (1,), (b"",)),
        (10**9, None, (1,), (b"",)),
    ],
)
def test_an_hour_that_contradicts_itself_cannot_be_made(
    hour: int | None, unresolved: Reason | None, numbers: tuple[int, ...], originals: tuple[bytes, ...]
) -> None:
    """Rows without numbers, an hour with a reason against it or with neither, and an hour of another century."""
    with pytest.raises(ChunkError):
        ChunkHour(hour, unresolved, numbers, originals)


def test_a_heading_that_contradicts_itself_cannot_be_made() -> None:
    """As many names as columns, always."""
    with pytest.raises(FileRefusedError):
        type(recognise(HEAD))(recognise(HEAD).format, ",", ("line",), ("line", "start", "volume_m3n"))


def test_rows_that_are_not_in_the_encoding_of_their_chunk() -> None:
    """A row whose bytes are no text is a fault, its neighbour arrives."""
    good, bad = b"A,2026-11-01T00:00Z,1", b"A,2026-11-01T00:00Z,\xff"
    hours = tuple(ChunkHour(498_000, None, (i + 2,), (raw,)) for i, raw in enumerate((bad, good)))
    told = read_chunk(Chunk("S", "", Encoding.UTF_8, recognise(HEAD), hours))
    assert ([h.place for h in told.hours], [f.code for f in told.faults]) == ([1], [Reason.A1_ENCODING])


def test_a_row_that_reads_better_than_it_was_cut_is_still_unresolved() -> None:
    """A chunk whose hour has no number stays a fault even if its row now looks good."""
    hours = (ChunkHour(None, Reason.A1_ID, (2,), (b"A,2026-11-01T00:00Z,1",)),)
    (fault,) = read_chunk(Chunk("S", "", Encoding.UTF_8, recognise(HEAD), hours)).faults
    assert (fault.code, fault.position) == (Reason.A1_SCHEMA, "row 2, column start")
