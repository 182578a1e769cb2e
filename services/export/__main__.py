"""Start the export service: `python -m services.export`."""

from __future__ import annotations

from services.export.settings import ExportSettings
from services.export.wiring import wire
from shared.runtime.lifecycle import run
from shared.runtime.settings import load


def main() -> None:
    """Read the settings and run until told to stop."""
    settings = load(ExportSettings)
    run("export", settings, wire(settings))


if __name__ == "__main__":
    main()
