"""Rows of every form that was ever written are read as today's rows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.gas_time import MAX_HOURS_PER_DAY
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP
from shared.store import forms
from shared.store.documents import hours_of, rollups_of, slots_of
from shared.store.forms import HOUR_1, HOUR_2, ROLLUP_1, ROLLUP_2, UnknownFormError

HOUR_1_SAMPLE = bytes.fromhex(
    "020002010187d6120000000000fca2d80000000000e079af0000000000d020000000000000bc1ff5e912000000245e000000000000"
    "00000000000000807b5e56eea1010000b06356eea1010000671200000000000000"
    "03007b0000000000000004000000"
)
"""An hour that release 0.1.0 packed."""
HOUR_1_SAYS = {
    "revision": 2,
    "validity": 2,
    "quality": 1,
    "provenance": 1,
    "volume": 1_234_567,
    "energy": 14_197_500,
    "gcv": 11_500_000,
    "temperature": 8_400,
    "index": 81_234_567_100,
    "volume_operating": 24_100,
    "pressure": -(2**63),
    "sent": 1_795_000_000_123,
    "known_at": 1_795_000_001_456,
    "log_offset": 4_711,
    "source_topic": 0,
    "source_partition": 3,
    "source_offset": 123,
    "source_place": 4,
}
ROLLUP_1_SAMPLE = bytes.fromhex(
    "87d61200000000000100fca2d80000000000010087d6120000000000fca2d80000000000b02d1f6a0200000087d6120000000000"
    "010000000100000001000000000000000000000002000000b06356eea1010000"
)
"""The rollup of a day with that hour alone, as release 0.1.0 packed it."""
HOUR_2_SAMPLE = bytes.fromhex(
    "0300020420b1cb740000000000000000000000008040f3ad00000000000cfeffffffffffff0000000000000080000000000000008038c7"
    "0000000000007b5e56eea1010000b06356eea10100002f03000000000000020100630000000000000007000000341200044d34423200"
)
"""An estimated hour as it was packed before the gas of chromatographs."""
HOUR_2_SAYS = {"revision": 3, "volume": 7_654_321, "gcv": 11_400_000, "source_place": 7, "meter": 4660, "found": 1024}
ROLLUP_2_SAMPLE = bytes.fromhex(
    "b1cb74000000000001000000000000000000000000000000000000000000000000000000000000000000000000000000000000000100"
    "0000010000000000000000000100000000000100020003000000b06356eea1010000"
)
"""The rollup of a day with one such hour, as it was packed then."""
ADDED_TO_HOURS = ("meter", "found", "method", "failed")
ADDED_BY_GAS = ("gas", "chromatograph", "analysed")


def old_hours(count: int) -> NDArray[np.void]:
    """Return hours of the first form, in which every column of every row has a value of its own."""
    rows = np.zeros(count, HOUR_1)
    for place, name in enumerate(HOUR_1.names or ()):
        rows[name] = (np.arange(count) * 7 + place) % 200 + 1
    return rows


def test_an_hour_of_the_first_release_is_read() -> None:
    """Its columns say what they said; what it did not have is 0."""
    (row,) = hours_of(HOUR_1_SAMPLE)
    assert row.dtype == HOUR
    assert {name: int(row[name]) for name in HOUR_1_SAYS} == HOUR_1_SAYS
    assert [row[name] for name in ADDED_TO_HOURS] == [0, 0, b"", b""]


def test_a_rollup_of_the_first_release_is_read() -> None:
    """By itself and as the slot of a month, beside one of today's form."""
    (day,) = rollups_of(ROLLUP_1_SAMPLE)
    assert day.dtype == ROLLUP
    assert (day["volume"], day["changes"], day["known_at"]) == (1_234_567, 2, 1_795_000_001_456)
    assert (day["by_validity"].tolist(), day["by_quality"].tolist()) == ([0, 1, 0], [1, 0, 0, 0, 0, 0])
    assert (day["hours_blocked"], day["hours_waived"]) == (0, 0)
    assert slots_of({"02": ROLLUP_1_SAMPLE, "03": day.tobytes()})["volume"][:4].tolist() == [0, 1_234_567, 1_234_567, 0]


def test_rows_of_before_the_gas_of_chromatographs_are_read() -> None:
    """Hours and rollups, each with what it said, and no gas."""
    (row,), (day,) = hours_of(HOUR_2_SAMPLE), rollups_of(ROLLUP_2_SAMPLE)
    assert {name: int(row[name]) for name in HOUR_2_SAYS} == HOUR_2_SAYS
    assert (row["method"], row["failed"], *(row[name] for name in ADDED_BY_GAS)) == (b"M4", b"B2", 0, 0, 0)
    told = ("volume", "hours_blocked", "hours_waived", "changes", "known_at", "gas_volume", "gas_energy")
    assert [int(day[name]) for name in told] == [7_654_321, 1, 2, 3, 1_795_000_001_456, 0, 0]


@pytest.mark.parametrize("count", range(MAX_HOURS_PER_DAY + 1))
def test_a_day_tells_its_form_by_its_length(count: int) -> None:
    """However many hours it has, up to 25, in any form."""
    old = old_hours(count)
    read = hours_of(old.tobytes())
    assert len(read) == count
    assert all((read[name] == old[name]).all() for name in HOUR_1.names or ())
    second = np.zeros(count, HOUR_2)
    second["meter"] = np.arange(count)
    assert hours_of(second.tobytes())["meter"].tolist() == list(range(count))
    today = np.zeros(count, HOUR)
    today["meter"], today["method"] = np.arange(count), b"M4"
    assert (hours_of(today.tobytes()) == today).all()


@pytest.mark.parametrize("form", [HOUR, HOUR_1, HOUR_2])
def test_counted_rows_tell_their_form_at_any_length(form: np.dtype[np.void]) -> None:
    """10,900 bytes are 100 rows of the second form or 109 of the first: what the finding says of its hours decides."""
    rows = np.zeros(10_900 // form.itemsize, form)
    rows["volume"] = np.arange(len(rows))
    read = forms.hours(rows.tobytes(), len(rows))
    assert (read.dtype, read["volume"].tolist()) == (HOUR, list(range(len(rows))))


def test_bytes_of_no_form_are_refused() -> None:
    """A length that no form has is a fault, and never read as something else."""
    for read in (hours_of, rollups_of):
        with pytest.raises(UnknownFormError, match="101 bytes"):
            read(bytes(101))
    with pytest.raises(UnknownFormError):
        hours_of(bytes(26 * HOUR_1.itemsize))
    with pytest.raises(UnknownFormError):
        forms.hours(bytes(HOUR.itemsize), 2)


def test_the_frozen_forms_stay_frozen() -> None:
    """What rests in stores is not changed by changing a dtype."""
    assert (HOUR_1.itemsize, ROLLUP_1.itemsize) == (100, 84)
    assert (HOUR_2.itemsize, ROLLUP_2.itemsize) == (109, 88)
    assert np.frombuffer(HOUR_1_SAMPLE, HOUR_1)[0].tolist() == tuple(HOUR_1_SAYS.values())


def test_a_run_of_changed_hours_is_read_as_it_was_written() -> None:
    """Documents of the change feed stay for three months, longer than a release."""
    sample = bytes.fromhex("03000000028091070098910700010000001700000000a41912a2010000")
    said = (3, 2, 496_000, 496_024, 1, 23, 1_795_600_000_000)
    assert forms.runs(sample, 1)[0].tolist() == said
    assert len(forms.runs(b"", 0)) == 0
    with pytest.raises(UnknownFormError):
        forms.runs(sample, 2)
