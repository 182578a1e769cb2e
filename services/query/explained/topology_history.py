"""How the register changed: every version of a line or node, who asked for it and why, and what it changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.query.asked.paging import Document, Listed, cut
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.domain.instants import known_instant
from shared.domain.topology import Line, Node
from shared.domain.topology_history import OF_LINE, OF_NODE, Difference, differences
from shared.runtime.mongo import Database
from shared.store.register import line_of, node_of
from shared.store.registered_nodes import registered_node
from shared.store.topology_versions import versions_of
from shared.store.views import registered


async def line_history(database: Database, caller: Caller, line: str, after: str, limit: int) -> Listed:
    """Tell the changes of a line, the newest first; `after`: the last one of the page before, "" for the first page."""
    await registered(database, caller, line)
    return _page(caller, await versions_of(database, "line", line), after, limit)


async def node_history(database: Database, caller: Caller, node: str, after: str, limit: int) -> Listed:
    """Tell the changes of a node, the newest first, as `line_history` does."""
    await registered_node(database, caller, node)
    return _page(caller, await versions_of(database, "node", node), after, limit)


def _page(caller: Caller, versions: list[Document], after: str, limit: int) -> Listed:
    """Return one page; versions of a part are few, and each is told by what it changed of the one before."""
    newest = [(place, version) for place, version in reversed(list(enumerate(versions)))]
    following = [one for one in newest if not after or one[1]["_id"] < after]
    page, last_id = cut(following, limit, lambda last: str(last[1]["_id"]))
    rows = [_change(caller, versions[place - 1] if place else None, version) for place, version in page]
    return Listed(rows, last_id)


def _change(caller: Caller, before: Document | None, version: Document) -> dict[str, Any]:
    told = differences(None if before is None else _part(before), _part(version))
    shown = [one for one in told if _is_shown(caller, one)]
    is_theirs = caller.may(Task.OPERATE) or version["author"] == caller.identity
    return {
        "known_at": known_instant(version["heard_at"]),
        "decision": version["decision"],
        "author": version["author"],
        # One change may concern lines of many, and its words all of them: they are for who asked for it.
        "reason": version["reason"] if is_theirs else "",
        "correction": version["correction"] if is_theirs else None,
        "changes": [_difference(one) for one in shown],
        "changes_unnamed": len(told) - len(shown),
    }


def _is_shown(caller: Caller, one: Difference) -> bool:
    """Say whether a difference may be told: what it says of another line or node is for who may know of that one."""
    if one.what not in {*OF_LINE, OF_NODE}:
        return True
    days = _day(one.start), None if one.end is None else _day(one.end)
    return (caller.may_know_node_in if one.what == OF_NODE else caller.may_know_in)(one.of, *days)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _part(version: Document) -> Line | Node:
    return line_of(version["doc"]) if version["kind"] == "line" else node_of(version["doc"])


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "from": one.start,
        "to": one.end,
        "what": one.what,
        "of": one.of or None,
        "before": one.before,
        "after": one.after,
    }
