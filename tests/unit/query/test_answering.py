"""Answers are kept under the tags of their content, as many as there is room for."""

from __future__ import annotations

from dataclasses import dataclass

from services.query.measured.answering import MOST_KEPT_BYTES, Answer, Reader
from services.query.measured.answers import Layout
from shared.runtime.entity_tags import HeldTags
from shared.runtime.kept_bodies import KeptBodies


@dataclass(frozen=True)
class Read:
    """A view that was read."""

    tag: str


def _reader(kept: KeptBodies, held: str = "", layout: Layout = Layout.ROWS) -> Reader[Read]:
    return Reader(layout, HeldTags.of(held), kept, lambda view, layout: f"{view.tag} as {layout}".encode())


async def test_what_was_written_once_is_not_read_again() -> None:
    """Neither for this reader nor for another; rows and columns are different answers."""
    kept = KeptBodies(MOST_KEPT_BYTES)
    assert not _reader(kept).has("a")
    assert await _reader(kept).answer(Read("a")) == Answer("a-rows", b"a as rows")
    another = _reader(kept)
    assert another.has("a")
    kept.keep("b", bytes(MOST_KEPT_BYTES))  # from now on it is kept no longer
    assert await another.answer("a") == Answer("a-rows", b"a as rows")
    assert not _reader(kept, layout=Layout.COLUMNS).has("a")


async def test_what_the_reader_holds_is_not_sent() -> None:
    """Its tag is, also where nothing is kept here."""
    holder = _reader(KeptBodies(MOST_KEPT_BYTES), '"a-rows"')
    assert holder.has("a")
    assert await holder.answer("a") == Answer("a-rows", None)
    assert not _reader(KeptBodies(MOST_KEPT_BYTES), '"a-columns"').has("a")
