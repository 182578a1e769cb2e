"""What the chromatographs send: gas that adds up, burns as the lines say, and agrees with itself."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
import numpy as np
import pytest

from deploy.local.simulator import Grid, Network, Station, grid
from deploy.local.simulator.analyses import analyses, analysis_telegram, chromatographs, compositions_mol_percent
from deploy.local.simulator.gas import gcv_kwh_per_m3n
from shared.domain.physics.components import COMPONENTS
from shared.domain.physics.iso6976 import air_density_kg_per_m3, properties
from tests.unit.simulator.reading import FIRST

HOURS = np.arange(FIRST, FIRST + 1000)  # as many as a telegram may hold
SENT = (FIRST + 1000) * 3600 + 95  # 2026-04-11T16:01:35Z
SEEDS = (1, 2, 3)
# mol %: from, to.
SEEN = {
    Network.H: {
        "methane": (88, 94),
        "ethane": (3, 6),
        "propane": (0.6, 1.4),
        "n_butane": (0.1, 0.25),
        "n_hexane": (0.01, 0.06),
        "nitrogen": (0.2, 2.4),
        "carbon_dioxide": (0.5, 1.5),
        "helium": (0.02, 0.04),
        "oxygen": (0, 0),
        "hydrogen": (0, 0),
    },
    Network.L: {
        "methane": (81, 85),
        "ethane": (2.8, 3.6),
        "propane": (0.35, 0.55),
        "n_butane": (0.08, 0.12),
        "n_hexane": (0.02, 0.08),
        "nitrogen": (9.5, 13.5),
        "carbon_dioxide": (0.9, 1.5),
        "helium": (0.03, 0.05),
        "oxygen": (0, 0),
        "hydrogen": (0, 0),
    },
}
# The first hour of GC-NORTH with seed 1.
PINNED = {
    "methane": 91.9559,
    "ethane": 4.4946,
    "propane": 1.0178,
    "isobutane": 0.1499,
    "n_butane": 0.1608,
    "neopentane": 0.0044,
    "isopentane": 0.0362,
    "n_pentane": 0.0287,
    "n_hexane": 0.0308,
    "nitrogen": 1.3117,
    "carbon_dioxide": 0.7799,
    "helium": 0.0293,
}


class SentAnalysis(msgspec.Struct, forbid_unknown_fields=True):
    """An analysis in a telegram."""

    start: datetime
    composition_mol_percent: dict[str, float]
    gcv_kwh_per_m3n: float
    density_kg_per_m3n: float
    wobbe_kwh_per_m3n: float


class AnalysisTelegram(msgspec.Struct, forbid_unknown_fields=True):
    """A telegram of a chromatograph, as an outsider writes it down from the published shape."""

    telegram: str
    chromatograph: str
    sent: datetime
    analyses: list[SentAnalysis]


@pytest.fixture(scope="module", params=grid().stations, ids=lambda station: station.chromatograph)
def station(request: pytest.FixtureRequest) -> Station:
    """Each station of the grid."""
    found: Station = request.param
    return found


def _body(station: Station, seed: int = 1) -> bytes:
    """The telegram of all hours of a station's chromatograph."""
    return analysis_telegram(station.chromatograph, 1, SENT, HOURS, compositions_mol_percent(seed, station, HOURS))


def _decoded(station: Station) -> AnalysisTelegram:
    """The same, decoded strictly."""
    return msgspec.json.decode(_body(station), type=AnalysisTelegram)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_composition_adds_up_to_exactly_100(station: Station, seed: int) -> None:
    """Four decimals, counted in whole ten-thousandths; none is negative."""
    compositions = compositions_mol_percent(seed, station, HOURS)
    parts = np.rint(compositions * 10_000).astype(np.int64)
    assert compositions.shape == (len(HOURS), len(COMPONENTS))
    assert np.array_equal(compositions, parts / 10_000)
    assert (parts >= 0).all()
    assert (parts.sum(axis=1) == 1_000_000).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_composition_burns_with_the_calorific_value_of_its_hour(station: Station, seed: int) -> None:
    """ISO 6976 at 25/0 gives what the lines are sent with, far inside 0.02 %."""
    burns = properties(compositions_mol_percent(seed, station, HOURS) / 100, "25/0").gcv_mj_per_m3 / 3.6
    assert np.abs(burns - gcv_kwh_per_m3n(seed, station, HOURS)).max() < 0.00002


@pytest.mark.parametrize("seed", SEEDS)
def test_a_composition_looks_like_the_gas_of_its_network(station: Station, seed: int) -> None:
    """Rich H gas, L gas with much nitrogen, neither oxygen nor hydrogen."""
    compositions = compositions_mol_percent(seed, station, HOURS)
    for name, (low, high) in SEEN[station.network].items():
        found = compositions[:, COMPONENTS.index(name)]
        assert low <= found.min(), name
        assert found.max() <= high, name


def test_a_composition_drifts_slowly(station: Station) -> None:
    """Beside the noise of the calorific value an hour is like the next, and the first day not like the last."""
    carbon_dioxide = compositions_mol_percent(1, station, HOURS)[:, COMPONENTS.index("carbon_dioxide")]
    assert np.abs(np.diff(carbon_dioxide)).max() < 0.005
    assert np.ptp(carbon_dioxide) > 0.05


def test_hours_alone_and_together_agree(station: Station) -> None:
    """To the last digit, wherever a slice begins and ends."""
    together = compositions_mol_percent(1, station, HOURS)
    for begin, end in ((0, 1), (17, 18), (238, 243), (500, 900)):
        assert np.array_equal(compositions_mol_percent(1, station, HOURS[begin:end]), together[begin:end])


def test_the_first_hour_is_pinned() -> None:
    """The numbers never change from version to version: a demo's history would no longer fit its continuation."""
    assert _decoded(grid().stations[0]).analyses[0].composition_mol_percent == PINNED


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(station: Station) -> None:
    """Nothing is random twice."""
    assert _body(station) == _body(station)
    assert _body(station) != _body(station, seed=2)


def test_a_telegram_has_the_published_shape(station: Station) -> None:
    """Nothing more, nothing less: id with the minute, chromatograph, moments in UTC, one analysis an hour."""
    body = _body(station)
    telegram = msgspec.json.decode(body, type=AnalysisTelegram)
    assert telegram.telegram == f"{station.chromatograph}/20260411T1601/1"
    assert telegram.chromatograph == station.chromatograph
    assert telegram.sent.timestamp() == SENT
    assert [analysis.start.timestamp() / 3600 for analysis in telegram.analyses] == HOURS.tolist()
    assert re.search(rb'"sent":"2026-04-11T16:01:35Z","analyses":\[{"start":"2026-03-01T00:00:00Z"', body)


def test_a_telegram_carries_the_composition_without_what_was_not_found(station: Station) -> None:
    """The names of the components in their order, and the very numbers; what is 0 is absent."""
    compositions = compositions_mol_percent(1, station, HOURS)
    for analysis, row in zip(_decoded(station).analyses, compositions.tolist(), strict=True):
        assert [analysis.composition_mol_percent.get(name, 0) for name in COMPONENTS] == row
        assert set(analysis.composition_mol_percent) == set(COMPONENTS) - {"oxygen", "hydrogen"}


def test_what_is_sent_beside_the_composition_follows_from_it(station: Station) -> None:
    """ISO 6976 at 25/0 of the sent composition, to half of the last decimal."""
    analyses = _decoded(station).analyses
    sent = [[analysis.composition_mol_percent.get(name, 0) / 100 for name in COMPONENTS] for analysis in analyses]
    gas = properties(np.array(sent), "25/0")
    for place, analysis in enumerate(analyses):
        assert analysis.gcv_kwh_per_m3n == pytest.approx(gas.gcv_mj_per_m3[place] / 3.6, abs=0.000051)
        assert analysis.density_kg_per_m3n == pytest.approx(gas.density_kg_per_m3[place], abs=0.0000051)
        assert analysis.wobbe_kwh_per_m3n == pytest.approx(gas.wobbe_gross_mj_per_m3[place] / 3.6, abs=0.000051)


def test_the_wobbe_index_is_the_calorific_value_over_the_root_of_the_relative_density(station: Station) -> None:
    """W = H/√d on the three numbers as sent, far inside the 0.02 % of rule D5."""
    for analysis in _decoded(station).analyses:
        relative_density = analysis.density_kg_per_m3n / air_density_kg_per_m3("25/0")
        expected = analysis.gcv_kwh_per_m3n / relative_density**0.5
        assert analysis.wobbe_kwh_per_m3n == pytest.approx(expected, rel=0.00002)


def test_each_chromatograph_is_named_once_with_its_first_station() -> None:
    """In the order of the stations, also where two of them share one."""
    north, port, south, _ = grid().stations
    shared = Station("BE-0999", "invented", Network.H, north.chromatograph)
    found = chromatographs(Grid(1, (port, north, shared, south), (), ()))
    assert list(found.items()) == [("GC-PORT", port), ("GC-NORTH", north), ("GC-SOUTH", south)]
    assert list(chromatographs(grid()).values()) == list(grid().stations)


def test_stations_with_the_same_chromatograph_see_the_same_gas() -> None:
    """It does not matter from which of them an analysis is computed."""
    north = grid().stations[0]
    beside = Station("BE-0999", "invented", north.network, north.chromatograph)
    assert np.array_equal(compositions_mol_percent(1, north, HOURS), compositions_mol_percent(1, beside, HOURS))


def test_every_chromatograph_tells_of_every_hour() -> None:
    """One telegram each, sent once the last hour has ended."""
    hours = range(FIRST, FIRST + 48)
    told = [msgspec.json.decode(body) for body in analyses(grid(), hours[0], hours[-1])]
    assert [one["chromatograph"] for one in told] == list(chromatographs(grid()))
    assert {len(one["analyses"]) for one in told} == {48}
    assert all(one["sent"] > one["analyses"][-1]["start"] for one in told)
