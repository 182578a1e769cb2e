"""Pages speak the reader's language; answers for programs and files never do."""

from __future__ import annotations

import httpx2
import pytest

from services.query.pages.languages import LOCALES, language
from tests.integration.query.test_line_page import PERIOD

LINE = "/lines/BE-0042-A"
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?q=nothing+like+it",
        LINE,
        f"{LINE}?view=day",
        f"{LINE}?view=month",
        f"{LINE}/punctuality",
        f"{LINE}/punctuality?view=month",
        "/nodes/NODE-1/punctuality",
        "/gas",
    ],
)
async def test_every_page_in_every_language(query: httpx2.AsyncClient, path: str, code: str) -> None:
    """The document names its language, and each page offers the others at the same place."""
    answer = await query.get(path, headers={"Accept-Language": code})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language(code).tag)
    assert answer.headers["vary"] == "Accept-Language, Cookie, Accept-Encoding"
    assert f'<html lang="{language(code).tag}">' in answer.text
    for other in LOCALES:
        assert f"lang={other}" in answer.text
    assert language(code)("frame.gas") in answer.text


async def test_a_chosen_language_is_remembered(query: httpx2.AsyncClient) -> None:
    """By a cookie that other sites do not send along; it counts more than what the browser prefers."""
    chosen = await query.get("/?lang=nl", headers={"Accept-Language": "fr"})
    assert "Meetlijnen" in chosen.text
    cookie = chosen.headers["set-cookie"]
    assert cookie.startswith("lang=nl;")
    assert "SameSite=lax" in cookie
    again = await query.get("/", headers={"Accept-Language": "fr"})
    assert "Meetlijnen" in again.text
    assert "set-cookie" not in again.headers


async def test_a_language_that_is_none_changes_nothing(query: httpx2.AsyncClient) -> None:
    """It is neither spoken nor remembered."""
    answer = await query.get("/?lang=../xx", headers={"Accept-Language": "de"})
    assert "Messstrecken" in answer.text
    assert "set-cookie" not in answer.headers


async def test_errors_are_told_in_the_readers_language(query: httpx2.AsyncClient) -> None:
    """The exact reason stays beside it, marked as English."""
    unknown = await query.get("/lines/NOPE", headers={**HTML, "Accept-Language": "fr"})
    assert unknown.status_code == 404
    assert "Introuvable" in unknown.text
    assert '<span class="detail" lang="en">line &#39;NOPE&#39; is not known here</span>' in unknown.text
    backwards = {"from": "2026-10-02", "to": "2026-10-01", "lang": "de"}
    told = await query.get(LINE, params=backwards, headers=HTML)
    assert "Das Ende des Zeitraums muss nach seinem Anfang liegen" in told.text


async def test_numbers_are_local_on_pages_alone(query: httpx2.AsyncClient, export: httpx2.AsyncClient) -> None:
    """In json and in files they are those of programs, whoever asks."""
    french = {"Accept-Language": "fr", "Cookie": "lang=fr"}
    asked = {"view": "day", **PERIOD}
    told = (await query.get(f"/v1{LINE}/measurements", params=asked)).text
    assert (await query.get(f"/v1{LINE}/measurements", params=asked, headers=french)).text == told
    volume = (await query.get(f"/v1{LINE}/measurements", params=asked)).json()["rows"][0]["volume_m3n"]
    page = (await query.get(LINE, params=asked, headers=french)).text
    assert str(language("fr").number(f"{volume:.3f}")) in page
    file = (await export.get("/v1/download", params={"line": "BE-0042-A", **asked}, headers=french)).text
    assert f",{volume:.3f}," in file


async def test_an_ean_is_found_however_it_is_grouped(query: httpx2.AsyncClient) -> None:
    """By its digits; the line's code of before finds it as well, and nodes stand among what is found."""
    for words in ("01789/1", "moerbroek run"):
        assert "Moerbroek city run 1" in (await query.get("/", params={"q": words})).text
    found = (await query.get("/", params={"q": "node-1"})).text
    assert '<a href="/nodes/NODE-1" data-result>Moerbroek</a> <code>NODE-1</code>' in found
    assert "Nothing matches" in (await query.get("/", params={"q": "5414 4892 0000 0000 17"})).text
