"""Which coding an answer travels in: what a reader accepts (RFC 9110, 12.5.3), and what its entity tags say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import cramjam

from shared.runtime.entity_tags import HeldTags


class Coding(StrEnum):
    """The codings that are offered, the better first."""

    ZSTD = "zstd"
    GZIP = "gzip"


_LEVEL = 1
"""Of both. Three years of hours, 8.3 MB of json, whose writing takes some 40 ms: zstd 1 22 ms to 818 kB, 3 31 ms to
875 kB; gzip 1 27 ms to 1.17 MB, 2 63 ms to 1.02 MB, 6 181 ms to 846 kB."""
_WHOLE = {Coding.ZSTD: cramjam.zstd.compress, Coding.GZIP: cramjam.gzip.compress}
_BY_BLOCKS: dict[Coding, type[cramjam.zstd.Compressor | cramjam.gzip.Compressor]] = {
    Coding.ZSTD: cramjam.zstd.Compressor,
    Coding.GZIP: cramjam.gzip.Compressor,
}
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def accepted(header: str) -> list[Coding]:
    """Return the codings that a reader takes, the one that it likes best first; none where it prefers plain bytes."""
    weights = dict(_weights(header))
    rest = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0)
    liked = {coding: weights.get(coding.value, rest) for coding in Coding}
    return sorted((one for one in Coding if liked[one] > 0 and liked[one] >= plain), key=lambda one: -liked[one])


def _weights(header: str) -> Iterable[tuple[str, float]]:
    for part in header.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        found = _WEIGHT.fullmatch(parameters[0]) if parameters else None
        if name and (found or not parameters):
            yield name, float(found[1]) if found else 1.0


def whole(coding: Coding, body: bytes) -> bytes:
    """Return a body in a coding; other threads run meanwhile."""
    return bytes(_WHOLE[coding](body, level=_LEVEL))


class Blocks:
    """A body that is sent block by block, each readable as soon as it has come."""

    def __init__(self, coding: Coding) -> None:
        self._made: cramjam.zstd.Compressor | cramjam.gzip.Compressor = _BY_BLOCKS[coding](level=_LEVEL)

    def block(self, body: bytes | memoryview, *, is_last: bool) -> bytes:
        """Return the next block in the coding."""
        if body:
            self._made.compress(bytes(body))  # it takes nothing else
        return bytes(self._made.finish() if is_last else self._made.flush())


def tag_in(tag: str, coding: Coding) -> str:
    """Return the strong tag of the encoded form of what `tag` names: the coding stands at its end, within the quotes.

    A weak tag names what is said, not bytes: it stays.
    """
    return tag if tag.startswith("W/") else f'{tag[:-1]}-{coding}"'


@dataclass(frozen=True, slots=True)
class Held:
    """The tags of what a reader holds (If-None-Match), and the codings that it takes now."""

    header: str
    codings: tuple[Coding, ...]

    @property
    def plain(self) -> str:
        """The tags as the routes know them: of a form that the reader could get now, without its coding."""
        return ", ".join(f'"{self._without_coding(tag)}"' for tag in HeldTags.of(self.header).tags) or self.header

    def named(self, tag: str) -> str:
        """Return the tag under which a reader holds the content that a route calls `tag`."""
        held = HeldTags.of(self.header).tags  # of `*` no coding is known
        names = (tag_in(tag, coding) for coding in self.codings)
        return next((name for name in names if name.strip('"') in held), tag)

    def _without_coding(self, tag: str) -> str:
        endings = [f"-{coding}" for coding in self.codings if tag.endswith(f"-{coding}")]
        return tag.removesuffix(endings[0]) if endings else tag
