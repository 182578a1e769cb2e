"""Our own csv: what each cell may say, and what each bad one costs."""

from datetime import datetime

import pytest

from services.ingest.files.heading import OWN_COLUMNS
from shared.domain.gas_time import hour_number, local_start
from shared.domain.quantities import ABSENT, QUANTITIES
from shared.domain.reading import Provenance, Quality
from shared.domain.reason import Reason
from tests.unit.ingest.files.samples import LINE, chunks_of, only_fault, only_hour, told_by

HEAD = ",".join(OWN_COLUMNS)
START = "2026-11-23T10:00:00Z"
HOUR = hour_number(datetime.fromisoformat(START))


def row(**cells: str) -> str:
    """Return a good row in which some cells say something else."""
    good = dict(zip(OWN_COLUMNS, (LINE, START, "1234.567", "14197.5", "11.5", "-8.4", "MEASURED"), strict=True))
    return ",".join((good | cells).values())


def file(*rows: str, head: str = HEAD) -> str:
    """Return a file of our own csv."""
    return "\r\n".join((head, *rows)) + "\r\n"


def test_a_full_row_is_one_hour() -> None:
    """Every cell arrives scaled under its own name; what was not sent is absent."""
    hour = only_hour(file(row()))
    assert (hour.line, hour.hour, hour.quality, hour.provenance) == (LINE, HOUR, Quality.MEASURED, Provenance.FROM_FILE)
    assert set(hour.values) == {q.field for q in QUANTITIES}
    sent = {name: value for name, value in hour.values.items() if value != ABSENT}
    assert sent == {
        "volume_m3n": 1_234_567,
        "energy_kwh": 14_197_500,
        "gcv_kwh_per_m3n": 11_500_000,
        "temperature_c": -8_400,
    }


def test_the_obligatory_columns_suffice_in_any_order_and_case() -> None:
    """line, start and volume_m3n are enough, wherever they stand."""
    hour = only_hour(file(f"7,{LINE},{START}", head="volume_m3n,Line,START"))
    assert (hour.line, hour.values["volume_m3n"], hour.values["energy_kwh"]) == (LINE, 7_000, ABSENT)
    assert hour.quality is Quality.MEASURED


@pytest.mark.parametrize("line_cell", ["", LINE])
def test_the_line_given_with_the_file_fills_the_empty_cell(line_cell: str) -> None:
    """--line stands for an empty or absent line cell, and agrees with an equal one."""
    assert only_hour(file(row(line=line_cell)), LINE).line == LINE
    assert only_hour(file(f"{START},7", head="start,volume_m3n"), LINE).line == LINE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(encoding: str, end: str) -> None:
    """UTF-8 and UTF-16, comma and semicolon, each line end, quoted cells and blank rows: the same hour."""
    for separator in ",;":
        text = end.join([HEAD, "", f'"{LINE}",' + row().split(",", 1)[1], "  "]).replace(",", separator)
        assert only_hour(text.encode(encoding)).values["volume_m3n"] == 1_234_567


@pytest.mark.parametrize(
    "start", ["2026-11-23T11:00+01:00", "2026-11-23 10:00:00.000Z", "2026-11-23T15:30+05:30", "2026-11-23T11:00", START]
)
def test_a_start_may_be_written_in_several_ways(start: str) -> None:
    """With Z, with any offset, or local: all name the same hour."""
    assert only_hour(file(row(start=start))).hour == HOUR


def test_local_starts_are_resolved_line_by_line_over_the_whole_file() -> None:
    """The October night of two lines, interleaved, gives each its own 25-hour order."""
    first = hour_number(datetime.fromisoformat("2026-10-24T22:00Z"))
    hours = range(first, first + 6)
    rows = [row(line=line, start=f"{local_start(h):%Y-%m-%dT%H:%M}") for h in hours for line in ("A", "B")]
    told = told_by(file(*rows))
    assert [h.hour for h in told.hours if h.line == "A"] == [h.hour for h in told.hours if h.line == "B"] == list(hours)


def test_a_missing_hour_is_missing_and_not_zero() -> None:
    """An empty volume beside quality MISSING is a row without values."""
    hour = only_hour(file(row(volume_m3n="", energy_kwh="", quality="MISSING")))
    assert (hour.quality, hour.values["volume_m3n"], hour.values["energy_kwh"]) == (Quality.MISSING, ABSENT, ABSENT)
    assert hour.values["temperature_c"] == -8_400


@pytest.mark.parametrize("number", ["0", "-0.5", "00012.50", "1.5e3", "1E-2", " 7 "])
def test_numbers_that_are_taken(number: str) -> None:
    """Plain decimals, also as spreadsheets write them."""
    assert only_hour(file(row(volume_m3n=number))).values["volume_m3n"] == round(float(number) * 1000)


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        *(
            ({"volume_m3n": bad}, Reason.A1_NUMBER, "volume_m3n")
            for bad in (
                "NaN",
                "Infinity",
                "1_000",
                "\uff11\uff12",
                "1e999",
                "1 000",
                "+5",
                ".5",
                "5.",
                "0x10",
                "=1+1",
                "",
            )
        ),
        ({"energy_kwh": "9" * 16}, Reason.A1_NUMBER, "energy_kwh"),
        ({"energy_kwh": "9" * 15}, Reason.A1_RANGE, "energy_kwh"),
        ({"volume_m3n": "1e99"}, Reason.A1_RANGE, "volume_m3n"),
        ({"gcv_kwh_per_m3n": "-1"}, Reason.A1_RANGE, "gcv_kwh_per_m3n"),
        ({"temperature_c": "warm"}, Reason.A1_NUMBER, "temperature_c"),
        ({"quality": "GOOD"}, Reason.A1_ENUM, "quality"),
        ({"quality": "MISSING"}, Reason.A1_SCHEMA, "volume_m3n"),
        ({"quality": "MISSING", "volume_m3n": ""}, Reason.A1_SCHEMA, "energy_kwh"),
        *(({"line": bad}, Reason.A1_ID, "line") for bad in ("", "=A1", "+A", "-A", "@A", "A/1", "\uff21", "A" * 65)),
        ({"start": "2026-11-23T10:15:00Z"}, Reason.A4_ALIGNMENT, "start"),
        ({"start": "2026-11-23T11:00:01"}, Reason.A4_ALIGNMENT, "start"),
        ({"start": "2026-11-23T15:30Z"}, Reason.A4_ALIGNMENT, "start"),
        ({"start": "2026-10-25T02:00"}, Reason.B4_AMBIGUOUS, "start"),
        ({"start": "2026-03-29T02:00"}, Reason.B4_IMPOSSIBLE, "start"),
        *(
            ({"start": bad}, Reason.A1_TIME, "start")
            for bad in (
                "",
                "soon",
                "23/11/2026 10:00",
                "2026-02-30T10:00Z",
                "2026-11-23T24:00Z",
                "0001-01-01T00:00+02:00",
            )
        ),
        *(({"start": bad}, Reason.A1_TIME, "start") for bad in ("9999-12-31T23:00-01:00", "1990-01-01T00:00Z")),
        ({"start": "2026-11-23T10:00:00+25:00"}, Reason.A1_TIME, "start"),
    ],
)
def test_each_bad_cell_costs_its_own_row_only(cells: dict[str, str], code: Reason, column: str) -> None:
    """Between two good rows a bad one is a fault with its code, row and column; the neighbours arrive."""
    told = told_by(file(row(start="2026-11-23T08:00Z"), row(**cells), row(start="2026-11-23T12:00Z")))
    assert [hour.hour for hour in told.hours] == [HOUR - 2, HOUR + 2]
    (fault,) = told.faults
    assert (fault.code, fault.position) == (code, f"row 3, column {column}")
    assert fault.message


@pytest.mark.parametrize("bad", [f"{LINE},{START}", row() + ",9", '"' + row(), row(volume_m3n='"1"2'), "1234,567"])
def test_a_row_that_does_not_fit_its_heading(bad: str) -> None:
    """Too few or too many cells, or a quote that is not closed, spoil the row and not the rest of the file."""
    told = told_by(file(row(), bad, row()))
    assert (len(told.hours), [f.code for f in told.faults]) == (2, [Reason.A1_ROW_LENGTH])
    assert told.faults[0].position == "row 3"


def test_empty_cells_too_many_are_dropped() -> None:
    """Spreadsheets add empty cells at the end."""
    assert only_hour(file(row() + ",,")).hour == HOUR


def test_a_long_row_of_bearable_cells_is_read() -> None:
    """Only cells and rows beyond the limits are refused, not padding."""
    assert only_hour(file(row(energy_kwh=" " * 700 + "7", quality=" " * 700))).values["energy_kwh"] == 7_000


def test_another_line_than_the_one_given_is_a_fault() -> None:
    """A row of another line is not quietly booked on the line given with the file."""
    assert only_fault(file(row(line="BE-0042-B")), LINE).code is Reason.A1_ID


def test_a_long_bad_cell_is_shown_short_and_plain() -> None:
    """Messages quote the cell without odd characters and not in full."""
    fault = only_fault(file(row(quality="\u202e" + "x" * 900)))
    assert fault.message.isascii()
    assert len(fault.message) < 250


def test_the_original_bytes_of_a_row_stay_with_it() -> None:
    """A dead letter can keep exactly what stood in the file, in its encoding."""
    (chunk,) = chunks_of(file(row(), row(volume_m3n="x")).encode("utf-16"))
    assert chunk.original(1) == (row(volume_m3n="x") + "\r\n").encode("utf-16-le")
