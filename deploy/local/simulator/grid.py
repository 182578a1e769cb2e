"""The demo's grid: invented stations, lines and nodes in the style of the Belgian one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Network(StrEnum):
    """The gas family of a line: high or low calorific value."""

    H = "H"
    L = "L"


class Profile(StrEnum):
    """Who takes the gas, and so when."""

    DISTRIBUTION = "distribution"
    INDUSTRY = "industry"
    POWER_PLANT = "power-plant"
    INTERCONNECTION = "interconnection"


@dataclass(frozen=True, slots=True)
class Station:
    """A place with lines; its lines share the chromatograph, the weather and the gateway that sends."""

    id: str
    name: str
    network: Network
    chromatograph: str


@dataclass(frozen=True, slots=True)
class Line:
    """One metered pipe run. Capacity in m³(n)/h, pressure in bar absolute: the mean of what is measured.

    A two-way line sends no index: its meter has one counter for each direction.
    """

    id: str
    station: Station
    name: str
    profile: Profile
    capacity_m3n_per_h: int
    pressure_bar_abs: float
    meter: str
    teletransmitted: bool = True
    one_way: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """A weighted sum; `weights` holds ids of lines with their weight as a decimal text, `nodes` those of nodes."""

    id: str
    name: str
    weights: tuple[tuple[str, str], ...]
    nodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything the simulator knows; the seed decides the gas that flows, never the shape of the grid."""

    seed: int
    stations: tuple[Station, ...]
    lines: tuple[Line, ...]
    nodes: tuple[Node, ...]

    def lines_of(self, station: Station) -> tuple[Line, ...]:
        """The lines of a station in the order of their ids."""
        return tuple(line for line in self.lines if line.station.id == station.id)


_MOERBROEK = Station("BE-0042", "MOERBROEK Vaartdijk", Network.H, "GC-NORTH")
_HAVERZELE = Station("BE-0107", "HAVERZELE Rietkaai", Network.H, "GC-PORT")
_SART = Station("BE-0233", "SART-LEZ-BRUME Haut Pré", Network.H, "GC-SOUTH")
_KRUISVELD = Station("BE-0318", "KRUISVELD Heistraat", Network.L, "GC-L-01")

_LINES = (
    Line("BE-0042-A", _MOERBROEK, "Moerbroek city run 1", Profile.DISTRIBUTION, 24000, 14.70, "M1"),
    Line("BE-0042-B", _MOERBROEK, "Moerbroek city run 2", Profile.DISTRIBUTION, 18000, 14.65, "M2"),
    Line("BE-0042-C", _MOERBROEK, "Moerbroek glassworks", Profile.INDUSTRY, 6500, 14.70, "M3"),
    Line(
        "BE-0042-D", _MOERBROEK, "Moerbroek horticulture", Profile.DISTRIBUTION, 2500, 8.10, "M4", teletransmitted=False
    ),
    Line("BE-0107-A", _HAVERZELE, "Rietkaai power plant unit 1", Profile.POWER_PLANT, 90000, 40.20, "M1"),
    Line("BE-0107-B", _HAVERZELE, "Rietkaai power plant unit 2", Profile.POWER_PLANT, 85000, 40.10, "M2"),
    Line("BE-0107-C", _HAVERZELE, "Rietkaai ammonia works", Profile.INDUSTRY, 42000, 51.20, "M3"),
    Line("BE-0107-D", _HAVERZELE, "Rietkaai refinery", Profile.INDUSTRY, 30000, 51.10, "M4"),
    Line(
        "BE-0107-E", _HAVERZELE, "Rietkaai interconnection", Profile.INTERCONNECTION, 120000, 58.50, "M5", one_way=False
    ),
    Line("BE-0233-A", _SART, "Sart-lez-Brume ville", Profile.DISTRIBUTION, 15000, 14.60, "M1"),
    Line("BE-0233-B", _SART, "Sart-lez-Brume cimenterie", Profile.INDUSTRY, 9000, 14.70, "M2"),
    Line("BE-0233-C", _SART, "Sart-lez-Brume laiterie", Profile.INDUSTRY, 1800, 4.95, "M3", teletransmitted=False),
    Line("BE-0318-A", _KRUISVELD, "Kruisveld city run 1", Profile.DISTRIBUTION, 20000, 14.70, "M1"),
    Line("BE-0318-B", _KRUISVELD, "Kruisveld brewery", Profile.INDUSTRY, 3200, 8.05, "M2"),
)


def _sum_of(station: Station) -> Node:
    """The node that is the plain sum of a station's lines."""
    weights = tuple((line.id, "1") for line in _LINES if line.station.id == station.id)
    return Node(f"NODE-{station.id.removeprefix('BE-')}", f"{station.name} total", weights)


_STATIONS = (_MOERBROEK, _HAVERZELE, _SART, _KRUISVELD)
_FLANDERS = (("NODE-0042", "1"), ("NODE-0107", "1"), ("NODE-0318", "1"))
_NODES = (
    *(_sum_of(station) for station in _STATIONS),
    Node("NODE-MOERBROEK-CITY", "Moerbroek city", (("BE-0042-A", "1"), ("BE-0042-B", "1"), ("BE-0042-D", "-1"))),
    Node("NODE-FLANDERS", "Flanders without the interconnection", (("BE-0107-E", "-1"),), _FLANDERS),
    Node("NODE-RIETKAAI-SHARE", "Rietkaai shared works", (("BE-0107-C", "0.625"), ("BE-0107-D", "0.5"))),
)


def grid(seed: int = 1) -> Grid:
    """The demo's grid; the same seed gives the same gas for ever."""
    return Grid(seed, _STATIONS, _LINES, _NODES)
