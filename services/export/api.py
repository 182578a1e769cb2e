"""The HTTP face of the export service: thin routes over the handlers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.export import handlers
from services.export.asked import Download, FileFormat, download_of
from services.export.manifest import Draft, query_of, with_manifest
from services.export.manifests_api import Signing
from services.export.tally import Tally
from shared.domain import gas_time
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.view import ended_before
from shared.runtime.http import unprocessable
from shared.runtime.http_state import CallerAsking, Now, Store
from shared.store.as_known import least_watermark_ms

api = APIRouter(prefix="/v1")
SCHEMA = Path(__file__).parent / "measurements.xsd"
MEDIA_TYPES = {FileFormat.CSV: "text/csv; charset=utf-8; header=present", FileFormat.XML: "application/xml"}


class Asked(BaseModel):
    """Parameters of a download; texts, so that one place says everything that is wrong with them."""

    model_config = ConfigDict(populate_by_name=True)

    line: list[str] = Field([], description="Line id; repeats.")
    node: list[str] = Field([], description="Node id; repeats.")
    view: str = Field("", max_length=64, description="hour (default), day or month.")
    from_: str = Field("", alias="from", max_length=64, description="First gas day, 2026-11-23; month view: 2026-11.")
    to: str = Field("", max_length=64, description="End, exclusive: gas day or gas month.")
    format: str = Field("", max_length=64, description="csv (default) or xml.")
    dialect: str = Field("", max_length=64, description="Of csv: rfc4180 (default) or excel-be.")
    unit: str = Field("", max_length=64, description="Of energy and calorific value: kWh (default), GJ or MJ.")
    reference: str = Field("", max_length=64, description=f"Of calorific values: {', '.join(REFERENCES)}.")


@api.get("/download", summary="Measurements as a file")
async def get_download(
    asked: Annotated[Asked, Query()],
    caller: CallerAsking,
    store: Store,
    signer: Signing,
    now: Now,
) -> StreamingResponse:
    """Stream the measurements of lines; whatever is wrong is said before the first byte."""
    given = asked.model_dump(by_alias=True, exclude={"line", "node"})
    download = download_of(asked.line, asked.node, given, gas_time.gas_day(ended_before(now)))
    if not isinstance(download, Download):
        raise unprocessable(download)
    lines = await handlers.lines_of(store, caller, download)
    media_type, tally = MEDIA_TYPES[download.format], Tally()
    draft = Draft(
        query_of(asked.line, asked.node, given),
        download.question,
        download.file_name,
        media_type,
        now,
        caller.identity,
        known_until_ms=await least_watermark_ms(store),
    )
    written = handlers.file_of(store, lines, download, now, tally)
    blocks = with_manifest(written, store, signer, draft, tally)
    first = await anext(blocks)
    headers = {
        "Content-Disposition": f'attachment; filename="{download.file_name}"',
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Link": draft.link,
    }
    return StreamingResponse(_after(first, blocks), media_type=media_type, headers=headers)


@api.get("/schemas/measurements.xsd", summary="The schema of the xml files")
async def get_schema() -> FileResponse:
    """Return the schema that every xml file keeps."""
    return FileResponse(SCHEMA, media_type="application/xml", headers={"Cache-Control": "no-cache"})


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in rest:
        yield block
