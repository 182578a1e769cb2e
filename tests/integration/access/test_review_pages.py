"""The review by two people: who sees what, who decides what, and what is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from services.query.pages.languages import LOCALES, language
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.access.site import ROOT, Site, words_on
from tests.integration.query import stored_lines
from tests.registered import a_company, put

Store = SyncDatabase[dict[str, Any]]
REVIEW = {"does": "review", "company": "ACME", "agreement": "A-1", "lines": "BE-0042-A"}
EN = language("en")


async def waiting(site: Site, store: Store) -> str:
    """Return the address of an application that waits for its review."""
    stored_lines.register(store, stored_lines.a_line())
    put(store, a_company())
    name, _ = await site.applied()
    return f"/access/applications/{name}"


def fingerprint(store: Store) -> str:
    """Return the fingerprint of the one application."""
    (found,) = store[Collection.APPLICATIONS].find()
    return str(found["key"]["fingerprint"])


async def test_two_people_let_somebody_in(site: Site, store: Store) -> None:
    """From the form to the lines that are open; each step has its message in every language."""
    stored_lines.register(store, stored_lines.a_line())
    name, secret = await site.applied()
    path = f"/access/applications/{name}"
    assert name in await site.see("carla", "/access/applications")
    assert name not in await site.see("sven", "/access/applications")
    register = {"does": "register", "id": "ACME", "name": "Acme NV", "number": "A-1", "from": "2026-01-01"}
    there = await site.done("carla", path, {**register, "until": "2029-01-01"})
    assert there == f"{path}?company=ACME"
    assert 'name="company" type="text" value="ACME"' in (await site.get("carla", there)).text
    await site.done("carla", path, {**REVIEW, "days_from": "2023-11-01"})
    reviewed = await site.get("carla", path)
    for code in LOCALES:
        assert f'<textarea id="mail-{code}" readonly' in reviewed.text
    assert "has been reviewed" in words_on(reviewed)
    assert "mailto:anna@acme.example?subject=Your%20application" in reviewed.text
    assert name in await site.see("sven", "/access/applications")
    heard = " ".join(fingerprint(store)[at : at + 4].upper() for at in range(0, 64, 4))
    await site.done("sven", path, {"does": "confirm", "fingerprint": heard})
    confirmed = await site.see("sven", path)
    (client,) = store[Collection.CLIENTS].find()
    assert f"You are known as {client['_id']}" in confirmed
    assert "BE-0042-A" in await site.see(client["_id"], "/access")
    state = await site.send("nobody", f"/apply/{name}", {"secret": secret})
    assert client["_id"] in words_on(state)


@pytest.mark.parametrize("code", LOCALES)
async def test_one_person_cannot_do_both(site: Site, store: Store, code: str) -> None:
    """He is told before he tries, and refused in words when he does."""
    path, t = await waiting(site, store), language(code)
    await site.done("both", path, REVIEW)
    assert t("issue.SAME_PERSON") in await site.see("both", path, code)
    answer = await site.send("both", path, {"does": "confirm", "fingerprint": fingerprint(store)}, code)
    assert t("issue.SAME_PERSON") in words_on(answer, 409)
    assert store[Collection.CLIENTS].count_documents({}) == 0


async def test_who_confirms_does_not_see_what_he_must_hear(site: Site, store: Store) -> None:
    """The fingerprint stands on no page before him until he has typed it; a wrong one is refused in words."""
    path = await waiting(site, store)
    assert fingerprint(store)[:4] in (await site.get("carla", path)).text
    await site.done("carla", path, REVIEW)
    page = (await site.get("sven", path)).text
    told = fingerprint(store)
    assert told not in page
    assert " ".join(told[at : at + 4] for at in range(0, 64, 4)) not in page
    assert "CN=Gas Root" in page
    for typed, words, status in (("0" * 64, "issue.FINGERPRINT", 409), ("0" * 8, "form.fingerprint", 422)):
        answer = await site.send("sven", path, {"does": "confirm", "fingerprint": typed})
        assert EN(words) in words_on(answer, status)
        assert f">\n{typed}</textarea>" in answer.text


async def test_a_wrong_review_is_told_at_its_fields(site: Site, store: Store) -> None:
    """What was typed stays, and nothing is decided."""
    path = await waiting(site, store)
    for form, words, field, status in (
        ({"lines": "NOPE"}, "issue.UNKNOWN_LINE", "lines", 422),
        ({"nodes": "NOPE", "with_lines": "on"}, "issue.UNKNOWN_NODE", "nodes", 422),
        ({"agreement": "A-2"}, "issue.UNKNOWN_AGREEMENT", "agreement", 422),
        ({"company": "NOPE"}, "issue.NOT_FOUND", "company", 404),
        ({"company": ""}, "form.review_company", "company", 422),
        ({"days_from": "2026-05-01", "days_until": "2026-05-01"}, "issue.PERIOD_BACKWARDS", "days_until", 422),
        ({"use_from": "May"}, "form.use_from", "use_from", 422),
    ):
        answer = await site.send("carla", path, {**REVIEW, **form})
        assert EN(words) in words_on(answer, status)
        assert f'id="review-{field}-fault"' in answer.text
    register = {"does": "register", "id": "no id", "number": "A-1", "from": "2026-05-01", "until": "2026-05-01"}
    told = words_on(await site.send("carla", path, register), 422)
    for words in ("form.id", "form.name", "issue.PERIOD_BACKWARDS"):
        assert EN(words) in told
    (kept,) = store[Collection.APPLICATIONS].find()
    assert kept["state"] == "applied"


async def test_each_role_decides_its_own_step(site: Site, store: Store) -> None:
    """Forms are offered to who may use them; sending them otherwise is refused as by a program."""
    path = await waiting(site, store)
    assert 'value="review"' in (await site.get("carla", path)).text
    for who in ("sven", "aude"):
        assert 'name="does"' not in (await site.get(who, path)).text
        for form in (REVIEW, {"does": "refuse", "reasons": "no"}, {"does": "register", "id": "NEW"}):
            assert EN("issue.ROLE") in words_on(await site.send(who, path, form), 403)
    for who in ("adam", "olga", "nobody"):
        assert EN("issue.ROLE") in words_on(await site.get(who, path), 403)
        assert (await site.send(who, path, REVIEW)).status_code == 403
    assert (await site.send("carla", path, {"does": "nothing"})).status_code == 404
    assert (await site.send("carla", path, {"does": "confirm", "fingerprint": fingerprint(store)})).status_code == 403
    for who in ("carla", "sven"):
        absent = await site.get(who, "/access/applications/none")
        assert EN("issue.NOT_FOUND") in words_on(absent, 404)


async def test_a_refusal_needs_its_reasons(site: Site, store: Store) -> None:
    """They stand on the page and in the message; once the applicant is erased nobody writes to him."""
    path = await waiting(site, store)
    assert EN("form.reasons") in words_on(await site.send("carla", path, {"does": "refuse"}), 422)
    await site.done("carla", path, {"does": "refuse", "reasons": "No such agreement."})
    told = await site.get("carla", path)
    assert "<blockquote>No such agreement.</blockquote>" in told.text
    assert "We cannot accept the application" in words_on(told)
    again = await site.send("carla", path, {"does": "refuse", "reasons": "Once more."})
    assert EN("issue.STATE") in words_on(again, 409)
    name = path.rpartition("/")[2]
    erasure = await site.client.post("/v1/access/erasures", json={"of": name}, headers={"x-as": "sven"})
    assert erasure.status_code == 204
    assert "mailto:" not in (await site.get("carla", path)).text
    assert name in await site.see("aude", "/access/applications?state=refused")


async def test_applications_are_listed_by_page(site: Site, store: Store) -> None:
    """With a link to those that follow."""
    name, _ = await site.applied(ROOT.issue("anna"))
    (kept,) = store[Collection.APPLICATIONS].find()
    store[Collection.APPLICATIONS].insert_many([{**kept, "_id": f"z{number:03}"} for number in range(60)])
    first = await site.get("carla", "/access/applications?state=applied")
    assert (name in first.text, "z059" in first.text) == (True, False)
    following = first.text.partition('href="/access/applications?state=applied&amp;cursor=')[2].partition('"')[0]
    assert "z059" in await site.see("carla", f"/access/applications?state=applied&cursor={following}")
