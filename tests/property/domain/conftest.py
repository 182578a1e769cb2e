"""Hypothesis without a deadline: the machine that runs the tests may be busy, and time is not what they measure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("gastrack", deadline=None, print_blob=True)
settings.load_profile("gastrack")
