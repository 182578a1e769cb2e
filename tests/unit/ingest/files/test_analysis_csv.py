"""Csv files of analyses: telegrams by chromatograph, and faults that name the row."""

from __future__ import annotations

import msgspec
import pytest

from services.ingest.analyses import forecast_analyses
from services.ingest.files.analysis_csv import MAX_ANALYSES, telegrams
from services.ingest.files.refusal import FileRefusedError, RefusalCode
from services.ingest.source_record import SourceRecord

SENT = "2026-11-23T11:02:10+00:00"
HEAD = "chromatograph,start,methane,nitrogen,gcv_kwh_per_m3n"


def _faults(*rows: str, head: str = HEAD) -> list[tuple[str, str]]:
    """Return code and position of what the door says of a file."""
    bodies = telegrams("\n".join([head, *rows]).encode(), SENT)
    assert bodies is not None
    found = [forecast_analyses(SourceRecord("analyses", 0, 0, body)) for body in bodies]
    return [(fault.code, fault.position) for _, faults in found for fault in faults]


def test_a_file_becomes_a_telegram_of_each_chromatograph() -> None:
    """What is empty was not sent; a file of another kind is none of ours."""
    rows = ["Z,2026-11-23T10:00:00Z,93.3,6.7,11.2", "L,2026-11-23T10:00:00Z,,,10.1", "Z,2026-11-23T11:00:00Z,93.3,6.7,"]
    bodies = telegrams("\n".join([HEAD, *rows]).encode(), SENT)
    assert bodies is not None
    first, second = (msgspec.json.decode(body) for body in bodies)
    assert (first["chromatograph"], len(first["analyses"]), first["sent"]) == ("Z", 2, SENT)
    assert second["analyses"] == [
        {"row": 3, "start": "2026-11-23T10:00:00Z", "composition_mol_percent": None, "gcv_kwh_per_m3n": 10.1}
    ]
    assert _faults(*rows) == []
    assert telegrams(b"line,start,volume_m3n\n", SENT) is None


def test_excel_writes_decimal_commas() -> None:
    """With semicolons between the cells."""
    assert _faults("Z;2026-11-23T10:00:00Z;93,3;6,7;11,2", head=HEAD.replace(",", ";")) == []


def test_a_bad_row_costs_its_neighbours_nothing() -> None:
    """The fault names the row of the file."""
    good = "Z,2026-11-23T10:00:00Z,93.3,6.7,11.2"
    wrong = ["Z,2026-11-23T11:00:00Z,much,6.7,", "Z,now,93.3,6.7,", "a b,2026-11-23T11:00:00Z,1,1,1", "Z,1", good]
    assert sorted(_faults(good, *wrong)) == [
        ("A1_NUMBER", "row 3.composition_mol_percent.methane"),
        ("A1_TIME", "row 4.start"),
        ("A1_TIME", "row 5.start"),
        ("A1_TIME", "row 6.start"),
    ]


def test_a_long_file_is_cut() -> None:
    """At most a gas month a telegram."""
    rows = ["Z,2026-11-23T10:00:00Z,93.3,6.7,11.2"] * (MAX_ANALYSES + 1)
    bodies = telegrams("\n".join([HEAD, *rows]).encode(), SENT)
    assert [len(msgspec.json.decode(body)["analyses"]) for body in bodies or []] == [MAX_ANALYSES, 1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("chromatograph,methane\nZ,1\n", RefusalCode.MISSING_COLUMN),
        ("chromatograph,start,methan\nZ,now,1\n", RefusalCode.UNKNOWN_COLUMN),
        ("chromatograph,start,start\nZ,now,1\n", RefusalCode.DUPLICATE_COLUMN),
        ("chromatograph,start\n", RefusalCode.EMPTY),
        ("", RefusalCode.EMPTY),
    ],
)
def test_a_file_that_cannot_be_taken_at_all(text: str, code: RefusalCode) -> None:
    """Nothing of it was received."""
    with pytest.raises(FileRefusedError) as refused:
        telegrams(text.encode(), SENT)
    assert refused.value.code is code
