"""`python -m services.aggregation`."""

from __future__ import annotations

from functools import partial

from services.aggregation.settings import AggregationSettings
from services.aggregation.wiring import wire
from shared.runtime.lifecycle import run
from shared.runtime.settings import load


def main() -> None:
    """Run aggregation until it is told to stop."""
    settings = load(AggregationSettings)
    run("aggregation", settings, partial(wire, settings))


if __name__ == "__main__":
    main()
