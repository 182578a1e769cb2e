"""Changes of the register: each is one transaction with its event, whoever comes at the same time."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.access.acting import Acting
from shared.access.application import Application, Asked, Grant, State
from shared.access.caller import Caller
from shared.access.certificates.certificate import Certificate, checked
from shared.access.client import Client
from shared.access.company import Agreement, Company, Under
from shared.access.days import Days
from shared.access.refused import ChangeRefusedError, Kind
from shared.access.roles import Role
from shared.domain.topology import Composition, Node
from shared.runtime.mongo import Database, SyncDatabase
from shared.store.access import applying, changing, clients, granting
from shared.store.access.events import events_listed, verified
from shared.store.access.gateway_names import require_possible
from shared.store.access.register import ClientRegister
from shared.store.documents import Collection
from tests.integration.query import stored_lines
from tests.issuers import Issued, an_authority
from tests.registered import NOW, YEARS, a_client, a_company, a_right, fingerprint_of, put

Store = SyncDatabase[dict[str, Any]]
ROOT = an_authority()
COMMERCIAL, SECURITY = Acting("carla", NOW), Acting("sven", NOW)
UNDER = Under("ACME", "A-1")
SIGNED = Agreement("A-1", *YEARS)
ASKED = Asked("Acme NV", SIGNED, Role.READER, lines=("BE-0042-A",))
GRANT = Grant(YEARS, YEARS, line="BE-0042-A")
PERSON = {"name": "Anna Peeters", "email": "anna@acme.example"}


def certificate_of(issued: Issued) -> Certificate:
    """Return a certificate as it was checked."""
    told = checked(issued.pem, [ROOT.certificate], NOW)
    assert isinstance(told, Certificate)
    return told


ANNA = certificate_of(ROOT.issue("anna"))


async def prepared(database: Database, store: Store) -> str:
    """Register a line and a company that has signed; return an application for it."""
    stored_lines.register(store, stored_lines.a_line())
    await granting.add_company(database, COMMERCIAL, Company("ACME", "Acme NV"))
    await granting.sign(database, COMMERCIAL, "ACME", SIGNED)
    application, _ = await applying.apply(database, Acting("", NOW), ASKED, ANNA, PERSON)
    return application.id


async def admitted(database: Database, store: Store) -> Application:
    """Return an application that was reviewed and confirmed."""
    application = await prepared(database, store)
    await applying.review(database, COMMERCIAL, application, UNDER, [GRANT])
    return await applying.confirm(database, SECURITY, application, ANNA.fingerprint)


async def refused(change: Any) -> tuple[Kind, list[str]]:
    """Return why a change is refused."""
    with pytest.raises(ChangeRefusedError) as caught:
        await change
    return caught.value.kind, [issue.code for issue in caught.value.issues]


async def test_who_applied_and_was_confirmed_comes_in(
    database: Database, store: Store, register: ClientRegister
) -> None:
    """With his key, for his lines; and each step is an event that names nobody."""
    confirmed = await admitted(database, store)
    caller = await register.caller_with_key(ANNA.fingerprint)
    assert (caller.identity, caller.company, caller.roles) == (confirmed.client, "ACME", frozenset({Role.READER}))
    assert dict(caller.rights.lines) == {"BE-0042-A": Days.of([YEARS])}
    told = await events_listed(database, "", 0, 100)
    assert [event.what for event in reversed(told)] == [
        "company.added",
        "company.signed",
        "application.applied",
        "application.reviewed",
        "application.confirmed",
    ]
    assert verified(store) == (5, told[0].hash, None)
    assert not any(word in str(told) for word in ("Anna", "anna@", "CN=anna"))


async def test_one_of_two_reviewers_wins(database: Database, store: Store) -> None:
    """The other one reads what the first one left, and is told so; there is one event."""
    application = await prepared(database, store)
    both = [applying.review(database, Acting(who, NOW), application, UNDER, [GRANT]) for who in ("carla", "karel")]
    ends = await asyncio.gather(*both, return_exceptions=True)
    (lost,) = [end for end in ends if isinstance(end, ChangeRefusedError)]
    assert (lost.kind, lost.issues[0].code) == (Kind.CONFLICT, "STATE")
    assert len(await events_listed(database, application, 0, 100)) == 2
    assert verified(store)[2] is None


async def test_many_changes_at_once_make_one_chain(database: Database, store: Store) -> None:
    """Also the very first ones, while there is no head yet."""
    names = [f"C-{number}" for number in range(8)]
    await asyncio.gather(*(granting.add_company(database, COMMERCIAL, Company(name, name)) for name in names))
    assert verified(store)[0::2] == (8, None)


async def test_what_is_refused_leaves_nothing(database: Database, store: Store) -> None:
    """Neither a change nor an event."""
    application = await prepared(database, store)
    before = verified(store)
    unregistered = [Grant(YEARS, YEARS, line="NOPE"), Grant(YEARS, YEARS, node="N")]
    told = await refused(applying.review(database, COMMERCIAL, application, UNDER, unregistered))
    assert told == (Kind.WRONG, ["UNKNOWN_LINE", "UNKNOWN_NODE"])
    other = Under("ACME", "A-2")
    told = await refused(applying.review(database, COMMERCIAL, application, other, [GRANT]))
    assert told == (Kind.WRONG, ["UNKNOWN_AGREEMENT"])
    for change in (
        applying.review(database, COMMERCIAL, "nope", UNDER, []),
        applying.review(database, COMMERCIAL, application, Under("NOPE", "A-1"), []),
        applying.confirm(database, SECURITY, "nope", ANNA.fingerprint),
        applying.refuse(database, Caller("carla", frozenset({Role.COMMERCIAL})), COMMERCIAL, "nope", "why"),
        granting.sign(database, COMMERCIAL, "NOPE", SIGNED),
        granting.grant(database, COMMERCIAL, Under("NOPE", "A-1"), GRANT),
        granting.grant(database, COMMERCIAL, UNDER, GRANT, "nobody"),
        granting.revoke(database, COMMERCIAL, "nope"),
        clients.renew(database, Acting("nobody", NOW), ANNA),
        clients.end(database, SECURITY, "nobody"),
        clients.erase(database, SECURITY, "nobody"),
    ):
        assert await refused(change) == (Kind.UNKNOWN, ["NOT_FOUND"])
    taken = granting.add_company(database, COMMERCIAL, Company("ACME", "Other"))
    assert await refused(taken) == (Kind.CONFLICT, ["COMPANY_TAKEN"])
    assert verified(store) == before


async def test_a_key_has_one_client(database: Database, store: Store) -> None:
    """Whoever applies with it again, is staff with it, or renews to it is refused; so is one who applied before."""
    confirmed = await admitted(database, store)
    for change in (
        applying.apply(database, Acting("", NOW), ASKED, ANNA, PERSON),
        clients.add_staff(database, Acting("command", NOW), "Olga", Role.OPERATOR, ANNA),
    ):
        assert await refused(change) == (Kind.CONFLICT, ["KEY_TAKEN"])
    put(store, a_client("bart"))
    assert await refused(clients.renew(database, Acting("bart", NOW), ANNA)) == (Kind.CONFLICT, ["KEY_TAKEN"])
    assert confirmed.state is State.CONFIRMED


async def test_revoking_counts_a_second_later(
    database: Database, store: Store, register: ClientRegister, clock: Any
) -> None:
    """Of a right, of a key, of a whole client."""
    client = (await admitted(database, store)).client
    right = store[Collection.RIGHTS].find_one({"client": client})
    assert right is not None
    assert (await register.caller_with_key(ANNA.fingerprint)).may_read("BE-0042-A")
    await granting.revoke(database, COMMERCIAL, right["_id"])
    clock.pass_by(seconds=1)
    assert not (await register.caller_with_key(ANNA.fingerprint)).may_read("BE-0042-A")
    assert await refused(granting.revoke(database, COMMERCIAL, right["_id"])) == (Kind.CONFLICT, ["STATE"])
    await clients.revoke_key(database, SECURITY, client, ANNA.fingerprint)
    clock.pass_by(seconds=1)
    assert not (await register.caller_named(client)).roles
    again = clients.revoke_key(database, SECURITY, client, ANNA.fingerprint)
    assert await refused(again) == (Kind.CONFLICT, ["STATE"])
    await clients.end(database, SECURITY, client)
    assert await refused(clients.end(database, SECURITY, client)) == (Kind.CONFLICT, ["STATE"])


async def test_a_company_passes_on_what_is_its_own(
    database: Database, store: Store, register: ClientRegister, clock: Any
) -> None:
    """A line, a node's sums, a node with its lines where it has them; and takes it back."""
    node = Node("N", "N", (Composition(YEARS[0], (("BE-1", Decimal(1)),)),))
    stored_lines.register(store, node, stored_lines.a_line("BE-1"), stored_lines.a_line("BE-2"))
    put(store, a_company(), a_company("TO"), a_client("tom", "TO"), a_right("1", node="N"), a_right("2", line="BE-2"))

    def passing(grant: Grant, giver: str = "ACME", to: str = "TO") -> Any:
        return granting.delegate(database, Acting("adam", NOW), giver, to, grant)

    summer = date(2026, 4, 1), date(2026, 10, 1)
    made = await passing(Grant(YEARS, summer, line="BE-2"))
    await passing(Grant(YEARS, summer, node="N"))
    rights = (await register.caller_with_key(fingerprint_of("tom"))).rights
    assert (dict(rights.lines), dict(rights.nodes)) == ({"BE-2": Days.of([summer])}, {"N": Days.of([summer])})
    assert await refused(passing(Grant(YEARS, summer, line="BE-1"))) == (Kind.UNKNOWN, ["NOT_FOUND"])
    assert await refused(passing(Grant(YEARS, summer, line="NOPE"))) == (Kind.UNKNOWN, ["NOT_FOUND"])
    assert await refused(passing(Grant(YEARS, summer, node="N", lines=True))) == (Kind.WRONG, ["MORE_THAN_OWN"])
    longer = date(2019, 1, 1), date(2026, 1, 1)
    assert await refused(passing(Grant(YEARS, longer, line="BE-2"))) == (Kind.WRONG, ["MORE_THAN_OWN"])
    assert await refused(passing(Grant(YEARS, summer, line="BE-2"), to="ACME")) == (Kind.WRONG, ["SAME_COMPANY"])
    assert await refused(passing(Grant(YEARS, summer, line="BE-2"), to="NOPE")) == (Kind.UNKNOWN, ["NOT_FOUND"])
    onwards = passing(Grant(YEARS, summer, line="BE-2"), giver="TO", to="ACME")
    assert await refused(onwards) == (Kind.UNKNOWN, ["NOT_FOUND"])
    foreign = granting.revoke(database, Acting("tom", NOW), made.id, giver="TO")
    assert await refused(foreign) == (Kind.UNKNOWN, ["NOT_FOUND"])
    await granting.revoke(database, Acting("adam", NOW), made.id, giver="ACME")
    clock.pass_by(seconds=1)
    assert not (await register.caller_with_key(fingerprint_of("tom"))).rights.lines


async def test_two_certificates_overlap_and_no_third(database: Database, store: Store) -> None:
    """A third one has to wait until one is revoked; the same key under a newer certificate is no other key."""
    first = await admitted(database, store)
    me = Acting(first.client, NOW)
    second = ROOT.issue("anna", end=NOW + timedelta(days=700))
    renewed = await clients.renew(database, me, certificate_of(second))
    assert len(renewed.keys_in_use(NOW)) == 2
    again = certificate_of(ROOT.issue("anna", key=second.key, end=NOW + timedelta(days=800)))
    renewed = await clients.renew(database, me, again)
    assert {key.not_after for key in renewed.keys} == {ANNA.not_after, again.not_after}
    third = certificate_of(ROOT.issue("anna"))
    assert await refused(clients.renew(database, me, third)) == (Kind.CONFLICT, ["TWO_KEYS"])
    await clients.revoke_key(database, SECURITY, first.client, ANNA.fingerprint)
    assert len((await clients.renew(database, me, third)).keys_in_use(NOW)) == 2
    assert await refused(clients.renew(database, me, ANNA)) == (Kind.CONFLICT, ["KEY_REVOKED"])


async def test_an_erased_person_is_nowhere_and_the_chain_is_whole(database: Database, store: Store) -> None:
    """Neither in persons nor in the reasons that somebody wrote; what happened stays."""
    application = await prepared(database, store)
    assert await refused(clients.erase(database, SECURITY, application)) == (Kind.CONFLICT, ["STATE"])
    carla = Caller("carla", frozenset({Role.COMMERCIAL}))
    await applying.refuse(database, carla, COMMERCIAL, application, "Anna Peeters left Acme")
    await clients.erase(database, SECURITY, application)
    everything = [document for name in store.list_collection_names() for document in store[name].find()]
    assert "Anna" not in str(everything)
    assert "CN=anna" not in str(everything)
    assert verified(store)[0::2] == (5, None)


async def test_who_has_access_is_erased_after_it_ended(database: Database, store: Store) -> None:
    """A client stays accountable while he may come in."""
    client = (await admitted(database, store)).client
    assert await refused(clients.erase(database, SECURITY, client)) == (Kind.CONFLICT, ["STATE"])
    await clients.end(database, SECURITY, client)
    await clients.erase(database, SECURITY, client)
    assert store[Collection.PERSONS].count_documents({}) == 0


@pytest.mark.parametrize(
    ("harm", "number"),
    [
        (lambda events: events.update_one({"_id": 2}, {"$set": {"by": "nobody"}}), 2),
        (lambda events: events.update_one({"_id": 2}, {"$set": {"told.number": "A-9"}}), 2),
        (lambda events: events.delete_one({"_id": 2}), 2),
        (lambda events: events.delete_one({"_id": 3}), 2),
        (lambda events: events.update_one({"_id": 2}, {"$set": {"previous": "0" * 64}}), 2),
    ],
)
async def test_a_changed_event_breaks_the_chain(database: Database, store: Store, harm: Any, number: int) -> None:
    """Wherever it is changed, that place is told."""
    await prepared(database, store)
    harm(store[Collection.ACCESS_EVENTS])
    broken = verified(store)[2]
    assert broken is not None
    assert broken.number == number


async def test_staff_comes_in_without_a_company(database: Database, store: Store, register: ClientRegister) -> None:
    """Whoever may reach the database registers the first ones."""
    command = Acting("command", datetime(2026, 11, 23, 19, tzinfo=UTC))
    made: Client = await clients.add_staff(database, command, "Sven", Role.SECURITY, ANNA)
    assert (await register.caller_with_key(ANNA.fingerprint)).identity == made.id
    assert store[Collection.PERSONS].find_one({"_id": made.id})["name"] == "Sven"  # type: ignore[index]  # it is there


async def gateway_applied(database: Database, company: str) -> str:
    """Return a reviewed application of a gateway of a company, for a station and a chromatograph."""
    await granting.add_company(database, COMMERCIAL, Company(company, f"{company} NV"))
    await granting.sign(database, COMMERCIAL, company, SIGNED)
    asked = Asked(company, SIGNED, Role.GATEWAY, stations=("BE-0042", "ZELZATE"))
    application, _ = await applying.apply(database, Acting("", NOW), asked, certificate_of(ROOT.issue(company)), PERSON)
    await applying.review(database, COMMERCIAL, application.id, Under(company, "A-1"), [])
    return application.id


async def confirmed_as(database: Database, application: str, token: str) -> Application:
    """Confirm an application; its client is called by a token that is told."""
    document = await database[Collection.APPLICATIONS].find_one({"_id": application})
    assert document is not None
    return await applying.confirm(
        database, SECURITY, application, document["key"]["fingerprint"], token=lambda _: token
    )


async def test_a_gateway_delivers_for_its_stations_and_chromatographs(
    database: Database, register: ClientRegister
) -> None:
    """Both are named in its application, and nothing else is its own."""
    gateway = await confirmed_as(database, await gateway_applied(database, "ACME"), "1")
    caller = await register.caller_named(gateway.client)
    assert {one for one in ("BE-0042", "ZELZATE", "OTHER") if caller.delivers_for(one)} == {"BE-0042", "ZELZATE"}


async def test_a_gateway_has_no_name_that_kafka_takes_for_another(database: Database, store: Store) -> None:
    """Differing by . and _ alone, even from one that ended; confirmed again with another name it comes in."""
    put(store, a_client("a_b.c-1", "OTHER", role=Role.GATEWAY), a_client("A_B.C-1", "OTHER", role=Role.GATEWAY))
    put(store, a_client("A_B_C-3", "OTHER"), a_client("AxB_C-2", "OTHER", role=Role.GATEWAY))
    await clients.end(database, SECURITY, "A_B.C-1")
    application = await gateway_applied(database, "A.B_C")
    assert await refused(confirmed_as(database, application, "1")) == (Kind.CONFLICT, ["GATEWAY_NAME"])
    assert store[Collection.CLIENTS].find_one({"_id": "A.B_C-1"}) is None
    assert (await confirmed_as(database, application, "2")).client == "A.B_C-2"
    reader = await gateway_applied(database, "A.B.C")
    assert (await confirmed_as(database, reader, "3")).client == "A.B.C-3"


@pytest.mark.parametrize("name", ["ingest", "telecontrol", "command"])
async def test_a_gateway_has_no_name_of_our_own(database: Database, name: str) -> None:
    """Kafka would take it for the service."""

    async def named() -> None:
        await changing.change(database, SECURITY, lambda writing: require_possible(writing, name))

    assert await refused(named()) == (Kind.WRONG, ["GATEWAY_NAME"])
