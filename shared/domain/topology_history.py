"""What a change of the register changed: from which gas day until which, what, and what it said before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from shared.domain import gas_time
from shared.domain.attribution import Attribution, in_force
from shared.domain.quantities import ABSENT, GCV
from shared.domain.topology import Code, Line, Node

Facts = Mapping[tuple[str, str], object]
"""What holds on a gas day: by what it is, and of which line, node or code ("" where it is of the part itself)."""
ACTIVE = "active"
WEIGHT_OF_LINE, CHECK = "weight of line", "check"
OF_LINE = (WEIGHT_OF_LINE, CHECK)
"""What is said of another line: for who may see that one."""
OF_NODE = "weight of node"
"""What is said of another node, likewise."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that changed: from a gas day on (or hour, of gas), until another; None: until further.

    `before` and `after` are None where there was, or is, no such fact.
    """

    start: str
    end: str | None
    what: str
    of: str
    before: object
    after: object


def differences(before: Line | Node | None, after: Line | Node) -> list[Difference]:
    """Return what changed between two versions of a line or node, in the order of the gas days; None: it was new."""
    days = sorted({day for part in (before, after) if part is not None for day in _edges(part)})
    edges = [*days, None]
    periods = [
        (start, end, _changed(_facts_on(before, start), _facts_on(after, start)))
        for start, end in pairwise(edges)
        if start is not None
    ]
    told = [*_merged(periods), *_gas(before, after)]
    return sorted(told, key=lambda one: (one.start, one.what, one.of))


def _merged(
    periods: list[tuple[date, date | None, dict[tuple[str, str], tuple[object, object]]]],
) -> Iterator[Difference]:
    """Give the same difference of periods that follow each other once."""
    begun: dict[tuple[str, str], date] = {}
    for place, (start, end, changed) in enumerate(periods):
        following = periods[place + 1][2] if end is not None else {}
        for key, (was, now) in changed.items():
            begun.setdefault(key, start)
            if following.get(key) != (was, now):
                yield Difference(begun.pop(key).isoformat(), end.isoformat() if end else None, *key, was, now)


def _changed(before: Facts, after: Facts) -> dict[tuple[str, str], tuple[object, object]]:
    if before and not after:
        return {(ACTIVE, ""): (True, None)}  # that it ended says all
    keys = {**before, **after}
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def _facts_on(part: Line | Node | None, day: date) -> Facts:
    if part is None:
        return {}
    return _line_facts(part, day) if isinstance(part, Line) else _node_facts(part, day)


def _line_facts(line: Line, day: date) -> Facts:
    terms = line.terms_on(day)
    if terms is None:
        return {}
    told: dict[tuple[str, str], object] = {
        (ACTIVE, ""): True,
        ("name", ""): terms.name,
        ("teletransmitted", ""): terms.teletransmitted,
        ("one_way", ""): terms.one_way,
        ("network", ""): terms.network,
        ("capacity_m3n_per_h", ""): terms.capacity_m3n_per_h,
        ("sends", ""): list(terms.sends),
        ("pressure_bar_abs", ""): list(terms.pressure_bar_abs) if terms.pressure_bar_abs else None,
        ("deadlines", ""): line.live_from is not None and day >= line.live_from,
    }
    told |= {("threshold", name): value for name, value in terms.thresholds}
    if terms.check is not None:
        told[CHECK, terms.check.line] = [terms.check.factor, terms.check.offset_m3n]
    return told | _codes(line.codes, day)


def _node_facts(node: Node, day: date) -> Facts:
    composition = node.composition_on(day)
    if composition is None:
        return {}
    told: dict[tuple[str, str], object] = {(ACTIVE, ""): True, ("name", ""): node.name_on(day)}
    told |= {(WEIGHT_OF_LINE, line): float(weight) for line, weight in composition.weights}
    told |= {(OF_NODE, inner): float(weight) for inner, weight in composition.nodes}
    return told | _codes(node.codes, day)


def _codes(codes: tuple[Code, ...], day: date) -> dict[tuple[str, str], object]:
    valid = [one for one in codes if (one.start is None or one.start <= day) and (one.end is None or day < one.end)]
    return {("code", one.text): True for one in valid}


def _edges(part: Line | Node) -> Iterator[date]:
    begun = part.terms if isinstance(part, Line) else part.compositions
    yield from (one.start for one in begun)
    live_from = part.live_from if isinstance(part, Line) else None
    bounds = [part.end, live_from, *(day for code in part.codes for day in (code.start, code.end))]
    yield from (day for day in bounds if day is not None)


def _gas(before: Line | Node | None, after: Line | Node) -> Iterator[Difference]:
    """Give what was told of a line's gas anew: words that stand beside the earlier ones."""
    if not isinstance(after, Line):
        return
    known = len(before.gas) if isinstance(before, Line) else 0
    for place, told in enumerate(after.gas[known:], start=known):
        earlier = [one for one in in_force(after.gas[:place]) if one.start <= told.start]
        was, now = _gas_facts(earlier[-1] if earlier else _NOBODYS_GAS), _gas_facts(told)
        for what in now:
            if was[what] != now[what]:
                yield Difference(gas_time.hour_text(told.start), None, what, "", was[what], now[what])


_NOBODYS_GAS = Attribution(0, "")
"""What holds before the first word."""


def _gas_facts(told: Attribution) -> Mapping[str, object]:
    return {
        "chromatograph": told.chromatograph or None,
        "delay_h": told.delay_h,
        "others": list(told.others),
        "contract_gcv_kwh_per_m3n": None if told.contract_gcv == ABSENT else told.contract_gcv / GCV.scale,
    }
