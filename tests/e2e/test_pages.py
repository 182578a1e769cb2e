"""The everyday journeys in a real browser."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from lxml import etree
from playwright.sync_api import Page, expect

from services.export.api import SCHEMA
from services.query.pages.languages import language
from shared.domain import gas_time
from shared.runtime.mongo import SyncDatabase
from tests.e2e.conftest import LINE, last_ended_hour, switch_day
from tests.integration.query.stored_lines import plausible_hours, store_hours

Store = SyncDatabase[dict[str, Any]]


def test_from_the_start_page_to_the_files(page: Page, address: str) -> None:
    """Find a line, look at its gas days, and download them as csv and xml."""
    page.goto(address)
    page.get_by_placeholder("Name, code, EAN or station").fill("vaartdijk be-0042-a")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr:not(.group)")).to_have_count(1)
    page.get_by_role("link", name="Moerbroek city run 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moerbroek city run 1")
    page.get_by_role("link", name="Gas days").click()
    rows = page.locator("tr[data-key]").count()
    assert rows == gas_time.gas_day(last_ended_hour()).day
    with page.expect_download() as csv_file:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert len(list(csv.DictReader(io.StringIO(Path(csv_file.value.path()).read_text())))) == rows
    with page.expect_download() as xml_file:
        page.get_by_role("link", name="XML", exact=True).click()
    root = etree.parse(str(xml_file.value.path())).getroot()
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    assert len(root.findall("{*}day")) == rows
    assert xml_file.value.suggested_filename.startswith(f"gastrack_{LINE}_day_")


def test_the_switch_day_of_march_has_23_rows(page: Page, address: str) -> None:
    """The local hour that does not exist is not there, its neighbours say their offsets."""
    day = switch_day(23)
    page.goto(f"{address}/lines/{LINE}?view=hour&from={day}&to={day + timedelta(days=1)}")
    expect(page.locator("tr[data-key]")).to_have_count(23)
    labels = page.locator("tr[data-key] th").all_text_contents()
    assert labels[19:21] == ["01:00 +01:00", "03:00 +02:00"]


def test_the_switch_day_of_october_has_25_rows(page: Page, address: str) -> None:
    """The gas day of 25 hours shows each, the repeated local hour with both its offsets."""
    day = switch_day()
    page.goto(f"{address}/lines/{LINE}?view=hour&from={day}&to={day + timedelta(days=1)}")
    expect(page.locator("tr[data-key]")).to_have_count(25)
    expect(page.get_by_role("rowheader", name="02:00 +02:00")).to_be_visible()
    expect(page.get_by_role("rowheader", name="02:00 +01:00")).to_be_visible()
    expect(page.locator(".chart rect.bar")).to_have_count(25)


def test_a_new_hour_appears_by_itself(page: Page, address: str, store: Store) -> None:
    """The hour that is awaited turns into its values while the page stays open."""
    hour = last_ended_hour()
    day = gas_time.gas_day(hour)
    page.goto(f"{address}/lines/{LINE}?view=hour&from={day}&to={day + timedelta(days=1)}")
    start = gas_time.hour_start(hour)
    row = page.locator(f'tr[data-key="{start:%Y-%m-%dT%H:%M:%SZ}"]')
    expect(row).to_contain_text("awaited")
    page.evaluate("window.stayed = true")
    arrived = plausible_hours(range(hour, hour + 1))
    store_hours(store, LINE, hour, arrived)
    volume = language("en").number(f"{int(arrived['volume'][0]) / 1000:.3f}")
    expect(row).to_contain_text(str(volume), timeout=15_000)
    assert page.evaluate("window.stayed") is True


def test_moving_through_periods(page: Page, address: str) -> None:
    """The arrows and the named periods lead where they say; the address tells the period."""
    page.goto(f"{address}/lines/{LINE}?view=day&from=2026-10-01&to=2026-11-01")
    expect(page.locator(".period")).to_have_text("October 2026")
    page.get_by_role("link", name="Previous period").click()
    expect(page.locator(".period")).to_have_text("September 2026")
    assert "from=2026-09-01&to=2026-10-01" in page.url
    page.get_by_role("link", name="Gas months").click()
    expect(page.locator(".period")).to_contain_text("September 2026")


def test_pages_work_without_scripts(page: Page, address: str) -> None:
    """Plain links and forms do everything but the renewal."""
    with page.context.browser.new_context(java_script_enabled=False) as context:  # type: ignore[union-attr]  # it was opened by a browser
        plain = context.new_page()
        plain.goto(f"{address}/lines/{LINE}")
        plain.get_by_role("link", name="Gas months").click()
        expect(plain.locator("table.values tbody tr")).not_to_have_count(0)


def test_an_error_is_a_page(page: Page, address: str) -> None:
    """A person who asks for an unknown line gets a page that says so, with the right status."""
    answer = page.request.get(f"{address}/lines/NOPE", headers={"Accept": "text/html"})
    assert answer.status == 404
    assert "is not known here" in answer.text()


def test_the_gas_page_answers_while_a_slider_moves(page: Page, address: str) -> None:
    """The number beside a slider follows it, methane is what the others leave, and the page says by which standard."""
    page.goto(f"{address}/gas")
    gross = page.get_by_role("row", name="Gross calorific value").first.get_by_role("cell").first
    before = gross.text_content()
    page.get_by_role("slider", name="Nitrogen").fill("10")
    expect(page.get_by_role("textbox", name="Nitrogen")).to_have_value("10")
    expect(page.get_by_role("textbox", name="Methane")).to_have_value("83.8")
    expect(gross).not_to_have_text(str(before))
    expect(page.get_by_text("ISO 6976:2016 at reference 25/0")).to_be_visible()
    page.get_by_role("textbox", name="Pressure, bar(a)").fill("5000")
    expect(page.get_by_role("alert")).to_contain_text("OUT_OF_RANGE pressure_bar")
    assert "nitrogen=10" in page.url


def test_the_gas_page_without_scripts(page: Page, address: str) -> None:
    """A plain form: numbers in, an answer by its button."""
    page.route("**/app.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.goto(f"{address}/gas?methane=100&pressure_bar=60&temperature_c=10")
    page.get_by_label("Combustion and volume reference").select_option("15/15")
    page.get_by_role("button", name="Compute").click()
    expect(page.get_by_text("at reference 15/15")).to_be_visible()
