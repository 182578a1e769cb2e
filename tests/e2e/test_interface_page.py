"""The page of the interface in a real browser: it explains all operations, from this address alone."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

DRAWN_WITHIN_MS = 60_000
"""Swagger UI draws three documents of a hundred operations; beside other tests that takes it ten seconds."""
DOCUMENTS = Path(__file__).parents[2] / "docs" / "openapi"


def operations() -> list[str]:
    """Return the summaries of all operations of the committed documents."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(DOCUMENTS.glob("*.json")))
    paths = [path for document in documents for path in document["paths"].values()]
    return [operation["summary"] for path in paths for operation in path.values()]


def test_the_interface_is_explained_without_any_other_address(page: Page, address: str) -> None:
    """Every operation of the three documents is there and opens; no request leaves, and the policy is not broken."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ingest = (DOCUMENTS / "ingest.json").read_text(encoding="utf-8")  # ingest does not run beside these tests
    page.route("**/v1/openapi/ingest.json", lambda route: route.fulfill(content_type="application/json", body=ingest))
    page.goto(f"{address}/v1/docs")
    for summary in operations():
        expect(page.get_by_text(summary, exact=True).first).to_be_visible(timeout=DRAWN_WITHIN_MS)
    page.get_by_role("button", name="GET /v1/lines/{line}/measurements", exact=False).first.click()
    told = page.get_by_text("Strong: names these bytes; give it back in If-None-Match.").first
    expect(told).to_be_visible(timeout=DRAWN_WITHIN_MS)
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text(
        "200", timeout=DRAWN_WITHIN_MS
    )
    elsewhere = [
        url for url in asked if not url.startswith("data:") and urlsplit(url).netloc != urlsplit(address).netloc
    ]
    assert elsewhere == []
