"""The strip of somebody whose access ends soon: on every page, in his language, from nothing that was kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.query.pages.languages import LOCALES, language
from shared.runtime.mongo import SyncDatabase
from tests.integration.access.conftest import Clock
from tests.integration.access.site import Site, words_on
from tests.integration.query import stored_lines
from tests.registered import NOW, a_client, a_company, a_key, a_right, put

Store = SyncDatabase[dict[str, Any]]
PAGES = ("/", "/lines/BE-0042-A", "/gas", "/access", "/apply", "/nowhere")


def ending(store: Store, days: int, agreement: date = date(2030, 1, 1)) -> None:
    """Register Anna with a certificate that ends after some days."""
    key = a_key("anna", not_after=NOW + timedelta(days=days, minutes=1))
    put(store, a_company(end=agreement), a_client("anna", "ACME", key), a_right("1", line="BE-0042-A"))


@pytest.mark.parametrize("code", LOCALES)
async def test_every_page_warns(site: Site, store: Store, code: str) -> None:
    """With the days that are left and the way to the renewal; once, as a region with a name; pages of faults too."""
    stored_lines.register(store, stored_lines.a_line())
    ending(store, 6, NOW.date() + timedelta(days=20))
    t = language(code)
    for path in PAGES:
        answer = await site.get("anna", path, code)
        told = words_on(answer, 404 if path == "/nowhere" else 200)
        assert told.count(t.counted("account.warning", 6)) == 1, path
        assert told.count(t.counted("strip.agreement", 20)) == 1, path
        assert f'<aside class="strip" aria-label="{t("strip.label")}">' in answer.text
        assert '<a href="/access#renew">' in answer.text


async def test_others_see_none(site: Site, store: Store) -> None:
    """Neither who has time, nor staff without a certificate here, nor nobody."""
    ending(store, 61)
    for who in ("anna", "sven", "nobody"):
        assert "<aside" not in (await site.get(who, "/gas")).text


async def test_it_goes_with_its_cause_and_comes_with_time(site: Site, store: Store, clock: Clock) -> None:
    """Pages are kept by nobody and have no tag, so no 304 shows the strip, or its absence, once more."""
    ending(store, 61)
    first = await site.get("anna", "/gas")
    assert "<aside" not in first.text
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    clock.pass_by(days=2)
    headers = {"x-as": "anna", "Accept": "text/html", "If-None-Match": "*", "If-Modified-Since": "Mon, 23 Nov 2099"}
    again = await site.client.get("/gas", headers=headers)
    assert (again.status_code, again.text.count('class="strip"')) == (200, 1)
    key, following = a_key("anna", not_after=NOW + timedelta(days=61)), a_key("next")
    put(store, a_client("anna", "ACME", key, following))
    clock.pass_by(seconds=2)
    assert "<aside" not in (await site.get("anna", "/gas")).text
