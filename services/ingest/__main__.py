"""`python -m services.ingest`."""

from __future__ import annotations

from functools import partial

from services.ingest.settings import IngestSettings
from services.ingest.wiring import wire
from shared.runtime.lifecycle import run
from shared.runtime.settings import load


def main() -> None:
    """Run ingest until it is told to stop."""
    settings = load(IngestSettings)
    run("ingest", settings, partial(wire, settings))


if __name__ == "__main__":
    main()
