"""Whose gas an hour carries: the attributed chromatograph's, its last good one, another's, or nobody's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.analysis import KEPT_ANALYSIS, empty_analyses
from shared.domain.attribution import Attribution, GasHow, hours_needed, in_force, served
from shared.domain.gas_rows import Flow, gas_of_hours, gas_of_nobody, gas_of_periods
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import ABSENT

FIRST = 498_000
HOURS = range(FIRST, FIRST + 48)
METHANE, NITROGEN = (COMPONENTS.index(name) for name in ("methane", "nitrogen"))


def told(needed: range, hours: range, methane_percent: int = 90, doubtful: tuple[int, ...] = ()) -> NDArray[np.void]:
    """Return what a chromatograph tells of some hours: methane and nitrogen."""
    rows = np.zeros(len(needed), KEPT_ANALYSIS)
    blank = empty_analyses(1)[0]
    for hour in hours:
        row = rows[hour - needed.start]
        for name in blank.dtype.names or ():
            row[name] = blank[name]
        row["hour"], row["revision"] = hour, 1
        row["shares"][METHANE], row["shares"][NITROGEN] = methane_percent * 10_000, (100 - methane_percent) * 10_000
        row["doubt"] = b"D3" if hour in doubtful else b""
    return rows


def test_the_delay_says_which_analysis_an_hour_carries() -> None:
    """Two hours of way: the hour carries what the chromatograph saw two hours before."""
    attributions = (Attribution(FIRST, "Z", 2),)
    needed = hours_needed(attributions, HOURS)
    assert needed == range(FIRST - 26, FIRST + 46)
    found = served(attributions, HOURS, {"Z": told(needed, needed)}, needed)
    assert (found.how == GasHow.ANALYSIS).all()
    assert found.hour.tolist() == [hour - 2 for hour in HOURS]
    assert set(found.delay_h.tolist()) == {2}
    assert [found.names[place] for place in found.chromatograph[:1]] == ["Z"]


def test_the_last_good_analysis_is_held_for_a_day_and_then_another_serves() -> None:
    """A doubtful one is not good; after 24 hours the next chromatograph is asked, then nobody."""
    attributions = (Attribution(FIRST, "Z", 0, ("L",)),)
    needed = hours_needed(attributions, HOURS)
    known = {
        "Z": told(needed, range(FIRST, FIRST + 4), doubtful=(FIRST + 3,)),
        "L": told(needed, range(FIRST + 20, FIRST + 21)),
    }
    found = served(attributions, HOURS, known, needed)
    held, other, nobody = found.how[3:27], found.how[27:45], found.how[45:]
    assert (found.how[:3] == GasHow.ANALYSIS).all()
    assert (held == GasHow.HELD).all()
    assert set(found.hour[3:27].tolist()) == {FIRST + 2}
    assert (other == GasHow.OTHER).all()
    assert set(found.hour[27:45].tolist()) == {FIRST + 20}
    assert (nobody == GasHow.NONE).all()
    assert not found.analyses["revision"][45:].any()


def test_each_hour_has_the_attribution_that_holds_then() -> None:
    """Before the first, and where the line carries the gas of no chromatograph, there is none."""
    attributions = (
        Attribution(FIRST + 5, "Z"),
        Attribution(FIRST + 10, ""),
        Attribution(FIRST + 20, "L"),
        Attribution(HOURS.stop, "Z"),
    )
    needed = hours_needed(attributions, HOURS)
    found = served(attributions, HOURS, {name: told(needed, needed) for name in "ZL"}, needed)
    names = [found.names[place] for place in found.chromatograph.tolist()]
    assert names == [""] * 5 + ["Z"] * 5 + [""] * 10 + ["L"] * 28


def test_a_chromatograph_that_told_nothing_serves_nobody() -> None:
    """Not even its name is asked for."""
    found = served((Attribution(FIRST, "Z"),), HOURS, {}, HOURS)
    assert not found.how.any()


def test_the_last_word_for_an_hour_counts_as_known_at_a_moment() -> None:
    """An earlier word stays readable."""
    first, corrected = Attribution(FIRST, "Z", known_at_ms=10), Attribution(FIRST, "L", known_at_ms=20)
    later = Attribution(FIRST - 5, "Z", known_at_ms=30)
    assert in_force((first, corrected, later)) == (later, corrected)
    assert in_force((first, corrected, later), 20) == (corrected,)
    assert in_force((first, corrected, later), 9) == ()


def test_no_attribution_needs_the_hours_themselves() -> None:
    """And what may be held."""
    assert hours_needed((), HOURS) == range(FIRST - 24, FIRST + 48)


def _served_by(methane: list[int]) -> tuple[range, NDArray[np.void]]:
    hours = range(FIRST, FIRST + len(methane))
    rows = np.concatenate(
        [told(range(h, h + 1), range(h, h + 1), share) for h, share in zip(hours, methane, strict=True)]
    )
    return hours, rows


def test_the_gas_of_a_period_is_weighted_by_flow() -> None:
    """100 m³ at 80 % and 900 m³ at 90 % methane: 89 %, not 85; without flow nothing is known."""
    hours, rows = _served_by([80, 90, 70, 90])
    found = served((Attribution(FIRST, "Z"),), hours, {"Z": rows}, hours)
    volume = np.array([100_000, 900_000, ABSENT, 0], np.int64)
    bounds = np.array([FIRST, FIRST + 2, FIRST + 3]), np.array([FIRST + 2, FIRST + 3, FIRST + 4])
    gas = gas_of_periods(found, Flow(hours, volume), *bounds)
    assert gas.shares[0, METHANE] == 890_000
    assert (gas.shares[1:] < 0).all()
    assert np.isnan(gas.kref[1:]).all()
    assert gas.sources == ("Z", "Z", "Z")
    assert gas.served is None


def test_gas_that_flows_back_is_gas_as_well() -> None:
    """Signed, it would make a mean of 1,085 % methane; what was never reported stays unknown in the mean."""
    hours, rows = _served_by([95, 85])
    found = served((Attribution(FIRST, "Z"),), hours, {"Z": rows}, hours)
    bounds = np.array([FIRST]), np.array([FIRST + 2])
    gas = gas_of_periods(found, Flow(hours, np.array([100_000, -100_000], np.int64)), *bounds)
    assert gas.shares[0, METHANE] == 900_000
    assert gas.shares[0, COMPONENTS.index("hydrogen")] < 0


def test_no_periods_have_no_gas() -> None:
    """No rows in, none out."""
    nothing = np.zeros(0, np.int64)
    found = served((), HOURS, {}, HOURS)
    assert len(gas_of_periods(found, Flow(HOURS, np.zeros(48, np.int64)), nothing, nothing).kref) == 0


@pytest.mark.parametrize("reference", ["25/0", "15/15"])
def test_what_the_chromatograph_tells_goes_before_what_follows(reference: str) -> None:
    """Density and Wobbe index as told, converted by the gas itself; else those of the composition."""
    hours, rows = _served_by([90, 90])
    rows["density"][0], rows["wobbe"][0] = 800_000, 14_000_000
    gas = gas_of_hours(served((Attribution(FIRST, "Z"),), hours, {"Z": rows}, hours), reference)
    factor = 1.0 if reference == "25/0" else gas.factors.density_kg_per_m3[0]
    assert gas.density_kg_per_m3[0] == pytest.approx(0.8 * factor)
    assert gas.density_kg_per_m3[1] == pytest.approx(0.771 * factor, rel=1e-3)
    assert gas.wobbe_kwh_per_m3[0] > gas.wobbe_kwh_per_m3[1]


def test_nobody_has_no_gas() -> None:
    """But the columns of those that have one."""
    gas = gas_of_nobody(2, is_hours=True)
    assert (gas.shares < 0).all()
    assert np.isnan(gas.density_kg_per_m3).all()
    assert gas.sources == ("", "")
    assert gas_of_nobody(2, is_hours=False).served is None
