"""Which chromatographs a caller may know of: those that serve a line that he may read, on the gas days of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from shared.access.caller import Caller
from shared.access.days import ALWAYS, NEVER, Days
from shared.domain import gas_time
from shared.domain.attribution import in_force
from shared.domain.topology import Line
from shared.runtime.mongo import Database, Session
from shared.store.documents import Collection
from shared.store.register import line_of

Gas = Mapping[str, Days]
"""By chromatograph the gas days on which its analyses may be read."""


async def readable_gas(database: Database, caller: Caller, session: Session | None = None) -> Gas | None:
    """Return the chromatographs that a caller may know of; None: every one."""
    if caller.sees_every_gas:
        return None
    names = [f"line|{line}" for line in caller.rights.known_lines or ()]
    served: dict[str, Days] = {}
    async for document in database[Collection.TOPOLOGY].find({"_id": {"$in": names}}, {"doc": 1}, session=session):
        line = line_of(document["doc"])
        for chromatograph, days in served_by(line):
            readable = days.within(caller.rights.line(line.id))
            served[chromatograph] = served.get(chromatograph, NEVER).with_days(readable)
    return {name: days for name, days in served.items() if days}


def days_of_gas(gas: Gas | None, chromatograph: str) -> Days:
    """Return the gas days on which the analyses of a chromatograph may be read."""
    return ALWAYS if gas is None else gas.get(chromatograph, NEVER)


def served_by(line: Line) -> Iterator[tuple[str, Days]]:
    """Give the chromatographs that serve a line, or do where others are silent, each with the gas days."""
    told = in_force(line.gas)
    ends = [*(gas_time.gas_day(one.start - 1) + timedelta(days=1) for one in told[1:]), date.max]
    for one, end in zip(told, ends, strict=False):  # a line that was told no gas has none of them
        for chromatograph in one.chromatographs:
            yield chromatograph, Days.of([(gas_time.gas_day(one.start), end)])
