"""The HTTP face of the export service: thin routes over the handlers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from services.export import handlers
from services.export.files import csvw
from services.export.files.asked import Download, download_of
from services.export.files.file_stream import FileStream
from services.export.files.layout import Of, layout_of
from services.export.files.parts import layout_for, readable_days
from services.export.files.rendered import KeptTexts
from services.export.files.since import pinned, with_replaced
from services.export.files.tally import Tally
from services.export.manifests.api import Signing
from services.export.manifests.manifest import Draft, with_manifest
from shared.access.days import ALWAYS, Days
from shared.access.read import Read, What
from shared.domain import gas_time
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.view import ended_before
from shared.runtime.http_state import Downloading, Now, Store
from shared.runtime.problem import unprocessable
from shared.runtime.reads_told import Telling
from shared.store.as_known import least_watermark_ms

api = APIRouter(prefix="/v1")
SCHEMA = Path(__file__).parent / "measurements.xsd"
_NO_CACHE = {"Cache-Control": "no-cache"}


async def kept_texts_of(request: Request) -> KeptTexts:
    """Return the texts that this service keeps."""
    kept: KeptTexts = request.app.state.kept_texts
    return kept


Kept = Annotated[KeptTexts, Depends(kept_texts_of)]


class Asked(BaseModel):
    """Parameters of a download; texts, so that one place says everything that is wrong with them.

    A name that is misspelt is refused: left out in silence it would give another file.
    """

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    line: list[str] = Field([], description="Line id; repeats.")
    node: list[str] = Field([], description="Node id; repeats.")
    view: str = Field("", max_length=64, description="hour (default), day or month.")
    from_: str = Field("", alias="from", max_length=64, description="First gas day, 2026-11-23; month view: 2026-11.")
    to: str = Field("", max_length=64, description="End, exclusive: gas day or gas month.")
    format: str = Field("", max_length=64, description="csv (default), xml, xlsx, parquet or json.")
    dialect: str = Field("", max_length=64, description="Of csv: rfc4180 (default) or excel-be.")
    unit: str = Field("", max_length=64, description="Of energy and calorific value: kWh (default), GJ or MJ.")
    reference: str = Field("", max_length=64, description=f"Of calorific values: {', '.join(REFERENCES)}.")
    known_at: str = Field("", max_length=64, description="As known at this moment, with an offset or Z.")
    since: str = Field("", max_length=64, description="Only what changed after this moment, with an offset or Z.")
    columns: str = Field("", max_length=1000, description="Only these, by their names with commas; default: all.")

    @property
    def given(self) -> dict[str, str]:
        """The parameters beside the lines and nodes, as written."""
        return self.model_dump(by_alias=True, exclude={"line", "node"})


class AskedMeaning(Asked):
    """Parameters of the metadata of a csv file: those of the file, and what it is called."""

    file: str = Field(
        "", max_length=255, pattern=r"^[A-Za-z0-9._-]*$", description="Name of the file; default: as for a download."
    )


def asked_for(asked: Asked, now: Now, days: Days = ALWAYS) -> Download:
    """Return the download that is asked for, or raise 422 with all that is wrong with it."""
    download = download_of(asked.line, asked.node, asked.given, gas_time.gas_day(ended_before(now)), days)
    if not isinstance(download, Download):
        raise unprocessable(download)
    return download


@api.get("/download", summary="Measurements as a file")
async def get_download(  # noqa: PLR0913, PLR0917 - the parameters of the route
    asked: Annotated[Asked, Query()],
    caller: Downloading,
    store: Store,
    signer: Signing,
    now: Now,
    kept: Kept,
    tell: Telling,
) -> Response:
    """Stream the measurements of lines and nodes; whatever is wrong is said before the first byte."""
    days = readable_days(caller, asked.line, asked.node)
    download = await pinned(store, asked_for(asked, now, days), now)
    known_until_ms = await least_watermark_ms(store)  # first: what changes from now on is of the next file
    parts = await handlers.parts_of(store, caller, download)
    handlers.check_size(parts, download, now)
    tell(Read.asked(What.FILE, download.question, lines=download.lines, nodes=download.nodes))
    draft = Draft.of(download, (asked.line, asked.node, asked.given), now, caller, known_until_ms)
    tally = Tally()
    written = handlers.file_of(store, parts, download, now, tally, kept=kept)
    blocks = with_manifest(written, store, signer, draft, tally)
    first = await anext(blocks)
    links = [csvw.link_of(download, layout_for(parts, download)), draft.link]
    return FileStream(first, blocks, draft.media_type, headers_of(download, links))


@api.get("/schemas/measurements.xsd", summary="The schema of the xml files")
async def get_schema() -> FileResponse:
    """Return the schema that every xml file keeps."""
    return FileResponse(SCHEMA, media_type="application/xml", headers=_NO_CACHE)


@api.get("/schemas/measurements.csv-metadata.json", summary="What the columns of a csv file mean")
async def get_csv_metadata(asked: Annotated[AskedMeaning, Query()], now: Now) -> JSONResponse:
    """Return the CSVW metadata of a download with these parameters: titles, datatypes, units and meanings."""
    download = asked_for(asked, now)
    of = Of(bool(download.lines), bool(download.nodes))
    layout = with_replaced(layout_of(download.question, of, download.columns), download)
    document = csvw.metadata_of(download, layout, asked.file or download.file_name)
    return JSONResponse(document, media_type=csvw.MEDIA_TYPE, headers=_NO_CACHE)


def headers_of(download: Download, links: Sequence[str]) -> dict[str, str]:
    """Return the headers of a file: its name, and links to what describes it; an empty link is none."""
    told = [link for link in links if link]
    return {
        "Content-Disposition": f'attachment; filename="{download.file_name}"',
        "X-Content-Type-Options": "nosniff",
        **_NO_CACHE,
        **({"Link": ", ".join(told)} if told else {}),
    }
