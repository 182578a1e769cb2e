"""Who is refused before any route reads why: people on a page in their language, programs as a problem."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx2
import pytest

from services.query.pages.languages import LOCALES, language
from services.query.wiring import BODY_LIMIT_BYTES, application
from shared.runtime.door import everybody_is
from shared.runtime.edge.admission import EdgeAdmission
from shared.runtime.edge.door_secrets import DoorSecrets
from shared.runtime.http_state import utc_now
from shared.runtime.mongo import Database, synchronous
from shared.runtime.rate_limits import RateLimits
from shared.runtime.safe_values import NOTHING_ALLOWED, PAGE_POLICY, SAFE_EVERYWHERE
from shared.runtime.trail import Reading, TrailAwayError
from shared.store.access.register import ClientRegister
from tests.callers import someone
from tests.integration.access.site import words_on
from tests.integration.query import stored_lines
from tests.registered import a_client, a_company, put
from tests.shown import EDGE_SECRET, a_holder, by_tls

ANNA, NOBODY, REVOKED = a_holder(), a_holder("nobody"), a_holder("rita")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LARGE = {"content-length": str(BODY_LIMIT_BYTES + 1)}
SAME = ("www-authenticate", "retry-after", "ratelimit-policy", "cache-control", *SAFE_EVERYWHERE)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """The query service behind its edge; whoever is known may ask once a minute, an address a hundred times."""
    revoked = a_client("rita", "ACME", REVOKED.registered(revoked_at=utc_now()))
    put(synchronous(database), a_company(), a_client("anna", "ACME", ANNA.registered()), revoked)
    admit = EdgeAdmission(DoorSecrets(EDGE_SECRET.encode(), None), ClientRegister(database, utc_now))
    app = application(database, admit, limits=RateLimits(1, 100))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gas.example") as made:
        yield made


@pytest.mark.parametrize(
    ("method", "headers", "status", "code"),
    [
        ("GET", by_tls(), 401, "NO_CERTIFICATE"),
        ("GET", NOBODY.headers(), 403, "CERTIFICATE_UNKNOWN"),
        ("GET", REVOKED.headers(), 403, "CERTIFICATE_REVOKED"),
        ("GET", {}, 403, "NOT_BY_THE_EDGE"),
        ("POST", ANNA.headers() | LARGE, 413, "TOO_LARGE"),
        ("POST", ANNA.headers() | {"Sec-Fetch-Site": "cross-site"}, 403, "OTHER_SITE"),
    ],
)
async def test_people_read_a_page_and_programs_a_problem(
    client: httpx2.AsyncClient, method: str, headers: Mapping[str, str], status: int, code: str
) -> None:
    """Of the same status and the same headers; in each language, by the cookie before the browser's own."""
    data = await client.request(method, "/access", headers=headers)
    assert (data.status_code, data.json()["issues"][0]["code"]) == (status, code)
    assert data.headers["content-type"] == "application/problem+json"
    assert data.headers["content-security-policy"] == NOTHING_ALLOWED
    for chosen in LOCALES:
        asked = {**headers, "Accept": BROWSER, "Accept-Language": "xx", "Cookie": f"__Host-lang={chosen}"}
        page = await client.request(method, "/access", headers=asked)
        t = language(chosen)
        assert t(f"problem.{status}") in words_on(page, status)
        assert t(f"issue.{code}") in words_on(page, status)
        assert page.headers["content-language"] == t.tag
        assert page.headers["vary"].startswith("Accept, ")
        assert page.headers["content-security-policy"] == PAGE_POLICY
        assert "no-store" in page.headers["cache-control"]
        told = [{name: answer.headers.get(name) for name in SAME} for answer in (page, data)]
        assert told[0] == told[1]


async def test_too_many_requests_are_a_page_with_the_time_to_wait(client: httpx2.AsyncClient) -> None:
    """429 and its headers as programs read them."""
    headers = {**ANNA.headers(), "Accept": BROWSER, "Accept-Language": "nl"}
    assert (await client.get("/gas", headers=headers)).status_code == 200
    page = await client.get("/gas", headers=headers)
    assert language("nl")("issue.TOO_MANY_REQUESTS") in words_on(page, 429)
    data = await client.get("/gas", headers=ANNA.headers())
    assert data.json()["issues"][0]["code"] == "TOO_MANY_REQUESTS"
    for answer in (page, data):
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["ratelimit-policy"] == '"client";q=1;w=60'
    for_programs = await client.get("/v1/lines", headers=headers)
    assert for_programs.headers["content-type"] == "application/problem+json"


async def test_whoever_is_not_let_in_sees_the_way_in_and_sets_nothing(client: httpx2.AsyncClient) -> None:
    """The form is open to everybody, and so is what the page is drawn with; no cookie before the door is passed."""
    page = await client.get("/?lang=fr", headers={**by_tls(), "Accept": BROWSER})
    assert language("fr")("problem.401") in words_on(page, 401)
    assert '<a href="/apply">' in page.text
    assert "set-cookie" not in page.headers
    for path in ("/static/page.css", "/static/app.js", "/static/mark.svg", "/apply"):
        assert (await client.get(path, headers=by_tls())).status_code == 200


async def test_head_tells_the_same(client: httpx2.AsyncClient) -> None:
    """Without a body."""
    head = await client.head("/", headers={**by_tls(), "Accept": BROWSER})
    assert (head.status_code, head.content) == (401, b"")
    assert head.headers["content-type"].startswith("text/html")


class Away:
    """A trail that takes nothing."""

    def tell(self, _: Reading) -> None:
        """Refuse it."""
        raise TrailAwayError

    async def tell_for_good(self, _: Reading) -> None:
        """Refuse it."""
        raise TrailAwayError


async def test_a_trail_that_is_away_is_a_page_too(database: Database) -> None:
    """Nobody reads then, and people read why."""
    stored_lines.register(synchronous(database), stored_lines.a_line())
    app = application(database, everybody_is(someone(["BE-0042-A"])), trail=Away())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gas.example") as client:
        page = await client.get("/", headers={"Accept": BROWSER})
        data = await client.get("/")
    assert language("en")("issue.TRAIL_AWAY") in words_on(page, 503)
    assert page.headers["retry-after"] == data.headers["retry-after"]
    assert data.json()["issues"][0]["code"] == "TRAIL_AWAY"
