"""Other codes of lines and nodes: dated, and on each gas day the code of one alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shared.domain.topology import Change, Code, Issue, Line, Node


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


def _owners(parts: Iterable[Line | Node]) -> Mapping[str, list[tuple[Line | Node, Code]]]:
    owners: dict[str, list[tuple[Line | Node, Code]]] = defaultdict(list)
    for part in parts:
        for code in part.codes:
            owners[code.text].append((part, code))
    return owners
