"""The file of an export over HTTP: whole or in part, with its digests, until it expires."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

from services.export.jobs import ordered as jobs
from services.export.jobs.api import JobId
from services.export.jobs.result_ranges import asked_part
from services.export.manifests.manifest import link_to
from shared.access.read import Read, What
from shared.runtime.entity_tags import HeldTags
from shared.runtime.http_state import Downloading, Now, Store
from shared.runtime.reads_told import Telling
from shared.store.export_jobs import Document
from shared.store.results import Results

result_api = APIRouter(prefix="/v1")


async def results_of(request: Request) -> Results:
    """Return the storage of files that wiring built."""
    results: Results = request.app.state.results
    return results


Storage = Annotated[Results, Depends(results_of)]
Condition = Annotated[str, Header(max_length=200)]


@result_api.get("/exports/{export}/result", summary="The file of an export")
async def get_export_result(  # noqa: PLR0913 - the parameters of the route
    *,
    export: JobId,
    caller: Downloading,
    store: Store,
    now: Now,
    storage: Storage,
    tell: Telling,
    range_: Annotated[str, Header(alias="range", max_length=200)] = "",
    if_range: Condition = "",
    if_none_match: Condition = "",
) -> Response:
    """Give the file, or the part that `Range` names.

    `Repr-Digest` is that of the whole file, `Content-Digest` that of what is sent where that is the whole file
    (RFC 9530). The tag is strong: whoever was cut off goes on with `Range: bytes=<what he has>-` and `If-Range: <tag>`.
    """
    kept, download = await jobs.file_for(store, caller, export, now)
    tell(Read.asked(What.EXPORT, download.question, lines=download.lines, nodes=download.nodes))
    headers = _headers(kept)
    if headers["ETag"].strip('"') in HeldTags.of(if_none_match):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    part = asked_part(range_, if_range, headers["ETag"], kept["size"])
    if part is None:
        part, status = range(kept["size"]), HTTPStatus.OK
        headers |= {"Content-Digest": headers["Repr-Digest"]}
    else:
        status = HTTPStatus.PARTIAL_CONTENT
        headers |= {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{kept['size']}"}
    headers |= {"Content-Length": str(len(part))}
    blocks = storage.read(kept["name"], part.start, part.stop)
    return StreamingResponse(blocks, status, headers=headers, media_type=kept["media_type"])


def _headers(kept: Document) -> dict[str, str]:
    digest = base64.b64encode(bytes.fromhex(kept["sha256"])).decode()
    return {
        "ETag": f'"{kept["sha256"]}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{kept["file_name"]}"',
        # Not to be compressed on the way either: the digests and the bytes of a Range are those of the file.
        "Cache-Control": "private, no-cache, no-transform",
        "X-Content-Type-Options": "nosniff",
        "Link": ", ".join(filter(None, (kept.get("meaning"), link_to(kept["manifest"])))),
    }
