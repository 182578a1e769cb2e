"""Access tokens: given for a registered key alone, once for each assertion, and worth what the register says."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from services.query.tokens.giving import TokenGiver
from services.query.wiring import application
from shared.access.roles import Role
from shared.runtime.edge.admission import EdgeAdmission
from shared.runtime.edge.door_secrets import DoorSecrets
from shared.runtime.edge.tokens import LIFE_SECONDS, AccessTokens
from shared.runtime.http_state import utc_now
from shared.runtime.mongo import Database, SyncDatabase, synchronous
from shared.store.access.register import ClientRegister
from shared.store.assertions import use_once
from shared.store.documents import Collection, ensure_collections
from shared.store.signing_keys import public_keys
from tests.asserting import ISSUER, asked_with, assertion_of
from tests.registered import a_client, a_company, a_right, put
from tests.shown import EDGE_SECRET, Holder, a_holder, by_tls

ANNA, BART, NOBODY, NEW = a_holder(), a_holder("bart"), a_holder("nobody"), a_holder("anna")
REFUSED = {"error": "invalid_client", "error_description": "the assertion does not prove a registered client"}
Store = SyncDatabase[dict[str, Any]]


@pytest.fixture
def database(database: Database) -> Database:
    """The database, with Anna and Bart."""
    anna = a_client("anna", "ACME", ANNA.registered(), role=Role.OPERATOR)
    put(
        synchronous(database), a_company(), anna, a_client("bart", "ACME", BART.registered()), a_right("1", line="BE-1")
    )
    return database


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of query behind its edge."""
    register = ClientRegister(database, utc_now)
    tokens = AccessTokens(ISSUER, database, utc_now)
    admit = EdgeAdmission(DoorSecrets(EDGE_SECRET.encode(), None), register, tokens=tokens)
    app = application(database, admit, tokens=TokenGiver(ISSUER, database, register, utc_now))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ISSUER) as made:
        yield made


async def asked(client: httpx2.AsyncClient, fields: dict[str, str], shown: Holder | None = None) -> httpx2.Response:
    """Ask for a token, with a certificate or without one."""
    headers = shown.headers() if shown else by_tls()
    return await client.post("/v1/oauth/token", data=fields, headers=headers)


async def token_of(client: httpx2.AsyncClient, holder: Holder = ANNA, shown: Holder | None = None) -> str:
    """Return a token for Anna."""
    given = await asked(client, asked_with(assertion_of(holder)), shown)
    assert given.status_code == 200, given.text
    told: str = given.json()["access_token"]
    return told


async def code_with(client: httpx2.AsyncClient, token: str, shown: Holder | None = None) -> str:
    """Return what becomes of a request with a token: 200, or the code of its problem."""
    headers = {**(shown.headers() if shown else by_tls()), "Authorization": f"Bearer {token}"}
    answer = await client.get("/v1/lines", headers=headers)
    return "200" if answer.status_code == 200 else answer.json()["issues"][0]["code"]


async def test_a_token_is_given_and_opens_what_its_client_may(client: httpx2.AsyncClient) -> None:
    """By its own form (RFC 6749), for five minutes, signed with a published key (RFC 9068)."""
    given = await asked(client, asked_with(assertion_of(ANNA), client_id="anna"))
    told = given.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", LIFE_SECONDS)
    assert given.headers["cache-control"] == "no-store"
    keys = (await client.get("/v1/oauth/keys", headers=by_tls())).json()
    token = jwt.decode(told["access_token"], KeySet.import_key_set(keys), algorithms=["Ed25519"])
    assert token.header["typ"] == "at+jwt"
    named = {name: token.claims[name] for name in ("iss", "aud", "sub", "client_id")}
    assert named == {"iss": ISSUER, "aud": ISSUER, "sub": "anna", "client_id": "anna"}
    assert token.claims["exp"] - token.claims["iat"] == LIFE_SECONDS
    assert "cnf" not in token.claims
    assert await code_with(client, told["access_token"]) == "200"


async def test_a_token_asked_for_with_a_certificate_is_bound_to_it(client: httpx2.AsyncClient) -> None:
    """It counts together with this certificate alone; one without counts without (RFC 8705)."""
    bound, plain = await token_of(client, shown=ANNA), await token_of(client)
    assert await code_with(client, bound, ANNA) == "200"
    assert await code_with(client, bound) == "INVALID_TOKEN"
    assert await code_with(client, bound, BART) == "INVALID_TOKEN"
    assert await code_with(client, bound, NEW) == "INVALID_TOKEN"
    assert await code_with(client, plain, ANNA) == "INVALID_TOKEN"


async def test_whatever_is_wrong_is_refused_alike(client: httpx2.AsyncClient) -> None:
    """A stranger's key, another's name, a used assertion: nothing tells clients apart."""
    once = assertion_of(ANNA)
    assert (await asked(client, asked_with(once))).status_code == 200
    wrong = [
        asked_with(once),
        asked_with(assertion_of(NOBODY)),
        asked_with(assertion_of(BART)),
        asked_with(assertion_of(ANNA, client="nobody")),
        asked_with(assertion_of(ANNA), client_id="bart"),
        asked_with("a.b.c"),
    ]
    answers = [await asked(client, fields) for fields in wrong]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, REFUSED)] * len(wrong)
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)
    assert len({tuple(answer.headers.multi_items()) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"scope": "read"}, "invalid_scope"),
        ({"client_assertion_type": "other"}, "invalid_client"),
        ({"client_assertion": ""}, "invalid_client"),
    ],
)
async def test_requests_have_one_form(client: httpx2.AsyncClient, fields: dict[str, str], error: str) -> None:
    """With the errors of RFC 6749."""
    answer = await asked(client, asked_with(assertion_of(ANNA)) | fields)
    assert (answer.status_code, answer.json()["error"]) == (401 if error == "invalid_client" else 400, error)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps(asked_with("a.b.c"))),
        ("application/x-www-form-urlencoded", "grant_type=client_credentials&grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", ""),
        ("application/x-www-form-urlencoded", "é"),
        ("application/x-www-form-urlencoded", "&".join(f"f{number}=1" for number in range(30))),
    ],
)
async def test_other_bodies_are_no_requests(client: httpx2.AsyncClient, content_type: str, body: str) -> None:
    """Another type, a field twice, none, other letters, too many."""
    headers = {**by_tls(), "Content-Type": content_type}
    answer = await client.post("/v1/oauth/token", content=body.encode(), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_revocation_ends_tokens_as_it_ends_certificates(client: httpx2.AsyncClient, database: Database) -> None:
    """The key is revoked: no token is given for it any more, and those that were given open nothing."""
    token = await token_of(client)
    revoked = a_client("anna", "ACME", ANNA.registered(datetime.now(UTC)), NEW.registered(), role=Role.OPERATOR)
    put(synchronous(database), revoked)
    async with client_of_its_own(database) as other:
        assert await code_with(other, token) == "CERTIFICATE_REVOKED"
        assert (await asked(other, asked_with(assertion_of(ANNA)))).json() == REFUSED
        assert await code_with(other, await token_of(other, NEW)) == "200"


def client_of_its_own(database: Database) -> httpx2.AsyncClient:
    """Return a client of another process of query, which has looked at nothing yet."""
    register = ClientRegister(database, utc_now)
    tokens = AccessTokens(ISSUER, database, utc_now)
    admit = EdgeAdmission(DoorSecrets(EDGE_SECRET.encode(), None), register, tokens=tokens)
    app = application(database, admit, tokens=TokenGiver(ISSUER, database, register, utc_now))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ISSUER)


async def test_only_our_own_tokens_count(client: httpx2.AsyncClient, database: Database) -> None:
    """No other key, type, issuer or audience; not for longer than they say; not the client's own assertion."""
    await token_of(client)
    store = synchronous(database)
    pem = store[Collection.TOKEN_KEYS].find_one({"_id": "own"})
    assert pem is not None
    ours, other = OKPKey.import_key(pem["private_pem"]), OKPKey.generate_key("Ed25519")
    kid, now = ours.thumbprint(), int(time.time())
    good = {"iss": ISSUER, "aud": ISSUER, "sub": "anna", "iat": now, "exp": now + 60, "key": ANNA.fingerprint}

    def signed(key: OKPKey, header: dict[str, Any], **more: Any) -> str:
        told = {"alg": "Ed25519", "typ": "at+jwt", "kid": kid, **header}
        return jwt.encode(told, {**good, **more}, key, algorithms=["Ed25519"])

    assert await code_with(client, signed(ours, {})) == "200"
    wrong = [
        signed(other, {}),
        signed(other, {"kid": other.thumbprint()}),
        signed(ours, {"typ": "JWT"}),
        signed(ours, {}, iss="https://other.example"),
        signed(ours, {}, aud="https://other.example"),
        signed(ours, {}, exp=now - 1),
        signed(ours, {}, exp="never"),
        signed(ours, {}, iat=now + 100),
        signed(ours, {})[:-4] + "AAAA",
        assertion_of(ANNA),
        "a.b.c",
        "a" * 5_000,
    ]
    assert [await code_with(client, token) for token in wrong] == ["INVALID_TOKEN"] * len(wrong)


@pytest.mark.parametrize("told", ["Bearer", "Bearer ", "Basic YTpi", "", "token"])
async def test_authorization_says_bearer_or_nothing(client: httpx2.AsyncClient, told: str) -> None:
    """Whatever else it says is refused, with a certificate too: somebody means another way in."""
    answer = await client.get("/v1/lines", headers=ANNA.headers(authorization=told))
    assert answer.json()["issues"][0]["code"] == "INVALID_TOKEN"
    assert "invalid_request" in answer.headers["www-authenticate"]


async def test_an_assertion_counts_once_in_all_processes(database: Database) -> None:
    """Of each client for himself; the store forgets it when nobody could use it any more."""
    await ensure_collections(database)
    until = datetime.now(UTC)
    assert [await use_once(database, "anna", "1", until) for _ in range(2)] == [True, False]
    assert await use_once(database, "bart", "1", until)
    indexes = await database[Collection.ASSERTIONS].index_information()
    assert indexes["until_1"]["expireAfterSeconds"] == 0


async def test_the_server_says_what_it_can(client: httpx2.AsyncClient) -> None:
    """Metadata by which libraries find everything (RFC 8414)."""
    told = (await client.get("/.well-known/oauth-authorization-server", headers=by_tls())).json()
    assert told["issuer"] == ISSUER
    assert told["token_endpoint"] == f"{ISSUER}/v1/oauth/token"
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert "RS256" not in told["token_endpoint_auth_signing_alg_values_supported"]
    assert told["tls_client_certificate_bound_access_tokens"] is True


async def test_keys_of_tokens_are_not_keys_of_manifests(client: httpx2.AsyncClient, database: Database) -> None:
    """What is signed for one purpose never serves the other."""
    await token_of(client)
    ours = {jwk["kid"] for jwk in await public_keys(database, Collection.TOKEN_KEYS)}
    theirs = {jwk["kid"] for jwk in await public_keys(database)}
    assert ours
    assert not ours & theirs


async def test_without_an_issuer_no_tokens_are_given(database: Database) -> None:
    """Neither given nor taken: a certificate is the only way in."""
    admit = EdgeAdmission(DoorSecrets(EDGE_SECRET.encode(), None), ClientRegister(database, utc_now))
    app = application(database, admit)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ISSUER) as client:
        assert (await asked(client, asked_with(assertion_of(ANNA)))).status_code == 404
        assert await code_with(client, "a.b.c") == "NO_CERTIFICATE"
