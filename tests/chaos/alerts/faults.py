"""Faults that stop nobody: each begins with its `with`, and is mended in the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.mongod import TRANSACTION_LIFETIME_S
from shared.access.certificates.certificate import fingerprint_of
from shared.access.client import Key
from shared.domain import gas_time
from shared.runtime.mongo import Database, connect_sync, synchronous
from shared.store.documents import Collection
from shared.store.ledgers import received_id
from tests import registered
from tests.issuers import Issued, an_authority
from tests.pipeline.running import System, until
from tests.pipeline.stations import Plan, of_hours, plan
from tests.pipeline.stored import documents

LIVE = plan("LIVE", stations=4, lines=3)
LEFT = plan("LEFT", stations=1, lines=1)
LEFT_LINE = LEFT.lines[LEFT.stations[0]][0]
LIVE_DAYS = 10
NOWHERE = received_id("telemetry", 0, 999_999)
"""A block that nobody has come to yet."""
SHOWN_WITHIN_SECONDS = 120.0
HELD_SECONDS = 1_800
"""How long MongoDB lets a transaction live; usually so short that a dead writer's is in nobody's way."""


@contextmanager
def a_month_that_is_not_its_hours(system: System) -> Iterator[None]:
    """Somebody changed a document; in the end it is as it was."""
    (month, *_) = documents(system, Collection.LINE_MONTHS, {"_id": {"$regex": "^ALERT"}})
    system.store(lambda database: _replaced(database, {**month, "changes": month["changes"] + 1}))
    try:
        yield
    finally:
        system.store(lambda database: _replaced(database, month))


async def _replaced(database: Database, month: dict[str, Any]) -> None:
    await database[Collection.LINE_MONTHS].replace_one({"_id": month["_id"]}, month)


@contextmanager
def readings_that_are_nowhere(system: System) -> Iterator[None]:
    """A block of the ledger says that more was received than there is; in the end it is forgotten."""

    async def received(database: Database) -> None:
        await database[Collection.LEDGERS].insert_one({"_id": NOWHERE, "received": 7, "dead_lettered": 0})

    async def forgotten(database: Database) -> None:
        await database[Collection.LEDGERS].delete_one({"_id": NOWHERE})

    system.store(received)
    try:
        yield
    finally:
        system.store(forgotten)


@contextmanager
def certificates_that_end(system: System) -> Iterator[None]:
    """One is good for five days more, another for seconds; in the end their owners have renewed them."""
    now, authority = datetime.now(UTC), an_authority()
    lives = {"ends-this-week": timedelta(days=5), "ends-now": timedelta(seconds=20)}
    for name, left in lives.items():
        _enter(system, name, authority.issue(name, end=now + left))
    try:
        yield
    finally:
        for name in lives:
            _enter(system, name, authority.issue(name, end=now + timedelta(days=300)))


def _enter(system: System, name: str, issued: Issued) -> None:
    """Write a client with a certificate into the register."""
    told = issued.certificate
    life = told.not_valid_before_utc, told.not_valid_after_utc
    key = Key(fingerprint_of(told), *life, told.not_valid_before_utc)

    async def write(database: Database) -> None:
        client = registered.a_client(name, "ACME", key)
        registered.put(synchronous(database), registered.a_company(), client)

    system.store(write)


@contextmanager
def lines_that_send_nothing(system: System) -> Iterator[None]:
    """Lines are live by the register; in the end they send."""
    system.register(live_lines())
    try:
        yield
    finally:
        send_latest_hour(system, LIVE)


def send_latest_hour(system: System, stations: Plan) -> None:
    """Send the hour that has just ended, of all lines."""
    latest = int(time.time()) // 3600 - 1
    told = [(station, of_hours(stations, station, [latest], f"{station}/latest")) for station in stations.stations]
    system.send(told)


def live_lines() -> bytes:
    """Return the change of the register that makes lines known which are live for some days."""
    told = json.loads(LIVE.document("2020-01-01"))
    since = datetime.now(UTC).date() - timedelta(days=LIVE_DAYS)
    lines = [{**line, "live_from": since.isoformat()} for line in told["lines"]]
    return json.dumps({**told, "lines": lines}).encode()


@contextmanager
def what_leaves_is_held(system: System) -> Iterator[None]:
    """A month is to leave, and somebody's transaction holds it; in the end he lets go."""
    system.register(LEFT.document("2018-01-01"))
    hours = gas_time.hours_of_month("2018-12")
    file = system.folder / "left.csv"
    rows = [f"{LEFT_LINE},{gas_time.hour_text(hour)},1.5" for hour in hours]
    file.write_text("\n".join(["line,start,volume_m3n", *rows]), "utf-8")
    assert system.gastrack("import", str(file), "--json")["accepted"] == len(rows)
    with _held(system, f"{LEFT_LINE}|2018-12"):
        system.gastrack("retention", "--before", "2019-01", "--apply", "--reason", "a drill")
        yield
    until(lambda: not _left(system), SHOWN_WITHIN_SECONDS, "the month is removed")


@contextmanager
def _held(system: System, month: str) -> Iterator[None]:
    """Hold the document of a month in a transaction that does not end, as long as this lasts."""
    database = connect_sync(system.servers.mongo_uri, system.environment["GASTRACK_MONGO_DATABASE"])
    client, settings = database.client, database.client.admin
    try:
        settings.command("setParameter", 1, transactionLifetimeLimitSeconds=HELD_SECONDS)
        with client.start_session() as session:
            session.start_transaction()
            held = {"$set": {"held": True}}
            assert database[Collection.LINE_MONTHS].update_one({"_id": month}, held, session=session).modified_count
            yield
            session.abort_transaction()
        settings.command("setParameter", 1, transactionLifetimeLimitSeconds=TRANSACTION_LIFETIME_S)
    finally:
        client.close()


def _left(system: System) -> list[dict[str, Any]]:
    return documents(system, Collection.LINE_DAYS, {"l": LEFT_LINE})
