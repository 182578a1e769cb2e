"""Family C by example."""

from __future__ import annotations

import pytest

from shared.domain.quantities import ABSENT
from shared.domain.reading import Validity
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_hour import is_clean, judged, line_with, only_finding, only_rejection

_ALONE = {"energy": ABSENT, "gcv": ABSENT}
_TWO_WAY = {"one_way": False, "sends": ()}


@pytest.mark.parametrize("volume", [2_100_001, -2_100_001])
def test_c1_more_than_the_line_can_carry(volume: int) -> None:
    """A thousandth of a m³ above 1.05 times 2,000 m³/h, forwards or backwards: stored, RECORDED."""
    result = judged({**_ALONE, "volume": volume}, line=line_with(**_TWO_WAY))
    assert only_finding(result) == (0, "C1", Severity.F, 2100.001, 2100.0)
    assert result.validity.tolist() == [Validity.RECORDED]


@pytest.mark.parametrize("volume", [2_100_000, -2_100_000, 0])
def test_c1_as_much_as_the_line_can_carry(volume: int) -> None:
    """Exactly 1.05 times the capacity passes."""
    assert is_clean(judged({**_ALONE, "volume": volume}, line=line_with(**_TWO_WAY)))


@pytest.mark.parametrize("capacity", [3, 777, 1_234_567])
@pytest.mark.parametrize("factor", [1.05, 1.15])
def test_c1_is_exact_at_the_bound(capacity: int, factor: float) -> None:
    """1.15 is a little less in binary, so 1.15 times 3 m³ would forbid 3.450: the bound is to the thousandth."""
    line = line_with(**_TWO_WAY, capacity_m3n_per_h=capacity, thresholds=(("C1.factor", factor),))
    most = capacity * round(factor * 1_000)
    assert is_clean(judged({**_ALONE, "volume": most}, line=line))
    assert only_finding(judged({**_ALONE, "volume": most + 1}, line=line)).rule == "C1"


def test_c1_line_without_a_capacity() -> None:
    """Nothing to compare with."""
    line = line_with(**_TWO_WAY, capacity_m3n_per_h=None)
    assert is_clean(judged({**_ALONE, "volume": 9_000_000_000}, line=line))


def test_c1_hour_without_a_volume() -> None:
    """Nothing to compare: A10 says that it is missing."""
    assert only_finding(judged({"volume": ABSENT})).rule == "A10"


def test_c2_gas_flows_back_through_a_one_way_line() -> None:
    """A thousandth of a m³ backwards is rejected."""
    result = judged({**_ALONE, "volume": -1}, line=line_with(sends=()))
    assert only_rejection(result) == (0, "C2", -0.001, 0.0)
    assert result.validity.tolist() == [Validity.RECORDED]


def test_c2_no_flow_and_no_volume_pass() -> None:
    """Zero is not negative, and neither is what was not sent."""
    assert is_clean(judged({**_ALONE, "volume": 0}, line=line_with(sends=())))
    assert only_finding(judged({**_ALONE, "volume": ABSENT}, line=line_with(sends=()))).rule == "A10"


def test_c2_line_of_two_ways() -> None:
    """A line to a storage flows back half of the year."""
    assert is_clean(judged({**_ALONE, "volume": -1_000_000}, line=line_with(**_TWO_WAY)))
