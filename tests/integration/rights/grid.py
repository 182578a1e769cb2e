"""A grid of which clients may read a part: own and foreign lines and nodes with real hours, and what tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from shared.access.caller import Caller, Rights, demo_caller
from shared.access.days import ALWAYS, Days
from shared.access.roles import Role
from shared.domain import gas_time
from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.hour_changes import RUN, HourChange
from shared.domain.topology import Check, Code, Composition, Line, Node, Station, Terms
from shared.runtime.mongo import SyncDatabase
from shared.store.changes import Place, change_id
from shared.store.documents import Collection, day_id
from tests.integration.query.stored_lines import plausible_hours, reach, register, store_hours
from tests.integration.query.test_gas_quality import _analyses as analyses_of

Database = SyncDatabase[dict[str, Any]]
NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
FIRST = date(2026, 9, 1)
OCTOBER = Days(((date(2026, 10, 1), date(2026, 11, 1)),))
OWN, TWIN, FAR = "BK-0007-A", "BK-0007-Z", "AA-0099-Q"
"""A line that may be read; one of the same station, and one of another, that may not."""
NODE, INNER, OUTER = "ND-0007", "IN-0099", "OUT-0099"
"""A node that may be read, one within it and one around it that may not."""
STATION, FAR_STATION = "BK-0007", "AA-0099"
GAS, FAR_GAS = "ZELZATE", "VERAFGELEGEN"
FOREIGN_WORDS = {
    TWIN: ("Tweelingwerk", "77001/9"),
    FAR: ("Quartelstil", "77002/9"),
    INNER: ("Binnenhofveld", "541453180000000099"),
    OUTER: ("Buitenhofveld", "541453180000000098"),
    FAR_STATION: ("Verafstation",),
    FAR_GAS: ("Verrelucht",),
}
"""By id, names and codes by which what is foreign could be told."""
ANNA = "anna-client"
"""Who made exports, schedules and all else that belongs to somebody."""


def client(name: str, days: Days, roles: Iterable[Role], *, lines: bool = True, nodes: bool = True) -> Caller:
    """Return a client who may read the own line, the node's sums, or both, on some gas days."""
    rights = Rights(f"{name}|{days}", {OWN: days} if lines else {}, {NODE: days} if nodes else {})
    return Caller(name, frozenset(roles), company="own", rights=rights, stations=frozenset({STATION}))


CLIENTS = {
    one.identity: one
    for one in (
        client("downloader", ALWAYS, [Role.DOWNLOADER]),
        client("october", OCTOBER, [Role.DOWNLOADER]),
        client("sums", ALWAYS, [Role.ADMINISTRATOR], lines=False),
        client("reader", ALWAYS, [Role.READER]),
        client("newcomer", ALWAYS, [Role.DOWNLOADER], lines=False, nodes=False),
        client("gateway", ALWAYS, [Role.GATEWAY]),
    )
}
"""None of them runs the grid."""
EVERYBODY = {**CLIENTS, ANNA: demo_caller(ANNA)}


def stored(database: Database) -> None:
    """Write the grid: its register with a change that names foreign lines, hours, gas, findings, news, decisions."""
    _register(database)
    hours = range(gas_time.hours_of_day(FIRST).start, NOW_MS // 3_600_000)
    for seed, line in enumerate((OWN, TWIN, FAR), 1):
        rows = plausible_hours(hours, seed)
        gap = gas_time.hours_of_day(date(2026, 10, 9 + seed)).start - hours.start
        rows[gap : gap + 3] = np.zeros(3, rows.dtype)
        store_hours(database, line, hours.start, rows)
    for chromatograph in (GAS, FAR_GAS):
        _analyses(database, chromatograph, date(2026, 10, 24))
    database[Collection.FINDINGS].insert_many(list(_findings()))
    _decisions(database)
    _changes(database)


def _register(database: Database) -> None:
    gas = {
        line: (Attribution(gas_time.hours_of_day(FIRST).start, name, 1),)
        for line, name in ((OWN, GAS), (TWIN, FAR_GAS), (FAR, FAR_GAS))
    }
    own = Terms(FIRST, "Moerbroek city run 1", capacity_m3n_per_h=24_000, check=Check(TWIN))
    lines = [
        Line(OWN, STATION, (own,), codes=(Code("66001/9"),), gas=gas[OWN]),
        *(
            Line(line, line[: len(STATION)], (Terms(FIRST, name),), codes=(Code(code),), gas=gas[line])
            for line, (name, code) in ((line, FOREIGN_WORDS[line]) for line in (TWIN, FAR))
        ),
    ]
    stations = Station(STATION, "MOERBROEK Vaartdijk"), Station(FAR_STATION, *FOREIGN_WORDS[FAR_STATION])
    gases = Chromatograph(GAS, "Zelzate"), Chromatograph(FAR_GAS, *FOREIGN_WORDS[FAR_GAS])
    register(database, *stations, *gases, *lines)
    inner = _node(INNER, [(FAR, 1)])
    whole = Composition(FIRST, ((OWN, Decimal(1)), (TWIN, Decimal("0.5"))), ((INNER, Decimal(-1)),), "Moerbroek")
    node = Node(NODE, "Moerbroek", (whole,), codes=(Code("541453180000000001"),))
    register(database, inner, node, _node(OUTER, [(OWN, 1), (FAR, 1)], [(NODE, 1)]))
    later = replace(whole, start=date(2026, 11, 10), weights=((OWN, Decimal(1)), (TWIN, Decimal(1))))
    words = {"author": "operations", "reason": f"{FOREIGN_WORDS[TWIN][0]} opened", "correction": f"{TWIN} told late"}
    register(database, replace(node, compositions=(whole, later)), offset=9, words=words)
    reach(database, NOW_MS)


def _node(name: str, lines: list[tuple[str, int]], nodes: list[tuple[str, int]] | None = None) -> Node:
    called, code = FOREIGN_WORDS[name]
    weights, inner = (tuple((one, Decimal(weight)) for one, weight in told) for told in (lines, nodes or []))
    return Node(name, called, (Composition(FIRST, weights, inner, called),), codes=(Code(code),))


def _analyses(database: Database, chromatograph: str, day: date) -> None:
    rows = analyses_of(gas_time.hours_of_day(day))
    document = {"_id": day_id(chromatograph, day), "p": 0, "c": chromatograph, "a": rows.tobytes()}
    database[Collection.ANALYSES].insert_one({**document, "v": len(rows), "known_at": 5})


def _findings() -> Iterator[dict[str, Any]]:
    """Give findings of each line and chromatograph, over the bound of October and far behind it."""
    bound = gas_time.hours_of_day(date(2026, 11, 1)).start
    for place, hours in enumerate(([bound - 1, bound], [bound + 240])):
        for name in (OWN, TWIN, FAR):
            yield _finding(f"telemetry/0/{place}/0|{name}", hours, NOW_MS - place, line=name)
        for name in (GAS, FAR_GAS):
            yield _finding(f"analyses/0/{place}/0|{name}", hours, NOW_MS - place, line="", chromatograph=name)


def _finding(name: str, hours: list[int], known_at: int, **of: str) -> dict[str, Any]:
    numbers = {"hours": hours, "observed": [3.5] * len(hours), "threshold": [2.0] * len(hours), "open": hours}
    told = {"rule": "C1", "severity": "F", "p": 0, "state": "open", "log_offset": 1, "known_at": known_at}
    return {"_id": name, **told, **numbers, **of}


def _decisions(database: Database) -> None:
    asked = {"kind": "accept", "line": TWIN, "reason": f"{FOREIGN_WORDS[TWIN][0]} was right", "author": ANNA}
    told = {"kind": "accept", "known_at": NOW_MS, "outcome": "accepted", "issues": [], "document": json.dumps(asked)}
    database[Collection.DECISIONS].insert_one({"_id": "operations/99817", "line": TWIN, **told})
    letter = {"_id": "telemetry/0/9/0", "p": 0, "reason": "A9", "line": FAR, "station": FAR_STATION, "state": "open"}
    database[Collection.DEAD_LETTERS].insert_one(letter)


def _changes(database: Database) -> None:
    """Write news of every kind, of own and of foreign lines, nodes and gas."""
    bound = gas_time.hours_of_day(date(2026, 11, 1)).start
    lines = [OWN, TWIN, FAR]
    runs = np.array([(place, HourChange.HOURS, bound - 2, bound + 2, 4, 0, NOW_MS) for place in range(3)], RUN)
    status = {"kind": "close", "month": "2026-10", "first": bound - 745, "end": bound, "hours": None}
    statuses = [{"line": line, **status, "known_at": NOW_MS, "cause": "deadline", "decision": None} for line in lines]
    days = {"first": "2026-10-24", "end": "2026-10-25", "known_at": NOW_MS}
    parts = [*_parts("line", lines), *_parts("node", [NODE, INNER, OUTER]), *_parts("station", [STATION, FAR_STATION])]
    position = {"_id": change_id(0, Place(1)), "p": 0, "epoch": 0, "at": NOW, "known_at": NOW_MS}
    told = {"lines": lines, "count": len(runs), "runs": runs.tobytes(), "statuses": statuses, "parts": parts}
    gas = [{"chromatograph": name, **days} for name in (GAS, FAR_GAS)]
    count = len(runs) + len(statuses) + len(parts) + len(gas)
    database[Collection.CHANGES].insert_one({**position, **told, "analyses": gas, "n": count})
    moved = {"told": position["_id"], "offset": 1, "known_at": NOW_MS}
    database[Collection.PROGRESS].update_one({"_id": "aggregation/0"}, {"$set": moved})


def _parts(kind: str, names: list[str]) -> Iterator[dict[str, Any]]:
    nodes = [{"node": node, "from": FIRST.isoformat()} for node in (NODE, INNER, OUTER)] if kind != "station" else []
    told = {"new": False, "from": FIRST.isoformat(), "nodes": nodes, "decision": 9, "known_at": NOW_MS}
    for name in names:
        lines = [line for line in (OWN, TWIN, FAR) if line.startswith(name)] if kind == "station" else []
        yield {"kind": kind, "id": name, "lines": lines, **told}
