"""Other codes of lines and nodes: dated, on each gas day the code of one alone, and never the id of another part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.domain.topology import Change, Code, Issue, Line, Node, Station

Coded = tuple[Mapping[str, Line], Mapping[str, Node]]
"""Lines and nodes by their ids."""


def merged_codes(before: Sequence[Code], after: Sequence[Code]) -> tuple[Code, ...]:
    """Return the codes with what is told later of a code in place of what was told of it before."""
    return tuple(({code.text: code for code in before} | {code.text: code for code in after}).values())


def code_issues(change: Change, lines: Mapping[str, Line], nodes: Mapping[str, Node]) -> list[Issue]:
    """Return which codes of a change are another's on the same gas days; `lines` and `nodes` as after the change."""
    asked = [(f"lines[{place}]", line) for place, line in enumerate(change.lines) if line.codes]
    named = [(f"nodes[{place}]", node) for place, node in enumerate(change.nodes) if node.codes]
    told: list[tuple[str, Line | Node]] = [*asked, *named]
    if not told:
        return []
    twice = [
        Issue("OVERLAP", f"{position}.aliases", f"{text!r} is told twice: a code has one period")
        for position, part in told
        for text, count in Counter(code.text for code in part.codes).items()
        if count > 1
    ]
    owners = _owners([*lines.values(), *nodes.values()])
    return twice + [
        Issue("CODE_TAKEN", f"{position}.aliases", f"{code.text!r} is the code of {owner.id} on the same gas days")
        for position, part in told
        for code in part.codes
        for owner, other in owners[code.text]
        if (type(owner), owner.id) != (type(part), part.id) and code.overlaps(other)
    ]


def id_issues(change: Change, before: Coded, after: Coded, stations: tuple[Mapping[str, Station], ...]) -> list[Issue]:
    """Return which codes of a change are the id of another part, and which new ids are the code of one.

    An id is for ever, so the days of a code do not matter. What the register held already may be told again.

    Args:
        change: What shall hold.
        before: Lines and nodes as they were.
        after: Lines and nodes as the change leaves them.
        stations: Stations as they were, and as the change leaves them.
    """
    told: list[tuple[str, Line | Node | Station, Mapping[str, Line | Node | Station]]] = [
        *((f"lines[{place}]", line, before[0]) for place, line in enumerate(change.lines)),
        *((f"nodes[{place}]", node, before[1]) for place, node in enumerate(change.nodes)),
        *((f"stations[{place}]", station, stations[0]) for place, station in enumerate(change.stations)),
    ]
    ids = {*after[0], *after[1], *stations[1]}
    issues = [
        Issue("CODE_TAKEN", f"{position}.aliases", f"{text!r} is the id of another part: an id is for ever")
        for position, part, known in told
        for text in _new_codes(part, known.get(part.id))
        if text in ids
    ]
    owners = _owners([*before[0].values(), *before[1].values()])
    return issues + [
        Issue("CODE_TAKEN", f"{position}.id", f"{part.id!r} is a code of {owner.id}: choose another id")
        for position, part, known in told
        if part.id not in known
        for owner, _ in owners.get(part.id, ())
        if owner.id != part.id
    ]


def _new_codes(part: Line | Node | Station, before: Line | Node | Station | None) -> Iterator[str]:
    """Give the codes that a part did not have; its own id is none of another's."""
    had = {code.text for code in before.codes} if isinstance(before, Line | Node) else set()
    if not isinstance(part, Station):
        yield from (code.text for code in part.codes if code.text not in had and code.text != part.id)


def _owners(parts: Iterable[Line | Node]) -> Mapping[str, list[tuple[Line | Node, Code]]]:
    owners: dict[str, list[tuple[Line | Node, Code]]] = defaultdict(list)
    for part in parts:
        for code in part.codes:
            owners[code.text].append((part, code))
    return owners
