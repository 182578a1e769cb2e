"""How an export that was ordered is told: its state, how far it is, where its file is, or why there is none."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from shared.domain.instants import instant
from shared.runtime.problem_document import IssueTold
from shared.store.export_jobs import Document, JobState

Count = Annotated[int, Field(ge=0)]
Told = dict[str, Any]


class ProgressTold(BaseModel):
    """How far a job is; it begins anew where a worker died."""

    rows: Count = Field(description="Rows that are written.")
    rows_expected: Count | None = Field(description="Of so many; null as long as nobody has begun.")
    bytes: Count = Field(description="Bytes that are written.")


class ResultTold(BaseModel):
    """The file of a job that is done."""

    link: str = Field(description="Where to fetch it; parts of it by Range.")
    file_name: str
    media_type: str
    size: Count = Field(description="Bytes.")
    rows: Count
    sha256: str = Field(description="Of the whole file, in hex.", pattern="^[0-9a-f]{64}$")


class ExportTold(BaseModel):
    """An export that was ordered."""

    id: str
    state: JobState = Field(description="waiting, running, done, failed or expired.")
    ordered: str = Field(description="The order's moment: hours that had ended by then are in the file.")
    asked: dict[str, Any] = Field(description="What was ordered, as it was written.")
    attempts: Count = Field(description="How often somebody began to work on it.")
    progress: ProgressTold
    result: ResultTold | None = Field(description="Null as long as it is not done, and once it has expired.")
    expires: str | None = Field(description="Until when the file, or the reason of a failure, is kept.")
    problem: IssueTold | None = Field(description="Why it failed.")


class ExportsTold(BaseModel):
    """A page of exports, the newest first."""

    rows: list[ExportTold]
    next: str | None = Field(description="Link to what follows.")


def state_of(job: Document, now: datetime) -> JobState:
    """Return a job's state; one whose time is over is expired before anybody has swept it."""
    is_over = job["state"] == JobState.DONE and job["expires"] <= now
    return JobState.EXPIRED if is_over else JobState(job["state"])


def told(job: Document, now: datetime) -> Told:
    """Return a job as it is told."""
    state, asked, progress = state_of(job, now), job["asked"], job["progress"]
    expires: datetime | None = job.get("expires")
    return {
        "id": job["_id"],
        "state": state.value,
        "ordered": instant(job["asked_at"]),
        "asked": {**{name: asked[name] for name in ("line", "node") if asked[name]}, **asked["given"]},
        "attempts": job["attempts"],
        "progress": {"rows": progress["rows"], "rows_expected": progress.get("expected"), "bytes": progress["bytes"]},
        "result": _result(job) if state is JobState.DONE else None,
        "expires": instant(int(expires.timestamp() * 1000)) if expires else None,
        "problem": job.get("problem"),
    }


def _result(job: Document) -> Told:
    kept = job["result"]
    fields = {name: kept[name] for name in ("file_name", "media_type", "size", "rows", "sha256")}
    return {"link": f"/v1/exports/{job['_id']}/result", **fields}
