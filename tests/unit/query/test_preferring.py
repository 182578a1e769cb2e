"""Who reads a page and who reads data, by what Accept says."""

from __future__ import annotations

import pytest

from services.query.pages.preferring import prefers_page

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (CHROMIUM, True),
        ("text/html", True),
        ("Text/HTML; q=0.5", True),
        ("text/html;q=0.9, application/json;q=0.8", True),
        ("application/json, text/html", False),
        ("application/problem+json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("*/*", False),
        ("application/json, text/plain, */*", False),
        ("", False),
        (",;,;q=x", False),
    ],
)
def test_who_likes_pages_best_reads_one(accept: str, *, is_page: bool) -> None:
    """Programs take anything, or data as much."""
    assert prefers_page(accept) is is_page
