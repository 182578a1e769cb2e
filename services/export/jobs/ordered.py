"""The use cases of ordered exports: order one, look at it, and what its file is for whoever may read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

from services.export import handlers
from services.export.files.asked import Download, download_of
from services.export.files.parts import readable_days
from services.export.files.since import pinned
from services.export.jobs.keys import other_body
from services.export.jobs.told import state_of
from shared.access.caller import Caller
from shared.access.days import ALWAYS
from shared.domain import gas_time
from shared.domain.topology import Issue
from shared.domain.view import ended_before
from shared.runtime.mongo import Database
from shared.runtime.problem import ProblemError, not_found, unprocessable
from shared.store import export_jobs
from shared.store.export_jobs import Document, JobState, Order, order_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def download_ordered(order: Order, moment: datetime, caller: Caller | None = None) -> Download:
    """Return what an order asks for, read as of a moment; what is left out of its period is what the caller may read.

    Raises:
        ProblemError: 422 with all that is wrong with it.
    """
    today = gas_time.gas_day(ended_before(moment))
    days = ALWAYS if caller is None else readable_days(caller, order.lines, order.nodes)
    download = download_of(order.lines, order.nodes, order.given, today, days)
    if not isinstance(download, Download):
        raise unprocessable(download)
    return download


def moment_of(milliseconds: int) -> datetime:
    """Return ms since 1970 as a moment."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


async def order(  # noqa: PLR0913 - who orders what, under which key, when, and within which bound
    database: Database, caller: Caller, asked: Order, *, key: str, now: datetime, most_open: int
) -> Document:
    """Return the job of an order; under a key that was used for the same order, the job of then.

    Raises:
        ProblemError: 422 for an order that cannot be read or a key of another order, 404 for a line that is unknown or
            not the caller's, 429 where as many jobs of his are open as may be.
    """
    there = await export_jobs.with_key(database, caller.identity, key) if key else None
    if there is not None:
        return _of_the_same(there, asked)
    download = await pinned(database, download_ordered(asked, now, caller), now)
    handlers.check_told(await handlers.parts_of(database, caller, download), download, now)
    if await export_jobs.count_open(database, caller.identity) >= most_open:
        raise too_many(most_open)
    moment_ms = (now - _EPOCH) // timedelta(milliseconds=1)
    return _of_the_same(await export_jobs.create(database, caller.identity, asked, moment_ms, key=key), asked)


def _of_the_same(job: Document, asked: Order) -> Document:
    if job["digest"] != asked.digest:
        raise other_body()
    return job


def too_many(most_open: int) -> ProblemError:
    """Return the 429 of somebody who has enough jobs waiting."""
    words = f"{most_open} exports of yours wait or run already, the most that may: wait for one, or remove one"
    issue = Issue("TOO_MANY_EXPORTS", "request", words)
    return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, [issue], {"Retry-After": "10"})


async def job_of(database: Database, caller: Caller, job: str) -> Document:
    """Return a job of the caller.

    Raises:
        ProblemError: 404, the same whether there is none or it is another's.
    """
    found = await export_jobs.find(database, caller.identity, job)
    if found is None:
        raise unknown(job)
    return found


def unknown(job: str) -> ProblemError:
    """Return the 404 of a job."""
    return not_found("export", f"export {job[:64]!r} is not known here")


async def file_for(database: Database, caller: Caller, job: str, now: datetime) -> tuple[Document, Download]:
    """Return what is kept of a job's file, and what is in it, for somebody who may still read all of that.

    Raises:
        ProblemError: 404 for another's job, or a line that is no longer the caller's; 409 where there is no file yet,
            or never will be; 410 where its time is over.
    """
    found = await job_of(database, caller, job)
    state = state_of(found, now)
    if state is JobState.EXPIRED:
        raise ProblemError(HTTPStatus.GONE, [Issue("EXPORT_EXPIRED", "export", "its time is over: order it anew")])
    if state is not JobState.DONE:
        issue = Issue("EXPORT_NOT_DONE", "export", f"it is {state}: there is a file once it is done")
        wait = {"Retry-After": "2"} if state in export_jobs.OPEN else None
        raise ProblemError(HTTPStatus.CONFLICT, [issue], wait, {"state": state.value})
    kept: Document = found["result"]
    return kept, await _still_allowed(database, caller, found, kept)


async def _still_allowed(database: Database, caller: Caller, job: Document, kept: Document) -> Download:
    """Return what a file holds, all of which may still be read: its period, its lines and nodes, the lines it names.

    Raises:
        ProblemError: 404 or 422 as for a download; 410 for a file that names lines which may not be named any more.
    """
    download = download_ordered(order_of(job["asked"]), moment_of(job["asked_at"]), caller)
    if "first" in kept:  # of the file, whatever may be read by now where the order left its period open
        first, end = date.fromisoformat(kept["first"]), date.fromisoformat(kept["end"])
        download = replace(download, question=replace(download.question, first=first, end=end))
    await handlers.parts_of(database, caller, download)
    asked = download.question
    if not all(caller.may_read_in(line, asked.first, asked.end) for line in kept.get("named", ())):
        words = "your rights have changed since it was made, and it names more than you may know now: order it anew"
        raise ProblemError(HTTPStatus.GONE, [Issue("EXPORT_EXPIRED", "export", words)])
    return download
