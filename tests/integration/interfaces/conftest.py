"""One running system of this folder's own, with something in every list; what tests send may be anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.servers import Servers
from shared.access.application import Application, Asked
from shared.access.roles import Role
from shared.runtime.mongo import connect_sync
from shared.store.access.applications import application_document
from tests.pipeline.running import System, system, until
from tests.pipeline.stations import hour_text, recent_hours, telegram
from tests.registered import NOW, a_client, a_company, a_key, a_right, put

STATION, LINES = "BE-0042", tuple(f"BE-0042-{letter}" for letter in "ABC")
TOLD = {"GASTRACK_OUTCOME_SECONDS": "0.3", "GASTRACK_EXPORT_MOST_OPEN": "1000"}
"""Short waits, and room for every export that a test of forms orders: that there is a bound has tests of its own."""
LISTED = 3
"""How many of each there are, at least."""
LONG_AGO = 350_000
"""An hour of 2009, before any gas day that the lines have."""


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The five services over servers of their own: nothing here may meet what other tests count."""
    servers = Servers(tmp_path_factory.mktemp("interfaces-stack"))
    servers.start()
    made = system(tmp_path_factory.mktemp("interfaces"), servers, environment=TOLD)
    try:
        made.start()
        fill(made)
        yield made
    finally:
        made.stop()
        servers.stop()


def fill(served: System) -> None:
    """Put something into every list: the register, hours, findings, dead letters, decisions, analyses."""
    assert served.post("/v1/topology/changes", register())[0] in (200, 202)
    until(lambda: rows_of(served, "/v1/lines") == LISTED, 60, "the lines")
    hours = recent_hours(days=3)
    good = [(line, [hour_text(line, hour) for hour in hours]) for line in LINES]
    held = [(line, [hour_text(line, hour, quality="ESTIMATED") for hour in hours[:2]]) for line in LINES]
    early = [(line, [hour_text(line, LONG_AGO)]) for line in LINES]
    for name, lines in (("T1", good), ("T2", held), ("T3", early)):
        assert served.post("/v1/readings", telegram(STATION, lines, name))[0] == 202
    start = hour_text(LINES[0], hours[0])["start"]
    analysis = {"start": start, "composition_mol_percent": {"methane": 96, "nitrogen": 4}, "gcv_kwh_per_m3n": 10.6}
    told = {"telegram": "A1", "chromatograph": "ZELZATE", "sent": start, "analyses": [analysis]}
    assert served.post("/v1/analyses", json.dumps(told).encode())[0] == 202
    for line in LINES:
        asked = {"kind": "release", "line": line, "reason": "a look", "hours": [{"start": start, "revision": 1}]}
        assert served.post("/v1/decisions", json.dumps(asked).encode())[0] in (200, 202, 409, 422)
    fill_access(served)
    for path in ("/v1/findings", "/v1/dead-letters", "/v1/decisions"):
        until(lambda path=path: rows_of(served, path) >= LISTED, 60, path)  # type: ignore[misc]  # bound at once


def fill_access(served: System) -> None:
    """Put something into every list of the access register; clients come by applications that two people decided."""
    clients = [a_client(f"CLIENT-{number}", "ACME") for number in range(LISTED)]
    rights = [a_right(f"RIGHT-{number}", line=LINES[0]) for number in range(LISTED)]
    name = served.environment["GASTRACK_MONGO_DATABASE"]
    with connect_sync(served.servers.mongo_uri, name).client as client:
        put(client[name], a_company(), a_company("OTHER"), a_company("THIRD"), *clients, *rights)
        client[name]["access_head"].delete_many({})
        applications = [an_application(number) for number in range(LISTED)]
        client[name]["applications"].insert_many(applications)
    for number in range(LISTED):
        told = json.dumps({"id": f"ANOTHER-{number}", "name": "A company"}).encode()
        assert served.post("/v1/access/companies", told)[0] == 201


def an_application(number: int) -> dict[str, Any]:
    """Return an application as it rests."""
    signed = a_company().agreements[0]
    asked = Asked("Acme NV", signed, Role.READER, lines=LINES)
    application = Application(f"APPLICATION-{number}", asked, a_key(f"key-{number}"), NOW)
    shown = {"kind": "EC secp256r1", "issuer": "CN=Root", "serial": "1"}
    return {**application_document(application), "secret": "", "certificate": shown}


def rows_of(served: System, path: str) -> int:
    """Return how many rows the first page of a list has."""
    return len(served.get(path)["rows"])


def register() -> bytes:
    """Return three of each, under the ids that the documents have as examples."""
    lines = [{"id": line, "station": STATION, "name": line, "from": "2023-01-01"} for line in LINES]
    names = [f"NODE-{number}" for number in range(1, LISTED + 1)]
    nodes = [
        {"id": name, "name": name, "from": "2023-01-01", "lines": [{"line": LINES[0], "weight": 1}]} for name in names
    ]
    chromatographs = [{"id": name, "name": name} for name in ("ZELZATE", "ALVERINGEM", "EYNATTEN")]
    attributed = [{"line": LINES[0], "from": "2023-01-01T05:00:00Z", "chromatograph": "ZELZATE"}]
    stations = [{"id": STATION, "name": "MOERBROEK Vaartdijk"}]
    told = {"reason": "a test", "stations": stations, "lines": lines, "nodes": nodes}
    return json.dumps({**told, "chromatographs": chromatographs, "attributions": attributed}).encode()


def address_of(served: System, service: str) -> str:
    """Return a service's own address, behind the one in front: each keeps its own document."""
    return f"http://127.0.0.1:{served.services[service].http_port}"
