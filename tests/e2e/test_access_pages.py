"""Access in a real browser: from the application to the lines that are open, by several people."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from deploy.local.servers import Servers
from services.query.wiring import application
from shared.access.caller import Caller
from shared.access.roles import Role
from shared.runtime.mongo import SyncDatabase, connect, connect_sync
from shared.store.access.register import ClientRegister
from shared.store.documents import Collection, ensure_collections
from tests.e2e.conftest import ARTIFACTS
from tests.integration.access.site import ROOT, STAFF
from tests.integration.query import stored_lines
from tests.registered import NOW, a_client, a_company, a_key, a_right, put

Store = SyncDatabase[dict[str, Any]]
DATABASE = "office"
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def office(servers: Servers) -> Iterator[Store]:
    """A company with an administrator whose certificate runs out, what it passes on, and an application that waits."""

    async def prepare() -> None:
        database = connect(servers.mongo_uri, DATABASE)
        await ensure_collections(database)
        database.client.close()

    preparing = Thread(target=lambda: asyncio.run(prepare()))  # Playwright occupies the event loop of this one
    preparing.start()
    preparing.join()
    with connect_sync(servers.mongo_uri, DATABASE).client as client:
        store = client[DATABASE]
        stored_lines.register(store, stored_lines.a_line())
        put(store, a_company(), a_company("OTHER"), a_right("1", line="BE-0042-A"), a_right("2", node="NODE-1"))
        soon = a_key("ada", not_after=NOW + timedelta(days=5)), a_key("old", revoked_at=NOW - timedelta(days=9))
        put(store, a_client("ada", "ACME", *soon, role=Role.ADMINISTRATOR), a_client("anna"))
        put(store, a_right("3", "OTHER", line="BE-0042-A", delegated_by="ACME"))
        put(store, a_right("4", node="NODE-2", lines=True, delegated_by="OTHER"))
        yield store


@pytest.fixture(scope="module")
def site(servers: Servers, office: Store) -> Iterator[str]:
    """The query service, which believes a header that says who asks; its clock stands."""
    assert office.name == DATABASE
    database = connect(servers.mongo_uri, DATABASE)
    register = ClientRegister(database, lambda: NOW)

    async def admit(scope: Any) -> Caller:
        who = dict(scope["headers"]).get(b"x-as", b"nobody").decode()
        return STAFF[who] if who in STAFF else await register.caller_named(who)

    app = application(database, admit, lambda: NOW, authorities=[ROOT.certificate])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        running = Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        running.join()
    database.client.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Any]:
    """Opens a page as somebody, in a browser of his own; scripts that fail, fail the test."""
    contexts, complaints = [], []

    def opened(who: str, path: str, scripts: bool = True) -> Page:  # noqa: FBT001, FBT002 - of a test
        context = browser.new_context(
            base_url=site, extra_http_headers={"x-as": who}, java_script_enabled=scripts, locale="en-GB"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def filled(page: Page) -> None:
    """Fill the form in, but for the certificate."""
    page.get_by_label("Company").fill("Acme NV")
    page.get_by_label("Number of the agreement").fill("A-1")
    page.get_by_label("First gas day of the agreement").fill("2026-01-01")
    page.get_by_label("First gas day after it").fill("2028-01-01")
    page.get_by_label("Name", exact=True).fill("Anna Peeters")
    page.get_by_label("E-mail").fill("anna@acme.example")
    page.get_by_label("Role").select_option("downloader")
    page.get_by_label("Lines").fill("BE-0042-A")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_form_to_the_lines(visit: Any, tmp_path: Path, scripts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A fault first, then the file; carla reviews, sven types what he hears; with scripts and without."""
    page = visit("nobody", "/apply", scripts)
    filled(page)
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("alert")).to_contain_text("Something is to be corrected")
    page.get_by_role("alert").get_by_role("link", name="Certificate").click()
    expect(page.locator("#apply-certificate")).to_be_focused()
    expect(page.get_by_label("Company")).to_have_value("Acme NV")
    page.screenshot(path=ARTIFACTS / "apply-faults.png", full_page=True)
    file = tmp_path / "anna.pem"
    file.write_text(ROOT.issue(f"anna {scripts}").pem, encoding="utf-8")
    page.get_by_label("Or choose its file").set_input_files(file)
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your application has been taken")
    page.screenshot(path=ARTIFACTS / "applied.png", full_page=True)
    name, secret = page.locator("#id").inner_text(), page.locator("#secret").inner_text()
    heard = page.locator(".print code").inner_text()
    reviewing = visit("carla", f"/access/applications/{name}", scripts)
    reviewing.get_by_label("Id of the company here").first.fill("ACME")
    reviewing.screenshot(path=ARTIFACTS / "reviewing.png", full_page=True)
    reviewing.get_by_role("button", name="Accept agreement and lines").click()
    expect(reviewing.get_by_role("group").filter(has_text="has been reviewed")).to_be_visible()
    confirming = visit("sven", f"/access/applications/{name}", scripts)
    confirming.get_by_label("Fingerprint of the key").fill(heard)
    confirming.get_by_role("button", name="Confirm the certificate").click()
    expect(confirming.locator(".heading .standing")).to_have_text("confirmed")
    confirming.screenshot(path=ARTIFACTS / "confirmed.png", full_page=True)
    page.get_by_role("link", name="Look how far it is").click()
    assert secret not in page.url
    page.get_by_label("Secret").fill(secret)
    page.get_by_role("button", name="Look how far it is").click()
    expect(page.get_by_role("status")).to_contain_text("You are known here as ACME-")


def test_an_administrator_revokes_by_two_clicks(visit: Any, office: Store) -> None:
    """The button asks, the second one does it."""
    page = visit("ada", "/access/company")
    anna = page.get_by_role("article").filter(has=page.get_by_role("heading", name="anna", exact=True))
    anna.get_by_role("link", name="Revoke").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoke this certificate")
    page.screenshot(path=ARTIFACTS / "confirm.png", full_page=True)
    page.get_by_role("link", name="No, leave it").click()
    anna.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke this certificate").click()
    expect(page.get_by_role("status")).to_have_text("The certificate is revoked.")
    expect(anna).to_contain_text("revoked")
    client = office[Collection.CLIENTS].find_one({"_id": "anna"})
    assert client is not None
    assert client["keys"][0]["revoked_at"] is not None


def test_security_finds_and_revokes(visit: Any, office: Store) -> None:
    """By a name, with a reason, after a second question; who has no reason is told to give one, at its field."""
    put(office, a_client("rita", "OTHER"))
    page = visit("sven", "/access/clients")
    page.get_by_role("searchbox", name="Find clients").fill("rita")
    page.get_by_role("button", name="Find clients").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("article").get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke this certificate").click()
    expect(page.get_by_label("Why")).to_have_accessible_description("Say why.")
    _nothing_serious(page)
    page.screenshot(path=ARTIFACTS / "confirm-why.png", full_page=True)
    page.get_by_label("Why").select_option("Somebody else may have the key")
    page.get_by_role("button", name="Revoke this certificate").click()
    expect(page.get_by_role("status")).to_have_text("The certificate is revoked.")
    event = office[Collection.ACCESS_EVENTS].find_one({"of": "rita"})
    assert event is not None
    assert event["told"]["reason"] == "key_exposed"


def test_a_strip_leads_to_the_renewal(visit: Any) -> None:
    """On any page of somebody whose certificate ends, as a region that has a name."""
    page = visit("ada", "/gas")
    strip = page.get_by_role("complementary", name="Your access ends soon")
    expect(strip).to_contain_text("Your certificate ends in 5 days")
    _nothing_serious(page)
    page.screenshot(path=ARTIFACTS / "strip.png")
    strip.get_by_role("link", name="Renew the certificate").click()
    expect(page.get_by_role("heading", name="Renew the certificate")).to_be_in_viewport()


PAGES = {
    "apply": ("nobody", "/apply"),
    "apply-state": ("nobody", "/apply/0123456789abcdef"),
    "access": ("ada", "/access"),
    "access-company": ("ada", "/access/company"),
    "access-clients": ("sven", "/access/clients"),
    "access-applications": ("carla", "/access/applications?state=all"),
}


@pytest.mark.parametrize("name", PAGES)
def test_for_everybody(visit: Any, name: str) -> None:
    """Nothing serious by axe in either scheme; at 360 pixels nothing sticks out; on paper no buttons are left."""
    page = visit(*PAGES[name])
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.screenshot(path=ARTIFACTS / f"{name}-{scheme}.png", full_page=True)
        _nothing_serious(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.screenshot(path=ARTIFACTS / f"{name}-phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.emulate_media(media="print")
    assert page.locator("button:visible").count() == 0


def test_faults_for_everybody(visit: Any) -> None:
    """What is wrong is named, referred to, and to be read in either scheme."""
    page = visit("nobody", "/apply")
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_label("Company")).to_have_accessible_description(
        "Write the name of your company, at most 200 characters."
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        _nothing_serious(page)


def _nothing_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found if one["impact"] in GRAVE] == []
