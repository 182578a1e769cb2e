"""The pages for people who hear them, who need contrast, who hold a phone, and on paper."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from shared.domain import gas_time
from tests.e2e.conftest import ARTIFACTS, LINE, NODE, last_ended_hour, switch_day

HOUR = gas_time.hour_text(gas_time.hours_of_day(switch_day()).start)
PAGES = {
    "find": "/",
    "found": "/?q=moerbroek",
    "nothing": "/?q=nothing+like+it",
    "hours": f"/lines/{LINE}",
    "days": f"/lines/{LINE}?view=day",
    "months": f"/lines/{LINE}?view=month&show=gcv",
    "hour": f"/lines/{LINE}/hours/{HOUR}",
    "gas": "/gas",
    "node": f"/nodes/{NODE}",
    "node-days": f"/nodes/{NODE}?view=day&show=gcv",
    "topology": f"/nodes/{NODE}/topology",
    "line-topology": f"/lines/{LINE}/topology",
    "punctuality": f"/lines/{LINE}/punctuality",
    "node-punctuality": f"/nodes/{NODE}/punctuality?view=month",
}
GRAVE = {"serious", "critical"}


def _complaints(page: Page) -> list[tuple[str, str, list[Any]]]:
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_by_axe(page: Page, address: str, name: str, scheme: Literal["light", "dark"]) -> None:
    """Names, roles, order and contrast, as far as a program can see them, in both schemes of colour."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(address + PAGES[name])
    if name in ("hours", "node"):
        expect(page.locator(".plotter.lively")).to_be_attached()
    page.screenshot(path=ARTIFACTS / f"{name}-{scheme}.png")
    assert _complaints(page) == []


@pytest.mark.parametrize("name", ["hours", "node"])
def test_nothing_serious_in_the_panel(page: Page, address: str, name: str) -> None:
    """With the dialog open over the table, of an hour of a line or node."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}{PAGES[name]}")
    page.locator("tr[data-key] th a").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.screenshot(path=ARTIFACTS / f"{name}-panel.png")
    assert _complaints(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone(page: Page, address: str, name: str) -> None:
    """At 360 pixels nothing sticks out of the page."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address + PAGES[name])
    page.screenshot(path=ARTIFACTS / f"{name}-phone.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_paper(page: Page, address: str) -> None:
    """A4: what is for clicking is gone, the drawing is that of the server, the table's head is on each sheet."""
    month = gas_time.month_before(gas_time.month_of(gas_time.gas_day(last_ended_hour())))
    page.goto(f"{address}/lines/{LINE}?view=hour&from={month}-01&to={month}-08")
    expect(page.locator(".plotter.lively")).to_be_attached()
    paper = page.pdf(path=ARTIFACTS / "line.pdf", format="A4", print_background=True)
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") > 2
    page.emulate_media(media="print")
    expect(page.locator(".axes")).to_be_visible()
    for gone in (".plot-canvas", ".picker", ".downloads", ".languages"):
        expect(page.locator(gone)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
