"""Start the query service: `python -m services.query`."""

from __future__ import annotations

from services.query.settings import QuerySettings
from services.query.wiring import wire
from shared.runtime.lifecycle import run
from shared.runtime.settings import load


def main() -> None:
    """Read the settings and run until told to stop."""
    settings = load(QuerySettings)
    run("query", settings, wire(settings))


if __name__ == "__main__":
    main()
