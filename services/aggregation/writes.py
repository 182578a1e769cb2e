"""What a settled batch writes, as few and fat operations: new days inserted, old days and months set by `_id` alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
from pymongo import InsertOne, ReplaceOne, UpdateMany, UpdateOne

from services.aggregation.batch import Batch, Step
from services.aggregation.findings import finding_operations
from services.aggregation.settled import OUTCOMES, AnalysesSettled, Settled
from services.aggregation.state import PartitionState, month_slots
from services.aggregation.table import MonthKey
from shared.domain.register import Register
from shared.domain.revision import Outcome
from shared.domain.topology import Issue
from shared.events.line_log import TopologyAsked
from shared.events.topics import ANALYSES, OPERATIONS
from shared.store.documents import Collection, day_id, gas_id, lengths_known, month_id
from shared.store.ledgers import BLOCK_OFFSETS, outcomes_id
from shared.store.register import floor_parts, to_document
from shared.store.topology_versions import version_document

Operation = InsertOne[dict[str, Any]] | UpdateOne | UpdateMany | ReplaceOne[dict[str, Any]]
Writes = dict[Collection, list[Operation]]


def writes_of(partition: int, state: PartitionState, batch: Batch, settled: Settled) -> Writes:
    """Return the operations of a settled batch, by collection (all but the position's)."""
    writes: Writes = defaultdict(list)
    _days(writes, partition, state, settled)
    _months(writes, partition, state, settled)
    for line, hour, row in settled.superseded:
        document = {
            "_id": f"{line}|{hour}|{int(row['revision'])}",
            "p": partition,
            "line": line,
            "hour": hour,
            "row": row.tobytes(),
        }
        writes[Collection.REVISIONS].append(InsertOne(document))
    for told in settled.findings:
        writes[Collection.FINDINGS] += finding_operations(partition, told)
    _statuses(writes, partition, state, settled)
    _analyses(writes, partition, settled.analysed)
    for (chromatograph, day), gas in settled.gas.items():
        packed = {"$set": {"p": partition, "g": gas.tobytes()}}
        writes[Collection.GAS_TOLD].append(
            UpdateOne({"_id": gas_id(partition, chromatograph, day)}, packed, upsert=True)
        )
    _dead_letters(writes, partition, batch)
    _ledgers(writes, partition, batch, settled)
    return writes


def _days(writes: Writes, partition: int, state: PartitionState, settled: Settled) -> None:
    if not settled.days:
        return
    # Of one column: stacking whole rows compares their types day by day, a fifth of all the work of a batch.
    lengths = lengths_known(np.stack([hours["revision"] for hours, _ in settled.days.values()])).tolist()
    for ((line, day), (hours, rollup)), length in zip(settled.days.items(), lengths, strict=True):
        packed = {"h": hours[:length].tobytes(), "r": rollup.tobytes()}
        name = day_id(line, day)
        if state.knows_day((line, day)):
            writes[Collection.LINE_DAYS].append(UpdateOne({"_id": name}, {"$set": packed}))
        else:
            writes[Collection.LINE_DAYS].append(InsertOne({"_id": name, "p": partition, "l": line, **packed}))


def _months(writes: Writes, partition: int, state: PartitionState, settled: Settled) -> None:
    slots_by_month = month_slots(settled)
    versions = _versions(state, slots_by_month)
    for ((line, month), slots), (changes, known_at) in zip(slots_by_month.items(), versions, strict=True):
        fields = {f"d.{day_of_month:02d}": rollup.tobytes() for day_of_month, rollup in slots.items()}
        version = {"changes": changes, "known_at": known_at}
        name = month_id(line, month)
        if (line, month) in state.stored_months:
            writes[Collection.LINE_MONTHS].append(UpdateOne({"_id": name}, {"$set": {**fields, **version}}))
        else:
            days = {key[2:]: packed for key, packed in sorted(fields.items())}
            document = {"_id": name, "p": partition, "l": line, "d": days, **version}
            writes[Collection.LINE_MONTHS].append(InsertOne(document))


def _versions(state: PartitionState, slots_by_month: dict[MonthKey, dict[int, np.void]]) -> list[tuple[int, int]]:
    """Return what `fold_days` says of each month's changes and known_at, all months at once: there may be thousands."""
    if not slots_by_month:
        return []
    changes = np.stack([state.months[month]["changes"] for month in slots_by_month]).astype(np.int64)
    known_at = np.stack([state.months[month]["known_at"] for month in slots_by_month])
    for row, slots in enumerate(slots_by_month.values()):
        for day_of_month, rollup in slots.items():
            changes[row, day_of_month - 1] = rollup["changes"]
            known_at[row, day_of_month - 1] = rollup["known_at"]
    return list(zip(changes.sum(axis=1).tolist(), known_at.max(axis=1).tolist(), strict=True))


def _statuses(writes: Writes, partition: int, state: PartitionState, settled: Settled) -> None:
    """Write changes of status: what closed or opened a month, and the ranges of hours that they concern."""
    changed = month_slots(settled)
    for (line, month), status in settled.months.items():
        fields = {"closed": status.closed, "statuses": status.statuses, "status_known_at": status.known_at_ms}
        name = month_id(line, month)
        if (line, month) in state.stored_months or (line, month) in changed:
            writes[Collection.LINE_MONTHS].append(UpdateOne({"_id": name}, {"$set": fields}))
    for document in settled.closings:
        writes[Collection.CLOSINGS].append(InsertOne({"p": partition, **document}))
    for document in settled.decided:
        # A month that could not close by itself may at its next deadline, under the name that it had the first time.
        told = {"p": partition, **document}
        writes[Collection.DECISIONS].append(ReplaceOne({"_id": told["_id"]}, told, upsert=True))


def _analyses(writes: Writes, partition: int, analysed: AnalysesSettled) -> None:
    """Write what chromatographs told: their gas days, what was superseded or held beside them, letters, counts."""
    for (chromatograph, day), rows in analysed.days.items():
        version = {"v": int(rows["revision"].sum()), "known_at": int(rows["known_at"].max())}
        told = {"p": partition, "c": chromatograph, "a": rows.tobytes(), **version}
        key = {"_id": day_id(chromatograph, day)}
        writes[Collection.ANALYSES].append(UpdateOne(key, {"$set": told}, upsert=True))
    for chromatograph, hour, name, row in analysed.beside:
        identity = {"_id": f"{chromatograph}|{hour}|{name}", "p": partition, "c": chromatograph, "hour": hour}
        writes[Collection.ANALYSIS_REVISIONS].append(InsertOne({**identity, "row": row.tobytes()}))
    for name, letter in analysed.letters.items():
        document = {"p": partition, **letter}
        writes[Collection.DEAD_LETTERS].append(UpdateOne({"_id": name}, {"$setOnInsert": document}, upsert=True))
    for (offset, outcome), count in analysed.counts.items():
        increments = {outcome: count}
        if outcome != Outcome.ACCEPTED:
            increments[f"x.{offset}.{outcome}"] = count
        name = outcomes_id(ANALYSES.name, 0, offset // BLOCK_OFFSETS, partition)
        writes[Collection.LEDGERS].append(UpdateOne({"_id": name}, {"$inc": increments}, upsert=True))


def _dead_letters(writes: Writes, partition: int, batch: Batch) -> None:
    for row, finding in batch.rejected.items():
        source = batch.sources[batch.source[row]]
        document = {
            "p": partition,
            "by": "validation",
            "source": f"{source.topic}/{source.partition}/{source.offset}",
            "reason": finding.rule,
            "line": batch.lines[batch.line[row]],
            "hour": int(batch.hour[row]),
            "telegram": source.telegram,
            "station": source.station,
            "observed": finding.observed,
            "threshold": finding.threshold,
            "known_at": int(batch.candidates[row]["known_at"]),
            "state": "open",
        }
        key = {"_id": batch.position(row)}
        writes[Collection.DEAD_LETTERS].append(UpdateOne(key, {"$setOnInsert": document}, upsert=True))
    for offset, reason in batch.defects:
        key = {"_id": f"readings.recorded/{partition}/{offset}"}
        document = {"p": partition, "by": "validation", "reason": "DEFECT", "message": reason, "state": "open"}
        writes[Collection.DEAD_LETTERS].append(UpdateOne(key, {"$setOnInsert": document}, upsert=True))


def _ledgers(writes: Writes, partition: int, batch: Batch, settled: Settled) -> None:
    """Count outcomes by source partition and 1,000 offsets, and what was not accepted by single offset (receipts)."""
    if not len(batch.candidates):
        return
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    # One number for source and outcome: sorting pairs would cost as much as all the rest of a batch.
    pairs, counts = np.unique(batch.source * len(OUTCOMES) + settled.outcome, return_counts=True)
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        number, outcome = divmod(pair, len(OUTCOMES))
        source, name = batch.sources[number], OUTCOMES[outcome].value
        block = totals[outcomes_id(source.topic, source.partition, source.offset // BLOCK_OFFSETS, partition)]
        block[name] += count
        if OUTCOMES[outcome] is not Outcome.ACCEPTED:
            block[f"x.{source.offset}.{name}"] += count
    for name, increments in totals.items():
        writes[Collection.LEDGERS].append(UpdateOne({"_id": name}, {"$inc": dict(increments)}, upsert=True))


def register_writes(before: Register, change: TopologyAsked, after: Register | tuple[Issue, ...], step: Step) -> Writes:
    """Return the operations of a change of the register: what it says now, and what became of the asking.

    A part is known since the change was asked for, and heard of since it stands in the line log: *as known at* goes by
    the latter, as the watermark does.
    """
    writes: Writes = defaultdict(list)
    refused = isinstance(after, tuple)
    decision = {
        "_id": f"{OPERATIONS.name}/{change.offset}",
        "kind": "topology",
        "document": change.document,
        "outcome": "refused" if refused else "accepted",
        "issues": [[issue.code, issue.position, issue.message] for issue in after] if isinstance(after, tuple) else [],
        "known_at": change.known_at_ms,
        "log_offset": step.offset,
    }
    writes[Collection.DECISIONS].append(InsertOne(decision))
    if not isinstance(after, tuple):
        for kind, was, parts in _parts(before, after):
            for name, part in parts.items():
                if was.get(name) != part:
                    document = {
                        "_id": f"{kind}|{name}",
                        "kind": kind,
                        "doc": to_document(part),
                        "known_at": change.known_at_ms,
                        "heard_at": step.known_at_ms,
                        "log_offset": step.offset,
                    }
                    writes[Collection.TOPOLOGY].append(ReplaceOne({"_id": document["_id"]}, document, upsert=True))
                    version = version_document(kind, name, document, change.document, change.offset)
                    writes[Collection.TOPOLOGY_VERSIONS].append(InsertOne(version))
    return writes


def _parts(before: Register, after: Register) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [
        ("station", before.stations, after.stations),
        ("line", before.lines, after.lines),
        ("node", before.nodes, after.nodes),
        ("chromatograph", before.chromatographs, after.chromatographs),
        ("retention", floor_parts(before), floor_parts(after)),
    ]
