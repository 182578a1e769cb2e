"""The register over HTTP: who sees and changes what, and what everybody else is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from starlette.types import Scope

from services.query.wiring import application
from shared.access.caller import Caller
from shared.access.roles import Role
from shared.runtime.edge.admission import SHOWN
from shared.runtime.mongo import Database, SyncDatabase
from shared.store.access.register import ClientRegister
from tests.integration.access.conftest import Clock
from tests.integration.query import stored_lines
from tests.integration.query.clients import client_of
from tests.issuers import Issued, an_authority
from tests.registered import NOW, a_client, a_company, a_key, a_right, fingerprint_of, put, shown_by

Store = SyncDatabase[dict[str, Any]]
ROOT = an_authority()
STAFF = {
    "carla": Caller("carla", frozenset({Role.COMMERCIAL})),
    "sven": Caller("sven", frozenset({Role.SECURITY})),
    "aude": Caller("aude", frozenset({Role.AUDITOR})),
    "both": Caller("both", frozenset({Role.COMMERCIAL, Role.SECURITY})),
    "adam": Caller("adam", frozenset({Role.ADMINISTRATOR}), "ACME"),
    "rita": Caller("rita", frozenset({Role.READER}), "ACME"),
    "olga": Caller("olga", frozenset({Role.OPERATOR})),
    "nobody": Caller(""),
}
APPLICATION = {
    "company": "Acme NV",
    "agreement": {"number": "A-1", "from": "2026-01-01", "until": "2029-01-01"},
    "person": {"name": "Anna Peeters", "email": "anna@acme.example"},
    "role": "downloader",
    "lines": ["BE-0042-A"],
}
ACCESS = "/v1/access"


class Faces:
    """The HTTP face for each of several callers."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def ask(self, who: str, method: str, path: str, body: object = None) -> httpx2.Response:
        """Ask as somebody."""
        return await self._client.request(method, f"{ACCESS}{path}", json=body, headers={"x-as": who})

    async def get(self, who: str, path: str) -> Any:
        """Return what a good question is answered with."""
        return await self._good(await self.ask(who, "GET", path))

    async def post(self, who: str, path: str, body: object = None, method: str = "POST") -> Any:
        """Return what a good change is answered with."""
        return await self._good(await self.ask(who, method, path, body))

    async def codes(self, who: str, path: str, body: object = None, method: str = "POST") -> tuple[int, list[str]]:
        """Return status and codes of a refusal."""
        answer = await self.ask(who, method, path, body)
        return answer.status_code, [issue["code"] for issue in answer.json()["issues"]]

    async def _good(self, answer: httpx2.Response) -> Any:
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None


@pytest.fixture
async def faces(database: Database, register: ClientRegister, clock: Clock) -> AsyncIterator[Faces]:
    """The query service over this database; who asks is told by a header: staff, or a client of the register."""

    async def admit(scope: Scope) -> Caller:
        who = dict(scope["headers"])[b"x-as"].decode()
        scope.setdefault("state", {})[SHOWN] = await shown_by(database, who)
        return STAFF[who] if who in STAFF else await register.caller_named(who)

    app = application(database, admit, clock, authorities=[ROOT.certificate])
    async with client_of(app) as client:
        yield Faces(client)


def wanted(issued: Issued | None = None, **more: Any) -> dict[str, Any]:
    """Return an application with a certificate."""
    return {**APPLICATION, "certificate": (issued or ROOT.issue("anna")).pem, **more}


async def signed(faces: Faces, store: Store) -> None:
    """Register a line, and a company that has signed."""
    stored_lines.register(store, stored_lines.a_line())
    await faces.post("carla", "/companies", {"id": "ACME", "name": "Acme NV"})
    await faces.post("carla", "/companies/ACME/agreements/A-1", {"from": "2026-01-01", "until": "2029-01-01"}, "PUT")


async def admitted(faces: Faces, store: Store) -> dict[str, Any]:
    """Return an application that went all the way."""
    await signed(faces, store)
    made = await faces.post("nobody", "/applications", wanted())
    await faces.post("carla", f"/applications/{made['id']}/review", {"company": "ACME", "agreement": "A-1"})
    fingerprint = {"fingerprint": made["fingerprint"]}
    confirmed: dict[str, Any] = await faces.post("sven", f"/applications/{made['id']}/confirm", fingerprint)
    return confirmed


async def test_a_company_comes_in_step_by_step(faces: Faces, store: Store) -> None:
    """Each step tells what to write to the applicant, who can look how far it is; then his account is open."""
    await signed(faces, store)
    made = await faces.post("nobody", "/applications", wanted())
    assert set(made["mails"]) == {"en", "fr", "nl", "de"}
    assert made["fingerprint"] in made["mails"]["nl"]["body"]
    asked = {"id": made["id"], "secret": made["secret"]}
    assert (await faces.post("nobody", "/application-state", asked))["state"] == "applied"
    (row,) = (await faces.get("carla", "/applications?state=applied"))["rows"]
    assert (row["person"]["name"], row["certificate"]["subject"]) == ("Anna Peeters", "CN=anna")
    path = f"/applications/{made['id']}"
    reviewed = await faces.post("carla", f"{path}/review", {"company": "ACME", "agreement": "A-1"})
    assert reviewed["grants"][0]["days_until"] == "2029-01-01"
    confirmed = await faces.post("sven", f"{path}/confirm", {"fingerprint": made["fingerprint"]})
    client = confirmed["client"]
    assert client in confirmed["mails"]["de"]["body"]
    state = await faces.post("nobody", "/application-state", asked)
    assert state == {"id": made["id"], "state": "confirmed", "reasons": "", "client": client}
    me = await faces.get(client, "/me")
    assert (me["client"], me["company"], me["roles"]) == (client, "ACME", ["downloader"])
    assert me["lines"] == [{"id": "BE-0042-A", "days": [{"from": "2026-01-01", "to": "2029-01-01"}]}]
    assert me["certificates"][0] | {"registered_at": ""} == {
        "fingerprint": made["fingerprint"],
        "not_before": "2026-11-22T19:31:00.000Z",
        "not_after": "2027-11-23T19:31:00.000Z",
        "registered_at": "",
        "revoked_at": None,
        "days_left": 365,
        "warning": None,
    }


async def test_a_refused_application_tells_why(faces: Faces, store: Store) -> None:
    """To the applicant, by mail and by state; and it is decided."""
    await signed(faces, store)
    made = await faces.post("nobody", "/applications", wanted())
    path, why = f"/applications/{made['id']}", {"reasons": "Agreement {A-1} is not yours."}
    assert await faces.codes("sven", f"{path}/refuse", why) == (403, ["ROLE"])
    refused = await faces.post("carla", f"{path}/refuse", why)
    assert "Agreement {A-1} is not yours." in refused["mails"]["fr"]["body"]
    told = await faces.post("nobody", "/application-state", {"id": made["id"], "secret": made["secret"]})
    assert (told["state"], told["reasons"]) == ("refused", "Agreement {A-1} is not yours.")
    assert await faces.codes("carla", f"{path}/refuse", why) == (409, ["STATE"])
    await faces.post("sven", "/erasures", {"of": made["id"]})
    erased = await faces.get("carla", path)
    assert (erased["person"], erased["certificate"]["subject"], erased["steps"][0]["reasons"]) == (None, None, "")


async def test_a_wrong_secret_finds_nothing(faces: Faces, store: Store) -> None:
    """The same as for an application that there is not."""
    await signed(faces, store)
    made = await faces.post("nobody", "/applications", wanted())
    answers = [
        await faces.ask("nobody", "POST", "/application-state", {"id": name, "secret": "guess"})
        for name in (made["id"], "0" * 16)
    ]
    assert answers[0].status_code == 404
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"certificate": ROOT.issue("anna", end=NOW - timedelta(hours=1)).pem}, ["CERTIFICATE_EXPIRED"]),
        ({"certificate": an_authority("Other").issue("anna").pem}, ["CERTIFICATE_CHAIN"]),
        ({"role": "security"}, ["FORM"]),
        ({"lines": ["no line"]}, ["FORM"]),
        ({"agreement": {"number": "A", "from": "2026-02-30", "until": "2027-01-01"}}, ["DATE"]),
        ({"agreement": {"number": "A", "from": "2026-02-01", "until": "2026-02-01"}}, ["PERIOD_BACKWARDS"]),
        ({"person": {"name": "Anna", "email": "nowhere"}}, ["FORM"]),
        ({"more": 1}, ["FORM"]),
    ],
)
async def test_a_wrong_application_is_told_what_is_wrong(faces: Faces, more: dict[str, Any], codes: list[str]) -> None:
    """At once, and nothing is kept."""
    assert await faces.codes("nobody", "/applications", wanted(**more)) == (422, codes)
    assert (await faces.get("carla", "/applications"))["rows"] == []


async def test_one_person_does_not_do_both(faces: Faces, store: Store) -> None:
    """409, and a wrong fingerprint too."""
    await signed(faces, store)
    made = await faces.post("nobody", "/applications", wanted())
    path, under = f"/applications/{made['id']}", {"company": "ACME", "agreement": "A-1"}
    await faces.post("both", f"{path}/review", under)
    confirming = {"fingerprint": made["fingerprint"]}
    assert await faces.codes("both", f"{path}/confirm", confirming) == (409, ["SAME_PERSON"])
    assert await faces.codes("sven", f"{path}/confirm", {"fingerprint": "0" * 64}) == (409, ["FINGERPRINT"])
    assert await faces.codes("carla", f"{path}/review", under) == (409, ["STATE"])


async def test_a_review_says_what_is_opened(faces: Faces, store: Store) -> None:
    """Its own grants in place of what was applied for; what is not registered is refused."""
    await signed(faces, store)
    made = await faces.post("nobody", "/applications", wanted())
    path = f"/applications/{made['id']}/review"
    under = {"company": "ACME", "agreement": "A-1"}
    for grant, codes in (
        ({"line": "NOPE"}, ["UNKNOWN_LINE"]),
        ({"line": "BE-0042-A", "node": "N"}, ["FORM"]),
        ({"line": "BE-0042-A", "lines": True}, ["FORM"]),
        ({"line": "BE-0042-A", "use_from": "2026-05-01", "use_until": "2026-04-01"}, ["PERIOD_BACKWARDS"]),
    ):
        assert await faces.codes("carla", path, {**under, "grants": [grant]}) == (422, codes)
    assert await faces.codes("carla", path, {**under, "agreement": "A-2"}) == (422, ["UNKNOWN_AGREEMENT"])
    assert await faces.codes("carla", path, {**under, "company": "NOPE"}) == (404, ["NOT_FOUND"])
    grant = {"line": "BE-0042-A", "days_from": "2023-11-01"}
    (told,) = (await faces.post("carla", path, {**under, "grants": [grant]}))["grants"]
    assert (told["use_from"], told["days_from"], told["days_until"]) == ("2026-01-01", "2023-11-01", "2029-01-01")


FOREIGN = [
    ("GET", "/companies/{}", "OTHER"),
    ("GET", "/clients/{}", "tom"),
    ("POST", "/clients/{}/end", "tom"),
    ("POST", f"/clients/{{}}/certificates/{fingerprint_of('tom')}/revoke", "tom"),
    ("POST", "/delegations/{}/revoke", "9"),
]


@pytest.mark.parametrize(("method", "path", "foreign"), FOREIGN)
async def test_foreign_is_told_as_absent(faces: Faces, store: Store, method: str, path: str, foreign: str) -> None:
    """An administrator learns of another company nothing, not even that it is there."""
    others = a_company("OTHER"), a_client("tom", "OTHER"), a_right("9", "OTHER", line="BE-0042-A")
    put(store, a_company(), a_client("anna", "ACME"), *others)
    answers = [await faces.ask("adam", method, path.format(name)) for name in (foreign, "zzz")]
    assert [answer.status_code for answer in answers] == [404, 404]
    told = [answer.text.replace(name, "") for answer, name in zip(answers, (foreign, "zzz"), strict=True)]
    assert told[0] == told[1]


async def test_an_administrator_sees_and_ends_his_own(faces: Faces, store: Store) -> None:
    """Lists hold his company alone; a certificate that he revokes is revoked."""
    put(store, a_company(), a_client("anna", "ACME", a_key("anna", not_after=NOW + timedelta(days=20))))
    put(store, a_company("OTHER"), a_client("tom", "OTHER"))
    put(store, a_right("1", line="BE-1"), a_right("2", "OTHER", line="BE-2"))
    put(store, a_right("3", "OTHER", line="BE-1", delegated_by="ACME"))
    for path, ids in (("/companies", ["ACME"]), ("/clients", ["anna"]), ("/rights", ["1", "3"])):
        assert [row["id"] for row in (await faces.get("adam", path))["rows"]] == ids
    assert (await faces.get("adam", "/clients?company=OTHER"))["rows"] == []
    told = await faces.get("adam", "/clients/anna")
    assert (told["certificates"][0]["days_left"], told["certificates"][0]["warning"]) == (20, "30")
    revoked = await faces.post("adam", f"/clients/anna/certificates/{fingerprint_of('anna')}/revoke")
    assert revoked["certificates"][0]["revoked_at"] == "2026-11-23T19:31:00.000Z"
    assert (await faces.post("adam", "/clients/anna/end"))["ended_at"] == "2026-11-23T19:31:00.000Z"


async def test_an_administrator_passes_on_and_takes_back(faces: Faces, store: Store) -> None:
    """What is foreign to him and what is absent are the same."""
    put(store, a_company(), a_company("OTHER"), a_right("1", line="BE-1"), a_right("2", "OTHER", line="BE-2"))
    period = {
        "use_from": "2026-01-01",
        "use_until": "2027-01-01",
        "days_from": "2026-01-01",
        "days_until": "2026-07-01",
    }
    made = await faces.post("adam", "/delegations", {"to": "OTHER", "line": "BE-1", **period})
    assert (made["company"], made["delegated_by"], made["agreement"]) == ("OTHER", "ACME", None)
    answers = [
        await faces.ask("adam", "POST", "/delegations", {"to": "OTHER", "line": line, **period})
        for line in ("BE-2", "BE-9")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace("BE-2", "") == answers[1].text.replace("BE-9", "")
    longer = {"to": "OTHER", "line": "BE-1", **period, "days_from": "1999-01-01"}
    assert await faces.codes("adam", "/delegations", longer) == (422, ["MORE_THAN_OWN"])
    assert (await faces.post("adam", f"/delegations/{made['id']}/revoke"))["revoked_at"] is not None
    assert await faces.codes("adam", f"/delegations/{made['id']}/revoke") == (409, ["STATE"])


async def test_rights_are_granted_and_taken_back(faces: Faces, store: Store) -> None:
    """To a company, or to one client of it."""
    await signed(faces, store)
    put(store, a_client("anna", "ACME"))
    body = {"company": "ACME", "agreement": "A-1", "line": "BE-0042-A"}
    made = await faces.post("carla", "/rights", {**body, "client": "anna"})
    assert (made["client"], made["use_from"], made["days_until"]) == ("anna", "2026-01-01", "2029-01-01")
    assert await faces.codes("carla", "/rights", {**body, "client": "tom"}) == (404, ["NOT_FOUND"])
    assert await faces.codes("carla", "/rights", {**body, "company": "NOPE"}) == (404, ["NOT_FOUND"])
    assert (await faces.post("carla", f"/rights/{made['id']}/revoke"))["revoked_at"] is not None
    assert await faces.codes("carla", "/companies", {"id": "ACME", "name": "Twice"}) == (409, ["COMPANY_TAKEN"])


async def test_a_client_renews_his_own_certificate(faces: Faces, store: Store) -> None:
    """The next one opens the same; a third has to wait; who is no client has none."""
    client = (await admitted(faces, store))["client"]
    renewed = await faces.post(client, "/certificates", {"certificate": ROOT.issue("anna").pem})
    assert len(renewed["certificates"]) == 2
    again = {"certificate": ROOT.issue("anna").pem}
    assert await faces.codes(client, "/certificates", again) == (409, ["TWO_KEYS"])
    assert await faces.codes(client, "/certificates", {**again, "statement": "a.b.c"}) == (422, ["STATEMENT"])
    assert await faces.codes("nobody", "/certificates", again) == (404, ["NOT_FOUND"])


async def test_events_are_listed_page_by_page(faces: Faces, store: Store) -> None:
    """The newest first, all or of one part; a cursor of ours alone."""
    client = (await admitted(faces, store))["client"]
    await faces.post("sven", f"/clients/{client}/end")
    found: list[dict[str, Any]] = []
    following: str | None = "/events?limit=2"
    while following:
        told = await faces.get("aude", following.removeprefix(ACCESS))
        found, following = [*found, *told["rows"]], told["next"]
    assert [event["number"] for event in found] == [6, 5, 4, 3, 2, 1]
    assert all(later["previous"] == earlier["id"] for later, earlier in pairwise(found))
    (ended,) = (await faces.get("aude", f"/events?of={client}"))["rows"]
    assert (ended["what"], ended["by"]) == ("client.ended", "sven")
    assert await faces.codes("aude", "/events?cursor=QQ", method="GET") == (422, ["CURSOR"])


ROLES = [
    ("GET", "/applications", {"carla", "sven", "aude", "both"}),
    ("GET", "/applications/zzz", {"carla", "sven", "aude", "both"}),
    ("POST", "/applications/zzz/review", {"carla", "both"}),
    ("POST", "/applications/zzz/confirm", {"sven", "both"}),
    ("POST", "/applications/zzz/refuse", {"carla", "sven", "aude", "both"}),
    ("POST", "/companies", {"carla", "both"}),
    ("GET", "/companies", {"carla", "sven", "aude", "both", "adam"}),
    ("GET", "/companies/zzz", {"carla", "sven", "aude", "both", "adam"}),
    ("PUT", "/companies/zzz/agreements/A-1", {"carla", "both"}),
    ("GET", "/rights", {"carla", "sven", "aude", "both", "adam"}),
    ("POST", "/rights", {"carla", "both"}),
    ("POST", "/rights/zzz/revoke", {"carla", "both"}),
    ("POST", "/delegations", {"adam"}),
    ("POST", "/delegations/zzz/revoke", {"adam"}),
    ("GET", "/clients", {"carla", "sven", "aude", "both", "adam"}),
    ("GET", "/clients/zzz", {"carla", "sven", "aude", "both", "adam"}),
    ("POST", "/clients/zzz/end", {"sven", "both", "adam"}),
    ("POST", "/clients/zzz/certificates/zzz/revoke", {"sven", "both", "adam"}),
    ("POST", "/erasures", {"sven", "both"}),
    ("GET", "/events", {"aude"}),
]
BODIES = {
    "/applications/zzz/review": {"company": "ACME", "agreement": "A-1"},
    "/applications/zzz/confirm": {"fingerprint": "0" * 64},
    "/applications/zzz/refuse": {"reasons": "why"},
    "/companies": {"id": "NEW", "name": "New"},
    "/companies/zzz/agreements/A-1": {"from": "2026-01-01", "until": "2027-01-01"},
    "/rights": {"company": "zzz", "agreement": "A-1", "line": "BE-1"},
    "/delegations": {
        "to": "zzz",
        "line": "BE-1",
        **dict.fromkeys(("use_from", "days_from"), "2026-01-01"),
        **dict.fromkeys(("use_until", "days_until"), "2027-01-01"),
    },
    "/erasures": {"of": "zzz"},
}


async def test_each_route_has_its_roles(faces: Faces) -> None:
    """Everybody else is told that he needs another role, and nothing of what is there."""
    for method, path, allowed in ROLES:
        for who in STAFF:
            answer = await faces.ask(who, method, path, BODIES.get(path) if method != "GET" else None)
            assert (answer.status_code == 403) is (who not in allowed), (who, method, path, answer.text)


async def test_what_is_passed_on_is_listed_by_itself(faces: Faces, store: Store) -> None:
    """Given by a company or received by it; an administrator sees that of his own alone, staff that of all."""
    put(store, a_company(), a_company("OTHER"), a_right("1", line="BE-1"), a_right("2", "OTHER", line="BE-2"))
    put(store, a_right("3", "OTHER", line="BE-1", delegated_by="ACME"), a_right("4", line="BE-2", delegated_by="OTHER"))
    put(store, a_right("5", "THIRD", line="BE-2", delegated_by="OTHER"))
    for who, asked, ids in (
        ("adam", "delegated=given", ["3"]),
        ("adam", "delegated=received", ["4"]),
        ("adam", "delegated=given&company=OTHER", ["3"]),
        ("carla", "delegated=given", ["3", "4", "5"]),
        ("carla", "delegated=given&company=OTHER", ["4", "5"]),
        ("carla", "delegated=received&company=OTHER", ["3"]),
    ):
        rows = (await faces.get(who, f"/rights?{asked}"))["rows"]
        assert [row["id"] for row in rows] == ids, (who, asked)


async def test_one_sees_why_something_is_open(faces: Faces, store: Store) -> None:
    """The rights of one's company and of oneself, not those of a colleague, nor those taken back."""
    put(store, a_company(), a_client("anna"), a_right("1", line="BE-1"), a_right("2", line="BE-2", client="anna"))
    put(store, a_right("3", line="BE-3", client="tom"), a_right("4", line="BE-4", revoked_at=NOW))
    put(store, a_right("5", "OTHER", line="BE-5"))
    assert [right["id"] for right in (await faces.get("anna", "/me"))["rights"]] == ["1", "2"]


async def test_everybody_may_ask_who_he_is(faces: Faces) -> None:
    """Staff of the demo too, who are in no register."""
    for who, caller in STAFF.items():
        told = await faces.get(who, "/me")
        assert (told["client"], told["certificates"]) == (caller.identity, [])
