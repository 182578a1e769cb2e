"""The digest of a file is that of its bytes, whatever files went before it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.export.files.digests import KeptDigests
from services.export.files.tally import LARGE_BYTES, Numbered, Tally

TEXTS = (b"", b"h", b"rows\n", b"a" * LARGE_BYTES, b"b" * LARGE_BYTES, b"c" * (LARGE_BYTES + 1))
a_text = st.integers(0, len(TEXTS) - 1).map(lambda number: (TEXTS[number], number))
a_text_of_its_own = st.sampled_from([(b"heading", None), (b"d" * LARGE_BYTES, None)])
a_file = st.lists(st.lists(a_text | a_text_of_its_own, max_size=4), max_size=4)


async def counted(file: Sequence[Sequence[Numbered]], digests: KeptDigests) -> Tally:
    """Return what a file came to, block after block."""
    tally = Tally()
    for block in file:
        await tally.count(block, digests)
    return tally


@given(st.lists(a_file, max_size=6), st.sampled_from([0, 1, 3, 2_048]))
async def test_files_that_begin_alike_have_each_its_digest(
    files: list[list[list[tuple[bytes, int | None]]]], most: int
) -> None:
    """Files of the same texts in any order, digested by what others left: each is the digest of its own bytes."""
    digests = KeptDigests(most)
    for file in files:
        tally = await counted(file, digests)
        body = b"".join(text for block in file for text, _ in block)
        assert (tally.size, tally.digest) == (len(body), hashlib.sha256(body).hexdigest())


async def test_what_changed_in_memory_does_not_get_a_new_digest() -> None:
    """The digest is of the text as it was written first: bytes that changed since are found by who verifies."""
    digests = KeptDigests()
    first = await counted([[(b"heading", None), (TEXTS[3], 3), (b"end", None)]], digests)
    again = await counted([[(b"heading", None), (TEXTS[4], 3), (b"end", None)]], digests)
    assert again.digest == first.digest


async def test_the_digests_longest_not_asked_for_leave_first() -> None:
    """Of two kept digests that of the first text leaves when a third comes, unless it was asked for again."""
    digests = KeptDigests(2)
    for number in (3, 4, 3, 5):
        await counted([[(TEXTS[number], number)]], digests)
    nothing = hashlib.sha256()
    assert [digests.know(nothing, number) for number in (3, 4, 5)] == [True, False, True]
