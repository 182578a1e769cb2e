"""Entity tags that a reader holds (If-None-Match): several, weak ones, or `*` (RFC 9110, 13.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 4_000
"""Of the header: room for the tags of some forty answers."""
ANYTHING = "*"
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


@dataclass(frozen=True, slots=True)
class HeldTags:
    """What a reader holds: the tags without their quotes, in the order in which they came; or `*`, whatever there is.

    They are compared weakly, as the header asks for: a weak tag is the strong one of the same name.
    """

    tags: tuple[str, ...] = ()
    is_anything: bool = False

    @classmethod
    def of(cls, header: str) -> HeldTags:
        """Return the tags of a header; what is no tag is none that we gave."""
        return cls(tuple(_TAG.findall(header)), header.strip() == ANYTHING)

    def __contains__(self, tag: str) -> bool:
        """Say whether the reader holds what a tag (without quotes) names."""
        return self.is_anything or tag in self.tags
