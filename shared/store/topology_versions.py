"""The register as it was: every version of a line, a node, a station, with who asked for it and why.

`topology_versions`: `{_id: "node|NODE-1|000000000042", kind, doc, known_at, decision, author, reason, correction}`, one
document per change of a part, append-only; the number is the change's offset in `operations`. What says it now rests
in `topology`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.domain.node_weights import members
from shared.domain.topology import Line, Node
from shared.runtime.mongo import Database, Session
from shared.store.documents import Collection
from shared.store.register import line_of, node_of


class _Words(msgspec.Struct):
    """What a change's document says of itself."""

    author: str = ""
    reason: str = ""
    correction: str = ""


def version_document(kind: str, name: str, told: dict[str, Any], change: bytes, offset: int) -> dict[str, Any]:
    """Return the version of a part that a change leaves.

    Args:
        kind: station, line, node or chromatograph.
        name: Its id.
        told: The part's document in `topology`, `doc` and `known_at`.
        change: The change's document (JSON).
        offset: Its place in `operations`.
    """
    words = msgspec.json.decode(change, type=_Words)
    return {
        "_id": f"{kind}|{name}|{offset:012d}",
        "kind": kind,
        "doc": told["doc"],
        "known_at": told["known_at"],
        "heard_at": _heard_at(told),
        "decision": offset,
        "author": words.author,
        "reason": words.reason,
        "correction": words.correction or None,
    }


async def versions_of(database: Database, kind: str, name: str, session: Session | None = None) -> list[dict[str, Any]]:
    """Return all versions of a part, the oldest first."""
    found = database[Collection.TOPOLOGY_VERSIONS].find(_of(kind, name), session=session).sort("_id", 1)
    return [document async for document in found]


async def part_at(
    database: Database, kind: str, name: str, moment_ms: int | None, session: Session | None = None
) -> dict[str, Any] | None:
    """Return what the register says of a part, now or as known at a moment; None where nothing was known of it."""
    now = await database[Collection.TOPOLOGY].find_one({"_id": f"{kind}|{name}"}, session=session)
    if now is None or moment_ms is None or _heard_at(now) <= moment_ms:
        return now
    known = {**_of(kind, name), "heard_at": {"$lte": moment_ms}}
    versions = database[Collection.TOPOLOGY_VERSIONS].find(known, session=session).sort("_id", -1)
    found: list[dict[str, Any]] = await versions.limit(1).to_list(1)
    return found[0] if found else None


async def line_known_at(database: Database, line: str, moment_ms: int, session: Session | None = None) -> Line | None:
    """Return a line as the register knew it at a moment (ms since 1970), None before it was registered."""
    document = await part_at(database, "line", line, moment_ms, session)
    return None if document is None else line_of(document["doc"])


@dataclass(frozen=True, slots=True)
class NodesKnown:
    """A node and all nodes within it, by their ids, as known now or at a moment; since when (ms) they say so."""

    nodes: dict[str, Node]
    known_at_ms: int


async def nodes_known(
    database: Database, node: str, moment_ms: int | None = None, session: Session | None = None
) -> NodesKnown:
    """Return a node and all that is within it; no nodes at all where it was not known."""
    nodes: dict[str, Node] = {}
    known_at_ms, waiting = 0, [node]
    while waiting:
        documents = [await part_at(database, "node", name, moment_ms, session) for name in waiting]
        found = [document for document in documents if document is not None]
        nodes |= {document["doc"]["id"]: node_of(document["doc"]) for document in found}
        known_at_ms = max([known_at_ms, *(_heard_at(document) for document in found)])
        waiting = _unmet(nodes, [document["doc"]["id"] for document in found])
    return NodesKnown(nodes, known_at_ms)


def _unmet(nodes: dict[str, Node], names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(inner for name in names for inner in members(nodes[name]) if inner not in nodes))


def _heard_at(told: dict[str, Any]) -> int:
    """Return since when a part stands in the line log so (ms): by that clock the watermark goes."""
    return int(told.get("heard_at", told["known_at"]))


def _of(kind: str, name: str) -> dict[str, Any]:
    """Return the condition of all versions of a part: "}" is the character after "|"."""
    return {"_id": {"$gt": f"{kind}|{name}|", "$lt": f"{kind}|{name}}}"}}
