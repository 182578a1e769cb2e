"""The application form: what is wrong stands at its field, what was typed stays, the secret is told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.query.pages.languages import LOCALES, language
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection
from tests.integration.access.site import FORM, ROOT, Site, shown, words_on
from tests.issuers import an_authority
from tests.registered import NOW, a_client, a_key, put

Store = SyncDatabase[dict[str, Any]]
KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize("code", LOCALES)
async def test_the_form_speaks_each_language(site: Site, code: str) -> None:
    """And so do its faults, all of them at once, in the order of the fields."""
    t = language(code)
    assert t("apply.lead") in (await site.get("nobody", "/apply", code)).text
    answer = await site.send("nobody", "/apply", {"email": "nowhere", "from": "2026-05-01"}, code)
    told = words_on(answer, 422)
    for field in ("company", "number", "until", "name", "email", "role", "certificate"):
        assert t(f"form.{field}") in told
        assert f'href="#apply-{field}"' in answer.text
        assert f'id="apply-{field}-fault"' in answer.text
    assert 'id="apply-from-fault"' not in answer.text
    assert 'value="nowhere"' in answer.text


async def test_an_application_is_taken_and_followed(site: Site, store: Store) -> None:
    """With the secret, which stands in no address and is not told again."""
    issued = ROOT.issue("anna")
    answer = await site.send("nobody", "/apply", {**FORM, "nodes": "N-1, N-2\nN-3"}, file=issued.pem)
    told = words_on(answer, 201)
    assert answer.headers["cache-control"] == "no-store"
    assert "Our security department calls you" in told
    (kept,) = store[Collection.APPLICATIONS].find()
    assert kept["asked"]["nodes"] == ["N-1", "N-2", "N-3"]
    name, secret = shown(answer.text, "id"), shown(answer.text, "secret")
    assert f'href="/apply/{name}"' in answer.text
    path = f"/apply/{name}"
    assert secret not in (await site.get("nobody", path)).text
    state = await site.send("nobody", path, {"secret": secret})
    assert "Our commercial department reviews" in words_on(state)
    assert secret not in state.text
    for wrong in ("guess", ""):
        refused = await site.send("nobody", path, {"secret": wrong})
        assert "There is no application of this id with this secret" in words_on(refused, 404 if wrong else 422)
    absent = await site.send("nobody", "/apply/0000", {"secret": "guess"})
    wrong_secret = await site.send("nobody", path, {"secret": "guess"})
    assert absent.text.replace("0000", name) == wrong_secret.text


async def test_a_refused_application_says_why(site: Site) -> None:
    """In the words of who refused it, and nothing in them is markup."""
    name, secret = await site.applied()
    await site.done("carla", f"/access/applications/{name}", {"does": "refuse", "reasons": "<b>No</b> such agreement"})
    state = await site.send("nobody", f"/apply/{name}", {"secret": secret})
    assert "<blockquote>&lt;b&gt;No&lt;/b&gt; such agreement</blockquote>" in state.text


@pytest.mark.parametrize(
    ("pem", "code"),
    [
        ("no certificate", "CERTIFICATE_UNREADABLE"),
        (ROOT.issue("anna", end=NOW - timedelta(hours=1)).pem, "CERTIFICATE_EXPIRED"),
        (an_authority("Other").issue("anna").pem, "CERTIFICATE_CHAIN"),
        (ROOT.issue("anna", extensions=()).pem.replace("CERTIFICATE", "CERTIFICATES"), "CERTIFICATE_UNREADABLE"),
    ],
)
async def test_a_wrong_certificate_is_told_at_its_field(site: Site, pem: str, code: str) -> None:
    """With what to do about it; the certificate stays, as do the other fields and their own faults."""
    answer = await site.send("nobody", "/apply", {**FORM, "until": "2025-01-01", "certificate": pem}, "nl")
    told = words_on(answer, 422)
    assert language("nl")(f"issue.{code}") in told
    assert language("nl")("issue.PERIOD_BACKWARDS") in told
    assert 'id="apply-certificate-fault"' in answer.text
    assert pem.split("\n")[1 if "\n" in pem else 0] in answer.text
    assert 'value="Anna Peeters"' in answer.text
    assert '<option value="downloader" selected>' in answer.text


async def test_a_private_key_is_not_sent_back(site: Site, store: Store) -> None:
    """Typed or as a file: it is refused, and stands nowhere."""
    for form, file in (({**FORM, "certificate": KEY}, None), (FORM, KEY)):
        answer = await site.send("nobody", "/apply", form, file=file)
        assert language("en")("issue.PRIVATE_KEY") in words_on(answer, 422)
        assert "c2VjcmV0" not in answer.text
    assert store[Collection.APPLICATIONS].count_documents({}) == 0


async def test_a_key_of_somebody_else_is_refused(site: Site, store: Store) -> None:
    """As the register finds it out while it writes."""
    issued = ROOT.issue("anna")
    name, _ = await site.applied(issued)
    found = store[Collection.APPLICATIONS].find_one({"_id": name})
    assert found is not None
    put(store, a_client("tom", "ACME", a_key("tom")))
    store[Collection.CLIENTS].update_one({}, {"$set": {"keys.0.fingerprint": found["key"]["fingerprint"]}})
    answer = await site.send("nobody", "/apply", {**FORM, "certificate": issued.pem})
    assert language("en")("issue.KEY_TAKEN") in words_on(answer, 409)


async def test_what_is_typed_is_never_markup(site: Site) -> None:
    """Whatever stands in a field comes back as text."""
    answer = await site.send("nobody", "/apply", {"company": '"><script>alert(1)</script>', "lines": "</textarea><b>"})
    assert "<script>alert" not in answer.text
    assert "</textarea><b>" not in answer.text
