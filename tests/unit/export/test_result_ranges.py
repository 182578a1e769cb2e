"""Which bytes somebody asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.export.jobs.result_ranges import asked_part
from shared.runtime.problem import ProblemError

TAG = '"tag"'
SIZES = st.integers(1, 10**12)


@given(SIZES, st.data())
def test_the_parts_of_a_file_are_the_file(size: int, data: st.DataObject) -> None:
    """A part to some byte and the part behind it leave nothing out and have nothing twice."""
    last = data.draw(st.integers(0, size - 1))
    first_part = asked_part(f"bytes=0-{last}", "", TAG, size)
    assert first_part == range(last + 1)
    if last + 1 < size:
        assert asked_part(f"bytes={last + 1}-", TAG, TAG, size) == range(last + 1, size)


@given(SIZES, st.integers(1, 10**13))
def test_from_the_end(size: int, count: int) -> None:
    """So many bytes, or all that there are."""
    assert asked_part(f"bytes=-{count}", "", TAG, size) == range(max(0, size - count), size)


@given(SIZES, st.integers(0, 10**13), st.integers(0, 10**13))
def test_no_part_reaches_over_the_file(size: int, first: int, last: int) -> None:
    """It is cut at the end, or refused behind it."""
    header = f"bytes={first}-{last}"
    if last < first:
        assert asked_part(header, "", TAG, size) is None
    elif first < size:
        assert asked_part(header, "", TAG, size) == range(first, min(last + 1, size))
    else:
        with pytest.raises(ProblemError) as refused:
            asked_part(header, "", TAG, size)
        assert refused.value.headers == {"Content-Range": f"bytes */{size}"}


@pytest.mark.parametrize("if_range", ['"other"', 'W/"tag"', "Mon, 23 Nov 2026 19:31:00 GMT"])
def test_a_part_of_another_file_is_not_given(if_range: str) -> None:
    """All of this one is; a weak tag never matches."""
    assert asked_part("bytes=0-1", if_range, TAG, 10) is None


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=٣-"]
)
def test_what_cannot_be_read_is_left_out(header: str) -> None:
    """As RFC 9110 lets a server do."""
    assert asked_part(header, "", TAG, 10) is None


def test_an_empty_file_has_no_parts() -> None:
    """Every part lies behind its end."""
    with pytest.raises(ProblemError):
        asked_part("bytes=0-", "", TAG, 0)
