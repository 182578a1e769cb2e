"""Drills of alerts: exports that nobody works on, over which workers die, and deliveries that a receiver refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from deploy.local.ports import LOOPBACK
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from tests.chaos.alerts.watched import LINES, Watched, needs_prometheus
from tests.pipeline.running import System, until

pytestmark = [pytest.mark.drill, needs_prometheus]
SMALL = {"line": LINES[:1], "from": "2026-10-01", "to": "2026-10-02"}
LARGE = {"line": LINES, "from": "2023-11-01", "to": "2026-11-01", "view": "hour", "format": "xlsx"}
"""630,000 rows: many seconds, in which the worker can be met at work."""
DONE_WITHIN_SECONDS = 120.0


def ordered(system: System, what: dict[str, Any]) -> str:
    """Order an export; return its name."""
    status, told = system.post("/v1/exports", json.dumps(what).encode())
    assert status == 202, told
    return str(told["id"])


def wait_for(system: System, export: str, state: str) -> None:
    """Wait until an export is in a state."""

    def seen() -> str:
        return str(system.get(f"/v1/exports/{export}")["state"])

    until(lambda: seen() == state, DONE_WITHIN_SECONDS, f"{export} is {state}")


def test_nobody_works_on_exports(watched: Watched) -> None:
    """Of the export service only processes are left that take orders: they wait until one comes that works."""
    watched.are_silent("ExportsStand")
    with watched.told("export", GASTRACK_EXPORT_WORKERS="0"):
        export = ordered(watched.system, SMALL)
        watched.fire("ExportsStand")
    wait_for(watched.system, export, "done")
    watched.are_silent("ExportsStand")


def test_workers_die_over_an_export(watched: Watched) -> None:
    """One is killed while it makes a file, and more it may not cost: the export fails."""
    watched.are_silent("ExportsHopeless")
    with watched.told("export", GASTRACK_EXPORT_ATTEMPTS="1", GASTRACK_EXPORT_LEASE_SECONDS="2"):
        export = ordered(watched.system, LARGE)
        wait_for(watched.system, export, "running")
        with watched.without("export"):
            pass
        watched.fire("ExportsHopeless")
    wait_for(watched.system, export, "failed")
    watched.are_silent("ExportsHopeless")


class Receiver(ThreadingHTTPServer):
    """Somebody's webhook, which refuses until it is mended."""

    def __init__(self) -> None:
        self.tries, self.status = 0, 500
        super().__init__((LOOPBACK, 0), _Answer)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self.server_port}/hook"


class _Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Read what is handed over, and answer as the receiver does by now."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tries += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: what it answers is seen at the other end."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback."""
    with Receiver() as made:
        thread = Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_a_receiver_refuses(watched: Watched, receiver: Receiver) -> None:
    """Delivery after delivery is refused, until the receiver is mended; then they are taken."""
    system, schedules = watched.system, list[str]()
    watched.are_silent("DeliveriesRefused")

    def deliver() -> None:
        """Let one more delivery be made once the one before it was tried, whose schedule leaves: 100 have room."""
        if receiver.tries >= len(schedules):
            system.store(lambda database: removed(database, schedules))
            schedules.append(due_schedule(system, receiver))

    watched.fire("DeliveriesRefused", meanwhile=deliver)
    receiver.status = 200
    watched.are_silent("DeliveriesRefused", meanwhile=deliver)
    system.store(lambda database: removed(database, schedules))


def due_schedule(system: System, receiver: Receiver) -> str:
    """Make a daily schedule to a receiver, of which one occasion has passed: its delivery is made at once."""
    where = {"kind": "webhook", "url": receiver.url}
    told = {"when": {"kind": "daily", "at": "11:00"}, "what": {"line": LINES[:1]}, "where": where}
    status, made = system.post("/v1/schedules", json.dumps(told).encode())
    assert status == 201, made
    due = datetime.now(UTC) - timedelta(days=1) + timedelta(minutes=1)

    async def is_due(database: Database) -> None:
        await database[Collection.SCHEDULES].update_one({"_id": made["id"]}, {"$set": {"next_at": due}})

    system.store(is_due)
    return str(made["id"])


async def removed(database: Database, names: Sequence[str]) -> None:
    """Remove schedules."""
    await database[Collection.SCHEDULES].delete_many({"_id": {"$in": list(names)}})
