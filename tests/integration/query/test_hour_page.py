"""The page of an hour tells its history: every value, status and finding, when and by whom."""

from __future__ import annotations

import re

import httpx2
import pytest
from markupsafe import escape

from services.query.pages.languages import LOCALES, language
from services.query.pages.rule_words import rule_told
from tests.integration.query.test_history import LINE, START, history

__all__ = ["history"]
PAGE = f"/lines/{LINE}/hours/{START}"


def text_of(page: str) -> str:
    """Return what a page says, without its tags and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_every_event_is_told_the_newest_first(query: httpx2.AsyncClient) -> None:
    """Revisions and changes of status in one line of time, with their authors and reasons."""
    page = (await query.get(PAGE)).text
    story = text_of(page.partition('<ol class="story"')[2])
    told = ["Month reopened", "Decision by jan", "Month closed by its deadline", "Accepted by mia", "File", "Telegram"]
    places = [story.index(words) for words in [*told, "Estimate "]]
    assert places == sorted(places)
    assert "meter was swapped" in story
    assert "6 Nov 2026 22:20:05" in story
    assert "M4 The volume is the mean of this hour" in story
    assert "Estimated because of rule B2." in story
    assert "telemetry/0/3/0" in story


async def test_what_it_says_now_stands_first(query: httpx2.AsyncClient) -> None:
    """The current revision with the validity that followed; what a revision changed is marked in words as well."""
    page = (await query.get(PAGE)).text
    now = text_of(page.partition('class="hour-now"')[2].partition("</section>")[0])
    assert "preliminary edited revision 4 pinned" in now
    assert 'class="changed"><dt>Volume<span class="unseen">, changed</span>' in page


async def test_findings_are_told_with_their_numbers_and_end(query: httpx2.AsyncClient) -> None:
    """One is open and holds the hour back, one was accepted."""
    told = text_of((await query.get(PAGE)).text)
    assert "D7 energy identity held back by a finding" in told
    assert "observed 2.5. accepted as it stands." in told


async def test_an_hour_that_says_nothing_has_a_page(query: httpx2.AsyncClient) -> None:
    """It leads to its neighbours and back to its gas day."""
    assert (
        "Nothing has been heard of this hour yet."
        in (await query.get(f"/lines/{LINE}/hours/2026-09-24T23:00:00Z")).text
    )
    page = (await query.get(f"/lines/{LINE}/hours/2026-10-24T23:00:00Z")).text
    assert "01:00 +02:00" in page
    assert f'href="/lines/{LINE}/hours/2026-10-25T00:00:00Z"' in page
    assert f'href="/lines/{LINE}?view=hour&amp;from=2026-10-24&amp;to=2026-10-25"' in page


@pytest.mark.parametrize("code", LOCALES)
async def test_the_part_speaks_every_language(query: httpx2.AsyncClient, code: str) -> None:
    """The panel beside the table is the page without its frame."""
    part = (await query.get(f"{PAGE}?part=true&lang={code}")).text
    assert language(code)("hour.story") in part
    assert "<html" not in part
    assert escape(rule_told("D7", language(code)).words) in part
    assert language(code)("hour.deadline_came") in part
    assert 'lang="en"' not in part


@pytest.mark.parametrize(("start", "status"), [("2026-10-15T07:30:00Z", 422), ("2020-01-01T00:00:00Z", 404)])
async def test_what_is_no_hour_is_an_error_page(query: httpx2.AsyncClient, start: str, status: int) -> None:
    """Not on the hour; before the line was there."""
    answer = await query.get(f"/lines/{LINE}/hours/{start}", headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "<h1>" in answer.text
