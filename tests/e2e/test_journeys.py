"""What people do with the pages on an ordinary day, with the mouse, the keyboard and in their language."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from services.query.pages.languages import language
from shared.domain import gas_time
from shared.runtime.mongo import SyncDatabase
from tests.e2e.conftest import GAP, LINE, last_ended_hour
from tests.integration.query.stored_history import StoredHistory

Store = SyncDatabase[dict[str, Any]]
Picture = Callable[[str], None]


def month_before() -> str:
    """Return the gas month before the running one."""
    return gas_time.month_before(gas_time.month_of(gas_time.gas_day(last_ended_hour())))


def test_from_a_station_to_an_explained_hour(page: Page, address: str, picture: Picture) -> None:
    """Station, line, last month as gas days, one of them as hours, and what an hour has said, beside the table."""
    page.goto(f"{address}/?q=moerbroek")
    page.get_by_role("link", name="Moerbroek city run 1").click()
    page.get_by_role("link", name="Gas days").click()
    page.get_by_role("link", name="Last month").click()
    expect(page.locator("tr[data-key]")).to_have_count(len(gas_time.days_of_month(month_before())))
    picture("line-days")
    page.get_by_role("link", name="Hours", exact=True).click()
    expect(page.locator(".plotter.lively")).to_be_attached()  # the script runs: hours open beside the table
    hour = page.locator("tr[data-key] th a").first
    hour.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", level=1)).to_have_text("06:00")
    expect(panel).to_contain_text("How it came to this")
    expect(panel).to_contain_text("revision 1")
    picture("hour-panel")
    panel.get_by_role("link", name="Hour after").click()
    expect(panel.get_by_role("heading", level=1)).to_have_text("07:00")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(hour).to_be_focused()


def test_from_a_node_to_its_missing_line_and_what_changed(page: Page, address: str, picture: Picture) -> None:
    """Find the node, see in words and on the chart what it lacks, why an hour says so, which line; who changed it."""
    page.goto(f"{address}/?q=vaartdijk")
    page.get_by_role("link", name="Vaartdijk, both runs").click()
    page.get_by_role("link", name="Yesterday").click()
    expect(page.locator(".plotter.lively")).to_be_attached()
    row = page.locator("tr.incomplete")
    expect(row).to_contain_text("1 / 2 missing: Moerbroek city run 2")
    row.scroll_into_view_if_needed()
    picture("node")
    row.locator("th a").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("1 of 2 lines complete")
    picture("node-hour")
    page.keyboard.press("Escape")
    row.get_by_role("link", name="Moerbroek city run 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moerbroek city run 2")
    page.get_by_role("link", name="Vaartdijk, both runs").click()
    page.get_by_role("link", name="What it is made of, and how that changed").click()
    newest = page.locator(".story > li").first
    expect(newest).to_contain_text("by anna")
    expect(newest).to_contain_text("weight of Moerbroek city run 2: +0.5")
    page.locator(".story > li").last.get_by_role("link", name="See it as known then").click()
    expect(page.get_by_text("It holds itself")).to_be_visible()


def test_a_gap_is_seen(page: Page, address: str, picture: Picture) -> None:
    """In words, in the table and in the legend, and as no value at all."""
    day = gas_time.first_day_of_month(month_before())
    page.goto(f"{address}/lines/{LINE}?view=hour&from={day}&to={day + timedelta(days=1)}")
    missing = page.locator("tr.missing")
    expect(missing).to_have_count(len(GAP))
    expect(missing.first).to_contain_text("missing")
    expect(missing.first.locator("td").first).to_have_text("—")
    expect(page.locator(".legend")).to_contain_text("missing")
    expect(page.locator(".plotter.lively")).to_be_attached()
    picture("gap")


def test_a_correction_arrives_while_the_page_is_open(page: Page, address: str, store: Store) -> None:
    """The row says the new value by itself, the zoom of the chart stays, and the panel tells both revisions."""
    day = gas_time.gas_day(last_ended_hour()) - timedelta(days=1)
    hour = gas_time.hours_of_day(day).start + 3
    page.goto(f"{address}/lines/{LINE}?view=hour&from={day}&to={day + timedelta(days=1)}")
    expect(page.locator(".plotter.lively")).to_be_attached()
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator(".plot-tools.is-whole")).to_have_count(0)
    StoredHistory(store, LINE).revise(range(hour, hour + 1), hour * 3_600_000 + 7_200_000, volume=7_654_321)
    row = page.locator(f'tr[data-key="{gas_time.hour_text(hour)}"]')
    expect(row).to_contain_text("7,654.321", timeout=30_000)
    expect(page.locator(".plotter.lively")).to_be_attached()
    expect(page.locator(".plot-tools.is-whole")).to_have_count(0)
    row.get_by_role("link").first.click()
    panel = page.get_by_role("dialog")
    expect(panel.locator(".story li")).to_have_count(2)
    expect(panel.locator(".story li").first).to_contain_text("7,654.321")


def test_the_chart_by_keyboard(page: Page, address: str, picture: Picture) -> None:
    """Arrows tell value after value, plus zooms, 0 shows all again; the year before lies over it."""
    page.goto(f"{address}/lines/{LINE}?view=hour&from={month_before()}-01&to={month_before()}-08")
    chart = page.get_by_role("application")
    chart.focus()
    page.keyboard.press("Home")
    readout = page.locator(".readout")
    expect(readout).to_contain_text("06:00")
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("07:00")
    expect(page.locator(".plotter [aria-live]")).to_contain_text("07:00")
    page.keyboard.press("+")
    expect(page.locator(".plot-tools.is-whole")).to_have_count(0)
    page.keyboard.press("0")
    expect(page.locator(".plot-tools.is-whole")).to_have_count(1)
    page.get_by_role("button", name="Year before").click()
    expect(page.get_by_role("button", name="Year before")).to_have_attribute("aria-pressed", "true")
    picture("chart")


def test_a_copied_link_shows_the_same_chart(page: Page, address: str) -> None:
    """The year before and the zoom stand in the address; the year before goes along to the next period."""
    page.goto(f"{address}/lines/{LINE}?view=hour&from={month_before()}-01&to={month_before()}-08")
    page.get_by_role("button", name="Year before").click()
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url("**before=1**")
    page.wait_for_url("**zoom=**")
    copied = page.url
    page.goto("about:blank")
    page.goto(copied)
    shown = page.get_by_role("button", name="Year before")
    expect(shown).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".plot-tools.is-whole")).to_have_count(0)
    page.get_by_role("link", name="Next period").click()
    expect(shown).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".plot-tools.is-whole")).to_have_count(1)
    shown.click()
    page.wait_for_url(lambda url: "before=" not in url and "zoom=" not in url)


def test_finding_by_keyboard_alone(page: Page, address: str) -> None:
    """A slash goes to the search, arrows through what it found, Enter opens it."""
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("01789/1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("on this page")
    page.wait_for_load_state("load")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Moerbroek city run")


def test_the_language_stays_chosen(page: Page, address: str, picture: Picture) -> None:
    """Each of the four by its link, on this page and the next; numbers and names follow."""
    page.goto(f"{address}/lines/{LINE}?view=month")
    for code in ("fr", "nl", "de", "en"):
        speaking = language(code)
        page.get_by_role("link", name=speaking("language.name")).click()
        expect(page.locator("html")).to_have_attribute("lang", speaking.tag)
        expect(page.locator("tr[data-key] th").first).to_contain_text(speaking.date(_a_year_ago(), "yMMMM"))
        picture(f"line-{code}")
        page.get_by_role("link", name=speaking("view.day")).click()
        expect(page.get_by_role("link", name=speaking("shortcut.last_month"))).to_be_visible()
        page.get_by_role("link", name=speaking("view.month")).click()


def _a_year_ago() -> Any:
    today = gas_time.gas_day(last_ended_hour())
    months = today.year * 12 + today.month - 12
    return today.replace(year=months // 12, month=months % 12 + 1, day=1)


def test_files_by_the_form_and_by_its_command(page: Page, address: str) -> None:
    """The command follows the form and fetches the same file."""
    page.goto(f"{address}/lines/{LINE}?view=day&from={month_before()}-01&to={month_before()}-08")
    files = page.get_by_role("region", name="Download")
    files.get_by_label("Energy in").select_option("MJ")
    command = files.get_by_label("The same file for a program")
    expect(command).to_have_value(
        f"curl -f -OJ '{address}/v1/download?line={LINE}&view=day&from={month_before()}-01"
        f"&to={month_before()}-08&unit=MJ&reference=25%2F0&format=csv&dialect=rfc4180'"
    )
    told = page.request.get(command.input_value().split("'")[1]).text()
    with page.expect_download() as file:
        files.get_by_role("button", name="Download").click()
    assert file.value.path().read_bytes() == told.encode()
    assert len(list(csv.DictReader(io.StringIO(told)))) == 7
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    files.get_by_role("button", name="Copy as curl").click()
    expect(files.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == command.input_value()
