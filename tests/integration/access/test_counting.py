"""What the metrics say of clients and certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.query.access.counting import count_clients
from shared.runtime.metrics import CATALOGUE
from shared.runtime.mongo import Database, SyncDatabase
from tests.registered import a_client, a_key, put


async def test_clients_are_counted_by_their_last_certificate(
    database: Database, store: SyncDatabase[dict[str, Any]]
) -> None:
    """Who has renewed counts once; who was ended does not count; whose keys were revoked has no certificate."""
    now = datetime.now(UTC)

    def key(name: str, days: int, revoked_at: datetime | None = None) -> Any:
        return a_key(name, now - timedelta(days=400), now + timedelta(days=days), revoked_at)

    put(store, a_client("a", "ACME", key("a", 5), key("a2", 300)), a_client("b", "ACME", key("b", 6)))
    put(store, a_client("c", "ACME", key("c", 25)), a_client("d", "ACME", key("d", 55)))
    put(store, a_client("e", "ACME", key("e", -1)), a_client("f", "ACME", key("f", 300, now)))
    put(store, replace(a_client("g", "ACME", key("g", 6)), ended_at=now))
    await count_clients(database)
    assert CATALOGUE.get_sample_value("gastrack_access_clients") == 6
    told = {
        left: CATALOGUE.get_sample_value("gastrack_access_certificates", {"left": left})
        for left in ("longer", "60", "30", "7", "expired")
    }
    assert told == {"longer": 1, "60": 1, "30": 1, "7": 1, "expired": 1}
