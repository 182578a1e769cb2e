"""`make bench`, `python -m tests.bench`: the figures of this machine, servers included, in a few minutes."""

from __future__ import annotations

import argparse
import sys

from tests.bench import access, attributing, closing, downloads, latency, physics, reading, report, rules, throughput
from tests.bench.profile import profiled
from tests.bench.shapes import ACCESS, ATTRIBUTING, CLOSING, DOWNLOADS, LATENCY, PHYSICS, READING, RULES, SHAPES

GOOD, WRONG = 0, 1
LARGEST_SCALE = 4.0
"""The whole run stays below ten minutes up to scale 1; the limit keeps a slip of the finger from filling the disk."""


def main() -> int:
    """Measure what is asked for; 1 where the ledger says that a figure is no result."""
    asked = _asked()
    if asked.profile:
        sys.stdout.write(f"{profiled(asked.scale)}\n")
        return GOOD
    found = _measured(asked)
    sys.stdout.write(f"{report.as_json(found) if asked.json else report.as_text(found)}\n")
    return WRONG if found.faults else GOOD


def _measured(asked: argparse.Namespace) -> report.Report:  # noqa: C901 - one branch for each shape
    found = report.Report(asked.scale)
    for shape in SHAPES:
        if asked.shape in (None, shape.name):
            found.throughput[shape.name] = throughput.measured(shape, asked.scale)
    if asked.shape in (None, LATENCY):
        found.latency = latency.measured(asked.scale)
    if asked.shape in (None, RULES):
        found.rules = rules.measured()
    if asked.shape in (None, CLOSING):
        found.closing = closing.measured(asked.scale)
    if asked.shape in (None, ATTRIBUTING):
        found.attributing = attributing.measured(asked.scale)
    if asked.shape in (None, PHYSICS):
        found.physics = physics.measured()
    if asked.shape in (None, READING):
        found.reading = reading.measured()
    if asked.shape in (None, DOWNLOADS):
        found.downloads = downloads.measured()
    if asked.shape in (None, ACCESS):
        found.access = access.measured()
    return found


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [
        *(shape.name for shape in SHAPES),
        LATENCY,
        RULES,
        CLOSING,
        ATTRIBUTING,
        PHYSICS,
        READING,
        DOWNLOADS,
        ACCESS,
    ]
    parser.add_argument("--shape", choices=names, help="measure one shape only")
    parser.add_argument("--scale", type=_scale, default=1.0, help="size of every shape, 1 as documented")
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument("--profile", action="store_true", help="where the time of one reading goes, stage by stage")
    return parser.parse_args()


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale <= LARGEST_SCALE:
        raise argparse.ArgumentTypeError(f"a scale lies between 0 and {LARGEST_SCALE:g}")
    return scale


if __name__ == "__main__":
    sys.exit(main())
