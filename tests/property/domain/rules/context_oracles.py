"""What each rule in context must find: in plain Python and fractions, one hour at a time, straight from its formula.

An oracle returns the hours that are concerned when one hour is judged. `ease` moves each bound by a tiny share: a hit
with ease below 0 is certain, without one with ease above 0 there is none; float64 may decide what lies between.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor

from shared.domain import gas_time
from shared.domain.quantities import GCV, INDEX, TEMPERATURE, VOLUME
from shared.domain.reading import Quality
from shared.domain.rules.catalogue import default_settings
from tests.property.domain.rules.context_series import LINES, Series

Number = int | Fraction
_SETTINGS = default_settings()


def _set(name: str) -> Fraction:
    """Return a default as somebody wrote it, not as it stands in binary."""
    return Fraction(str(_SETTINGS[name]))


def _above(observed: Number, bound: Number, ease: Fraction) -> bool:
    return observed > bound * (1 - ease)


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def _same_hours(hour: int) -> list[int]:
    """Return the same hour of the 28 gas days before, where they have it."""
    day, index = gas_time.gas_day(hour), gas_time.hour_index(hour)
    days = [gas_time.hours_of_day(day - timedelta(days=back)) for back in range(1, 29)]
    return [hours[index - 1] for hours in days if index <= len(hours)]


def _ends_day(hour: int) -> range | None:
    """Return the gas day whose last hour this is."""
    day = gas_time.hours_of_day(gas_time.gas_day(hour))
    return day if hour == day[-1] else None


def _a8(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    def ratio(at: int, *, by_meter: bool) -> Fraction | None:
        volume, operating = series.value(line, "volume", at), series.value(line, "volume_operating", at)
        if volume is None or (by_meter and not operating):
            return None
        return abs(Fraction(volume, operating or 1)) if by_meter else abs(Fraction(volume))

    by_meter = bool(series.value(line, "volume_operating", hour))
    now = ratio(hour, by_meter=by_meter)
    usual = [each for at in _same_hours(hour) if (each := ratio(at, by_meter=by_meter)) is not None]
    if now is None or len(usual) < _set("A8.days") or statistics.median(usual) == 0:
        return set()
    change, tolerance = now / statistics.median(usual), _set("A8.tolerance") * (1 + ease)
    powers = (Fraction(10), Fraction(1, 10), Fraction(1000), Fraction(1, 1000))
    return {hour} if any(abs(change / power - 1) <= tolerance for power in powers) else set()


def _capacity(line: str, share: str) -> Fraction:
    capacity = LINES[line].terms[0].capacity_m3n_per_h
    return Fraction(0) if capacity is None else _set(share) * capacity * VOLUME.scale


def _c7(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    now = series.value(line, "volume", hour)
    usual = _known(series.value(line, "volume", at) for at in _same_hours(hour))
    if now is None or len(usual) < _set("C7.days"):
        return set()
    middle = statistics.median(map(Fraction, usual))
    spread = statistics.median(abs(each - middle) for each in usual)
    allowed = _set("C7.k") * Fraction("1.4826") * max(spread, _capacity(line, "C7.share_of_capacity"))
    return {hour} if _above(abs(now - middle), allowed, ease) else set()


def _c9(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    day = _ends_day(hour)
    if day is None or not LINES[line].terms[0].one_way:
        return set()

    def total(hours: range, *, judged: bool) -> int | None:
        volumes = [series.value(line, "volume", at) for at in hours]
        kept_back = any(_is_blocked(series, line, at) for at in hours) and not judged
        return None if None in volumes or kept_back else sum(_known(volumes))

    now = total(day, judged=True)
    first = gas_time.gas_day(hour)
    before = [gas_time.hours_of_day(first - timedelta(days=back)) for back in range(1, 29)]
    sums = _known(total(hours, judged=False) for hours in before)
    if now is None or len(sums) < _set("C9.days") or sum(sums) <= 0:
        return set()
    ratio = now * Fraction(len(sums), sum(sums))
    outside = ratio < _set("C9.lowest") * (1 + ease) or _above(ratio, _set("C9.highest"), ease)
    return set(day) if outside else set()


def _is_blocked(series: Series, line: str, hour: int) -> bool:
    return bool(series.value(line, "blocked", hour)) and series.quality(line, hour) is not None


def _c3(series: Series, line: str, hour: int, _ease: Fraction) -> set[int]:
    runs: list[int] = []
    run = 0
    for at in range(hour - 28 * 24 + 1, hour + 1):
        if series.value(line, "volume", at) == 0:
            run += 1
        elif run:
            runs, run = [*runs, run], 0
    bound = max(_set("C3.hours"), Fraction(ceil(_p99(runs))))
    return {hour} if bound < run <= bound + 1 else set()


def _p99(runs: list[int]) -> Fraction:
    """Return the 99th percentile, between two runs in proportion."""
    if not runs:
        return Fraction(0)
    ordered, place = sorted(runs), Fraction(99, 100) * (len(runs) - 1)
    return ordered[floor(place)] + (place - floor(place)) * (ordered[ceil(place)] - ordered[floor(place)])


def _c5(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    volumes = [abs(volume) for volume in _known(series.value(line, "volume", at) for at in range(hour - 23, hour + 1))]
    candidate = series.value(line, "volume", hour - 11)
    if candidate is None or len(volumes) < _set("C5.hours") or abs(candidate) < max(volumes):
        return set()
    third = sorted(volumes)[-3]
    base = max(Fraction(third), _capacity(line, "C5.share_of_capacity"))
    return {hour - 11} if base and _above((abs(candidate) - third) / base, _set("C5.ratio"), ease) else set()


def _c8(series: Series, line: str, hour: int, _ease: Fraction) -> set[int]:
    for column, hours, bound in (
        ("gcv", 24, _set("C8.gcv_kwh_per_m3n") * GCV.scale),
        ("temperature", 12, _set("C8.temperature_c") * TEMPERATURE.scale),
        ("volume", 6, _set("C8.volume_m3n") * VOLUME.scale),
    ):
        window = range(hour - hours + 1, hour + 1)
        values = _known(series.value(line, column, at) for at in window)
        flows = all(series.value(line, "volume", at) != 0 for at in window)
        flows = flows and all(series.quality(line, at) is not Quality.ESTIMATED for at in window)
        if flows and len(values) == hours and max(values) - min(values) <= bound:
            return set(window)
    return set()


def _c11(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    day = _ends_day(hour)
    if day is None:
        return set()
    volumes = [series.value(line, "volume_operating", at) for at in day]
    begin, end = series.value(line, "index", day.start - 1), series.value(line, "index", hour)
    if None in volumes or begin is None or end is None or end < begin:
        return set()
    if series.value(line, "meter", day.start - 1) != series.value(line, "meter", hour):
        return set()
    total = sum(_known(volumes))
    pulses = _set("C11.pulses") * _set("C11.pulse_m3") * INDEX.scale
    allowed = max(pulses, _set("C11.relative") * abs(total))
    return set(day) if _above(abs(total - (end - begin) * _set("C11.factor")), allowed, ease) else set()


def _c13(series: Series, line: str, hour: int, _ease: Fraction) -> set[int]:
    now = series.value(line, "index", hour)
    known = [at for at in range(hour - 24, hour) if series.value(line, "index", at) is not None]
    if now is None or not known or series.value(line, "meter", known[-1]) != series.value(line, "meter", hour):
        return set()
    before = series.value(line, "index", known[-1]) or 0
    size = 10 ** len(str(before))
    rolled_over = 10 * before >= 9 * size and 10 * now <= size
    return {hour} if now < before and not rolled_over else set()


def _c15(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    check = LINES[line].terms[0].check
    volume = series.value(line, "volume", hour)
    other = None if check is None else series.value(check.line, "volume", hour)
    if check is None or other is None or volume is None:
        return set()
    expected = Fraction(str(check.factor)) * other + Fraction(str(check.offset_m3n)) * VOLUME.scale
    if volume == 0:
        capacity = (LINES[line].terms[0].capacity_m3n_per_h or 0) * VOLUME.scale
        return {hour} if abs(expected) > _set("C15.relative") * capacity else set()
    return {hour} if _above(abs(volume - expected) / abs(volume), _set("C15.relative"), ease) else set()


def _c17(series: Series, line: str, hour: int, _ease: Fraction) -> set[int]:
    run = 0
    while series.quality(line, hour - run) is Quality.ESTIMATED:
        run += 1
    return {hour} if run > _set("C17.hours") else set()


def _d15(series: Series, line: str, hour: int, ease: Fraction) -> set[int]:
    before, now = series.value(line, "gcv", hour - 1), series.value(line, "gcv", hour)
    if not before or now is None:
        return set()
    return {hour} if _above(abs(Fraction(now, before) - 1), _set("D15.share"), ease) else set()


ORACLES: dict[str, Callable[[Series, str, int, Fraction], set[int]]] = {
    "A8": _a8,
    "C3": _c3,
    "C5": _c5,
    "C7": _c7,
    "C8": _c8,
    "C9": _c9,
    "C11": _c11,
    "C13": _c13,
    "C15": _c15,
    "C17": _c17,
    "D15": _d15,
}


def concerned(code: str, series: Series, ease: Fraction) -> set[tuple[str, int]]:
    """Return all hours that have values, and that a rule must find something of when those of a series are judged."""
    found = {
        (line, at)
        for line, hour in series.judged
        if series.quality(line, hour) is not None
        for at in ORACLES[code](series, line, hour, ease)
    }
    return {(line, hour) for line, hour in found if series.quality(line, hour) is not None}
