"""Rules of alerts in a hurry: the same rules with shorter windows, so that a drill need not last an hour."""

from __future__ import annotations

import re

HASTE = 10
"""By how much windows, waits and thresholds in minutes are shorter."""
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LEAST_SECONDS = 10
"""Of a window: ten scrapes, and longer than the two seconds between two tries of a worker that waits."""
_WINDOW = re.compile(r"\[(\d+)([smhd])\]")
_WAIT = re.compile(r"(?m)^(\s+for: )(\d+)([smhd])$")
_MINUTES = re.compile(r"\b(\d+) \* 60\b")


def hurried(rules: str) -> str:
    """Return a file of rules whose windows, waits (`for`) and thresholds (`n * 60` seconds) are ten times shorter."""
    told = _WINDOW.sub(lambda found: f"[{max(_LEAST_SECONDS, _shorter(found[1], found[2]))}s]", rules)
    told = _WAIT.sub(lambda found: f"{found[1]}{_shorter(found[2], found[3])}s", told)
    return _MINUTES.sub(lambda found: str(int(found[1]) * 60 // HASTE), told)


def _shorter(number: str, unit: str) -> int:
    return max(1, int(number) * _SECONDS[unit] // HASTE)
