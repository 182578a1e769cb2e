"""Reads a client with all that his rights depend on, and resolves them; blocking, for a thread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from shared.access.belonging import lines_of
from shared.access.caller import ALL_RIGHTS, NO_RIGHTS, Rights
from shared.access.client import Client
from shared.access.company import Company
from shared.access.days import Days
from shared.access.ends import Ends, ends_of
from shared.access.opening import Holding, Opened, opened_to, rights_of
from shared.access.right import Right
from shared.access.roles import Task
from shared.domain.node_weights import members
from shared.domain.topology import Node
from shared.runtime.mongo import ClientSession, Database, SyncDatabase, synchronous
from shared.store.access.forms import client_of, company_of, right_of
from shared.store.access.looking import Standing
from shared.store.documents import Collection
from shared.store.register import node_of

Store = SyncDatabase[dict[str, Any]]
MOST_DAYS_SHARED = 100_000
"""Different sets of gas days of which one is kept for all: 20 MB; a grid has some hundred."""


class Resolved(NamedTuple):
    """A client as he stands: his rights, whether he has access at all, and when that ends by itself."""

    client: Client
    rights: Rights
    has_access: bool
    ends: Ends


class Resolving:
    """Resolves rights for one process; keeps what nodes come to until one changes."""

    def __init__(self, database: Database) -> None:
        self._store = synchronous(database)
        self._lock = Lock()
        self._nodes_as_of: tuple[int, int] = (0, 0)
        self._belonging: dict[str, Mapping[str, Days]] = {}
        self._days: dict[Days, Days] = {}

    def client_with_key(self, fingerprint: str) -> Client | None:
        """Return the client who has a key, revoked ones included."""
        return self._client({"keys.fingerprint": fingerprint})

    def client_named(self, client: str) -> Client | None:
        """Return a client by his id."""
        return self._client({"_id": client})

    def resolved(self, standing: Standing, find: Callable[[], Client | None]) -> Resolved | None:
        """Return a client as he stands; None where there is no such client."""
        client = find()
        if client is None:
            return None
        holding = None if client.is_staff else holding_of(self._store, client.company, client.id)
        company = holding.company if holding else None
        ends = ends_of(client, company)
        if not client.has_access(company, standing.today):
            return Resolved(client, NO_RIGHTS, has_access=False, ends=ends)
        if holding is None:
            may_all = any(Task.READ in role.tasks for role in client.roles)
            return Resolved(client, ALL_RIGHTS if may_all else NO_RIGHTS, has_access=True, ends=ends)
        with self._lock:
            self._forget_nodes_before(standing)
            opened = opened_to(holding, client.id, standing.today, self._lines_of)
            rights = rights_of(Opened(self._shared(opened.lines), self._shared(opened.nodes)))
            return Resolved(client, rights, has_access=True, ends=ends)

    def _client(self, asked: dict[str, str]) -> Client | None:
        document = self._store[Collection.CLIENTS].find_one(asked)
        return None if document is None else client_of(document)

    def _forget_nodes_before(self, standing: Standing) -> None:
        if standing.nodes != self._nodes_as_of:
            self._nodes_as_of = standing.nodes
            self._belonging.clear()

    def _lines_of(self, node: str) -> Mapping[str, Days]:
        if node not in self._belonging:
            self._belonging[node] = lines_of(nodes_now(self._store, node), node)
        return self._belonging[node]

    def _shared(self, named: Mapping[str, Days]) -> dict[str, Days]:
        """Return the same with each name and each set of gas days kept once for all clients."""
        if len(self._days) > MOST_DAYS_SHARED:
            self._days.clear()
        return {sys.intern(name): self._days.setdefault(days, days) for name, days in named.items()}


def nodes_now(store: Store, node: str) -> dict[str, Node]:
    """Return a node and all that are ever within it, by their ids, as known now."""
    nodes: dict[str, Node] = {}
    waiting = [node]
    while waiting:
        names = [f"node|{name}" for name in waiting]
        found = [node_of(told["doc"]) for told in store[Collection.TOPOLOGY].find({"_id": {"$in": names}})]
        nodes |= {one.id: one for one in found}
        waiting = list({inner for one in found for inner in members(one) if inner not in nodes})
    return nodes


def holding_of(store: Store, company: str, client: str = "", session: ClientSession | None = None) -> Holding:
    """Return a company with the rights that it and one of its clients have, and those who pass theirs on to it.

    A company that the register does not know has no agreement, and so nothing.

    Args:
        store: The store.
        company: Its id.
        client: Whose own rights are read as well; "": nobody's.
        session: The transaction that it belongs to.
    """
    rights = _rights_of(store, [company], [None, client], session)
    givers = sorted({right.delegated_by for right in rights if right.delegated_by})
    given: dict[str, list[Right]] = {giver: [] for giver in givers}
    for right in _rights_of(store, givers, [None], session) if givers else ():
        given[right.company].append(right)
    companies = _companies(store, [company, *givers], session)
    holdings = {giver: Holding(companies[giver], tuple(given[giver])) for giver in givers}
    return Holding(companies[company], tuple(rights), holdings)


def _rights_of(
    store: Store, companies: list[str], clients: list[str | None], session: ClientSession | None
) -> list[Right]:
    asked = {"company": {"$in": companies}, "client": {"$in": clients}, "revoked_at": None}
    return [right_of(told) for told in store[Collection.RIGHTS].find(asked, session=session)]


def _companies(store: Store, names: Iterable[str], session: ClientSession | None) -> dict[str, Company]:
    wanted = list(names)
    found = {name: Company(name, name) for name in wanted}
    for told in store[Collection.COMPANIES].find({"_id": {"$in": wanted}}, session=session):
        found[told["_id"]] = company_of(told)
    return found
