"""Readings as rows: what an empty one says."""

from __future__ import annotations

from shared.domain.quantities import ABSENT
from shared.domain.reading import MEASURES, READING, Quality, Readings, Source, Validity, empty_rows, meter_mark


def test_an_empty_row_has_no_value() -> None:
    """Every measure is ABSENT, never 0."""
    rows = empty_rows(3)
    assert all((rows[name] == ABSENT).all() for name in MEASURES)
    assert (rows["quality"] == Quality.MEASURED).all()


def test_readings_count_their_rows() -> None:
    """As many as arrived; the nameless meter is always there."""
    source = Source("telemetry", 0, 17, "BE-0042/1", "BE-0042", 1_795_432_930_000)
    readings = Readings(empty_rows(2), ["BE-0042-A"], [source])
    assert len(readings) == 2
    assert readings.meters == [""]


def test_a_greater_validity_is_stronger() -> None:
    """Rollups rely on the order: recorded, preliminary, definitive."""
    assert sorted(Validity) == [Validity.RECORDED, Validity.PRELIMINARY, Validity.DEFINITIVE]


def test_every_measure_is_a_column() -> None:
    """64 bits each: thousandths of a large volume do not fit 32."""
    assert {READING[name].str for name in MEASURES} == {"<i8"}


def test_the_mark_of_a_meter() -> None:
    """0 for none, else 1 to 65,535: it fits the 16 bits of an hour at rest, and never changes once it stands there."""
    assert meter_mark("") == 0
    assert [meter_mark(name) for name in ("M1", "é", "M23038", "M14593")] == [31_070, 39_747, 1, 65_535]
