"""Settings of the query service, by environment."""

from __future__ import annotations

from shared.runtime.settings import HttpSettings


class QuerySettings(HttpSettings):
    """What the query service must know: MongoDB, its two ports, and the demo identity."""
