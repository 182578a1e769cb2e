"""What a reader says that it holds, as RFC 9110 lets him write it."""

from __future__ import annotations

import pytest

from shared.runtime.entity_tags import HeldTags


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", W/"a" ,"c"', True),
        ('"b,a","a"', True),
        (" * ", True),
        ("", False),
        ("a", False),
        ('"b", "c"', False),
        ('"b,a"', False),
        ('"*"', False),
        ('"A"', False),
    ],
)
def test_one_of_the_tags_is_enough(header: str, holds: bool) -> None:  # noqa: FBT001 - a case of the table
    """Weak or strong; a comma may stand within one, and only what stands in quotes is one."""
    assert ("a" in HeldTags.of(header)) is holds
