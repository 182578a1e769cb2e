"""The doctor finds nothing in a system that is well, and each fault that is provoked; the last tests break most."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from deploy.local.authority import Period, founded
from deploy.local.ports import free_ports
from deploy.local.servers import Servers
from gastrack.__main__ import app
from shared.events.topics import ACCESS_READ, ANALYSES, TELEMETRY
from shared.runtime.mongo import Database
from shared.store.documents import Collection, ensure_collections
from tests.pipeline.backups import lose_kafka
from tests.pipeline.running import System, system, until
from tests.pipeline.stations import of_hours, plan, recent_hours

EVERYTHING = {
    *("settings", "Kafka", "topics", "line log", "groups", "MongoDB", "indexes", "versions", "clocks", "certificates"),
    "disks",
}
WORKERS = ("ingest", "validation", "aggregation")
PLAN = plan("DOCTOR", lines=1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of this file's own, with something in it; it is broken more and more."""
    servers = Servers(tmp_path_factory.mktemp("doctor"))
    try:
        servers.start()
        made = system(tmp_path_factory.mktemp("doctor-system"), servers)
        try:
            made.start()
            made.register(PLAN.document("2020-01-01"))
            made.send((station, of_hours(PLAN, station, recent_hours(days=4), station)) for station in PLAN.stations)
            made.ledger()
            yield made
        finally:
            made.stop()
    finally:
        servers.stop()


def doctor(running: System, settings: Mapping[str, str] | None = None, code: int = 1) -> dict[str, Any]:
    """Return what the doctor says in an environment with other settings."""
    environment = {**running.environment, "GASTRACK_URL": running.http, **(settings or {})}
    told = CliRunner().invoke(app, ["doctor", "--json"], env=environment)
    assert told.exit_code == code, told.output
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def findings(told: dict[str, Any], area: str) -> str:
    """Return what was found in an area; fail where nothing was, or no way to mend it is told."""
    found = [one for one in told["findings"] if one["area"] == area]
    assert found, told
    assert all(one["mend"] for one in found)
    return "\n".join(f"{one['wrong']} -> {one['mend']}" for one in found)


async def _asked(bootstrap: str, work: Any) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await work(admin)
    finally:
        await admin.close()


def ask_kafka(running: System, work: Any) -> None:
    """Do something to Kafka as an administrator."""
    asyncio.run(_asked(running.servers.kafka_bootstrap, work))


def test_a_system_that_is_well_has_no_findings(running: System) -> None:
    """Everything was looked at but the storage, which is none of its own here."""
    told = doctor(running, code=0)
    assert told == {**told, "good": True, "findings": [], "not_examined": {}}
    assert set(told["examined"]) == EVERYTHING
    assert "All is well." in running.gastrack("doctor")


def test_a_service_that_there_is_not_is_wrong_use(running: System) -> None:
    """It tells which there are."""
    assert "ingest, validation" in running.gastrack("doctor", "--service", "nobody", code=2)


def test_wrong_settings_are_found(running: System) -> None:
    """A name that nobody reads, and a number of partitions that the line log has not."""
    wrong = {"GASTRACK_PARTITION": "4", "GASTRACK_PARTITIONS": "8", "GASTRACK_KAFKA_REPLICATION": "3"}
    told = doctor(running, wrong)
    assert "GASTRACK_PARTITION is set" in findings(told, "settings")
    assert "readings.recorded has 4 partitions, not 8" in findings(told, "topics")
    assert "telemetry has 1 copies, not 3" in findings(told, "topics")
    assert "1 brokers answer" in findings(told, "Kafka")


def test_certificates_that_ended_or_end_soon_are_found(running: System, tmp_path: Path) -> None:
    """Those of files that settings name."""
    now = datetime.now(UTC)
    ended = founded("ended", Period(now - timedelta(days=3), now - timedelta(hours=1)))
    soon = founded("soon", Period(now - timedelta(days=3), now + timedelta(days=12, hours=1)))
    file = tmp_path / "authorities.pem"
    file.write_bytes(ended.certificate_pem + soon.certificate_pem)
    told = findings(doctor(running, {"GASTRACK_ACCESS_AUTHORITIES_FILE": str(file)}), "certificates")
    assert "CN=ended" in told
    assert "ended on" in told
    assert "ends in 12 days" in told


def test_a_storage_that_is_away_is_found(running: System) -> None:
    """Files of exports would be lost on their way."""
    away = {
        "GASTRACK_EXPORT_RESULTS": "s3://results/files",
        "GASTRACK_EXPORT_S3_ENDPOINT": f"http://127.0.0.1:{free_ports(1)[0]}",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "c",
    }
    assert "s3://results/files does not answer" in findings(doctor(running, away), "storage of files")


def test_a_missing_index_and_one_with_other_options_are_found(running: System) -> None:
    """By collection and fields."""

    async def drop(database: Database) -> None:
        await database[Collection.DEAD_LETTERS].drop_index([("source", 1)])
        await database[Collection.RECEIPTS].drop_index([("at", 1)])
        await database[Collection.RECEIPTS].create_index([("at", 1)], expireAfterSeconds=1_000_000)

    async def mend(database: Database) -> None:
        await database[Collection.RECEIPTS].drop_index([("at", 1)])
        await ensure_collections(database)

    running.store(drop)
    told = findings(doctor(running), "indexes")
    running.store(mend)
    assert "dead_letters (source 1) is missing" in told
    assert "receipts (at 1) has another expireAfterSeconds" in told


def test_a_replay_that_was_broken_off_is_found(running: System) -> None:
    """The workers wait for its end."""

    async def hold(database: Database) -> None:
        await database[Collection.EPOCHS].insert_one({"_id": "readings.validated", "epoch": 0, "held": True})

    async def release(database: Database) -> None:
        await database[Collection.EPOCHS].delete_many({})

    running.store(hold)
    told = doctor(running)
    running.store(release)
    assert "a replay is under way" in findings(told, "versions")


def test_rows_of_a_newer_version_are_found(running: System) -> None:
    """Such as it would leave behind: a column more in the hours of the day that was written last."""
    whole = dict[str, bytes]()

    async def widen(database: Database) -> None:
        async for day in database[Collection.LINE_DAYS].find():
            whole[day["_id"]] = day["h"]
            wider = day["h"] + bytes(3)
            await database[Collection.LINE_DAYS].update_one({"_id": day["_id"]}, {"$set": {"h": wider}})

    async def narrow(database: Database) -> None:
        for name, hours in whole.items():
            await database[Collection.LINE_DAYS].update_one({"_id": name}, {"$set": {"h": hours}})

    running.store(widen)
    told = doctor(running)
    running.store(narrow)
    assert "in no form that this software knows, such as DOCTOR" in findings(told, "versions")


def test_a_worker_that_is_gone_is_found(running: System) -> None:
    """And how much waits for it."""
    running.services["validation"].process.stop()
    until(lambda: "nobody reads readings.recorded" in str(doctor(running)), 30, "a group that nobody is in")
    running.revive("validation")


def test_topics_that_are_not_as_they_shall_be_are_found(running: System) -> None:
    """Another retention, more partitions than the line log, and one that is gone."""

    async def break_topics(admin: AIOKafkaAdminClient) -> None:
        hour = {"retention.ms": "3600000"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, ANALYSES.name, hour)])
        await admin.create_partitions({TELEMETRY.name: NewPartitions(6)})
        await admin.delete_topics([ACCESS_READ.name])

    for name in ("query", "export", *WORKERS):
        running.services[name].process.stop()
    ask_kafka(running, break_topics)
    told = findings(doctor(running), "topics")
    assert "analyses has retention.ms=3600000, not 1209600000" in told
    assert "telemetry has 6 partitions, not 4" in told
    assert "topic access.read is not there" in told


def test_another_kafka_is_found(running: System) -> None:
    """Its line log is not the one that the store has read."""
    lose_kafka(running)
    assert "topic telemetry is not there" in findings(doctor(running), "topics")
    running.services["ingest"].start()
    running.services["ingest"].wait_ready()
    told = findings(doctor(running), "line log")
    assert "this is another topic" in told
    running.kill("ingest")


def test_servers_that_are_away_are_found(running: System) -> None:
    """What stands on them is told as not looked at."""
    assert running.servers.mongod is not None
    assert running.servers.kafka is not None
    running.servers.mongod.process.stop()
    running.servers.kafka.process.stop()
    told = doctor(running)
    assert "MongoDB does not answer" in findings(told, "MongoDB")
    assert "no broker answers" in findings(told, "Kafka")
    assert {"topics", "groups", "indexes", "versions", "line log"} <= set(told["not_examined"])
