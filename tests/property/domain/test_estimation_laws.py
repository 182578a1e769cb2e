"""Estimates as laws: what was counted is shared out exactly, only actual hours matter, and a node's balance closes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared.domain.estimation import AUTOMATIC, Check, Estimate, Method, Tape, estimate, node_balance, with_energy
from shared.domain.quantities import ABSENT, GCV, VOLUME

FIRST_HOURS = st.integers(490_000, 510_000)
"""Somewhere in 2025 to 2028: every weekday, holidays and both switches."""
VOLUMES = st.integers(VOLUME.lowest * VOLUME.scale, VOLUME.highest * VOLUME.scale)
WEIGHTS = st.decimals(-1_000, 1_000, places=3)


def _holed(column: NDArray[np.int64], share: float, random: np.random.Generator) -> NDArray[np.int64]:
    return np.where(random.random(len(column)) < share, ABSENT, column)


@st.composite
def tapes(draw: st.DrawFn, count: int) -> Tape:
    """Draw a line whose counter agrees with its operating volumes, now and then with holes, backflow or estimates."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    lowest, highest = draw(st.sampled_from([(0, 1), (0, 50), (0, 10**6), (-20, 100)]))
    passed = random.integers(lowest, highest, count)
    volume = passed * draw(st.integers(1, 60)) + random.integers(-1, 2, count)
    gcv = random.integers(8_800_000, 12_800_000, count)
    holes = draw(st.sampled_from([0, 0.02, 0.3]))
    estimated = draw(st.sampled_from([0, 0.02, 0.3]))
    told = (volume, passed, passed.cumsum() + 10**6, gcv)
    said, operating, index, quality = (_holed(column, holes, random) for column in told)
    return Tape(draw(FIRST_HOURS), said, operating, index, quality, random.random(count) >= estimated)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Tape, range, Check | None]:
    """Draw a tape of hours or weeks, a gap at its end or anywhere in it, and perhaps a check meter."""
    count = draw(st.integers(1, 60) | st.integers(29 * 24, 31 * 24))
    tape = draw(tapes(count))
    length = draw(st.integers(1, min(count, 30)))
    start = tape.first + max(0, count - length - draw(st.integers(0, 30)))
    check = replace(draw(tapes(count)), first=tape.first)
    return tape, range(start, start + length), draw(st.none() | st.just(Check(check, factor=0.97, offset_m3n=-0.5)))


def _scrambled(tape: Tape, where: NDArray[np.bool_], seed: int) -> Tape:
    """Return a tape whose numbers say something else, or nothing, in some of its hours."""
    random = np.random.default_rng(seed)
    volume, operating, index, gcv = (
        np.where(where, _holed(random.integers(0, 10**7, len(column)), 0.5, random), column)
        for column in (tape.volume, tape.volume_operating, tape.index, tape.gcv)
    )
    return Tape(tape.first, volume, operating, index, gcv, tape.is_actual)


def _inside(tape: Tape, gap: range) -> NDArray[np.bool_]:
    hours = np.arange(tape.first, tape.first + len(tape.volume))
    return (hours >= gap.start) & (hours < gap.stop)


def _same(one: Estimate | None, other: Estimate | None) -> bool:
    if one is None or other is None:
        return one is other
    numbers = ("volume", "volume_operating", "energy", "gcv")
    return one.method is other.method and all(np.array_equal(getattr(one, n), getattr(other, n)) for n in numbers)


def _known(tape: Tape, name: str, hour: int) -> int | None:
    place = hour - tape.first
    if not 0 <= place < len(tape.volume) or not tape.is_actual[place] or getattr(tape, name)[place] == ABSENT:
        return None
    return int(getattr(tape, name)[place])


def _counted(tape: Tape, gap: range) -> int | None:
    """Return what the counter passed during the gap, as the definition says it."""
    start, end = _known(tape, "index", gap.start - 1), _known(tape, "index", gap.stop)
    passed = _known(tape, "volume_operating", gap.stop)
    if start is None or end is None or passed is None:
        return None
    return end - passed - start if end - passed >= start else None


def _normalised(tape: Tape, gap: range, total: int) -> int:
    """Return the normalised volume of a total, by the hours up to a day around the gap that have both volumes."""
    around = [*range(gap.start - 24, gap.start), *range(gap.stop, gap.stop + 24)]
    pairs = [(_known(tape, "volume", hour), _known(tape, "volume_operating", hour)) for hour in around]
    both = [(volume, passed) for volume, passed in pairs if volume is not None and passed is not None]
    return round(Fraction(sum(v for v, _ in both), sum(p for _, p in both)) * total) if total else 0


@given(cases(), st.sampled_from([None, Method.LINEAR, Method.INDEX_PROFILE, Method.INDEX_FLAT]))
def test_what_was_counted_is_shared_out_exactly(case: tuple[Tape, range, Check | None], method: Method | None) -> None:
    """Operating volumes are there where the counter tells them; they and the normalised ones sum to it."""
    tape, gap, _ = case
    found, total = estimate(tape, gap, method=method), _counted(tape, gap)
    if found is None or found.method is Method.LIKE_DAYS:
        return
    if total is None:
        assert found.method is Method.LINEAR
        assert (found.volume_operating == ABSENT).all()
    else:
        assert sum(found.volume_operating.tolist()) == total
        assert sum(found.volume.tolist()) == _normalised(tape, gap, total)


@given(cases(), st.integers(0, 2**32))
def test_what_stands_in_the_gap_does_not_matter(case: tuple[Tape, range, Check | None], seed: int) -> None:
    """An hour is estimated alike whether it is missing, was estimated before, or holds a wrong value."""
    tape, gap, check = case
    inside = _inside(tape, gap)
    other = replace(_scrambled(tape, inside, seed), is_actual=tape.is_actual ^ inside)
    assert _same(estimate(tape, gap, check), estimate(other, gap, check))


@given(cases(), st.integers(0, 2**32))
def test_estimates_never_feed_an_estimate(case: tuple[Tape, range, Check | None], seed: int) -> None:
    """Whatever hours say that are not actual, on the line or on its check meter."""
    tape, gap, check = case
    other = _scrambled(tape, ~tape.is_actual, seed)
    checked = check and replace(check, tape=_scrambled(check.tape, ~check.tape.is_actual, seed))
    assert _same(estimate(tape, gap, check), estimate(other, gap, checked))


@given(cases())
def test_the_first_method_that_is_possible_is_taken(case: tuple[Tape, range, Check | None]) -> None:
    """Nobody asking for a method gets what asking for each in their order would find first."""
    asked = (estimate(*case, method=method) for method in AUTOMATIC)
    assert _same(estimate(*case), next((found for found in asked if found is not None), None))


@given(cases(), VOLUMES)
def test_energy_is_volume_times_calorific_value(case: tuple[Tape, range, Check | None], volume: int) -> None:
    """To half a thousandth of a kWh, and absent only where the calorific value is."""
    tape, gap, check = case
    given_volume = with_energy(tape, gap, Method.NODE_BALANCE, np.full(len(gap), volume))
    for found in (given_volume, estimate(tape, gap, check)):
        rows = (
            [] if found is None else zip(found.volume.tolist(), found.gcv.tolist(), found.energy.tolist(), strict=True)
        )
        for each, gcv, energy in rows:
            assert (energy == ABSENT) == (gcv == ABSENT)
            assert energy == ABSENT or abs(energy - Fraction(each * gcv, GCV.scale)) <= Fraction(1, 2)


@given(cases())
def test_a_calorific_value_lies_among_those_before_the_gap(case: tuple[Tape, range, Check | None]) -> None:
    """A held one or a mean of actual ones, never more or less than any of them."""
    tape, gap, _ = case
    told = tape.gcv[tape.is_actual & (tape.gcv != ABSENT) & (np.arange(len(tape.gcv)) < gap.start - tape.first)]
    found = with_energy(tape, gap, Method.NODE_BALANCE, np.ones(len(gap), np.int64)).gcv
    present = found[found != ABSENT]
    assert len(present) == 0 or told.min() <= present.min() <= present.max() <= told.max()


@given(VOLUMES, st.lists(st.tuples(WEIGHTS, VOLUMES), max_size=5), WEIGHTS.filter(bool))
def test_a_balanced_node_closes(node: int, others: list[tuple[Decimal, int]], own_weight: Decimal) -> None:
    """With the line it was solved for, the node's sum is its volume, up to that line's rounding; if it can be that."""
    found = node_balance(np.array([node]), [(weight, np.array([volume])) for weight, volume in others], own_weight)
    own, of_others = Fraction(own_weight), sum(Fraction(weight) * volume for weight, volume in others)
    if found[0] == ABSENT:
        assert abs(round((node - of_others) / own)) > VOLUME.highest * VOLUME.scale
    else:
        assert abs(of_others + own * int(found[0]) - node) <= abs(own) / 2
