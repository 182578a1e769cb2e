"""A trail for tests of what is told to it: it remembers, or it is away."""

from __future__ import annotations

from shared.runtime.trail import Reading, TrailAwayError


class Remembering:
    """A trail that only remembers, or that is away."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.is_away = False

    def tell(self, reading: Reading) -> None:
        """Take a reading."""
        if self.is_away:
            raise TrailAwayError
        self.readings.append(reading)

    async def tell_for_good(self, reading: Reading) -> None:
        """Take a reading."""
        self.tell(reading)
