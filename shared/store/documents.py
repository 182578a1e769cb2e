"""How hours, days and months rest in MongoDB, and how they are read back.

`line_days`: one document per line and gas day, `{_id: "LINE|2026-11-23", p, l, h, r}`: `h` is the day's hours as packed
HOUR rows, up to the last one that is known (revision 0: nothing known), `r` its ROLLUP.
`line_months`: one document per line and gas month, `{_id: "LINE|2026-11", p, l, d, changes, known_at}`: `d` holds one
packed ROLLUP per gas day, keyed "01" to "31" (a whole month rewritten for each new hour costs twice as much); the
month is the fold of its slots. `p` is the partition of the line log that owns the line. A closed month has `closed`
(`{known_at, cause, author, reason, decision}`): all its hours are definitive, whatever their rows say. `statuses`
counts the changes of validity alone, `status_known_at` is the latest one's; absent: none.
`closings`: those changes, by range: `{_id, p, line, kind, month, first_hour, end_hour, known_at, log_offset, cause,
author, reason, decision}`, of kind close, reopen, or accept (then with `hours` and what their validity was `before`).
`findings`: `{_id, p, line, rule, severity, hours, observed, threshold, open, settled, state, known_at, log_offset,
rules_version}`: `open` are the hours that nothing has settled, `settled` says how the others were, `state` is open as
long as one is; a held reading's finding has its `rows` too, that of an
analysis no line but its `chromatograph`.
`analyses`: one document per chromatograph and gas day, `{_id: "CHROMATOGRAPH|2026-11-23", p, c, a, v, known_at}`: `a`
holds 25 packed KEPT_ANALYSIS rows, `v` grows with every revision of them. `analysis_revisions`: what an analysis said
before (`CHROMATOGRAPH|hour|revision`), and what was held because it was older (`CHROMATOGRAPH|hour|held|...`):
`{_id, p, c, hour, row}`. `gas_told`: the same as far as energy needs it, kept by every partition for itself:
`{_id: "3|CHROMATOGRAPH|2026-11-23", p, g}`: `g` holds 25 packed GAS_TOLD rows.
`changes`: what a committed batch changed, for those who follow: see `shared/store/changes.py`.
`manifests`: what went with files, `{_id, by, jws, at}`; `signing_keys`: with which keys they are signed.
`token_keys`: the same of access tokens; `assertions`: which assertions of clients were used, `{_id: digest, until}`.
`companies` to `access_head`: who may do what; see `shared/store/access`.
`access_log`, `access_heads`,
`access_checkpoints`: who read what, chained: see `shared/store/trail.py`.
Ids sort by line and time, so a period of a line is one range of `_id`; no further index is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.domain.rollup import ROLLUP
from shared.runtime.mongo import Database, create_collection
from shared.store import forms

MAX_DAYS_PER_MONTH = 31
RECEIPTS_KEPT_SECONDS = 30 * 24 * 3600
"""Twice as long as the originals are kept in `telemetry`."""
MANIFESTS_KEPT_DAYS = 30
"""How long a manifest can be fetched after its file; whoever verifies later keeps it beside the file."""
CHANGES_KEPT_DAYS = 90
"""How long a cursor of the change feed can be gone on with."""
CHANGES_STAY_SECONDS = (CHANGES_KEPT_DAYS + 1) * 24 * 3600
"""A day longer, so that what a cursor promises is still there while clocks differ and pages are read."""


class Collection(StrEnum):
    """Every collection of the database: the one list of their names."""

    LINE_DAYS = "line_days"
    LINE_MONTHS = "line_months"
    REVISIONS = "revisions"
    FINDINGS = "findings"
    TOPOLOGY = "topology"
    TOPOLOGY_VERSIONS = "topology_versions"
    ANALYSES = "analyses"
    ANALYSIS_REVISIONS = "analysis_revisions"
    GAS_TOLD = "gas_told"
    CLOSINGS = "closings"
    DECISIONS = "decisions"
    DEAD_LETTERS = "dead_letters"
    ORIGINALS = "originals"
    RECEIPTS = "receipts"
    CHANGES = "changes"
    REANSWERS = "reanswers"
    LEDGERS = "ledgers"
    PROGRESS = "progress"
    EPOCHS = "epochs"
    SWEPT = "swept"
    MANIFESTS = "manifests"
    SIGNING_KEYS = "signing_keys"
    EXPORT_JOBS = "export_jobs"
    SCHEDULES = "schedules"
    DELIVERIES = "deliveries"
    TOKEN_KEYS = "token_keys"  # noqa: S105 - the name of a collection
    ASSERTIONS = "assertions"
    COMPANIES = "companies"
    CLIENTS = "clients"
    PERSONS = "persons"
    RIGHTS = "rights"
    APPLICATIONS = "applications"
    ACCESS_EVENTS = "access_events"
    ACCESS_HEAD = "access_head"
    ACCESS_LOG = "access_log"
    ACCESS_HEADS = "access_heads"
    ACCESS_CHECKPOINTS = "access_checkpoints"


IDS_PER_QUERY = 10_000
"""Names of documents asked for at a time: 10,000 · 40 bytes, far below the 16 MB of a query."""


def day_id(line: str, day: date) -> str:
    """Return the `_id` of a line's gas day."""
    return f"{line}|{day.isoformat()}"


def month_id(line: str, month: str) -> str:
    """Return the `_id` of a line's gas month."""
    return f"{line}|{month}"


def gas_id(partition: int, chromatograph: str, day: date) -> str:
    """Return the `_id` of what a partition keeps of a chromatograph's gas day."""
    return f"{partition}|{day_id(chromatograph, day)}"


def slot_name(day: date) -> str:
    """Return the key of a gas day in its month's document."""
    return f"{day.day:02d}"


def lengths_known(revisions: NDArray[np.uint16]) -> NDArray[np.intp]:
    """Return how many hours of each day there are up to the last one that is known; revisions of shape (days, hours).

    Only these are packed: a running day is rewritten every hour.
    """
    known = revisions > 0
    behind = known[:, ::-1].argmax(axis=1)
    return np.where(known.any(axis=1), known.shape[1] - behind, 0)


def hours_of(packed: bytes) -> NDArray[np.void]:
    """Return the HOUR rows of a packed day, from its first hour to the last one that is known (at most 25)."""
    return forms.day_hours(packed)


def rollups_of(packed: bytes) -> NDArray[np.void]:
    """Return the ROLLUP rows of a packed day (one)."""
    return forms.rollup(packed)


def slots_of(slots: dict[str, bytes]) -> NDArray[np.void]:
    """Return the 31 ROLLUP slots of a month document's `d`; all zero where a gas day has nothing."""
    month = np.zeros(MAX_DAYS_PER_MONTH, ROLLUP)
    for day_of_month, packed in slots.items():
        month[int(day_of_month) - 1] = forms.rollup(packed)[0]
    return month


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a collection: its fields with their direction, and options by MongoDB's names."""

    collection: Collection
    fields: tuple[tuple[str, int], ...]
    options: dict[str, Any] = field(default_factory=dict)


_NEWEST_FIRST = (("known_at", -1), ("_id", -1))
_LAST_CHANGED_FIRST = (("known_at", -1), ("log_offset", -1))
_LAST_READ_FIRST = (("entry.at", -1), ("_id", -1))
_A_KEY_OF_ONE = {"unique": True, "partialFilterExpression": {"keys.fingerprint": {"$exists": True}}}
"""A key has one client."""
INDEXES = (
    Index(Collection.CLIENTS, (("keys.fingerprint", 1),), _A_KEY_OF_ONE),
    Index(Collection.CLIENTS, (("company", 1), ("_id", 1))),
    Index(Collection.RIGHTS, (("company", 1), ("client", 1), ("revoked_at", 1))),
    Index(Collection.RIGHTS, (("delegated_by", 1),)),
    Index(Collection.APPLICATIONS, (("state", 1), ("_id", 1))),
    Index(Collection.APPLICATIONS, (("key.fingerprint", 1),)),
    Index(Collection.ACCESS_EVENTS, (("of", 1), ("_id", 1))),
    Index(Collection.FINDINGS, (("line", 1), *_NEWEST_FIRST)),
    Index(Collection.FINDINGS, _NEWEST_FIRST),
    Index(Collection.FINDINGS, (("line", 1), ("open", 1))),
    Index(Collection.FINDINGS, (("chromatograph", 1), *_NEWEST_FIRST), {"sparse": True}),
    Index(Collection.CLOSINGS, (("line", 1), ("known_at", 1))),
    Index(Collection.DECISIONS, _NEWEST_FIRST),
    Index(Collection.DEAD_LETTERS, (("source", 1),)),
    Index(Collection.DEAD_LETTERS, (("by", 1), ("original", 1), ("source", 1))),
    Index(Collection.TOPOLOGY, (("kind", 1),)),
    Index(Collection.TOPOLOGY, (("kind", 1), *_LAST_CHANGED_FIRST)),
    Index(Collection.CHANGES, (("at", 1),), {"expireAfterSeconds": CHANGES_STAY_SECONDS}),
    Index(Collection.RECEIPTS, (("at", 1),), {"expireAfterSeconds": RECEIPTS_KEPT_SECONDS}),
    Index(Collection.ASSERTIONS, (("until", 1),), {"expireAfterSeconds": 0}),
    Index(Collection.ACCESS_LOG, _LAST_READ_FIRST),
    Index(Collection.ACCESS_LOG, (("entry.lines", 1), *_LAST_READ_FIRST)),
    Index(Collection.ACCESS_LOG, (("entry.nodes", 1), *_LAST_READ_FIRST)),
    Index(Collection.ACCESS_LOG, (("address_at", 1),), {"sparse": True}),
    Index(Collection.MANIFESTS, (("at", 1),), {"expireAfterSeconds": MANIFESTS_KEPT_DAYS * 24 * 3600}),
)
"""Every index but those of `_id`; `gastrack doctor` compares them with what is there."""


async def ensure_collections(database: Database) -> None:
    """Create the collections (a transaction cannot) and their indexes; what is there already stays."""
    there = set(await database.list_collection_names())
    for name in Collection:
        if name not in there:
            await create_collection(database, name)
    await create_indexes(database, INDEXES)


async def create_indexes(database: Database, indexes: Iterable[Index]) -> None:
    """Create indexes; what is there already stays."""
    for index in indexes:
        await database[index.collection].create_index(list(index.fields), **index.options)
