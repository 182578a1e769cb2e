"""Deliveries by webhook to a real receiver: signed, tried again, in order, ended by 410, never to a private address."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from deploy.local.ports import LOOPBACK, free_ports
from services.export.deliveries.carrying import MOST_TRIES, Courier
from services.export.deliveries.webhook_carrying import WebhookCarrier
from services.export.jobs.attempt import Workshop
from services.export.jobs.worker import JobWorker
from services.export.schedules.turns import Schedules
from services.export.schedules.where import Offers
from services.export.wiring import application
from shared.runtime.door import open_door
from shared.runtime.mongo import Database
from shared.store.schedules import Where
from tests.callers import everybody_may
from tests.integration.query.clients import client_of

WHEN = {"kind": "daily", "at": "11:00"}


@dataclass
class Receiver:
    """A server of somebody else's: keeps what is posted, and answers as it is told; 200 at the end."""

    port: int = field(default_factory=lambda: free_ports(1)[0])
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, by name."""
        return f"http://localhost:{self.port}/hook"

    async def post(self, request: web.Request) -> web.Response:
        """Keep what came, and answer."""
        self.taken.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    made, app = Receiver(), web.Application()
    app.router.add_post("/hook", made.post)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, made.port).start()
    yield made
    await runner.cleanup()


@pytest.fixture
async def export(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a service that may send to this machine."""
    for name in ("schedules", "deliveries", "progress"):
        await database[name].delete_many({})
    async with client_of(application(database, open_door("anna"), offers=Offers(allows_loopback=True))) as client:
        yield client


@pytest.fixture
def courier(shop: Workshop) -> Courier:
    """Who carries to this machine too, and tries again at once."""
    carriers = {Where.WEBHOOK: WebhookCarrier(allows_loopback=True)}
    return Courier(shop, carriers, fastest_seconds=0)


async def scheduled(export: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    """Make a daily schedule to a webhook; return how it is told."""
    where = {"kind": "webhook", "url": url}
    given = await export.post("/v1/schedules", json={"when": WHEN, "what": {"line": ["BE-0042-A"]}, "where": where})
    assert given.status_code == 201, given.text
    told: dict[str, Any] = given.json()
    return told


async def made(database: Database, shop: Workshop, schedule: dict[str, Any], days: int = 1) -> list[str]:
    """Let some occasions pass and their files be made; return their deliveries."""
    first = datetime.now(UTC) - timedelta(days=days) + timedelta(minutes=1)
    await database["schedules"].update_one({"_id": schedule["id"]}, {"$set": {"next_at": first}})
    turns = Schedules(database, 3600, everybody_may)
    await turns.start()
    await turns.turn()
    await turns.turn()
    while await JobWorker(shop).work_on_next():
        pass
    await turns.turn()
    found = database["deliveries"].find({"schedule": schedule["id"]}).sort("number", 1)
    return [delivery["_id"] async for delivery in found]


async def state_of(export: httpx2.AsyncClient, delivery: str) -> dict[str, Any]:
    """Return how a delivery is told."""
    told: dict[str, Any] = (await export.get(f"/v1/deliveries/{delivery}")).json()
    return told


async def test_a_webhook_is_signed_by_the_standard(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, courier: Courier, receiver: Receiver
) -> None:
    """Another implementation verifies it, and refuses what was changed; the secret is told once."""
    schedule = await scheduled(export, receiver.url)
    assert "secret" not in json.dumps((await export.get(f"/v1/schedules/{schedule['id']}")).json())
    (delivery, *_) = await made(database, shop, schedule)
    assert await courier.carry_next()
    ((headers, body),) = receiver.taken
    told = Webhook(schedule["secret"]).verify(body, headers)
    assert (told["type"], told["data"]["id"], headers["webhook-id"]) == ("delivery.ready", delivery, delivery)
    with pytest.raises(WebhookVerificationError):
        Webhook(schedule["secret"]).verify(body + b" ", headers)
    assert (await state_of(export, delivery))["state"] == "delivered"
    file = await export.get(told["data"]["result"]["link"])
    assert (file.status_code, len(file.content)) == (200, told["data"]["result"]["size"])
    assert (await export.get("/v1/deliveries")).json()["rows"] == []


async def test_what_is_not_taken_is_tried_again_in_order(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, courier: Courier, receiver: Receiver
) -> None:
    """The same message under the same id; what comes behind waits; a redirect is followed nowhere."""
    receiver.answers = [500, 302, 429]
    names = await made(database, shop, await scheduled(export, receiver.url), days=3)
    assert len(names) >= 3
    for _ in range(40):
        await database["deliveries"].update_many({}, {"$set": {"next_try": datetime(2026, 1, 1, tzinfo=UTC)}})
        await asyncio.gather(*(courier.carry_next() for _ in range(4)))
    taken = [headers["webhook-id"] for headers, _ in receiver.taken]
    assert taken == [names[0]] * 3 + names
    first = await state_of(export, names[0])
    assert (first["state"], first["attempts"]) == ("delivered", 3)


async def test_410_ends_the_schedule(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, courier: Courier, receiver: Receiver
) -> None:
    """It makes nothing more, nothing more is sent, and both tell why."""
    receiver.answers = [410]
    schedule = await scheduled(export, receiver.url)
    names = await made(database, shop, schedule, days=2)
    await courier.carry_next()
    while await courier.carry_next():
        pass
    told = (await export.get(f"/v1/schedules/{schedule['id']}")).json()
    assert (told["state"], told["problem"]["code"], told["next"]) == ("disabled", "WEBHOOK_GONE", None)
    assert len(receiver.taken) == 1
    assert {(await state_of(export, name))["state"] for name in names} == {"failed"}


async def test_it_is_given_up_at_last(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, courier: Courier, receiver: Receiver
) -> None:
    """After as many tries as there are; then it stands on the pick-up list with the reason."""
    receiver.answers = [503] * 50
    names = await made(database, shop, await scheduled(export, receiver.url))
    for _ in range(MOST_TRIES + 3):
        await database["deliveries"].update_one(
            {"_id": names[0]}, {"$set": {"next_try": datetime(2026, 1, 1, tzinfo=UTC)}}
        )
        await courier.carry_next()
    told = await state_of(export, names[0])
    assert (told["state"], told["problem"]["message"]) == ("failed", "the receiver answered 503")
    assert [headers["webhook-id"] for headers, _ in receiver.taken].count(names[0]) == MOST_TRIES
    assert names[0] in [row["id"] for row in (await export.get("/v1/deliveries")).json()["rows"]]


async def test_a_name_of_a_private_address_is_not_connected_to(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, receiver: Receiver
) -> None:
    """`localhost` is looked at when it is resolved: the receiver hears nothing."""
    names = await made(database, shop, await scheduled(export, receiver.url.replace("http:", "https:")))
    await Courier(shop, {Where.WEBHOOK: WebhookCarrier(allows_loopback=False)}).carry_next()
    told = await state_of(export, names[0])
    assert (told["state"], told["attempts"]) == ("ready", 1)
    assert "not public" in told["problem"]["message"]
    assert receiver.taken == []


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://user:x@example.org/"]
)
async def test_bad_addresses_are_refused_when_they_are_said(database: Database, url: str) -> None:
    """Plain http, private addresses in every disguise, secrets in the URL."""
    async with client_of(application(database, open_door("anna"))) as client:
        where = {"kind": "webhook", "url": url}
        refused = await client.post(
            "/v1/schedules", json={"when": WHEN, "what": {"line": ["BE-0042-A"]}, "where": where}
        )
    assert (refused.status_code, refused.json()["issues"][0]["code"]) == (422, "WEBHOOK_ADDRESS")
