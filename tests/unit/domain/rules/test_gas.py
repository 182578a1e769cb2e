"""Family D by example."""

from __future__ import annotations

import pytest

from shared.domain.quantities import ABSENT
from shared.domain.reading import Provenance, Validity
from shared.domain.rules.rule import Severity
from tests.unit.domain.rules.one_hour import is_clean, judged, line_with, only_finding

_SMALL = {"volume": 10_000, "gcv": 11_500_000}  # 115 kWh: the bound is 1 kWh
_NO_ENERGY = {"energy": ABSENT}


@pytest.mark.parametrize("energy", [116_001, 113_999])
def test_d7_energy_is_not_volume_times_calorific_value(energy: int) -> None:
    """A thousandth of a kWh beyond 1 kWh, in either direction: stored, RECORDED."""
    result = judged({**_SMALL, "energy": energy})
    assert only_finding(result) == (0, "D7", Severity.F, 1.001, 1.0)
    assert result.validity.tolist() == [Validity.RECORDED]


@pytest.mark.parametrize("energy", [116_000, 115_000, 114_000])
def test_d7_rounding_is_no_fault(energy: int) -> None:
    """1 kWh away passes."""
    assert is_clean(judged({**_SMALL, "energy": energy}))


def test_d7_a_greater_energy_may_differ_by_more() -> None:
    """0.05 % of 11,500 kWh are 5.75 kWh."""
    assert is_clean(judged({"energy": 11_505_750}))
    finding = only_finding(judged({"energy": 11_505_751}))
    assert finding.observed == pytest.approx(5.751)
    assert finding.threshold == pytest.approx(5.75)


@pytest.mark.parametrize("lacking", ["volume", "energy", "gcv"])
def test_d7_needs_all_three(lacking: str) -> None:
    """An identity with a gap is no identity."""
    assert is_clean(judged({**_SMALL, "energy": 0, lacking: ABSENT}, line=line_with(sends=()))) is (lacking != "volume")


def test_d7_operating_volume() -> None:
    """The identity is one of normalised volumes."""
    assert is_clean(judged({"energy": 0, "provenance": Provenance.VOLUME_OPERATING}))


@pytest.mark.parametrize(
    ("network", "lowest", "highest"),
    [
        ("H", 10_000_000, 12_800_000),
        ("L", 8_800_000, 10_800_000),
        ("B", 8_611_112, 15_277_777),
        ("", 8_611_112, 15_277_777),
    ],
)
def test_d8_range_of_the_network(network: str, lowest: int, highest: int) -> None:
    """The bounds themselves pass, a millionth beyond does not; an unknown network has the range of natural gas."""
    line = line_with(network=network, sends=())
    assert is_clean(judged({**_NO_ENERGY, "gcv": lowest}, {**_NO_ENERGY, "gcv": highest}, line=line))
    result = judged({**_NO_ENERGY, "gcv": lowest - 1}, {**_NO_ENERGY, "gcv": highest + 1}, line=line)
    assert [(f.rule, f.severity, f.observed) for f in result.findings] == [
        ("D8", Severity.F, (lowest - 1) / 1e6),
        ("D8", Severity.F, (highest + 1) / 1e6),
    ]
    assert [f.threshold for f in result.findings] == pytest.approx([lowest / 1e6, highest / 1e6], abs=1e-6)


def test_d8_hour_without_a_calorific_value() -> None:
    """Nothing to judge."""
    assert is_clean(judged({"gcv": ABSENT}, line=line_with(sends=())))


@pytest.mark.parametrize(("temperature", "bound"), [(-20_001, -20.0), (60_001, 60.0)])
def test_d10_temperature_of_no_gas(temperature: int, bound: float) -> None:
    """A thousandth of a degree beyond either bound: shown."""
    result = judged({"temperature": temperature})
    assert only_finding(result) == (0, "D10", Severity.W, temperature / 1000, bound)
    assert result.validity.tolist() == [Validity.PRELIMINARY]


@pytest.mark.parametrize("temperature", [-20_000, 60_000])
def test_d10_temperature_at_the_bound(temperature: int) -> None:
    """The bounds themselves pass."""
    assert is_clean(judged({"temperature": temperature}))


def test_d10_hour_without_a_temperature() -> None:
    """Nothing to judge."""
    assert is_clean(judged({"temperature": ABSENT}, line=line_with(sends=())))


_CONTRACT = line_with(sends=(), pressure_bar_abs=(4.5, 8.0))


@pytest.mark.parametrize(("pressure", "bound"), [(4_499, 4.5), (8_001, 8.0)])
def test_d10_pressure_outside_the_contract(pressure: int, bound: float) -> None:
    """A thousandth of a bar beyond either bound: shown."""
    result = judged({"pressure": pressure}, line=_CONTRACT)
    assert only_finding(result) == (0, "D10", Severity.W, pressure / 1000, bound)


@pytest.mark.parametrize("pressure", [4_500, 8_000, ABSENT])
def test_d10_pressure_of_the_contract(pressure: int) -> None:
    """The bounds themselves pass, and so does what was not sent."""
    assert is_clean(judged({"pressure": pressure}, line=_CONTRACT))


def test_d10_line_without_a_contract() -> None:
    """No bounds, no fault."""
    assert is_clean(judged({"pressure": 900_000}, line=line_with(sends=())))


def test_d10_of_two_faults_the_temperature_is_told() -> None:
    """One finding an hour."""
    assert only_finding(judged({"pressure": 1, "temperature": 60_001}, line=_CONTRACT)).threshold == 60.0
