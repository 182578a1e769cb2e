"""Files of which nothing is taken: each code, where the fault stands, and a sentence that helps."""

import pytest

from services.ingest.files.cut import cut
from services.ingest.files.heading import Format, recognise
from services.ingest.files.refusal import FileRefusedError, RefusalCode
from tests.unit.ingest.files.samples import DUTCH, ENGLISH, FRENCH, LINE, Written, export

OWN = "line,start,volume_m3n\n"
GOOD = "A,2026-11-23T10:00Z,1\n"


def refusal(data: bytes | str, line: str | None = None) -> FileRefusedError:
    """Return how a file is refused."""
    with pytest.raises(FileRefusedError) as refused:
        cut(data.encode() if isinstance(data, str) else data, line, lambda _: "S")
    assert refused.value.message
    assert refused.value.message in str(refused.value)
    return refused.value


@pytest.mark.parametrize("empty", ["", " \r\n\n", "\ufeff", OWN, OWN + "\n  \n"])
def test_a_file_without_rows(empty: str) -> None:
    """No bytes, blanks only, a byte order mark only, or a heading only."""
    assert refusal(empty).code is RefusalCode.EMPTY


@pytest.mark.parametrize(
    "opening",
    [
        b"PK\x03\x04zip",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1",
        b"\x1f\x8bgz",
        b"\x28\xb5\x2f\xfd",
        b"%PDF-1.7",
        b"PAR1",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"\xef\xbb\xbf  <!DOCTYPE html>",
        "<html>".encode("utf-16"),
        b'{"telegram": 1}',
        b"[1]",
    ],
)
def test_another_kind_of_file(opening: bytes) -> None:
    """Workbooks, archives, XML, HTML and JSON are called by their name."""
    assert refusal(opening).code is RefusalCode.NOT_CSV


def test_undecodable_bytes_are_refused_with_their_place() -> None:
    """The byte is counted from 1 over the whole file, the byte order mark included."""
    told = refusal(OWN.encode() + b"\xb3")
    assert (told.code, told.position) == (RefusalCode.NOT_TEXT, f"byte {len(OWN) + 1}")
    assert refusal(b"\xef\xbb\xbf\xff").position == "byte 4"
    assert refusal(b"\xff\xfea").code is RefusalCode.NOT_TEXT


def test_nul_characters() -> None:
    """UTF-16 without a byte order mark, and stray NULs."""
    assert refusal(OWN.encode("utf-16-le")).code is RefusalCode.NUL_BYTE
    assert refusal(OWN + "\0").position == f"character {len(OWN) + 1}"


@pytest.mark.parametrize("head", ["a,b,c", "From (date);Volume;Price", "Date,Close", '"line,start', "x" * 900])
def test_an_unknown_heading_names_the_known_ones(head: str) -> None:
    """The sentence lists our own columns and the operator's languages."""
    told = refusal(head + "\n" + GOOD)
    assert told.code is RefusalCode.UNKNOWN_HEADING
    assert all(word in told.message for word in ("volume_m3n", "Van datum", "De (date)"))


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("line,start", RefusalCode.MISSING_COLUMN),
        ("line,volume_m3n", RefusalCode.MISSING_COLUMN),
        ("line,start,volume_m3n,Start", RefusalCode.DUPLICATE_COLUMN),
        ("line,start,volume_m3n,energy_kwH ,price", RefusalCode.UNKNOWN_COLUMN),
        ("line,start,volume_m3n,", RefusalCode.UNKNOWN_COLUMN),
        (ENGLISH.heading.replace("Unit;", ""), RefusalCode.MISSING_COLUMN),
        (DUTCH.heading + ";Volume", RefusalCode.DUPLICATE_COLUMN),
        (",".join(["line"] * 65), RefusalCode.TOO_MANY_COLUMNS),
        ("line,start,volume_m3n," + "x" * 1_025, RefusalCode.FIELD_TOO_LARGE),
    ],
)
def test_a_heading_with_wrong_columns(head: str, code: RefusalCode) -> None:
    """Missing, repeated, unknown and too many columns each have their code."""
    assert refusal(head + "\n" + GOOD, LINE).code is code


def test_oversized_rows() -> None:
    """A cell over 1,024 characters, a row over 16,384, and more than 64 cells name their row."""
    long_cell = refusal(OWN + GOOD + "A,x," + "1" * 1_025)
    assert (long_cell.code, long_cell.position) == (RefusalCode.FIELD_TOO_LARGE, "row 3, column 3")
    assert refusal(OWN + ("x" * 1_000 + ",") * 20).code is RefusalCode.FIELD_TOO_LARGE
    assert refusal(OWN + "," * 64).code is RefusalCode.TOO_MANY_COLUMNS


def test_a_file_that_does_not_say_its_line() -> None:
    """Neither a line column nor a line given, or one given that is no id."""
    assert refusal("start,volume_m3n\n" + GOOD).code is RefusalCode.NO_LINE
    assert refusal(export(ENGLISH, [Written(471652, "0,1", "1,1", "Read")])).code is RefusalCode.NO_LINE
    for bad in ("", "01789/1", "=A"):
        assert refusal(OWN + GOOD, bad).code is RefusalCode.LINE_INVALID


def test_two_metering_points_cannot_be_one_line() -> None:
    """An export of two EAN codes is refused as a whole: half of it would be booked on the wrong line."""
    text = export(ENGLISH, [Written(hour, "0,1", "1,1", "Read") for hour in (471652, 471653)]).decode()
    told = refusal(text.replace("541448820050000001", "541448820050000002", 2), LINE)
    assert (told.code, told.position) == (RefusalCode.MANY_METERING_POINTS, "row 4")


@pytest.mark.parametrize(
    "head",
    [
        "Van (datum);Van (tijdstip);Tot (datum);Tot (tijdstip);EAN-code;Register;Volume;Eenheid;Validatiestatus",
        "de (date);de (heure);jusqu'au (date);jusqu'au (heure);Code EAN;Registre;Volume;Unite;Statut de validation",
        "Du (date);Du (heure);Au (date);\u00c0 (heure);EAN;Compteur;Registre;Volume;Unit\u00e9;STATUT DE LA VALIDATION",
        *(portal.heading for portal in (ENGLISH, DUTCH, FRENCH)),
        ENGLISH.heading.replace(";", ","),
    ],
)
def test_headings_of_the_operator(head: str) -> None:
    """Variants with and without brackets and accents, in any case, with either separator."""
    heading = recognise(head)
    assert heading.format is Format.FLUVIUS
    assert heading.name("unit") in {"Unit", "Eenheid", "Unit\u00e9", "Unite"}


def test_each_refusal_has_a_sentence() -> None:
    """The closed list documents itself."""
    assert all(code.meaning.endswith(".") and code == code.name for code in RefusalCode)
