"""Nodes of the register that a caller may see, with those within them."""

from __future__ import annotations

from shared.access.caller import Caller
from shared.runtime.mongo import Database, Session
from shared.runtime.problem import not_found
from shared.store.topology_versions import NodesKnown, nodes_known


async def registered_node(
    database: Database, caller: Caller, node: str, moment_ms: int | None = None, session: Session | None = None
) -> NodesKnown:
    """Return a node that this caller may see, with those within it, as known now or at a moment.

    Raises:
        ProblemError: 404, the same whether the node is unknown or not the caller's.
    """
    known = await nodes_known(database, node, moment_ms, session)
    if node not in known.nodes or not may_read_all(caller, known):
        raise not_found("node", f"node {node[:64]!r} is not known here")
    return known


def may_read_all(caller: Caller, known: NodesKnown) -> bool:
    """Say whether a caller may see every line that a node, or one within it, ever holds."""
    return all(caller.may_read(line) for line in lines_within(known))


def lines_within(known: NodesKnown) -> frozenset[str]:
    """Return every line that a node, or one within it, ever holds."""
    compositions = [composition for node in known.nodes.values() for composition in node.compositions]
    return frozenset(line for one in compositions for line, _ in one.weights)
