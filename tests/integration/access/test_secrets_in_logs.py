"""What must stay secret stands in no log: the real service, everything that goes wrong, every line that it writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.local.servers import Servers
from deploy.local.services import Service, common_environment, five_services
from shared.runtime.mongo import SyncDatabase, connect_sync
from shared.store.documents import Collection
from tests.asserting import ISSUER, asked_with, assertion_of
from tests.registered import a_client, a_company, a_right, put
from tests.shown import DEMO_SECRET, EDGE_SECRET, a_holder, by_demo, by_tls

ANNA, NOBODY = a_holder(), a_holder("nobody")
Store = SyncDatabase[dict[str, Any]]


@pytest.fixture
def store(stack: Servers) -> Any:
    """A database with Anna, and with a line that cannot be read: a defect that any of her requests meets."""
    made = connect_sync(stack.mongo_uri, f"logs-{uuid4().hex}")
    put(made, a_company(), a_client("anna", "ACME", ANNA.registered()), a_right("1", line="BE-1"))
    made[Collection.TOPOLOGY].insert_one({"_id": "line|BE-1", "kind": "line", "doc": {"id": "BE-1"}, "known_at": 1})
    yield made
    made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def query(stack: Servers, store: Store, tmp_path: Path) -> AsyncIterator[Service]:
    """The query service as a process, entered by its edge."""
    for name, secret in (("edge", EDGE_SECRET), ("demo", DEMO_SECRET)):
        (tmp_path / name).write_text(secret)
    told = {
        **common_environment(stack.kafka_bootstrap, stack.mongo_uri),
        "GASTRACK_MONGO_DATABASE": store.name,
        "GASTRACK_EDGE_SECRET_FILE": str(tmp_path / "edge"),
        "GASTRACK_DEMO_SECRET_FILE": str(tmp_path / "demo"),
        "GASTRACK_ISSUER": ISSUER,
        "GASTRACK_LOG_LEVEL": "debug",
        "GASTRACK_OPEN_REQUESTS_PER_MINUTE": "20",
    }
    service = five_services(told, tmp_path)["query"]
    service.start()
    await asyncio.to_thread(service.wait_ready)
    yield service
    service.process.stop()


async def ask(query: Service, path: str, headers: dict[str, str], method: str = "GET", **more: Any) -> httpx2.Response:
    """Ask on a connection of its own: the service closes one on which its own code failed."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{query.http_port}", timeout=60) as client:
        return await client.request(method, path, headers=headers, **more)


async def status(query: Service, path: str, headers: dict[str, str], **more: Any) -> int:
    """Ask; return the status."""
    return (await ask(query, path, headers, **more)).status_code


async def test_no_secret_stands_in_a_log(query: Service, tmp_path: Path) -> None:
    """Secrets of doors, certificates, assertions and tokens: in headers, bodies and addresses, right and wrong."""
    assertion, forged = assertion_of(ANNA), assertion_of(NOBODY)
    other = OKPKey.generate_key("Ed25519")
    foreign = jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": "x"}, {"a": 1}, other, algorithms=["Ed25519"])

    given = await ask(query, "/v1/oauth/token", by_tls(), method="POST", data=asked_with(assertion))
    token = given.json()["access_token"]
    bearer = {**by_tls(), "Authorization": f"Bearer {token}"}
    told = [
        await status(query, "/v1/oauth/token", by_tls(), method="POST", data=asked_with(assertion)),
        await status(query, "/v1/oauth/token", by_tls(), method="POST", data=asked_with(forged)),
        await status(query, "/v1/oauth/token", by_tls(), method="POST", content=assertion.encode()),
        await status(query, "/v1/lines/BE-1", ANNA.headers()),
        await status(query, "/v1/lines/BE-1", bearer),
        await status(query, "/v1/lines/BE-1/measurements?view=x", bearer),
        await status(query, "/v1/lines", NOBODY.headers()),
        await status(query, f"/v1/lines/{token}?token={assertion}", bearer),
        await status(query, "/v1/lines", {**by_tls(), "Authorization": f"Bearer {foreign}"}),
        await status(query, "/v1/lines", {**by_tls(), "Authorization": f"Basic {token}"}),
        await status(query, "/v1/lines", {"x-gastrack-edge": EDGE_SECRET[:-1]}),
        await status(query, "/v1/lines", ANNA.headers(**{"client-cert": ANNA.forwarded})),
        await status(query, "/v1/lines", {**by_tls(), "x-forwarded-client-cert": ANNA.forwarded + ","}),
        await status(query, "/v1/lines", by_demo(), method="POST", content=ANNA.private_pem * 1_200),
        await status(query, "/v1/lines", by_demo(), method="POST", content=DEMO_SECRET.encode()),
    ]
    assert {401, 400, 500, 403, 404, 422, 413, 405} <= set(told), told
    at_once = [status(query, "/v1/lines", by_tls()) for _ in range(60)]  # one by one, a busy machine is never too fast
    assert 429 in await asyncio.gather(*at_once)
    query.process.stop()
    log = (tmp_path / "query.log").read_text(encoding="utf-8")
    secrets = [EDGE_SECRET, DEMO_SECRET, EDGE_SECRET[:-1], ANNA.private_pem.decode().splitlines()[1]]
    shown = [ANNA.forwarded[-60:], ANNA.pem.decode().splitlines()[1], NOBODY.pem.decode().splitlines()[1]]
    signed = [part for text in (assertion, forged, token, foreign) for part in text.split(".")[1:]]
    assert not [text for text in (*secrets, *shown, *signed) if text in log]
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {line["status"] for line in lines if line["event"] == "refused"} >= {401, 403, 429}
    assert [line["client"] for line in lines if line["event"] == "a token was given"] == ["anna"]
    assert [line for line in lines if line["event"] == "defect"]
