"""What people type into the search, made into the words that are looked for."""

from __future__ import annotations

import re

_NUMBER_IN_GROUPS = re.compile(r"[0-9][0-9 .\u00a0\u202f-]*[0-9]")
_GROUP_SIGNS = re.compile(r"[ .\u00a0\u202f-]")
LEAST_DIGITS = 12
"""An EAN has 18 digits; so many of them, in whatever groups, are one number and no words."""


def searched(words: str) -> str:
    """Return the words to look for: an EAN in groups (`5414 4890 0000 0000 01`) as one, all else as it is."""
    typed = words.strip()
    digits = _GROUP_SIGNS.sub("", typed)
    return digits if _NUMBER_IN_GROUPS.fullmatch(typed) and len(digits) >= LEAST_DIGITS else typed
