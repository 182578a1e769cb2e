"""The command: looks at everything, tells what was found, and answers for programs."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict

import typer

from deploy.local import addresses, data_folder
from gastrack.doctor import beside, broker, certificates, environment, store
from gastrack.doctor.finding import Area, Examination
from gastrack.reach import Reach, complain, known, say
from gastrack.service_settings import SERVICES

GOOD, WRONG, WRONG_USE = 0, 1, 2


def run(service: str | None, *, as_json: bool) -> int:
    """Look at everything; 0 if all is well, 1 if something is wrong, 2 for a service that there is not."""
    if service is not None and service not in SERVICES:
        complain(f"There is no service {service}: it is one of {', '.join(SERVICES)}.")
        return WRONG_USE
    found = asyncio.run(examined(os.environ, service))
    if as_json:
        say(json.dumps(_document(found)))
    else:
        _tell(found)
    return WRONG if found.findings else GOOD


async def examined(told: Mapping[str, str], service: str | None) -> Examination:
    """Look at everything that this environment names, or the demo that runs here."""
    found = Examination()
    found.saw(Area.SETTINGS, *environment.examined(told, service))
    reach = _reach(found)
    if reach is not None:
        await _examine_servers(found, reach, told)
    await beside.examine_storage(
        found, told.get("GASTRACK_EXPORT_RESULTS", ""), told.get("GASTRACK_EXPORT_S3_ENDPOINT", "")
    )
    demo = addresses.read(data_folder.chosen_folder())
    named = {name: told[name] for name in certificates.FILES if told.get(name)}
    if demo is not None:
        beside.examine_disk(found, data_folder.chosen_folder())
        named |= {
            name: file for name, file in (("authority", demo.authority), ("certificate", demo.certificate)) if file
        }
    edge = told.get("GASTRACK_ISSUER") or (reach.http if reach else "")
    await asyncio.to_thread(certificates.examine, found, named, edge)
    return found


def _reach(found: Examination) -> Reach | None:
    try:
        return known()
    except typer.Exit:  # files for Kafka's TLS that cannot be used: told, and among the settings as well
        found.missed("the files for Kafka's TLS cannot be used", Area.KAFKA, Area.TOPICS, Area.LINE_LOG, Area.GROUPS)
        found.missed("the settings must be mended first", Area.MONGODB, Area.INDEXES, Area.VERSIONS)
        return None


async def _examine_servers(found: Examination, reach: Reach, told: Mapping[str, str]) -> None:
    partitions, copies = told.get("GASTRACK_PARTITIONS", ""), told.get("GASTRACK_KAFKA_REPLICATION", "")
    there = await broker.examine(
        found,
        reach.kafka_bootstrap,
        int(partitions) if partitions.isdecimal() else None,
        int(copies) if copies.isdecimal() else 1,
    )
    if not reach.mongo_uri:
        found.missed("nobody says where MongoDB is: set GASTRACK_MONGO_URI", Area.MONGODB, Area.INDEXES, Area.VERSIONS)
        return
    database = reach.database()
    try:
        await store.examine(found, database, reach.kafka_bootstrap, there)
    finally:
        database.client.close()


def _document(found: Examination) -> dict[str, object]:
    return {
        "good": not found.findings,
        "examined": [area.value for area in found.examined],
        "not_examined": {area.value: why for area, why in found.unseen.items()},
        "findings": [{**asdict(one), "area": one.area.value} for one in found.findings],
    }


def _tell(found: Examination) -> None:
    for area in Area:
        wrong = [one for one in found.findings if one.area is area]
        for one in wrong:
            say(f"{area.value}: {one.wrong}.\n    To mend it: {one.mend}.")
        if area in found.examined and not wrong:
            say(f"{area.value}: good.")
        elif area in found.unseen and not wrong:
            say(f"{area.value}: not looked at: {found.unseen[area]}.")
    count = len(found.findings)
    say("All is well." if not count else f"{count} thing{'s are' if count > 1 else ' is'} wrong.")
