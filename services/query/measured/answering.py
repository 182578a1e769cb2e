"""Measurements answers: what the reader holds is not sent, and what was written once is not written again.

A tag names all that an answer says, so an answer that is kept under its tag is never stale: whoever asks reads the
versions first. The rows are read and written only for what nobody asked for lately.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from starlette.responses import Response

from services.query.measured.answers import Layout, form_of
from shared.runtime.entity_tags import HeldTags
from shared.runtime.kept_bodies import KeptBodies

MOST_KEPT_BYTES = 96 * 1024 * 1024
"""Ten or so answers of three years of hours (8 MB each), or thousands of gas days and months."""


class Tagged(Protocol):
    """A view that was read: it has the tag of its content."""

    @property
    def tag(self) -> str:
        """Name of the content."""


View = TypeVar("View", bound=Tagged)


@dataclass(frozen=True, slots=True)
class Answer:
    """A measurements answer: the tag of its content and its body, None where the reader holds it already."""

    tag: str
    body: bytes | None


def measurements_response(answer: Answer) -> Response:
    """Return a measurements answer, or 304 where the client holds exactly that content."""
    headers = {"Cache-Control": "no-cache", "ETag": f'"{answer.tag}"'}
    if answer.body is None:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, media_type="application/json", headers=headers)


@dataclass(slots=True)
class Reader(Generic[View]):
    """Who asks: how rows shall lie, which tags the reader holds, what is kept here; `names` of columns, none: all."""

    layout: Layout
    held: HeldTags
    kept: KeptBodies
    write: Callable[[View, Layout], bytes]
    names: frozenset[str] = frozenset()
    _found: bytes | None = None

    def has(self, tag: str) -> bool:
        """Say whether content need not be read: the reader holds it, or it is kept as it is asked for."""
        own = self._own(tag)
        self._found = None if own in self.held else self.kept.get(own)
        return own in self.held or self._found is not None

    async def answer(self, view: View | str) -> Answer:
        """Return the answer to a view, or to the tag of one that need not be read."""
        if isinstance(view, str):
            return Answer(self._own(view), self._found)  # what was found: it may be kept no longer
        own = self._own(view.tag)
        # Off the event loop: three years of hours take it some 40 ms.
        body = await asyncio.to_thread(self.write, view, self.layout)
        self.kept.keep(own, body)
        return Answer(own, body)

    def _own(self, tag: str) -> str:
        return tag + form_of(self.layout, self.names)
