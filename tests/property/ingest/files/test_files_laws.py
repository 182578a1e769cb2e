"""Laws of files: reading never raises, every hour is told or at fault, and cutting changes nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.files.chunk import Chunk, ChunkError
from services.ingest.files.cut import Limits, cut
from services.ingest.files.heading import OWN_COLUMNS
from services.ingest.files.read import read_chunk
from services.ingest.files.refusal import FileRefusedError
from services.ingest.files.told import Fault, HourTold
from tests.unit.ingest.files.samples import DUTCH, ENGLISH, FRENCH, LINE, Written, export

FIRST = 471_770
"""Shortly before the October night of 2023, so that short files reach the repeated hour."""
_ODD = st.sampled_from(
    ["", '"', ";", ",", "\n", "\r", "\uff11", "NaN", "=1+1", "\u2028", "-", "1e9", "MISSING", "\U0001f525", "x" * 60]
)
_NUMBER = st.integers(0, 99_999).map(lambda n: f"{n // 1000},{n % 1000:03}")


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    """Exports of up to 60 hours across the October night in one of the three languages."""
    portal = draw(st.sampled_from([ENGLISH, DUTCH, FRENCH]))
    count = draw(st.integers(1, 60))
    statuses = st.sampled_from([portal.read, portal.estimated])
    return export(portal, [Written(FIRST + i, draw(_NUMBER), draw(_NUMBER), draw(statuses)) for i in range(count)])


@st.composite
def own_files(draw: st.DrawFn) -> bytes:
    """Files of our own csv of up to 40 rows, lines mixed, some cells odd."""
    cell = st.one_of(_ODD, st.just("1.5"))
    rows = [",".join(OWN_COLUMNS)]
    for place in range(draw(st.integers(1, 40))):
        line = draw(st.sampled_from(["A", "B", "C", "unknown", "=A"]))
        in_order = f"2023-10-{28 + place // 24}T{place % 24:02}:00"
        start = draw(st.sampled_from([in_order, "2023-10-29T02:00", "2023-10-29T00:00Z"]))
        quality = draw(st.sampled_from(["", "MISSING"]))
        rows.append(",".join([line, start, draw(cell), draw(cell), "11.5", "8", quality]))
    return "\n".join(rows).encode()


FILES = st.one_of(exports(), own_files())
_CHANGES = st.lists(st.tuples(st.integers(0), st.binary(max_size=3)), max_size=6)


def station_of(line: str) -> str | None:
    """Return the station of a line in these files."""
    return {"A": "S1", "B": "S2", "C": "S1", LINE: "S1"}.get(line)


@st.composite
def damaged(draw: st.DrawFn, files: st.SearchStrategy[bytes]) -> bytes:
    """Files with some bytes replaced, dropped or added."""
    data = bytearray(draw(files))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.one_of(st.binary(max_size=4), _ODD.map(str.encode)))
    return bytes(data)


def told_by_row(chunks: list[Chunk]) -> dict[int, tuple[str, object]]:
    """Return what is told of each hour, by the first of its row numbers, wherever it was cut."""
    union: dict[int, tuple[str, object]] = {}
    for chunk in chunks:
        told = read_chunk(chunk.to_bytes())
        assert len(told.hours) + len(told.faults) == len(chunk.hours)
        entries: list[HourTold | Fault] = [*told.hours, *told.faults]
        for entry in entries:
            number = chunk.hours[entry.place].numbers[0]
            assert number not in union
            union[number] = chunk.station, _without_place(entry)
    return union


def _without_place(entry: HourTold | Fault) -> object:
    if isinstance(entry, Fault):
        return entry.code, entry.position, entry.message
    return entry.line, entry.hour, entry.values, entry.quality, entry.provenance, entry.meter


@given(data=FILES, hours=st.integers(1, 30), size=st.integers(1, 5_000))
def test_cutting_anywhere_gives_the_same_union(data: bytes, hours: int, size: int) -> None:
    """Whatever the limits, the same hours and faults are told for the same rows and stations."""
    line = None if data.startswith(b"line") else LINE
    whole = told_by_row(cut(data, line, station_of))
    assert told_by_row(cut(data, line, station_of, Limits(hours, size))) == whole


@given(data=exports())
def test_an_undamaged_export_has_no_fault(data: bytes) -> None:
    """Every hour of an export arrives, in order, also across the repeated hour."""
    (chunk,) = cut(data, LINE, station_of)
    told = read_chunk(chunk)
    assert (told.faults, [h.hour for h in told.hours]) == ([], list(range(FIRST, FIRST + len(chunk.hours))))


@given(
    data=st.one_of(damaged(FILES), st.binary(max_size=300)),
    line=st.sampled_from([None, LINE]),
)
def test_a_damaged_file_is_refused_or_told_in_full(data: bytes, line: str | None) -> None:
    """Either the whole file is refused with a code, or each of its rows is in exactly one hour, told or at fault."""
    try:
        chunks = cut(data, line, station_of)
    except FileRefusedError:
        return
    told_by_row(chunks)
    numbers = [number for chunk in chunks for hour in chunk.hours for number in hour.numbers]
    assert len(numbers) == len(set(numbers)) > 0


@given(
    data=FILES,
    changes=st.lists(st.tuples(st.integers(0), st.binary(max_size=3)), max_size=6),
)
def test_reading_never_raises(data: bytes, changes: list[tuple[int, bytes]]) -> None:
    """Bytes of a chunk with damage anywhere, or no chunk at all: hours and faults add up, or it is one fault."""
    chunk = cut(data, None if data.startswith(b"line") else LINE, station_of)[0]
    record = bytearray(chunk.to_bytes())
    for place, new in changes:
        at = place % len(record)
        record[at : at + len(new)] = new
    told = read_chunk(bytes(record))
    try:
        count = len(Chunk.from_bytes(bytes(record)).hours)
    except ChunkError:
        assert (told.hours, len(told.faults)) == ([], 1)
    else:
        assert len(told.hours) + len(told.faults) == count


@given(record=st.binary(max_size=200))
def test_any_bytes_are_read_without_raising(record: bytes) -> None:
    """Random bytes are one fault."""
    told = read_chunk(record)
    assert (told.hours, len(told.faults)) == ([], 1)
