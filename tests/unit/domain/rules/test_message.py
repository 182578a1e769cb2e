"""Family A by example: a hit, a near miss and a missing context for each rule."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from shared.domain import gas_time
from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Quality
from shared.domain.rules.message import SECONDS_PER_MONTH
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_hour import (
    END_MS,
    FIRST_DAY,
    HOUR,
    LINE,
    OTHER_STATION,
    TERMS,
    is_clean,
    judged,
    line_with,
    only_finding,
    only_rejection,
)

_FIRST_HOUR = gas_time.hours_of_day(FIRST_DAY).start
_36_MONTHS_MS = 36 * SECONDS_PER_MONTH * 1_000


def test_a6_hour_before_the_first_gas_day() -> None:
    """The hour before the line begins is rejected, from a file too; the bound is the first gas day's start."""
    result = judged({"hour": _FIRST_HOUR - 1, "provenance": Provenance.FROM_FILE})
    assert only_rejection(result) == (0, "A6", _FIRST_HOUR * 3600, _FIRST_HOUR * 3600)


def test_a6_the_first_hour_passes_from_a_file() -> None:
    """The line's very first hour, years ago, is no fault of a file."""
    assert is_clean(judged({"hour": _FIRST_HOUR, "provenance": Provenance.FROM_FILE}))


def test_a6_telegram_older_than_36_months() -> None:
    """One millisecond past 36 months is too old for a telegram; the bound tells how far back it may go."""
    rejection = only_rejection(judged(known_at_ms=END_MS + _36_MONTHS_MS + 1))
    assert rejection.rule == "A6"
    assert rejection.observed == END_MS / 1000
    assert rejection.threshold == pytest.approx(END_MS / 1000 + 0.001)


def test_a6_telegram_of_36_months_passes() -> None:
    """Exactly 36 months back is late, and taken."""
    assert only_finding(judged(known_at_ms=END_MS + _36_MONTHS_MS)).rule == "B5"


@pytest.mark.parametrize("provenance", [0, Provenance.FROM_FILE])
def test_a6_hour_in_the_future(provenance: int) -> None:
    """An hour that ends more than 120 s after it became known has not been measured, whoever says so."""
    rejection = only_rejection(judged({"provenance": provenance}, known_at_ms=END_MS - 120_001))
    assert rejection.rule == "A6"
    assert rejection.threshold == pytest.approx(END_MS / 1000 - 0.001)


def test_a6_clocks_may_differ_by_two_minutes() -> None:
    """An hour that ends 120 s ahead passes."""
    assert is_clean(judged(known_at_ms=END_MS - 120_000))


def test_a6_says_nothing_of_an_unknown_line() -> None:
    """Without a first gas day there is nothing to be before: A9 speaks."""
    assert only_rejection(judged({"hour": _FIRST_HOUR}, line=replace(LINE, id="X"), known_at_ms=END_MS)).rule == "A6"
    assert only_rejection(judged(line=replace(LINE, id="X"))).rule == "A9"


def test_a9_unknown_line() -> None:
    """A line that the register does not know; there are no numbers to show."""
    rejection = only_rejection(judged(line=replace(LINE, id="BE-0042-B")))
    assert (rejection.row, rejection.rule) == (0, "A9")
    assert math.isnan(rejection.observed)
    assert math.isnan(rejection.threshold)


def test_a9_line_that_has_ended() -> None:
    """The gas day of the end is the first that is not the line's any more; the day before it still is."""
    assert only_rejection(judged(line=replace(LINE, end=date(2026, 11, 20)))).rule == "A9"
    assert is_clean(judged(line=replace(LINE, end=date(2026, 11, 21))))


@pytest.mark.parametrize("station", [OTHER_STATION, "BE-9999"])
def test_a9_line_of_another_station(station: str) -> None:
    """A telegram may speak of its own station's lines only, whether the register knows that station or not."""
    assert only_rejection(judged(station=station)).rule == "A9"


def test_a9_source_without_a_station() -> None:
    """Rows of a file whose line the register did not know when it came: registering the line later is too late."""
    assert only_rejection(judged(station="")).rule == "A9"


@pytest.mark.parametrize("lacking", ["volume", "temperature"])
def test_a10_promised_value_is_not_there(lacking: str) -> None:
    """Of volume, energy, calorific value and temperature one is missing: shown, and in the way of nothing."""
    result = judged({lacking: ABSENT})
    assert only_finding(result) == (0, "A10", Severity.W, 3, 4)


def test_a10_value_that_nobody_promised() -> None:
    """A line that sends its volume only lacks neither energy nor pressure, and may send more than it promised."""
    assert is_clean(judged({"energy": ABSENT, "gcv": ABSENT}, line=line_with(sends=())))


@pytest.mark.parametrize("sent", TERMS.sends)
def test_a10_each_promise_is_kept_by_its_own_value(sent: str) -> None:
    """Where one value is promised and all are there, nothing is lacking."""
    assert is_clean(judged(line=line_with(sends=(sent,))))


def test_a10_hour_that_is_missing_lacks_nothing() -> None:
    """Quality MISSING says it all."""
    nothing = dict.fromkeys(("volume", "energy", "gcv", "temperature"), ABSENT)
    assert is_clean(judged({**nothing, "quality": Quality.MISSING}))


def test_a10_index_operating_volume_and_pressure() -> None:
    """What a line with a counter and a corrector sends is looked for under its own names."""
    line = line_with(sends=("index_m3", "volume_operating_m3", "pressure_bar_abs"))
    assert is_clean(judged({"index": 1, "volume_operating": 1, "pressure": 1}, line=line))
    assert only_finding(judged({"index": 1, "volume_operating": 1}, line=line)).observed == 3


def test_an_hour_of_good_values_is_clean() -> None:
    """The hour that every other test spoils."""
    assert is_clean(judged())
    assert HOUR * 3_600_000 < END_MS
