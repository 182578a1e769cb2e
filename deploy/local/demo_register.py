"""The demo's people in the access register: the grid's staff, and a company with an agreement, its clients and rights.

They come the way that everybody comes: who applies is reviewed by one person and confirmed by another. What stands
already stays; who has a new key since (certificates of the demo are renewed) gets it as a renewal.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from deploy.local.errors import StartError
from deploy.local.people import Person, registered_people
from deploy.local.simulator.grid import Grid
from shared.access.acting import Acting
from shared.access.application import Asked, Grant
from shared.access.certificates.certificate import Certificate, checked, read_authorities
from shared.access.company import Agreement, Company, Under
from shared.access.refused import ChangeRefusedError
from shared.access.roles import Role
from shared.runtime.mongo import Database, connect
from shared.store.access import applying, clients, granting
from shared.store.documents import Collection, ensure_collections

DATABASE = "gastrack"
COMPANY, AGREEMENT = "DEMO", "DEMO-1"
COMMERCIAL, SECURITY = "demo-commercial", "demo-security"
"""Who reviews and who confirms, as events tell it."""
YEARS = 10
REGISTERED_WITHIN_S, LOOK_EVERY_S = 120.0, 0.1


@dataclass(frozen=True)
class DemoRegister:
    """Registers the demo's people in a store, from the folder of their certificates."""

    mongo_uri: str
    certificates: Path

    def take_in_staff(self) -> None:
        """Register the grid's own people; before anything comes by certificate."""
        asyncio.run(self._with(_take_in_staff))

    def take_in_company(self, grid: Grid, first: date) -> None:
        """Register the company, its clients, and what they may read of a registered grid from a gas day on."""

        async def work(database: Database, people: list[tuple[Person, Certificate]]) -> None:
            await _take_in_company(database, people, grid, first)

        asyncio.run(self._with(work))

    async def _with(self, work: Any) -> None:
        database = connect(self.mongo_uri, DATABASE)
        try:
            await ensure_collections(database)
            authorities = read_authorities((self.certificates / "authority.pem").read_bytes())
            people = [(person, _checked(person, authorities)) for person in registered_people(self.certificates)]
            await work(database, people)
        except TimeoutError:
            raise StartError("The demo's nodes were not registered in time: see the log of aggregation.") from None
        except ChangeRefusedError as refused:
            raise StartError(f"The demo's people could not be registered: {refused}") from refused
        finally:
            database.client.close()


def _checked(person: Person, authorities: Any) -> Certificate:
    pem = person.certificate.public_bytes(Encoding.PEM).decode()
    told = checked(pem, authorities, datetime.now(UTC))
    if not isinstance(told, Certificate):
        raise StartError(f"The certificate of {person.name} cannot be registered: {told[0].message}")
    return told


async def _take_in_staff(database: Database, people: list[tuple[Person, Certificate]]) -> None:
    for person, certificate in people:
        if person.role.is_staff and not await _is_there(database, person, certificate):
            await clients.add_staff(database, _acting("demo"), _name(person), person.role, certificate)


async def _take_in_company(
    database: Database, people: list[tuple[Person, Certificate]], grid: Grid, first: date
) -> None:
    await _until_registered(database, [node.id for node in grid.nodes[:2]])
    if await database[Collection.COMPANIES].find_one({"_id": COMPANY}) is None:
        agreement = Agreement(AGREEMENT, first, first.replace(year=first.year + YEARS, day=1))
        await granting.add_company(database, _acting(COMMERCIAL), Company(COMPANY, "Demo company"))
        await granting.sign(database, _acting(COMMERCIAL), COMPANY, agreement)
    company = await database[Collection.COMPANIES].find_one({"_id": COMPANY}) or {}
    until = date.fromisoformat(company["agreements"][0]["until"])
    for person, certificate in people:
        if person.role.is_staff or await _is_there(database, person, certificate):
            continue
        asked = _asked(person, grid, Agreement(AGREEMENT, first, until))
        named = {"name": _name(person), "email": f"{person.name}@demo.example"}
        made, _ = await applying.apply(database, _acting(""), asked, certificate, named)
        period = (first, until)
        grants = [Grant(period, period, node=node, lines=place == 0) for place, node in enumerate(asked.nodes)]
        await applying.review(database, _acting(COMMERCIAL), made.id, Under(COMPANY, AGREEMENT), grants)
        await applying.confirm(database, _acting(SECURITY), made.id, certificate.fingerprint)


async def _until_registered(database: Database, nodes: list[str]) -> None:
    """Wait until the register holds nodes: what was asked for is accepted before it can be read."""
    names = [f"node|{node}" for node in nodes]
    async with asyncio.timeout(REGISTERED_WITHIN_S):
        while await database[Collection.TOPOLOGY].count_documents({"_id": {"$in": names}}) < len(names):  # noqa: ASYNC110 - MongoDB calls nobody
            await asyncio.sleep(LOOK_EVERY_S)


def _asked(person: Person, grid: Grid, agreement: Agreement) -> Asked:
    """Return what somebody applies for: a gateway for a station, the others for two nodes."""
    if person.role is Role.GATEWAY:
        return Asked("Demo company", agreement, person.role, stations=(grid.stations[0].id,))
    return Asked("Demo company", agreement, person.role, nodes=tuple(node.id for node in grid.nodes[:2]))


async def _is_there(database: Database, person: Person, certificate: Certificate) -> bool:
    """Say whether somebody stands in the register; his new key is registered where he has one."""
    found = await database[Collection.PERSONS].find_one({"name": _name(person)}, {"_id": 1})
    if found is None:
        return False
    client = await database[Collection.CLIENTS].find_one({"_id": found["_id"]})
    if client is not None and certificate.fingerprint not in {key["fingerprint"] for key in client["keys"]}:
        await clients.renew(database, _acting(client["_id"]), certificate, shown=None)
    return client is not None


def _name(person: Person) -> str:
    return f"Demo {person.name}"


def _acting(by: str) -> Acting:
    return Acting(by, datetime.now(UTC))
