"""What files are made of in tests: a line with gaps, one with a name like a formula, one with gas, a node of two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from shared.domain import gas_time
from shared.domain.analysis import KEPT_ANALYSIS, empty_analyses
from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.physics.components import COMPONENTS
from shared.domain.topology import Composition, Node, Terms
from shared.runtime.mongo import SyncDatabase
from shared.store.documents import Collection, day_id
from tests.integration.query.conftest import FIRST
from tests.integration.query.stored_lines import KNOWN_AT_MS, a_line, plausible_hours, register, store_hours

A, B, GAS, NODE = "BE-0042-A", "BE-0042-B", "BE-0042-GAS", "GHENT"
RENAMED = date(2026, 10, 20)
SINCE_MS = 1_785_000_000_000
"""The node is known since July 2026."""
GAS_DAYS = [date(2026, 10, 23) + timedelta(days=place) for place in range(4)]
"""Around the day of 25 hours."""


def store_files(database: SyncDatabase[dict[str, Any]]) -> None:
    """Add to the line that the fixture has: other lines, a name that changes, gas of some days, a node."""
    first = gas_time.hours_of_day(GAS_DAYS[0]).start
    hours = range(first, gas_time.hours_of_day(GAS_DAYS[-1]).stop)
    named = a_line(GAS, first=GAS_DAYS[0])
    terms = (*named.terms, Terms(GAS_DAYS[2], "Gas <two>; \u201cnorth\u201d"))
    register(database, replace(named, terms=terms, gas=(Attribution(first, "Z", 2, (), known_at_ms=KNOWN_AT_MS),)))
    register(database, Chromatograph("Z", "Zelzate"))
    store_hours(database, GAS, first, plausible_hours(hours, seed=3))
    store_hours(database, B, first, plausible_hours(range(first, first + 30), seed=2))
    before = Composition(FIRST, ((A, Decimal(1)), (GAS, Decimal("0.5"))))
    after = Composition(RENAMED, ((A, Decimal(1)), (B, Decimal(-1)), (GAS, Decimal("0.125"))), (), "Ghent south")
    register(database, Node(NODE, "Ghent", (before, after)), known_at_ms=SINCE_MS)
    for day in (GAS_DAYS[0] - timedelta(days=1), *GAS_DAYS):
        rows = _analyses(gas_time.hours_of_day(day))
        version = {"v": len(rows), "known_at": KNOWN_AT_MS}
        document = {"_id": day_id("Z", day), "p": 0, "c": "Z", "a": rows.tobytes(), **version}
        database[Collection.ANALYSES].insert_one(document)


def _analyses(hours: range) -> Any:
    rows = np.zeros(len(hours), KEPT_ANALYSIS)
    blank = empty_analyses(len(hours))
    for name in blank.dtype.names or ():
        rows[name] = blank[name]
    rows["hour"], rows["revision"] = np.arange(hours.start, hours.stop), 1
    rows["known_at"] = KNOWN_AT_MS
    ethane = 20_000 + 100 * (rows["hour"] % 24)
    rows["shares"][:, COMPONENTS.index("methane")] = 1_000_000 - ethane
    rows["shares"][:, COMPONENTS.index("ethane")] = ethane
    rows["gcv"] = 11_263_428
    return rows
