"""The demo's simulator: a Belgian-looking gas grid that sends telegrams, the same for the same seed and hours."""

from deploy.local.simulator.analyses import analyses
from deploy.local.simulator.faults import Fault, Label
from deploy.local.simulator.grid import Grid, Line, Network, Node, Profile, Station, grid
from deploy.local.simulator.hours import FIRST_HOUR, TooEarlyError
from deploy.local.simulator.labels import expected_present, labels
from deploy.local.simulator.register import topology_yaml
from deploy.local.simulator.telegrams import history, live

__all__ = [
    "FIRST_HOUR",
    "Fault",
    "Grid",
    "Label",
    "Line",
    "Network",
    "Node",
    "Profile",
    "Station",
    "TooEarlyError",
    "analyses",
    "expected_present",
    "grid",
    "history",
    "labels",
    "live",
    "topology_yaml",
]
