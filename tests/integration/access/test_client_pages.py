"""All clients, as the security role finds and revokes them."""

from __future__ import annotations

from typing import Any

import pytest

from services.query.pages.languages import LOCALES, language
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.access.site import STAFF, Site, words_on
from tests.registered import a_client, a_company, fingerprint_of, put

Store = SyncDatabase[dict[str, Any]]
CONFIRM = "/access/clients/confirm"


@pytest.fixture
def clients(store: Store) -> None:
    """Anna of ACME, Tom of OTHER, both with names; a client who was erased."""
    put(store, a_company(), a_company("OTHER"), a_client("anna"), a_client("tom", "OTHER"), a_client("gone", "OTHER"))
    for client, name in (("anna", "Anna Peeters"), ("tom", "Tom O'Neill (gas)")):
        person = {"name": name, "email": f"{client}@mail.example", "subject": "", "certificate": ""}
        store[Collection.PERSONS].insert_one({"_id": client, **person})


def grouped(fingerprint: str) -> str:
    """Return a fingerprint as people write it."""
    return " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"anna", "gone", "tom"}),
        ("PEETERS", {"anna"}),
        ("tom@mail", {"tom"}),
        ("other", {"gone", "tom"}),
        ("O'Neill (", {"tom"}),
        (".*", set()),
        ("a\0", set()),
        (fingerprint_of("gone")[:12], {"gone"}),
        (grouped(fingerprint_of("anna")), {"anna"}),
    ],
)
async def test_clients_are_found_by_what_they_are_called(site: Site, words: str, expected: set[str]) -> None:
    """Company, name, address, id, fingerprint however it is grouped; what a pattern would mean is text."""
    answer = await site.client.get(
        "/access/clients", params={"q": words}, headers={"x-as": "sven", "Accept": "text/html"}
    )
    assert words_on(answer)
    assert {one for one in ("anna", "gone", "tom") if f"of={fingerprint_of(one)}" in answer.text} == expected


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("code", LOCALES)
async def test_security_revokes_with_a_reason_after_a_second_question(site: Site, store: Store, code: str) -> None:
    """The first button only asks; without a reason nothing is done; the outcome is told, and stands in the chain."""
    t, fingerprint = language(code), fingerprint_of("anna")
    asked = f"{CONFIRM}?what=certificate&client=anna&of={fingerprint}"
    assert asked.replace("&", "&amp;") in (await site.get("sven", "/access/clients", code)).text
    assert t("why.key_exposed") in await site.see("sven", asked, code)
    form = {"what": "certificate", "client": "anna", "of": fingerprint}
    for reason in ({}, {"reason": "because"}):
        unsaid = await site.send("sven", CONFIRM, {**form, **reason}, code)
        assert t("form.reason") in words_on(unsaid, 422)
        assert 'id="confirm-reason-fault"' in unsaid.text
    assert store[Collection.ACCESS_EVENTS].count_documents({}) == 0
    done = await site.done("sven", CONFIRM, {**form, "reason": "key_exposed"})
    assert done == "/access/clients?done=certificate"
    told = await site.see("sven", done, code)
    assert t("done.certificate") in told
    assert t("standing.revoked") in told
    (event,) = store[Collection.ACCESS_EVENTS].find({})
    assert (event["what"], event["of"], event["by"]) == ("certificate.revoked", "anna", "sven")
    assert event["told"] == {"fingerprint": fingerprint, "reason": "key_exposed"}
    again = await site.send("sven", CONFIRM, {**form, "reason": "other"}, code)
    assert t("issue.STATE") in words_on(again, 409)


@pytest.mark.usefixtures("clients")
async def test_security_ends_an_access(site: Site, store: Store) -> None:
    """The same way; what is not there is said to be absent."""
    form = {"what": "client", "of": "tom", "client": "", "reason": "left"}
    assert await site.done("sven", CONFIRM, form) == "/access/clients?done=client"
    (event,) = store[Collection.ACCESS_EVENTS].find({})
    assert (event["what"], event["told"]) == ("client.ended", {"reason": "left"})
    assert "access ended" in await site.see("sven", "/access/clients?q=tom")
    assert words_on(await site.send("sven", CONFIRM, {**form, "of": "zzz"}), 404)


@pytest.mark.usefixtures("clients")
async def test_nobody_else_comes_there(site: Site, store: Store) -> None:
    """Neither to the list, nor to the question, nor to the deed; and other sites never."""
    asked = f"{CONFIRM}?what=client&of=tom"
    form = {"what": "client", "of": "tom", "client": "", "reason": "other"}
    for who in set(STAFF) - {"sven", "both"} | {"anna"}:
        answers = [
            await site.get(who, "/access/clients"),
            await site.get(who, asked),
            await site.send(who, CONFIRM, form),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3, who
        assert 'href="/access/clients"' not in answers[0].text
    headers = {"x-as": "sven", "Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    refused = await site.client.post(CONFIRM, data=form, headers=headers)
    assert language("en")("issue.OTHER_SITE") in words_on(refused, 403)
    client = store[Collection.CLIENTS].find_one({"_id": "tom"})
    assert client is not None
    assert client["ended_at"] is None
    assert 'href="/access/clients"' in (await site.get("sven", "/access")).text


@pytest.mark.usefixtures("clients")
async def test_programs_search_and_say_why_too(site: Site, store: Store) -> None:
    """The reason is one of a few words; without one the event is as before."""
    found = await site.client.get("/v1/access/clients", params={"q": "peeters", "limit": 1}, headers={"x-as": "aude"})
    assert [row["id"] for row in found.json()["rows"]] == ["anna"]
    path = f"/v1/access/clients/anna/certificates/{fingerprint_of('anna')}/revoke"
    wrong = await site.client.post(path, params={"reason": "because"}, headers={"x-as": "sven"})
    assert wrong.status_code == 422
    assert (await site.client.post(path, headers={"x-as": "sven"})).status_code == 200
    ended = await site.client.post(
        "/v1/access/clients/anna/end", params={"reason": "misused"}, headers={"x-as": "sven"}
    )
    assert ended.status_code == 200
    told = [event["told"] for event in store[Collection.ACCESS_EVENTS].find({}).sort("_id", 1)]
    assert told == [{"fingerprint": fingerprint_of("anna")}, {"reason": "misused"}]
