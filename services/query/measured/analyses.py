"""What a chromatograph told: its analyses, each with what the rules say of it."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.query.asked.paging import Document
from shared.access.caller import Caller
from shared.access.days import Days
from shared.access.periods import check_covered
from shared.domain import gas_time
from shared.domain.analysis import CHARACTERISTICS, SHARE, SHARE_ABSENT
from shared.domain.instants import known_instant
from shared.domain.period import Question
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import ABSENT
from shared.domain.rules.analysis_judging import judge_analyses
from shared.domain.topology import Issue
from shared.runtime.mongo import Database
from shared.runtime.problem import not_found, unprocessable
from shared.store.analyses import analyses_between
from shared.store.lines import find_chromatograph
from shared.store.readable_gas import days_of_gas, readable_gas

MOST_HOURS = 100 * 25
"""A hundred gas days: 1.2 MB."""


async def days_of(database: Database, caller: Caller, chromatograph: str) -> Days:
    """Return the gas days on which a caller may read the analyses of a chromatograph."""
    return days_of_gas(await readable_gas(database, caller), chromatograph)


async def analyses(database: Database, days: Days, chromatograph: str, question: Question) -> list[Document]:
    """List the analyses of a chromatograph in a period, each with what the rules find in it.

    Args:
        database: The store.
        days: The gas days on which they may be read; none: the chromatograph is unknown to who asks.
        chromatograph: Its id.
        question: The period.

    Raises:
        ProblemError: 404 for a chromatograph that is not registered, or serves no line of the caller's; 422 for gas
            days that he may not read, or too long a period.
    """
    if not days or await find_chromatograph(database, chromatograph) is None:
        raise not_found("chromatograph", f"chromatograph {chromatograph[:64]!r} is not known here")
    check_covered(days, question)
    hours = question.hours
    if len(hours) > MOST_HOURS:
        text = f"{len(hours):,} hours are more than {MOST_HOURS:,}: ask for a shorter period"
        raise unprocessable([Issue("PERIOD_TOO_LONG", "to", text)])
    rows = await analyses_between(database, chromatograph, hours)
    return await asyncio.to_thread(_documents, rows[rows["revision"] > 0])


def _documents(told: NDArray[np.void]) -> list[Document]:
    findings: dict[int, list[Document]] = {}
    for found in judge_analyses(told, int(told["known_at"].max(initial=0))).findings:
        numbers = {"observed": found.observed, "threshold": found.threshold}
        findings.setdefault(found.row, []).append({"rule": found.rule, "severity": found.severity.name, **numbers})
    return [_document(row, findings.get(place, [])) for place, row in enumerate(told)]


def _document(row: np.void, findings: list[Document]) -> Document:
    shares = zip(COMPONENTS, row["shares"].tolist(), strict=True)
    composition = {name: share / SHARE.scale for name, share in shares if share != SHARE_ABSENT}
    numbers: dict[str, Any] = {
        quantity.field: None if row[name] == ABSENT else int(row[name]) / quantity.scale
        for name, quantity in CHARACTERISTICS.items()
    }
    return {
        "start": gas_time.hour_text(int(row["hour"])),
        "composition_mol_percent": composition,
        **numbers,
        "revision": int(row["revision"]),
        "known_at": known_instant(int(row["known_at"])),
        "is_applied": row["doubt"] == b"",
        "findings": findings,
    }
