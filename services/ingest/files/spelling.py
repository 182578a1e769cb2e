"""Words as people and portals write them, compared without regard to case, accents, brackets and spacing."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s()\-]+")


def plain(text: str) -> str:
    """Return a word or heading in its plain spelling: "Jusqu'à (heure)" becomes "jusqu'a heure"."""
    unaccented = (c for c in unicodedata.normalize("NFD", text.replace("\u2019", "'")) if not unicodedata.combining(c))
    return _SEPARATORS.sub(" ", "".join(unaccented).casefold()).strip()
