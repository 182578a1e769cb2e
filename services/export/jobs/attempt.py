"""One attempt at an export: the question is read again, rights are looked at again, the file is written whole or not.

While it is written, the claim is kept by telling that the work goes on. Whoever loses it stops at once: the job was
taken away, or another has taken it over because we were silent for too long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from services.export import handlers
from services.export.files import csvw
from services.export.files.parts import NodePart, layout_for, rows_of
from services.export.files.since import pinned
from services.export.files.tally import Tally
from services.export.jobs.ordered import download_ordered, moment_of
from services.export.manifests.manifest import Draft, keep_signed
from shared.access.caller import Caller
from shared.access.losing import has_lost_of
from shared.access.roles import Task
from shared.domain.topology import Issue
from shared.domain.view import ended_before
from shared.runtime import metrics
from shared.runtime.http_state import check_role
from shared.runtime.logging import logger
from shared.runtime.mongo import Database, PyMongoError, is_passing
from shared.runtime.problem import ProblemError
from shared.store import export_claims
from shared.store.as_known import least_watermark_ms
from shared.store.export_claims import Claim
from shared.store.export_jobs import Document, Order
from shared.store.results import Results, ResultsAwayError
from shared.store.signing import Signer

MOST_SECONDS_BETWEEN_SIGNS = 1.0
"""So that progress is no older than that; a sign of life costs the store some 50 µs."""
RIGHT_LOST = Issue("RIGHT_LOST", "export", "its owner may not read all of it any more: order what he may read")
AGAIN_AFTER_SECONDS = 5.0
"""Times the attempts so far: how long a job waits after the storage was away."""


class Outcome(StrEnum):
    """What became of an attempt."""

    DONE = "done"
    FAILED = "failed"
    AGAIN = "again"
    LOST = "lost"
    STOPPED = "stopped"


CallerNamed = Callable[[str], Awaitable[Caller]]
"""Finds a client of the register by its id, with what it may do now: nothing, where it may not come in any more."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What an attempt needs; `caller_named` gives the rights that somebody has now."""

    database: Database
    results: Results
    caller_named: CallerNamed
    lease_seconds: float = 30.0
    most_attempts: int = 5
    kept_seconds: float = 72 * 3600
    signer: Signer | None = None
    """What signs manifests; without one a key that rests in the database does."""

    def kept_for(self, ours: Claim) -> float:
        """Return for how long a job's file is kept."""
        return self.kept_seconds if ours.kept_seconds is None else ours.kept_seconds


@dataclass(slots=True)
class _Work:
    """What is being written, and for whom."""

    tally: Tally
    expected: int | None = None
    named: list[str] = field(default_factory=list)
    """Lines of its nodes that the file may name: who fetches it must still be allowed to know of them."""
    caller: Caller | None = None
    meaning: str = ""
    """Link to what the columns of a csv file mean."""

    @property
    def progress(self) -> Document:
        return {"rows": self.tally.rows, "expected": self.expected, "bytes": self.tally.size}


async def attempt(shop: Workshop, ours: Claim) -> Outcome:
    """Work on a job until its file is whole, or there is a reason why there will be none."""
    work = _Work(Tally())
    writing = asyncio.create_task(_write(shop, ours, work))
    keeping = asyncio.create_task(_keep(shop, ours, work))
    try:
        await asyncio.wait((writing, keeping), return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            return await _concluded(shop, ours, work, writing)
        lost = None if keeping.exception() else keeping.result()
        return await _fail(shop, ours, lost) if lost else Outcome.LOST
    finally:
        writing.cancel()
        keeping.cancel()
        await asyncio.gather(writing, keeping, return_exceptions=True)


async def _write(shop: Workshop, ours: Claim, work: _Work) -> Draft:
    moment = moment_of(ours.asked_at_ms)
    caller, known_until_ms = await shop.caller_named(ours.owner), await least_watermark_ms(shop.database)
    work.caller = caller
    check_role(caller, Task.DOWNLOAD)
    download = await pinned(shop.database, download_ordered(ours.order, moment, caller), moment)
    parts = await handlers.parts_of(shop.database, caller, download)
    nodes = [part for part in parts if isinstance(part, NodePart)]
    work.named = sorted({line for node in nodes for line in node.named_in(download.question)})
    work.expected = rows_of(parts, download.question, ended_before(moment))
    work.meaning = csvw.link_of(download, layout_for(parts, download))
    await shop.results.remove(ours.job, keep=ours.result_name)  # what dead attempts have left
    async with aclosing(handlers.file_of(shop.database, parts, download, moment, work.tally)) as blocks:
        await shop.results.write(ours.result_name, blocks)
    given = (ours.order.lines, ours.order.nodes, ours.order.given)
    draft = Draft.of(download, given, moment, caller, known_until_ms)
    await keep_signed(shop.database, shop.signer or Signer(shop.database), draft, work.tally)
    return draft


async def _keep(shop: Workshop, ours: Claim, work: _Work) -> Issue | None:
    """Tell that the work goes on; return when the claim is lost, or must be taken for lost, or its owner's right is."""
    until = time.monotonic() + shop.lease_seconds
    while time.monotonic() < until:
        await asyncio.sleep(min(MOST_SECONDS_BETWEEN_SIGNS, shop.lease_seconds / 3))
        told = time.monotonic()
        try:
            if not await export_claims.keep(shop.database, ours, shop.lease_seconds, work.progress):
                return None
            if work.caller is not None and await is_right_lost(shop, work.caller, ours.order):
                return RIGHT_LOST
        except PyMongoError as fault:
            if not is_passing(fault):
                raise
        else:
            until = told + shop.lease_seconds
    return None


async def is_right_lost(shop: Workshop, caller: Caller, order: Order, named: Iterable[str] = ()) -> bool:
    """Say whether somebody may no longer read all of an order, or not download, that he could when work on it began.

    Args:
        shop: Where his rights are asked for.
        caller: He, as he was when it began.
        order: What he ordered.
        named: Lines of its nodes that a file names.
    """
    now = await shop.caller_named(caller.identity)
    return has_lost_of(caller, now, (*order.lines, *named), order.nodes)


async def _concluded(shop: Workshop, ours: Claim, work: _Work, writing: asyncio.Task[Draft]) -> Outcome:
    """Tell the store what became of the writing."""
    try:
        return await _finish(shop, ours, work, writing.result())
    except ProblemError as refused:
        return await _fail(shop, ours, refused.issues[0])
    except (ResultsAwayError, PyMongoError) as fault:
        if isinstance(fault, PyMongoError) and not is_passing(fault):
            return await _defect(shop, ours, fault)
        return await _again(shop, ours, fault)
    except Exception as fault:  # noqa: BLE001 - the outermost loop of a job: whatever comes here is a defect of ours
        return await _defect(shop, ours, fault)


async def _finish(shop: Workshop, ours: Claim, work: _Work, draft: Draft) -> Outcome:
    tally = work.tally
    result = {
        "name": ours.result_name,
        "file_name": draft.file_name,
        "media_type": draft.media_type,
        "size": tally.size,
        "rows": tally.rows,
        "sha256": tally.digest,
        "manifest": draft.id,
        "meaning": work.meaning,
        "first": draft.question.first.isoformat(),
        "end": draft.question.end.isoformat(),
        "named": work.named,
    }
    if not await export_claims.finish(shop.database, ours, result, work.progress, shop.kept_for(ours)):
        return Outcome.LOST
    metrics.EXPORT_ROWS.inc(tally.rows)
    metrics.EXPORT_BYTES.inc(tally.size)
    return Outcome.DONE


async def _fail(shop: Workshop, ours: Claim, issue: Issue) -> Outcome:
    is_told = await export_claims.fail(shop.database, ours, asdict(issue), shop.kept_for(ours))
    return Outcome.FAILED if is_told else Outcome.LOST


async def _defect(shop: Workshop, ours: Claim, fault: Exception) -> Outcome:
    logger(__name__).error("defect in an export", job=ours.job, exc_info=fault)
    return await _fail(shop, ours, Issue("DEFECT", "export", "our own code failed on this export; it has been logged"))


async def _again(shop: Workshop, ours: Claim, fault: Exception) -> Outcome:
    logger(__name__).warning("an export will be tried again", job=ours.job, fault=repr(fault)[:200])
    if ours.number >= shop.most_attempts:
        words = f"its file could not be stored in {ours.number} attempts: order it anew later"
        return await _fail(shop, ours, Issue("EXPORT_GAVE_UP", "export", words))
    wait = AGAIN_AFTER_SECONDS * ours.number
    is_told = await export_claims.give_back(shop.database, ours, after_seconds=wait, is_counted=True)
    return Outcome.AGAIN if is_told else Outcome.LOST
