"""What a chromatograph told: its analyses, each with what the rules say of it."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.query.paging import Document
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.analysis import CHARACTERISTICS, SHARE, SHARE_ABSENT
from shared.domain.instants import known_instant
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import ABSENT
from shared.domain.rules.analysis_judging import judge_analyses
from shared.domain.topology import Issue
from shared.runtime.mongo import Database
from shared.runtime.problem import not_found, unprocessable
from shared.store.analyses import analyses_between
from shared.store.lines import find_chromatograph

MOST_HOURS = 100 * 25
"""A hundred gas days: 1.2 MB."""


async def analyses(database: Database, _: Caller, chromatograph: str, hours: range) -> list[Document]:
    """List the analyses of a chromatograph in some hours, each with what the rules find in it.

    Raises:
        ProblemError: 404 for a chromatograph that is not registered, 422 for too long a period.
    """
    if await find_chromatograph(database, chromatograph) is None:
        raise not_found("chromatograph", f"chromatograph {chromatograph[:64]!r} is not known here")
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
