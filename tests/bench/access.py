"""What it costs to know who asks and what he may: each request while nothing moves, each client once something has.

The whole of a large register: every client has rights of his own, of many periods. One round asks for every client
once; a look at the store every second is part of it, as it is in a service.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.access.client import Client, Key
from shared.access.company import Agreement, Company
from shared.access.right import Right
from shared.access.roles import Role
from shared.runtime.http_state import utc_now
from shared.runtime.mongo import ConnectionFailure, Database, connect
from shared.store.access.forms import client_document, company_document, right_document
from shared.store.access.looking import FRESH
from shared.store.access.register import ClientRegister
from shared.store.documents import Collection, ensure_collections
from tests.bench.profile import mongod
from tests.bench.throughput import told
from tests.registered import fingerprint_of

CLIENTS, LINES_EACH, COMPANIES, LINES = 1_000, 500, 100, 20_000
ROUNDS = 200
MOST_US, MOST_MB = 150, 100
_YEARS = date(2020, 1, 1), date(2040, 1, 1)
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Checked:
    """The figures: µs a request while nothing moves, ms a client once something has, MB of all clients' rights."""

    clients: int
    lines: int
    warm_us: float
    resolved_ms: float
    memory_mb: float


def measured() -> Checked:
    """Fill a register, let every client come in, and then again and again."""
    told(f"access: {CLIENTS:,} clients with {LINES_EACH} lines each …")
    with mongod() as uri:
        return asyncio.run(_measured(uri))


async def _measured(uri: str) -> Checked:
    database = connect(uri, "access")
    await ensure_collections(database)
    await _fill(database)
    fingerprints = [fingerprint_of(f"client-{number}") for number in range(CLIENTS)]
    register = ClientRegister(database, utc_now)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    await _each(register, fingerprints)
    gc.collect()
    memory = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    warm = await _warm(register, fingerprints)
    await database[Collection.ACCESS_HEAD].update_one({"_id": "head"}, {"$inc": {"events": 1}}, upsert=True)
    await asyncio.sleep(FRESH.total_seconds())  # then it is seen that something has moved
    resolved = await _each(register, fingerprints)
    database.client.close()
    return Checked(CLIENTS, LINES_EACH, warm * 1e6, resolved * 1e3 / CLIENTS, memory / 1e6)


async def _each(register: ClientRegister, fingerprints: list[str]) -> float:
    """Return the seconds that it takes to ask for every client once."""
    begun = time.perf_counter()
    for fingerprint in fingerprints:
        while True:
            with suppress(ConnectionFailure):  # a machine that is too busy: nobody is let in for a moment
                await register.caller_with_key(fingerprint)
                break
    return time.perf_counter() - begun


async def _warm(register: ClientRegister, fingerprints: list[str]) -> float:
    """Return the seconds of a request: who it is, his role, and whether he may read a line on a day."""
    today, begun = date(2026, 11, 23), time.perf_counter()
    for _ in range(ROUNDS):
        for fingerprint in fingerprints:
            caller = await register.caller_with_key(fingerprint)
            caller.may_read_on("LINE-00017", today)
    return (time.perf_counter() - begun) / (ROUNDS * len(fingerprints))


async def _fill(database: Database) -> None:
    agreement = Agreement("A-1", *_YEARS)
    companies = [Company(f"company-{number}", "A company", (agreement,)) for number in range(COMPANIES)]
    await database[Collection.COMPANIES].insert_many([company_document(company) for company in companies])
    await database[Collection.CLIENTS].insert_many([client_document(_client(number)) for number in range(CLIENTS)])
    waiting: list[dict[str, Any]] = []
    for right in _rights():
        waiting.append(right_document(right))
        if len(waiting) == _AT_ONCE:
            await database[Collection.RIGHTS].insert_many(waiting)
            waiting = []
    if waiting:
        await database[Collection.RIGHTS].insert_many(waiting)


def _client(number: int) -> Client:
    moments = datetime(2020, 1, 1, tzinfo=UTC), datetime(2039, 1, 1, tzinfo=UTC)
    key = Key(fingerprint_of(f"client-{number}"), *moments, moments[0])
    return Client(f"client-{number}", f"company-{number % COMPANIES}", frozenset({Role.DOWNLOADER}), "A-1", (key,))


def _rights() -> Iterator[Right]:
    """Give every client's rights: lines of the whole grid, from the first day of some month on."""
    chance = random.Random(1)  # noqa: S311 - the same rights in every run
    starts = [date(2020, 1, 1) + timedelta(days=31 * month) for month in range(48)]
    for number in range(CLIENTS):
        client = _client(number)
        for line in chance.sample(range(LINES), LINES_EACH):
            days = chance.choice(starts), _YEARS[1]
            yield Right(
                *(f"{client.id}-{line}", client.company, _YEARS, days, f"LINE-{line:05d}"),
                client=client.id,
                agreement="A-1",
            )
