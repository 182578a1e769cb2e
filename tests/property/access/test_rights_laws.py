"""What rights come to, against a model that asks of each line, day by day, whether some right opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.access.belonging import lines_of
from shared.access.company import Agreement, Company
from shared.access.days import Days, Run
from shared.access.opening import Holding, opened_to, rights_of
from shared.access.right import Right
from shared.domain.node_weights import weights_on
from shared.domain.topology import Composition, Node

FIRST = date(2026, 1, 1)
SPAN = [FIRST + timedelta(days=number) for number in range(8)]
LINES, NODES = ("L1", "L2", "L3"), ("N1", "N2")
COMPANIES, CLIENTS = ("A", "B", "C"), ("", "anna", "bart")
AT = datetime(2026, 1, 1, tzinfo=UTC)

days = st.sampled_from(SPAN)
periods: st.SearchStrategy[Run] = st.tuples(days, days)
weights = st.dictionaries(st.sampled_from(LINES), st.sampled_from([Decimal(1), Decimal(-1)]), max_size=3)


@st.composite
def rights(draw: st.DrawFn) -> Right:
    """Draw a right of some company or client, granted or passed on, on a line or a node."""
    place = draw(st.sampled_from([*LINES, *NODES]))
    company, giver = draw(st.sampled_from(COMPANIES)), draw(st.sampled_from(["", "", *COMPANIES]))
    right = Right("1", company, draw(periods), draw(periods), client=draw(st.sampled_from(CLIENTS)))
    right = replace(right, agreement="X", delegated_by="" if giver == company else giver)
    right = replace(right, revoked_at=draw(st.sampled_from([None, None, None, AT])))
    return replace(right, line=place) if place in LINES else replace(right, node=place, lines=draw(st.booleans()))


@st.composite
def grids(draw: st.DrawFn) -> dict[str, Node]:
    """Draw two nodes, the second within the first perhaps, each made of something else from some day on."""
    found = {}
    for name, inner in (("N1", "N2"), ("N2", "")):
        starts = sorted(draw(st.sets(days, min_size=1, max_size=3)))
        held = [((inner, Decimal(1)),) if inner and draw(st.booleans()) else () for _ in starts]
        made = [
            Composition(start, tuple(draw(weights).items()), nodes) for start, nodes in zip(starts, held, strict=True)
        ]
        found[name] = Node(name, name, tuple(made), draw(st.sampled_from([None, SPAN[-1]])))
    return found


def model_opens(
    granted: list[Right],
    whose: tuple[str, str],
    read: tuple[str, date],
    today: date,
    *,
    companies: Mapping[str, Company],
    grid: Mapping[str, Node],
) -> bool:
    """Say whether a line or node is open on a day: by a right of one's own, or one that its giver has as well."""
    (company, client), (place, day) = whose, read
    for right in granted:
        if right.company != company or right.client not in {"", client} or right.revoked_at is not None:
            continue
        if not (right.use[0] <= today < right.use[1] and right.days[0] <= day < right.days[1]):
            continue
        named = place in {right.line, right.node}
        if not named and not (right.node and right.lines and place in weights_on(grid, right.node, day)):
            continue
        if not right.delegated_by:
            if companies[company].has_in_force(right.agreement, today):
                return True
        else:
            own = [one for one in granted if not one.delegated_by]
            if model_opens(own, (right.delegated_by, ""), read, today, companies=companies, grid=grid):
                return True
    return False


@given(st.lists(rights(), max_size=8), grids(), st.tuples(periods, periods, periods), days, st.sampled_from(CLIENTS))
def test_rights_open_what_the_model_opens(
    granted: list[Right], grid: dict[str, Node], signed: tuple[Run, Run, Run], today: date, client: str
) -> None:
    """For any grants, delegations, compositions, agreements and moments: no day more, no day less."""
    companies = {
        name: Company(name, name, (Agreement("X", *period),)) for name, period in zip(COMPANIES, signed, strict=True)
    }
    holdings = {
        name: Holding(company, tuple(right for right in granted if right.company == name))
        for name, company in companies.items()
    }
    holding = replace(holdings["A"], givers=holdings)
    opened = rights_of(opened_to(holding, client, today, lambda node: lines_of(grid, node)))
    for place in (*LINES, *NODES):
        found = opened.line(place) if place in LINES else opened.node(place)
        wanted = [
            day
            for day in SPAN
            if model_opens(granted, ("A", client), (place, day), today, companies=companies, grid=grid)
        ]
        assert [day for day in SPAN if day in found] == wanted, place


@given(st.lists(rights(), max_size=6), st.lists(rights(), max_size=6))
def test_equal_digests_are_equal_rights(some: list[Right], others: list[Right]) -> None:
    """The digest is the content: what is kept for one digest may be given to whoever has it."""
    company = Company("A", "A", (Agreement("X", SPAN[0], SPAN[-1]),))
    made = [
        rights_of(opened_to(Holding(company, tuple(replace(r, delegated_by="") for r in one)), "", FIRST, lambda _: {}))
        for one in (some, others)
    ]
    same = made[0].lines == made[1].lines and made[0].nodes == made[1].nodes
    assert (made[0].digest == made[1].digest) is same


def test_a_line_that_is_taken_in_and_off_again_does_not_belong() -> None:
    """What it counts is nothing, so the node does not open it on these days."""
    one, off = (("L1", Decimal(1)),), (("L1", Decimal(-1)),)
    inner = Node("N2", "N2", (Composition(SPAN[0], off), Composition(SPAN[3], (("L2", Decimal(1)),))))
    outer = Node("N1", "N1", (Composition(SPAN[0], one, (("N2", Decimal(1)),)),))
    found = lines_of({"N1": outer, "N2": inner}, "N1")
    assert found == {"L1": Days.of([(SPAN[3], date.max)]), "L2": Days.of([(SPAN[3], date.max)])}
