"""Rules of alerts in a hurry: the same rules with shorter windows, so that a drill need not last days."""

from __future__ import annotations

import re
from math import sqrt

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_HOUR_SECONDS = 3_600
_WINDOW = re.compile(r"(\[|\boffset )(\d+)([smhd])\b")
_WAIT = re.compile(r"(?m)^(\s+for: )(\d+)([smhd])$")
_MINUTES = re.compile(r"\b(\d+) \* 60\b")


def hurried(rules: str) -> str:
    """Return a file of rules in which windows, looks back, waits (`for`) and ages (`n * 60` seconds) are shorter.

    Ages of an hour and more are of gas hours, which come once an hour whoever is in a hurry: they stay.
    """
    told = _WINDOW.sub(lambda found: f"{found[1]}{window_seconds(_seconds(found[2], found[3]))}s", rules)
    told = _WAIT.sub(lambda found: f"{found[1]}{wait_seconds(_seconds(found[2], found[3]))}s", told)
    return _MINUTES.sub(lambda found: _age(int(found[1]) * 60), told)


def window_seconds(usual_seconds: int) -> int:
    """Return how long a window is instead: 20 s of a minute, 29 of five, 54 of an hour, 195 of a week.

    The fourth root: what is longer stays longer, for rules compare windows, and all of them end within a drill.
    """
    return round(7 * sqrt(sqrt(usual_seconds)))


def wait_seconds(usual_seconds: int) -> int:
    """Return how long a condition holds instead before its alert fires: 8 s of a minute, 23 of an hour."""
    return round(3 * sqrt(sqrt(usual_seconds)))


def _seconds(number: str, unit: str) -> int:
    return int(number) * _SECONDS[unit]


def _age(usual_seconds: int) -> str:
    return str(usual_seconds if usual_seconds >= _HOUR_SECONDS else window_seconds(usual_seconds))
