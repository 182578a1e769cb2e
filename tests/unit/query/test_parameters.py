"""Cursors, moments and links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.query.asked.parameters import cursor_of, known_at_ms, last_id_of, next_link
from services.query.pages.languages import language
from services.query.pages.page_answers import age
from shared.runtime.problem import ProblemError


@given(st.text(max_size=64).filter(lambda text: text.encode("utf-8", "ignore").decode() == text))
def test_cursors_lead_back(last_id: str) -> None:
    """Whatever an id is, its cursor means it, and nothing of it shows in the address."""
    assert last_id_of(cursor_of(last_id)) == last_id


@pytest.mark.parametrize("cursor", ["%", "A", "_w", "é"])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    """What no answer gave is 422."""
    with pytest.raises(ProblemError):
        last_id_of(cursor)


def test_moments_are_read_with_their_offset() -> None:
    """Milliseconds stay, and a plus sign that became a space is forgiven."""
    assert known_at_ms("1970-01-01T01:00:00.123+01:00") == 123
    assert known_at_ms("1970-01-01T01:00:00 01:00") == 0
    assert known_at_ms("") is None


def test_next_links_keep_what_was_asked() -> None:
    """Filters go along, empty ones do not; the end has no link."""
    assert next_link("/v1/lines", {"q": "a b", "code": "", "limit": 2}, "B") == "/v1/lines?q=a+b&limit=2&cursor=Qg"
    assert next_link("/v1/lines", {}, None) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "none yet"),
        (-60, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (7_199, "119 min ago"),
        (7_200, "2 h ago"),
        (172_799, "47 h ago"),
        (172_800, "2 d ago"),
    ],
)
def test_ages_are_told_in_the_unit_that_says_enough(seconds: int | None, words: str) -> None:
    """Minutes up to two hours, hours up to two days."""
    assert age(language("en"), seconds) == words
