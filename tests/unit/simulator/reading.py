"""The telegram as an outsider writes it down from the published shape: nothing more, nothing less."""

from __future__ import annotations

from datetime import datetime

import msgspec

# 2026-03-01T00:00Z to 2026-05-09T23:00Z: longer than the latest file takes, with the March switch inside.
FIRST, LAST = 492312, 493991


class SentHour(msgspec.Struct, forbid_unknown_fields=True):
    """An hour in a telegram."""

    start: datetime
    volume_m3n: float
    energy_kwh: float
    gcv_kwh_per_m3n: float
    temperature_c: float
    quality: str
    meter: str
    volume_operating_m3: float
    pressure_bar_abs: float
    index_m3: float | None = None

    @property
    def number(self) -> int:
        """Hours since the Unix epoch."""
        seconds = int(self.start.timestamp())
        assert seconds % 3600 == 0
        return seconds // 3600


class SentLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line in a telegram."""

    line: str
    hours: list[SentHour]


class Telegram(msgspec.Struct, forbid_unknown_fields=True):
    """A telegram."""

    telegram: str
    station: str
    sent: datetime
    lines: list[SentLine]


def decode(body: bytes) -> Telegram:
    """Decode strictly: an unknown or missing name, a text for a number or a start without offset fails."""
    telegram = msgspec.json.decode(body, type=Telegram)
    assert telegram.sent.tzinfo is not None
    assert all(hour.start.tzinfo is not None for line in telegram.lines for hour in line.hours)
    return telegram
