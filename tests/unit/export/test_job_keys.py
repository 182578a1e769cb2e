"""The Idempotency-Key of an order."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.export.jobs.keys import MOST_CHARACTERS, key_of
from shared.runtime.problem import ProblemError


def test_quoted_and_bare_are_the_same_key() -> None:
    """And no header is no key."""
    assert key_of('"8e03978e-40d5"') == key_of(" 8e03978e-40d5 ") == "8e03978e-40d5"
    assert key_of(None) == ""
    assert key_of(r'"a\"b\\c"') == 'a"b' + "\\c"


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=MOST_CHARACTERS))
def test_every_printable_text_can_be_a_key(text: str) -> None:
    """As a string of structured fields writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert key_of(f'"{escaped}"') == text


@pytest.mark.parametrize("header", ["", '""', '"', 'a"b', '"a"b"', '"a\\b"', "a,b", "a;b", "é", "a b", "x" * 256])
def test_what_is_none_is_refused(header: str) -> None:
    """400, as the draft says."""
    with pytest.raises(ProblemError) as refused:
        key_of(header)
    assert refused.value.status is HTTPStatus.BAD_REQUEST
