"""Deliveries by SFTP to a real server: whole under their names, to the host that was named, never to a private one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import httpx2
import pytest

from deploy.local.ports import LOOPBACK, free_ports
from services.export.deliveries.carrying import Courier
from services.export.deliveries.sftp_carrying import SftpCarrier
from services.export.jobs.attempt import Workshop
from services.export.schedules.where import Offers
from services.export.wiring import application
from shared.access.read import What
from shared.runtime.door import open_door
from shared.runtime.mongo import Database
from shared.store.results import BUCKET
from shared.store.schedules import Where
from tests.integration.export.test_webhooks import WHEN, made, state_of
from tests.integration.query.clients import client_of
from tests.remembered_reads import Remembering


@dataclass
class Host:
    """A server of somebody else's, with a folder that our key opens."""

    port: int
    folder: Path
    host_key: str
    our_key: Path

    def where(self, **other: Any) -> dict[str, Any]:
        """Return how a schedule names it."""
        named = {"host": "localhost", "port": self.port, "user": "gas", "folder": "in", "host_key": self.host_key}
        return {"kind": "sftp", **named, **other}

    def files(self) -> list[str]:
        """Return what is in its folder."""
        return sorted(path.name for path in (self.folder / "in").iterdir())


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    """A server on loopback."""
    theirs, ours = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    ours.write_private_key(tmp_path / "key")
    (tmp_path / "root" / "in").mkdir(parents=True)
    port = free_ports(1)[0]
    server = await asyncssh.listen(
        LOOPBACK,
        port,
        server_host_keys=[theirs],
        authorized_client_keys=asyncssh.import_authorized_keys(ours.export_public_key().decode()),
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(tmp_path / "root")),
    )
    yield Host(port, tmp_path / "root", theirs.export_public_key().decode().strip(), tmp_path / "key")
    server.close()
    await server.wait_closed()


@pytest.fixture
def carrier(host: Host) -> SftpCarrier:
    """Who carries to this machine too."""
    return SftpCarrier(host.our_key, allows_loopback=True)


@pytest.fixture
async def export(database: Database, carrier: SftpCarrier) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a service that offers SFTP to this machine."""
    for name in ("schedules", "deliveries", "progress"):
        await database[name].delete_many({})
    offers = Offers(allows_loopback=True, sftp_public_key=carrier.public_key)
    async with client_of(application(database, open_door("anna"), offers=offers)) as client:
        yield client


async def scheduled(export: httpx2.AsyncClient, where: dict[str, Any]) -> dict[str, Any]:
    """Make a daily schedule; return how it is told."""
    given = await export.post("/v1/schedules", json={"when": WHEN, "what": {"line": ["BE-0042-A"]}, "where": where})
    assert given.status_code == 201, given.text
    told: dict[str, Any] = given.json()
    return told


async def test_a_file_is_put_whole_under_its_name(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, carrier: SftpCarrier, host: Host
) -> None:
    """And nothing else is there; the key with which we come is told."""
    schedule = await scheduled(export, host.where())
    assert schedule["public_key"] == carrier.public_key
    names = await made(database, shop, schedule)
    while await Courier(shop, {Where.SFTP: carrier}).carry_next():
        pass
    told = await state_of(export, names[0])
    assert (told["state"], told["problem"]) == ("delivered", None)
    kept = (await export.get(told["result"]["link"])).content
    assert (host.folder / "in" / told["result"]["file_name"]).read_bytes() == kept
    assert not [name for name in host.files() if name.endswith(".part")]


async def test_the_trail_is_told_before_a_file_is_put(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, carrier: SftpCarrier, host: Host
) -> None:
    """Whose schedule it is, and the host; where the trail is away nothing is put, and it is tried again."""
    trail = Remembering()
    trail.is_away = True
    names = await made(database, shop, await scheduled(export, host.where()))
    courier = Courier(shop, {Where.SFTP: carrier}, fastest_seconds=0, trail=trail)
    await courier.carry_next()
    told = await state_of(export, names[0])
    assert (told["state"], told["problem"]["code"], host.files()) == ("ready", "TRAIL_AWAY", [])
    trail.is_away = False
    while await courier.carry_next():
        pass
    assert (await state_of(export, names[0]))["state"] == "delivered"
    assert {(one.client, one.address, one.read.what) for one in trail.readings} == {
        ("anna", "localhost", What.DELIVERY)
    }


async def test_another_host_gets_nothing(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, carrier: SftpCarrier, host: Host
) -> None:
    """Whoever answers with another key than the one that was named."""
    another = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    names = await made(database, shop, await scheduled(export, host.where(host_key=another)))
    await Courier(shop, {Where.SFTP: carrier}).carry_next()
    told = await state_of(export, names[0])
    assert (told["state"], told["attempts"], told["problem"]["code"]) == ("ready", 1, "SFTP_REFUSED")
    assert "HostKeyNotVerifiable" in told["problem"]["message"]
    assert host.files() == []


async def test_a_private_address_gets_nothing(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, host: Host
) -> None:
    """`localhost` is looked at when it is resolved."""
    names = await made(database, shop, await scheduled(export, host.where()))
    await Courier(shop, {Where.SFTP: SftpCarrier(host.our_key, allows_loopback=False)}).carry_next()
    assert "not public" in (await state_of(export, names[0]))["problem"]["message"]
    assert host.files() == []


async def test_a_file_that_breaks_off_is_not_there(
    export: httpx2.AsyncClient, database: Database, shop: Workshop, carrier: SftpCarrier, host: Host
) -> None:
    """Only its draft is; the next try makes it whole."""
    names = await made(database, shop, await scheduled(export, host.where()))
    chunks = await database[f"{BUCKET}.chunks"].find({}).to_list(None)
    await database[f"{BUCKET}.chunks"].delete_many({})
    courier = Courier(shop, {Where.SFTP: carrier}, fastest_seconds=0)
    await courier.carry_next()
    told = await state_of(export, names[0])
    assert (told["state"], told["problem"]["code"]) == ("ready", "SFTP_REFUSED")
    assert told["result"]["file_name"] not in host.files()
    await database[f"{BUCKET}.chunks"].insert_many(chunks)
    await database["deliveries"].update_many({}, {"$set": {"next_try": datetime(2026, 1, 1, tzinfo=UTC)}})
    while await courier.carry_next():
        pass
    assert (host.folder / "in" / told["result"]["file_name"]).stat().st_size == told["result"]["size"]
    assert not [name for name in host.files() if name.endswith(".part")]


async def test_bad_hosts_are_refused_when_they_are_said(database: Database, host: Host) -> None:
    """A private address; and any where SFTP is not offered."""
    asked = {"when": WHEN, "what": {"line": ["BE-0042-A"]}, "where": host.where(host="10.0.0.1")}
    for offers in (Offers(sftp_public_key="ssh-ed25519 AAAA"), Offers()):
        async with client_of(application(database, open_door("anna"), offers=offers)) as client:
            refused = await client.post("/v1/schedules", json=asked)
        assert (refused.status_code, refused.json()["issues"][0]["code"]) == (422, "SFTP_ADDRESS")


async def test_what_is_no_host_key_is_refused_when_it_is_said(export: httpx2.AsyncClient, host: Host) -> None:
    """Cut off, or of another kind than it says: no delivery could ever be made."""
    whole = str(host.where()["host_key"])
    for wrong in (whole[:-8], whole.replace("ssh-ed25519", "ssh-rsa"), "ssh-ed25519 AAAA"):
        asked = {"when": WHEN, "what": {"line": ["BE-0042-A"]}, "where": host.where(host_key=wrong)}
        refused = await export.post("/v1/schedules", json=asked)
        assert (refused.status_code, refused.json()["issues"][0]["position"]) == (422, "where.sftp.host_key")
