"""Moments as answers, files and manifests write them."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(milliseconds: int) -> str:
    """Return ms since 1970 as 2026-11-23T11:02:10.123Z."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def known_instant(milliseconds: int) -> str | None:
    """Return the same, None for 0: nothing is known yet."""
    return instant(milliseconds) if milliseconds else None
