"""One's own account, and a company as its administrator manages it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.query.pages.languages import LOCALES, language
from shared.access.roles import Role
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.access.site import ROOT, STAFF, Site, words_on
from tests.integration.query import stored_lines
from tests.registered import NOW, YEARS, a_client, a_company, a_key, a_right, fingerprint_of, put

Store = SyncDatabase[dict[str, Any]]
DELEGATION = {
    "to": "OTHER",
    "line": "BE-1",
    "use_from": "2026-11-01",
    "use_until": "2027-01-01",
    "days_from": "2026-01-01",
    "days_until": "2027-01-01",
}


@pytest.mark.parametrize("code", LOCALES)
async def test_an_account_says_what_is_open(site: Site, store: Store, code: str) -> None:
    """Company, roles, rights with gas days and period of use, who passed them on; not those of a colleague."""
    put(store, a_company(), a_client("anna"), a_right("1", line="BE-1"))
    put(store, a_company("GIVER"), a_right("0", "GIVER", line="BE-2"), a_right("2", line="BE-2", delegated_by="GIVER"))
    put(store, a_right("3", line="BE-3", client="tom"))
    told, t = await site.see("anna", "/access", code), language(code)
    for words in ("anna", "ACME", t("role.downloader"), "BE-1", "A-1", t("account.passed_on", company="GIVER")):
        assert words in told
    first, end = (t.date(day, "yMMMd") for day in YEARS)
    assert t("span.first_end", first=first, end=end) in told
    assert "BE-3" not in told


@pytest.mark.parametrize(("days", "state"), [(61, "good"), (59, "ahead"), (29, "soon"), (6, "urgent")])
async def test_a_certificate_that_ends_is_told_in_words(site: Site, store: Store, days: int, state: str) -> None:
    """60, 30 and 7 days before, with the days that are left and where to renew it."""
    put(store, a_company(), a_client("anna", "ACME", a_key("anna", not_after=NOW + timedelta(days=days, minutes=1))))
    t, told = language("de"), await site.see("anna", "/access", "de")
    assert t(f"standing.{state}") in told
    assert t.counted("account.days", days) in told
    assert (t.counted("account.warning", days) in told) is (state != "good")


async def test_a_certificate_is_renewed(site: Site, store: Store) -> None:
    """Beside the old one, which is warned of no more; a third is refused in words, and stays typed."""
    put(store, a_company(), a_client("anna", "ACME", a_key("anna", not_after=NOW + timedelta(days=6))))
    broken = await site.send("anna", "/access", {"certificate": "nothing"})
    assert language("en")("issue.CERTIFICATE_UNREADABLE") in words_on(broken, 422)
    assert await site.done("anna", "/access", {"certificate": ROOT.issue("anna").pem}) == "/access?done=renewed"
    told = await site.see("anna", "/access?done=renewed")
    assert language("en")("account.renewed") in told
    assert "ends in" not in told
    third = ROOT.issue("anna").pem
    answer = await site.send("anna", "/access", {"certificate": third})
    assert language("en")("issue.TWO_KEYS") in words_on(answer, 409)
    assert third.split("\n")[1] in answer.text


async def test_the_header_leads_to_what_one_has(site: Site, store: Store) -> None:
    """Whoever is known to his account, everybody else to the form; and each sees the pages of his roles alone."""
    put(store, a_company())
    assert '<a href="/apply">Apply for access</a>' in (await site.get("nobody", "/gas")).text
    expected = {"adam": {"company"}, "carla": {"applications"}, "sven": {"applications"}, "olga": set()}
    for who, pages in expected.items():
        text = (await site.get(who, "/access")).text
        assert '<a href="/access">Access</a>' in text
        assert {page for page in ("company", "applications") if f'href="/access/{page}"' in text} == pages
        for page in ("company", "applications"):
            answer = await site.get(who, f"/access/{page}")
            assert words_on(answer, 200 if page in pages else 403)
            assert answer.headers["cache-control"] == "no-store"


async def test_an_administrator_revokes_after_a_second_question(site: Site, store: Store) -> None:
    """The first button only leads there; what was done is told, and cannot be done again."""
    put(store, a_company(), a_client("anna"), a_company("OTHER"), a_client("tom", "OTHER"))
    page = (await site.get("adam", "/access/company")).text
    asked = f"/access/company/confirm?what=certificate&client=anna&of={fingerprint_of('anna')}"
    assert asked.replace("&", "&amp;") in page
    assert "tom" not in page
    assert "opens nothing any more" in await site.see("adam", asked)
    client = store[Collection.CLIENTS].find_one({"_id": "anna"})
    assert client is not None
    assert client["keys"][0]["revoked_at"] is None
    form = {"what": "certificate", "client": "anna", "of": fingerprint_of("anna")}
    done = await site.done("adam", "/access/company/confirm", form)
    assert language("en")("done.certificate") in await site.see("adam", done)
    assert "revoked" in await site.see("adam", "/access/company")
    again = await site.send("adam", "/access/company/confirm", form)
    assert language("en")("issue.STATE") in words_on(again, 409)
    ended = await site.done("adam", "/access/company/confirm", {"what": "client", "of": "anna", "client": ""})
    assert language("en")("done.client") in await site.see("adam", ended)
    assert "access ended" in await site.see("adam", "/access/company")


async def test_what_is_another_companys_is_told_as_absent(site: Site, store: Store) -> None:
    """Asked or sent: the same page but for the name."""
    put(store, a_company(), a_client("anna"), a_company("OTHER"), a_client("tom", "OTHER"), a_right("9", "OTHER"))
    fingerprint = fingerprint_of("tom")
    for what, of, client in (("client", "tom", ""), ("certificate", fingerprint, "tom"), ("delegation", "9", "")):
        texts = []
        for name in (client or of, "zzz"):
            form = {"what": what, "of": of if client else name, "client": name if client else ""}
            answers = [
                await site.client.get(
                    "/access/company/confirm", params=form, headers={"x-as": "adam", "Accept": "text/html"}
                ),
                await site.send("adam", "/access/company/confirm", form),
            ]
            texts.append([words_on(answer, 404).replace(name, "") for answer in answers])
        assert texts[0] == texts[1]


async def test_a_right_is_passed_on_and_taken_back(site: Site, store: Store) -> None:
    """What is wrong stands at its field; both companies see it, and that it was taken back."""
    stored_lines.register(store, stored_lines.a_line("BE-1"))
    put(store, a_company(), a_company("OTHER"), a_right("1", line="BE-1"))
    put(store, a_client("ada", "OTHER", role=Role.ADMINISTRATOR))
    t = language("fr")
    empty = words_on(await site.send("adam", "/access/company", {"to": "OTHER"}, "fr"), 422)
    assert t("form.use_from") in empty
    both = await site.send("adam", "/access/company", {**DELEGATION, "node": "N"}, "fr")
    assert t("form.line") in words_on(both, 422)
    assert 'value="OTHER"' in both.text
    more = await site.send("adam", "/access/company", {**DELEGATION, "days_from": "2019-01-01"}, "fr")
    assert t("issue.MORE_THAN_OWN") in words_on(more, 422)
    assert 'id="give-days_from-fault"' in more.text
    foreign = await site.send("adam", "/access/company", {**DELEGATION, "line": "BE-9"}, "fr")
    assert t("issue.NOT_FOUND") in words_on(foreign, 404)
    done = await site.done("adam", "/access/company", DELEGATION)
    assert language("en")("done.delegated") in await site.see("adam", done)
    assert "BE-1" in await site.see("ada", "/access/company")
    right = store[Collection.RIGHTS].find_one({"delegated_by": "ACME"})
    assert right is not None
    confirm = "/access/company/confirm"
    assert "OTHER" in await site.see("adam", f"{confirm}?what=delegation&of={right['_id']}")
    done = await site.done("adam", confirm, {"what": "delegation", "of": right["_id"], "client": ""})
    assert language("en")("done.delegation") in await site.see("adam", done)
    for who in ("adam", "ada"):
        assert "taken back" in await site.see(who, "/access/company")


async def test_one_is_warned_of_revoking_oneself(site: Site, store: Store) -> None:
    """An administrator who ends his own access cannot undo it."""
    put(store, a_company(), a_client("ada", role=Role.ADMINISTRATOR), a_client("anna"))
    own = language("en")("confirming.own")
    assert own in await site.see("ada", "/access/company/confirm?what=client&of=ada")
    assert own not in await site.see("ada", "/access/company/confirm?what=client&of=anna")


async def test_a_page_of_access_is_only_for_who_may(site: Site, store: Store) -> None:
    """Sending is refused as looking is, in words, with nothing written."""
    put(store, a_company(), a_client("anna"))
    for who in set(STAFF) - {"adam", "sven", "both"}:
        form = {"what": "client", "of": "anna", "client": ""}
        answer = await site.send(who, "/access/company/confirm", form)
        assert answer.status_code in (403, 404)
        assert (await site.send(who, "/access/company", DELEGATION)).status_code == 403
    assert store[Collection.CLIENTS].count_documents({"ended_at": None}) == 1
    assert store[Collection.RIGHTS].count_documents({}) == 0
