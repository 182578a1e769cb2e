"""Nodes of the register that a caller may know of, with those within them."""

from __future__ import annotations

from shared.access.caller import Caller
from shared.access.periods import check_covered
from shared.domain.period import Question
from shared.runtime.mongo import Database, Session
from shared.runtime.problem import not_found
from shared.store.topology_versions import NodesKnown, nodes_known


async def registered_node(  # noqa: PLR0913, PLR0917 - of what, for whom, as known when, and for which period
    database: Database,
    caller: Caller,
    node: str,
    moment_ms: int | None = None,
    session: Session | None = None,
    question: Question | None = None,
) -> NodesKnown:
    """Return a node that this caller may know of, with those within it, as known now or at a moment.

    A right on a node opens its sums: which lines and nodes within it may be named, is another right.

    Raises:
        ProblemError: 404, the same whether the node is unknown or not the caller's; 422 for a question about gas days
            that he may not read.
    """
    known = await nodes_known(database, node, moment_ms, session) if caller.may_read_node(node) else None
    if known is None or node not in known.nodes:
        raise not_found("node", f"node {node[:64]!r} is not known here")
    if question is not None:
        check_covered(caller.rights.node(node), question)
    return known


def lines_within(known: NodesKnown) -> frozenset[str]:
    """Return every line that a node, or one within it, ever holds."""
    compositions = [composition for node in known.nodes.values() for composition in node.compositions]
    return frozenset(line for one in compositions for line, _ in one.weights)
