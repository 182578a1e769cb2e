"""MongoDB as Percona's operator starts it from our manifest lets the services in, by what the README tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.authority import FOR_SERVERS, Period, founded, issued
from deploy.local.mongod import REPLICA_SET, START_WITHIN_S, program
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.process import WatchedProcess
from shared.runtime.mongo import connect
from shared.store.documents import Collection, ensure_collections
from tests.integration.kubernetes.objects import Json, Overlay
from tests.pipeline.running import ROOT

README = (ROOT / "deploy" / "kustomize" / "README.md").read_text(encoding="utf-8")
PASSWORD = "of-this-test"  # noqa: S105 - it opens a server that ends with the test
ASK_MS = 500
OPERATOR = "operator"


@pytest.fixture
def uri(overlays: dict[str, Overlay], tmp_path: Path) -> Iterator[str]:
    """Start MongoDB with the manifest's settings and user; return the README's address of it."""
    manifest = overlays["production"].one("PerconaServerMongoDB", "gastrack-mongodb")["spec"]
    (port,) = free_ports(1)
    server = WatchedProcess("MongoDB", _command(manifest, tmp_path, port), tmp_path / "mongod.log")
    server.start()
    try:
        _begin(server, manifest, tmp_path, port)
        yield _told(tmp_path, port)
    finally:
        server.stop()


def _command(manifest: Json, folder: Path, port: int) -> list[str]:
    """Return what the operator runs: its own arguments beside the configuration that the manifest gives it."""
    authority = founded("authority", Period.of(datetime.now(UTC), timedelta(days=1)))
    period = Period.of(datetime.now(UTC), timedelta(days=1))
    server = issued(authority, "member", period, FOR_SERVERS, [LOOPBACK])
    client = issued(authority, "operator", period)
    (folder / "ca.crt").write_bytes(authority.certificate_pem)
    (folder / "member.pem").write_bytes(server.certificate_pem + server.key_pem)
    (folder / "operator.pem").write_bytes(client.certificate_pem + client.key_pem)
    (member,) = manifest["replsets"]
    (folder / "mongod.conf").write_text(member["configuration"])
    (folder / "data").mkdir()
    return [
        *(str(program()), "--config", str(folder / "mongod.conf"), "--replSet", REPLICA_SET, "--auth"),
        *("--bind_ip", LOOPBACK, "--port", str(port), "--dbpath", str(folder / "data"), "--nounixsocket"),
        *("--tlsMode", manifest["tls"]["mode"], "--tlsCAFile", str(folder / "ca.crt"), "--clusterAuthMode", "x509"),
        *("--tlsCertificateKeyFile", str(folder / "member.pem"), "--tlsAllowInvalidCertificates"),
        *("--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25"),
    ]


def _begin(server: WatchedProcess, manifest: Json, folder: Path, port: int) -> None:
    """Do what the operator does: make a set of it, an administrator, and the user that the manifest names."""
    papers = {"tlsCAFile": str(folder / "ca.crt"), "tlsCertificateKeyFile": str(folder / "operator.pem")}
    reached: dict[str, Any] = {"tls": True, "directConnection": True, "serverSelectionTimeoutMS": ASK_MS, **papers}
    with MongoClient[dict[str, Any]](LOOPBACK, port, **reached) as first:
        server.wait_until(lambda: _is_answering(first), START_WITHIN_S)
        members = [{"_id": 0, "host": f"{LOOPBACK}:{port}"}]
        first.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        server.wait_until(lambda: bool(first.admin.command("hello").get("isWritablePrimary")), START_WITHIN_S)
        first.admin.command("createUser", OPERATOR, pwd=PASSWORD, roles=["root"])
    (user,) = manifest["users"]
    roles = [{"role": role["name"], "db": role["db"]} for role in user["roles"]]
    with MongoClient[dict[str, Any]](LOOPBACK, port, username=OPERATOR, password=PASSWORD, **reached) as operator:
        operator[user["db"]].command("createUser", user["name"], pwd=PASSWORD, roles=roles)


def _is_answering(client: MongoClient[dict[str, Any]]) -> bool:
    try:
        client.admin.command("ping")
    except PyMongoError:  # it is not listening yet: it is asked again
        return False
    return True


def _told(folder: Path, port: int) -> str:
    """Return the address that the README's secret holds, of this server and with this authority."""
    found = re.search(r'--from-literal=uri="mongodb://(\w+):\$password@[^/]*/\?([^"]*)"', README)
    assert found
    user, options = found[1], dict(parse_qsl(found[2]))
    options["tlsCAFile"] = str(folder / "ca.crt")
    return f"mongodb://{user}:{PASSWORD}@{LOOPBACK}:{port}/?{urlencode(options)}"


async def test_a_service_comes_in_and_may_do_its_work(uri: str) -> None:
    """Without a certificate of its own, which it has none of: it makes its collections, and writes in a transaction."""
    database = connect(uri, "gastrack")
    await ensure_collections(database)
    async with await database.client.start_session() as session, session.start_transaction():
        await database[Collection.PROGRESS].insert_one({"_id": "one"}, session=session)
    assert await database[Collection.PROGRESS].count_documents({}) == 1
    database.client.close()
