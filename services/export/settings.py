"""Settings of the export service, by environment."""

from __future__ import annotations

from shared.runtime.settings import HttpSettings


class ExportSettings(HttpSettings):
    """What the export service must know: MongoDB, its two ports, and the demo identity."""
