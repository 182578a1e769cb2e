"""Less than a moment ago: a role, a station, a line, a node, a gas day; more is not less."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.access.caller import ALL_RIGHTS, NO_RIGHTS, Caller, Rights
from shared.access.days import ALWAYS, Days
from shared.access.losing import has_lost, has_lost_of
from shared.access.roles import Role

SPRING = Days.of([(date(2026, 1, 1), date(2026, 4, 1))])
MORE = Days.of([(date(2025, 1, 1), date(2026, 6, 1))])
LATER = Days.of([(date(2026, 2, 1), date(2026, 6, 1))])
BEFORE = Caller(
    "anna",
    frozenset({Role.READER, Role.DOWNLOADER}),
    "ACME",
    Rights("1", {"A": SPRING, "B": ALWAYS}, {"N": SPRING}),
    frozenset({"S"}),
)


def with_rights(lines: dict[str, Days], nodes: dict[str, Days]) -> Caller:
    """Return the same caller with other rights."""
    return replace(BEFORE, rights=Rights("2", lines, nodes))


SAME = {"A": SPRING, "B": ALWAYS}
NODES = {"N": SPRING}


@pytest.mark.parametrize(
    ("now", "lost"),
    [
        (BEFORE, False),
        (replace(BEFORE, roles=BEFORE.roles | {Role.OPERATOR}), False),
        (replace(BEFORE, rights=ALL_RIGHTS), False),
        (with_rights({**SAME, "C": ALWAYS}, {**NODES, "M": SPRING}), False),
        (with_rights({"A": MORE, "B": ALWAYS}, {"N": ALWAYS}), False),
        (replace(BEFORE, roles=frozenset({Role.READER})), True),
        (replace(BEFORE, stations=frozenset()), True),
        (replace(BEFORE, identity="bart"), True),
        (replace(BEFORE, company="OTHER"), True),
        (replace(BEFORE, rights=NO_RIGHTS), True),
        (with_rights({"B": ALWAYS}, NODES), True),
        (with_rights({"A": LATER, "B": ALWAYS}, NODES), True),
        (with_rights({"A": SPRING, "B": MORE}, NODES), True),
        (with_rights(SAME, {}), True),
    ],
)
def test_less_is_seen(now: Caller, lost: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Whatever he may no longer do."""
    assert has_lost(BEFORE, now) is lost


def test_who_might_read_all_and_may_read_some_has_lost() -> None:
    """However much that is."""
    assert has_lost(replace(BEFORE, rights=ALL_RIGHTS), BEFORE)


def test_of_some_work_only_its_own_lines_count() -> None:
    """An export of other lines goes on; without the role, or one of its lines, it does not."""
    now = with_rights({"B": ALWAYS}, {})
    assert not has_lost_of(BEFORE, now, ["B"], [])
    assert has_lost_of(BEFORE, now, ["A", "B"], [])
    assert has_lost_of(BEFORE, now, [], ["N"])
    assert has_lost_of(BEFORE, replace(BEFORE, roles=frozenset({Role.READER})), ["B"], [])
