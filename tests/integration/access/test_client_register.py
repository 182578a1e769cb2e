"""Who is let in with which key, what he may then do, and how soon a change counts."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from deploy.local.servers import Servers
from shared.access.caller import ALL_RIGHTS
from shared.access.client import Client
from shared.access.days import Days
from shared.access.refusal import NotAdmittedError, Refusal
from shared.access.roles import Role, Task
from shared.domain.topology import Composition, Node
from shared.runtime.mongo import PyMongoError, SyncDatabase, connect
from shared.store.access.register import ClientRegister
from tests.integration.access.conftest import Clock
from tests.integration.query import stored_lines
from tests.registered import NOW, YEARS, a_client, a_company, a_key, a_right, fingerprint_of, put

Store = SyncDatabase[dict[str, Any]]
ANNA = fingerprint_of("anna")


async def refused(register: ClientRegister, fingerprint: str = ANNA) -> Refusal:
    """Return why nobody is let in with a key."""
    with pytest.raises(NotAdmittedError) as caught:
        await register.caller_with_key(fingerprint)
    return caught.value.refusal


async def test_a_registered_key_opens_what_its_company_and_its_client_may_read(
    store: Store, register: ClientRegister
) -> None:
    """The company's rights and the client's own, and nothing of a colleague's."""
    shared, own = a_right("1", line="BE-1"), a_right("2", line="BE-2", client="anna")
    put(store, a_company(), a_client(), shared, own, a_right("3", line="BE-3", client="bart"))
    anna = await register.caller_with_key(ANNA)
    assert (anna.identity, anna.company, anna.roles) == ("anna", "ACME", frozenset({Role.DOWNLOADER}))
    assert dict(anna.rights.lines) == {"BE-1": Days.of([YEARS]), "BE-2": Days.of([YEARS])}
    assert (await register.caller_named("anna")) == anna


@pytest.mark.parametrize(
    ("client", "refusal"),
    [
        (a_client("bart"), Refusal.CERTIFICATE_UNKNOWN),
        (a_client("anna", "ACME", a_key("anna", revoked_at=NOW)), Refusal.CERTIFICATE_REVOKED),
        (a_client("anna", "ACME", a_key("anna", not_after=NOW.replace(minute=30))), Refusal.CERTIFICATE_EXPIRED),
        (a_client("anna", "ACME", a_key("anna", not_before=NOW.replace(minute=32))), Refusal.CERTIFICATE_NOT_YET_VALID),
        (replace(a_client(), ended_at=NOW), Refusal.ACCESS_ENDED),
        (a_client(agreement="A-2"), Refusal.ACCESS_ENDED),
        (a_client("anna", "NOBODY"), Refusal.ACCESS_ENDED),
    ],
)
async def test_who_is_not_let_in_is_told_why(
    store: Store, register: ClientRegister, client: Client, refusal: Refusal
) -> None:
    """Each refusal has its code, and what goes on in his name goes on without rights."""
    put(store, a_company(), client, a_right("1", line="BE-1"))
    assert await refused(register) is refusal
    nobody = await register.caller_named("anna")
    assert not nobody.roles
    assert not nobody.may_read("BE-1")


async def test_what_was_taken_back_is_refused_a_second_later(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """Within the second it may still count, after it never."""
    put(store, a_company(), a_client(), a_right("1", line="BE-1"), a_right("2", line="BE-2"))
    await register.caller_with_key(ANNA)
    put(store, a_right("2", line="BE-2", revoked_at=NOW))
    clock.pass_by(seconds=1)
    assert set((await register.caller_with_key(ANNA)).rights.lines) == {"BE-1"}
    put(store, a_client("anna", "ACME", a_key("anna", revoked_at=NOW)))
    clock.pass_by(seconds=1)
    assert await refused(register) is Refusal.CERTIFICATE_REVOKED
    assert not (await register.caller_named("anna")).roles


async def test_rights_that_nobody_has_any_more_take_no_room(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """However often they change; those who have the same share them."""
    put(store, a_company(), a_client("anna"), a_client("bart"))
    for number in range(3):
        put(store, a_right(str(number), line=f"BE-{number}"))
        clock.pass_by(seconds=1)
        callers = [await register.caller_with_key(fingerprint_of(name)) for name in ("anna", "bart")]
        assert callers[0].rights is callers[1].rights
    assert list(register._rights) == [callers[0].rights.digest]


async def test_it_is_found_out_who_comes_while_all_threads_are_busy(store: Store, register: ClientRegister) -> None:
    """Whoever lets a hundred answers be written at once keeps nobody else out, and ends nobody's stream."""
    put(store, a_company(), a_client("anna"))
    is_done = threading.Event()
    try:
        busy = [asyncio.create_task(asyncio.to_thread(is_done.wait)) for _ in range(100)]
        assert (await register.caller_with_key(ANNA)).identity == "anna"
    finally:
        is_done.set()
    await asyncio.gather(*busy)


async def test_a_key_that_was_unknown_is_let_in_once_it_is_registered(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """A refusal is not kept longer than what is known."""
    assert await refused(register) is Refusal.CERTIFICATE_UNKNOWN
    put(store, a_company(), a_client("anna", "ACME", a_key("anna"), a_key("anna's next")))
    clock.pass_by(seconds=1)
    assert await register.caller_with_key(fingerprint_of("anna's next")) == await register.caller_with_key(ANNA)


async def test_a_certificate_ends_on_its_second_though_nothing_moves(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """The clock alone ends it."""
    put(store, a_company(), a_client("anna", "ACME", a_key("anna", not_after=NOW)))
    await register.caller_with_key(ANNA)
    clock.pass_by(seconds=0.5)
    assert await refused(register) is Refusal.CERTIFICATE_EXPIRED


async def test_agreements_and_periods_of_use_end_with_the_gas_day(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """At 06:00 in Brussels, though nothing was written."""
    clock.moment = datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC)
    ending = a_right("2", line="BE-2", use=(YEARS[0], date(2026, 11, 24)))
    put(store, a_company(end=date(2026, 11, 25)), a_client(), a_right("1", line="BE-1"), ending)
    assert set((await register.caller_with_key(ANNA)).rights.lines) == {"BE-1", "BE-2"}
    clock.pass_by(seconds=1)
    assert set((await register.caller_with_key(ANNA)).rights.lines) == {"BE-1"}
    clock.pass_by(days=1)
    assert await refused(register) is Refusal.ACCESS_ENDED


async def test_a_node_with_its_lines_follows_what_it_is_made_of(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """Through nodes within it, as known now: a change of the inner one counts a second later."""
    day = date(2026, 1, 1)
    outer = Node("N", "N", (Composition(YEARS[0], (), (("M", Decimal(1)),)),))
    stored_lines.register(store, outer, Node("M", "M", (Composition(day, (("BE-1", Decimal(1)),)),)))
    put(store, a_company(), a_client(), a_right("1", node="N", lines=True))
    rights = (await register.caller_with_key(ANNA)).rights
    assert (dict(rights.lines), dict(rights.nodes)) == ({"BE-1": Days.of([(day, YEARS[1])])}, {"N": Days.of([YEARS])})
    moved = Node("M", "M", (Composition(day, (("BE-2", Decimal(1)),)),))
    stored_lines.register(store, moved, known_at_ms=stored_lines.KNOWN_AT_MS + 1, offset=8)
    clock.pass_by(seconds=1)
    assert set((await register.caller_with_key(ANNA)).rights.lines) == {"BE-2"}


async def test_what_another_company_passes_on_ends_with_its_own(
    store: Store, register: ClientRegister, clock: Clock
) -> None:
    """Never more than the giver has at this moment, whatever was written down."""
    passed = a_right("2", line="BE-1", delegated_by="GIVER")
    more = a_right("3", line="BE-9", delegated_by="GIVER")
    put(store, a_company(), a_client(), a_company("GIVER"), a_right("1", "GIVER", line="BE-1"), passed, more)
    assert set((await register.caller_with_key(ANNA)).rights.lines) == {"BE-1"}
    put(store, a_company("GIVER", end=date(2026, 11, 1)))
    clock.pass_by(seconds=1)
    assert not (await register.caller_with_key(ANNA)).rights.lines


async def test_staff_needs_no_agreement(store: Store, register: ClientRegister) -> None:
    """An operator reads every line; the security role confirms, and reads none."""
    put(store, a_client("olga", "", role=Role.OPERATOR), a_client("sven", "", role=Role.SECURITY))
    assert (await register.caller_with_key(fingerprint_of("olga"))).rights == ALL_RIGHTS
    sven = await register.caller_with_key(fingerprint_of("sven"))
    assert sven.may(Task.CONFIRM)
    assert not sven.may_read("BE-1")


async def test_equal_rights_and_days_are_kept_once(store: Store, register: ClientRegister) -> None:
    """What a thousand clients share costs as much as that of one."""
    put(store, a_company(), a_client(), a_client("bart"), a_right("1", line="BE-1"), a_right("2", node="N"))
    anna, bart = [await register.caller_with_key(fingerprint_of(name)) for name in ("anna", "bart")]
    assert anna.rights is bart.rights
    assert anna.rights.lines["BE-1"] is anna.rights.nodes["N"]


async def test_nobody_is_let_in_while_the_store_is_away(own_stack: Servers, clock: Clock) -> None:
    """What was seen a second ago is not relied upon."""
    database = connect(own_stack.mongo_uri, "access")
    register, store = ClientRegister(database, clock), database.delegate
    put(store, a_company(), a_client())
    await register.caller_with_key(ANNA)
    assert own_stack.mongod is not None
    own_stack.mongod.process.stop()
    await register.caller_with_key(ANNA)
    clock.pass_by(seconds=1)
    with pytest.raises(PyMongoError):
        await register.caller_with_key(ANNA)
    database.client.close()
